import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { columns } from '../../reports/columns.js';
import { renderReports } from '../../reports/index.js';
import { toRecord } from '../../reports/record.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import { sortRecords } from '../../src/domain/sort-records.js';
import { whyMissing } from '../packages/fetch.js';
import { exchange, finding, hostileBanner, sampleFindings, sampleRun } from '../reports/sample-run.js';
import { openInSpreadsheet, type Cell, type ImportChoice } from './libreoffice.js';

const skip = whyMissing('spreadsheet') ?? false;

/** What servers say and operators call their customers, and what a spreadsheet would make of it if it could. */
const TEXTS = [
  ...[
    '=1+1',
    "=cmd|'/C calc'!A0",
    '+81-3-1234-5678',
    '-2+3',
    '@SUM(1+1)',
    '＝1+1',
    ' =1+1',
    'a;=1+1',
    '-',
    '--',
  ],
  ...[
    '007',
    '1.10',
    '4.2',
    '123456789012345678',
    '12345e67',
    '1E5',
    '5.',
    '.5',
    '1,234',
    '1 1/2',
    '(5)',
    '10%',
  ],
  ...[
    '1-2',
    '3/4',
    '3/4/26',
    '2026-11-20',
    '2026-11-20T03:01:00Z',
    '2026-11-20T03:01:00',
    '9.18.1',
    '10:20',
    '10:20:30',
    '5 PM',
  ],
  ...[
    'March 1',
    'SEPT2',
    '2-Sep',
    'Jan 2020',
    '5 May 2020',
    'Fri, 20 Nov 2026',
    '$5',
    '¥500',
    '5 €',
    '500円',
  ],
  ...['１２３', '2026年11月20日', '令和8年11月20日', 'R8.11.20', '１２：３０', '午後5時', '½', '٣'],
  ...[
    'true',
    'FALSE',
    '#N/A',
    '#REF!',
    "'=1",
    "'007",
    '"quoted", and more',
    'ntpd 4.2.8p15@1.3728-o',
    'Linux/5.10',
  ],
  ...[
    '例示ネットワーク株式会社',
    '髙﨑 𠮷野',
    'two  blanks',
    '<b>&amp;</b>',
    'a'.repeat(5000),
    hostileBanner,
  ],
] as const;

const chargen = { probe: 'chargen', protocol: 'chargen', report: 'scan_chargen', probedPort: 19 };
const records: readonly FindingRecord[] = sortRecords(
  [
    ...sampleFindings,
    ...TEXTS.map((text, index) => {
      const ip = `192.0.2.${index + 100}`;
      return finding({
        ...chargen,
        ip,
        origin: { asn: 64496 + (index % 2), asName: text, customer: text, prefix: '192.0.2.0/24' },
        exposure: { tags: ['chargen'], version: text, detail: text },
        exchanges: [exchange(ip, 19, Uint8Array.of(10), [74 + index])],
      });
    }),
  ].map((one) => ({
    ...toRecord(one, { scanId: sampleRun.scan_id }),
    status: 'persisting',
    first_seen: '2026-02-28T23:59:59Z',
    last_seen: '2026-11-20T03:01:00Z',
    times_seen: 40,
    days_open: 265,
  })),
);

const CHOICES: Readonly<Record<string, ImportChoice>> = {
  'that looks for dates, as Excel does': { language: 1033, detectSpecialNumbers: true },
  'in Japan that looks for dates': { language: 1041, detectSpecialNumbers: true },
  'that takes only plain numbers for such, as LibreOffice proposes': {
    language: 1033,
    detectSpecialNumbers: false,
  },
};

describe('a file of --profile excel, opened in a spreadsheet', { skip }, () => {
  const files = new Map(
    [...renderReports(sampleRun, records, { bom: false, profile: 'excel' })]
      .filter(({ path }) => path.endsWith('.csv') && !/^(shadowserver|notices)/.test(path))
      .map(({ path, chunks }) => [path, [...chunks].join('')]),
  );

  for (const [name, choice] of Object.entries(CHOICES))
    it(`${name}, holds every finding, cell by cell`, async () => {
      const opened = await open(files, choice);
      assert.ok(opened.size > 4, [...opened.keys()].join());
      let checked = 0;
      for (const [path, [header = [], ...rows]] of opened) {
        for (const cell of [...header, ...rows.flat()])
          assert.equal(cell.formula, undefined, `${path}: ${cell.value}`);
        const names = header.map(({ value }) => value);
        if (!names.includes('finding_id')) continue;
        assert.deepEqual(
          names,
          columns.map((column) => column.name),
          path,
        );
        for (const row of rows) {
          const id = row.at(names.indexOf('finding_id'))?.value;
          const record = records.find(({ finding_id }) => finding_id === id);
          assert.ok(record, `${path}: ${id}`);
          for (const [place, column] of columns.entries()) {
            assertHolds(row[place], column.type, record[column.name], choice, `${path} ${id} ${column.name}`);
            checked++;
          }
        }
      }
      assert.ok(checked >= 2 * records.length * columns.length, `only ${checked} cells`);
    });

  it('is read by a test that can see a formula, a number and a date', async () => {
    const text = '\ufeffa,b,c,d\r\n=1+1,007,1/2/26,日本\r\n';
    const [, row] =
      (await open(new Map([['x.csv', text]]), { language: 1033, detectSpecialNumbers: true })).get('x.csv') ??
      [];
    assert.deepEqual(row, [
      { kind: 'float', value: '2', formula: 'of:=1+1' },
      { kind: 'float', value: '7' },
      { kind: 'date', value: '2026-01-02' },
      { kind: 'string', value: '日本' },
    ]);
  });
});

async function open(
  texts: ReadonlyMap<string, string>,
  choice: ImportChoice,
): ReturnType<typeof openInSpreadsheet> {
  const folder = mkdtempSync(join(tmpdir(), 'ampscope-spreadsheet-'));
  try {
    return await openInSpreadsheet(texts, choice, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function assertHolds(
  cell: Cell = { kind: 'empty', value: '' },
  type: (typeof columns)[number]['type'],
  value: string | number | boolean | undefined,
  { detectSpecialNumbers }: ImportChoice,
  where: string,
): void {
  if (value === undefined) assert.deepEqual(cell, { kind: 'empty', value: '' }, where);
  else if (type === 'integer' || type === 'decimal') {
    assert.equal(cell.kind, 'float', `${where}: ${cell.value}`);
    assert.equal(Number(cell.value), value, where);
  } else if (type === 'time' && detectSpecialNumbers)
    assert.deepEqual(cell, { kind: 'date', value: String(value).replace('Z', '') }, where);
  else if (type === 'time')
    assert.deepEqual(
      cell,
      { kind: 'string', value: String(value).replace('T', ' ').replace('Z', '') },
      where,
    );
  else if (type === 'flag') assert.equal(cell.value.toLowerCase(), 'true', where);
  else {
    assert.equal(cell.kind, 'string', `${where}: ${cell.value} of ${value}`);
    assert.equal(unguarded(cell.value), unguarded(String(value)), where);
  }
}

/** Without the guard's apostrophes, and those that a text had in their places itself. */
function unguarded(text: string): string {
  return text.replace(/(^|;)(\s*)'/g, '$1$2');
}
