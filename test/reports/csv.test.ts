import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cleanText, LONGEST_TEXT } from '../../reports/clean-text.js';
import type { Column } from '../../reports/columns.js';
import { cellText, columns, findingCells } from '../../reports/columns.js';
import { csvChunks, guardCellEnd, guardFormula, guardText } from '../../reports/csv.js';
import { renderReports } from '../../reports/index.js';
import { toRecord } from '../../reports/record.js';
import { sortRecords } from '../../src/domain/sort-records.js';
import { readCsv } from './read-csv.js';
import { hostileBanner, sampleFindings, sampleRun } from './sample-run.js';

const own: Column = { name: 'own', type: 'text', since: '0.1.0', about: '' };
const remote: Column = { ...own, name: 'remote', remote: true };
const records = sortRecords(
  sampleFindings.map((finding) => toRecord(finding, { scanId: sampleRun.scan_id })),
);

function csv(rows: readonly (readonly string[])[], list: readonly Column[] = [own], bom = false): string {
  return [...csvChunks(list, rows, { bom })].join('');
}

function file(path: string, bom = false): string {
  const found = [...renderReports(sampleRun, records, { bom })].find((report) => report.path === path);
  assert.ok(found, path);
  return [...found.chunks].join('');
}

describe('a CSV file', () => {
  it('gives every cell back to a reader of RFC 4180, whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))),
        (rows) => {
          const read = readCsv(csv(rows, [own, { ...own, name: 'other' }]));
          assert.deepEqual(read, [['own', 'other'], ...rows]);
        },
      ),
    );
  });

  it('keeps a lone CR or LF within its cell', () => {
    assert.equal(csv([['x\n=1+1'], ['b\rc']]), 'own\r\n"x\n=1+1"\r\n"b\rc"\r\n');
  });

  it('has its header also when there is no row', () => {
    assert.equal(csv([]), 'own\r\n');
  });

  it('has its header once, whatever the number of rows', () => {
    const rows = Array.from({ length: 2500 }, (_, index) => [`row ${index}`]);
    assert.deepEqual(readCsv(csv(rows)), [['own'], ...rows]);
  });

  it('begins with a byte order mark only when asked', () => {
    assert.equal(csv([['a']], [own], true), '\ufeffown\r\na\r\n');
    assert.equal(file('findings.csv', true), `\ufeff${file('findings.csv')}`);
    assert.equal(file('findings.csv').codePointAt(0), 't'.codePointAt(0));
  });

  it('refuses a row of another length than its header', () => {
    assert.throws(() => csv([['a', 'b']]), /2 cells for 1 columns/);
  });

  it('is made as its rows come: the first chunk needs no row, the second only its own', () => {
    const drawn: string[] = [];
    const endless = (function* () {
      for (;;) {
        drawn.push('a row');
        yield ['a row'];
      }
    })();
    const chunks = csvChunks([own], endless, { bom: false });
    assert.equal(chunks.next().value, 'own\r\n');
    assert.deepEqual(drawn, []);
    assert.match(chunks.next().value ?? '', /^a row\r\n/);
    assert.ok(drawn.length > 0 && drawn.length <= 1000);
  });
});

describe('the formula guard', () => {
  for (const formula of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1+1', '＋1', '－1', '＠x', '﹦1'])
    it(`puts an apostrophe before ${JSON.stringify(formula)}`, () => {
      assert.equal(guardFormula(formula), `'${formula}`);
    });

  it('also after a semicolon, where many locales part cells', () => {
    assert.equal(guardFormula('a;=1+1; -2'), "a;'=1+1;' -2");
  });

  it('leaves other text alone', () => {
    for (const text of ['', 'ntpd 4.2.6', 'a=b', '1-2', "'=1", '例']) assert.equal(guardFormula(text), text);
  });

  it('is for remote columns only', () => {
    assert.equal(csv([['-1', '-1']], [own, remote]), "own,remote\r\n-1,'-1\r\n");
  });

  it('leaves no cell of a hostile server that a spreadsheet would run', () => {
    const places = columns.flatMap((column, index) => ('remote' in column ? [index] : []));
    assert.equal(places.length, 5);
    const cells = readCsv(file('findings.csv')).flatMap((row) => places.map((place) => row[place] ?? ''));
    assert.ok(cells.some((cell) => cell.includes('=cmd|')));
    for (const cell of cells) assert.doesNotMatch(cell, /^\s*[=+\-@\t\r]/);
  });
});

describe('the guard of the end of a cell', () => {
  it('puts a blank behind each backslash that stands before a quote or at the end', () => {
    for (const [text, expected] of [
      ['C:\\', 'C:\\ '],
      ['\\"x\\"', '\\ "x\\ "'],
      ['\\\\', '\\\\ '],
      ['a\\b', 'a\\b'],
    ] as const) {
      assert.equal(guardCellEnd(text), expected);
      assert.equal(guardCellEnd(expected), expected);
    }
  });
});

describe('text from outside', () => {
  it('keeps no control character, line end, direction or half pair, and is cut', () => {
    const clean = cleanText(hostileBanner) ?? '';
    assert.match(clean, /^=cmd\|'\/C calc'!A0 "evil", name\ufffd A+…$/);
    assert.equal(clean.length, LONGEST_TEXT);
  });

  it('is never unsafe to print, whatever a server sends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000, size: 'max' }), (text) => {
        const clean = cleanText(text);
        if (clean === undefined) return;
        assert.doesNotMatch(clean, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        assert.equal(clean, clean.trim());
        assert.ok(clean.length > 0 && clean.length <= LONGEST_TEXT);
        assert.equal(cleanText(clean), clean);
      }),
    );
  });

  it('is unknown when nothing is left of it', () => {
    assert.equal(cleanText('\0\u200b\r\n \u202e'), undefined);
  });
});

describe('a cell', () => {
  it('is never NaN, Infinity or half a number: what is none is thrown', () => {
    const decimal: Column = { ...own, type: 'decimal', decimals: 2 };
    const integer: Column = { ...own, type: 'integer' };
    assert.equal(cellText(decimal, 5500), '5500.00');
    assert.equal(cellText(integer, 44000), '44000');
    for (const value of [NaN, Infinity, -Infinity]) assert.throws(() => cellText(decimal, value), RangeError);
    for (const value of [NaN, 1.5]) assert.throws(() => cellText(integer, value), RangeError);
    assert.throws(() => cellText(decimal, '1'), TypeError);
    assert.throws(() => cellText(own, 1), TypeError);
  });

  it('of something unknown is empty', () => {
    for (const column of columns) assert.equal(cellText(column, undefined), '');
  });
});

describe('the profile for spreadsheets', () => {
  const [first] = records;
  const seen = [{ ...first, status: 'new', first_seen: '2026-11-13T03:00:00Z' } as (typeof records)[number]];
  const filesOf = (profile?: 'excel'): Map<string, string> =>
    new Map(
      [...renderReports(sampleRun, seen, { bom: false, profile })].map(({ path, chunks }) => [
        path,
        [...chunks].join(''),
      ]),
    );

  const figures = [
    ...[
      '007',
      '1.10',
      '-5',
      '1,234',
      '12345678901234567890',
      '1E5',
      '12345e67',
      '.5',
      '1 1/2',
      '(5)',
      '10%',
      '½',
      '٣',
    ],
    ...[
      '1-2',
      '3/4',
      '9.18.1',
      '2026-11-20',
      '2026-11-20T03:01:00',
      '10:20',
      '5 PM',
      '10:20:30 a.m.',
      '1 Jan',
    ],
    ...[
      'March 1',
      'SEPT2',
      '2-Sep',
      'Fri, 20 Nov 2026',
      '$5',
      '5 €',
      '¥500',
      '１２３',
      '2026年11月20日',
      '500円',
    ],
    ...['令和8年11月20日', 'R8.11.20', '午後5時', 'true', 'FALSE', '#N/A', '#REF!', '#DIV/0!', ' 7 '],
  ];
  for (const figure of figures)
    it(`guards a text that would turn into something else: ${figure}`, () => {
      assert.equal(guardText(figure), `'${figure}`);
      assert.equal(
        [...csvChunks([own], [[figure]], { bom: false, profile: 'excel' })].join(''),
        `\ufeffown\r\n${figure.includes(',') ? `"'${figure}"` : `'${figure}`}\r\n`,
      );
    });

  it('leaves a text alone that stays one, and one with an apostrophe of its own', () => {
    const texts = [
      '',
      '例',
      'C-1001',
      'ntpd 4.2.8p15',
      'Linux/5.10',
      'f-12345678e1234567',
      'v1.10',
      "'007",
      'Mars',
      'e5',
      '.',
      'May',
      'AS64496',
      '2026-11-20T030000Z',
      '2026-11-20T030000Z-2',
      '2026-11-20T03:01:00Z',
      '1.10 (Debian)',
      '#1 in town',
    ];
    for (const text of texts) assert.equal(guardText(text), text);
  });

  it('guards no number, and no text in the files for parsers', () => {
    const count: Column = { ...own, name: 'count', type: 'decimal', decimals: 2 };
    assert.equal(
      [...csvChunks([count], [['-1.50']], { bom: false, profile: 'excel' })].join(''),
      '\ufeffcount\r\n-1.50\r\n',
    );
    assert.equal(csv([['1.10', '1.10']], [own, remote]), 'own,remote\r\n1.10,1.10\r\n');
  });

  it('has a byte order mark and times with a space in every CSV file, and nothing else differs', () => {
    const [plain, excel] = [filesOf(), filesOf('excel')];
    assert.deepEqual([...excel.keys()], [...plain.keys()]);
    const changed = [...plain].filter(([path, text]) => excel.get(path) !== text).map(([path]) => path);
    assert.ok(changed.length > 5 && changed.every((path) => path.endsWith('.csv')), changed.join());
    for (const path of ['findings.csv', 'changes.csv', changed.find((name) => name.startsWith('as')) ?? '']) {
      const text = plain.get(path) ?? '';
      assert.match(text, /2026-11-20T03:01:00Z.*2026-11-13T03:00:00Z/);
      assert.equal(excel.get(path), `\uFEFF${text.replace(/(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)Z/g, '$1 $2')}`);
    }
    assert.ok(!changed.some((path) => path.startsWith('shadowserver/')));
  });
});

describe('findings.csv, read as IntelMQ reads it', () => {
  const [header = [], ...rows] = readCsv(file('findings.csv'));
  const value = (row: readonly string[], name: string): string => row[header.indexOf(name)] ?? '';

  it('has a row for each finding, and the values of its record under the names of its columns', () => {
    assert.equal(rows.length, records.length);
    records.forEach((record, index) => {
      assert.deepEqual(
        rows[index],
        findingCells(record).map((cell, place) => {
          const column = columns[place];
          return column && 'remote' in column ? guardFormula(cell) : cell;
        }),
      );
      assert.equal(value(rows[index] ?? [], 'response_size'), String(record.response_size));
    });
  });

  it('has plain numbers, one AS number a row, a bare address and a known severity', () => {
    for (const row of rows) {
      for (const name of [
        'port',
        'probed_port',
        'request_size',
        'request_packets',
        'response_size',
        'packets',
      ])
        assert.match(value(row, name), /^\d+$/, name);
      for (const name of ['amplification', 'packet_amplification', 'wire_amplification'])
        assert.match(value(row, name), /^\d+\.\d\d$/, name);
      assert.match(value(row, 'asn'), /^\d*$/);
      assert.match(value(row, 'ip'), /^[\d.]+$/);
      assert.match(value(row, 'severity'), /^(critical|high|medium|low|info)$/);
      assert.match(value(row, 'timestamp'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.match(value(row, 'tag'), /^[a-z0-9-]+(;[a-z0-9-]+)*$/);
      assert.match(value(row, 'lower_bound'), /^(true)?$/);
      assert.doesNotMatch(row.join('\n'), /\bNaN\b|Infinity|null|undefined/);
    }
  });

  it('is one line a row', () => {
    assert.equal(file('findings.csv').split(/\r\n|\r|\n/).length, rows.length + 2);
  });

  it('stands under a name that its file collector takes', () => {
    const names = [...renderReports(sampleRun, records, { bom: false })]
      .map(({ path }) => path.split('/').at(-1) ?? '')
      .filter((name) => name.endsWith('.csv'));
    assert.ok(names.includes('2026-11-20-as64500.csv'));
    for (const name of names) assert.match(name, /^(?:\d{4}-\d{2}-\d{2}-)?(\w+)(-\w+)*\.csv$/);
  });
});
