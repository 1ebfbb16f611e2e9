import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { probes } from '../../probes/list.js';
import { LANGUAGES } from '../../probes/probe.js';
import { customerFile } from '../../reports/notices/customer-file.js';
import { defaultTemplates } from '../../reports/notices/default-templates.js';
import { notices } from '../../reports/notices/notices.js';
import { unknownTexts } from '../../reports/notices/phrases.js';
import { fillTemplate, parseTemplate, PLACEHOLDERS } from '../../reports/notices/template.js';
import type { NoticeValues } from '../../reports/notices/template.js';
import { wrapLine } from '../../reports/notices/wrap.js';
import type { FindingRecord } from '../../reports/record.js';
import { toRecord } from '../../reports/record.js';
import { textWidth } from '../../reports/text-width.js';
import { sortRecords } from '../../src/domain/sort-records.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { UsageError } from '../../src/domain/usage-error.js';
import { repositoryRoot } from '../repository.js';
import { readCsv } from './read-csv.js';
import { exchange, finding, hostileBanner, sampleFindings, sampleRun } from './sample-run.js';

const origin = { asn: 64496, asName: 'EXAMPLE-AS', customer: 'C-1001', prefix: '192.0.2.0/24' };

/** A row of customer C-1001: a time server that answers monlist. */
function row(host: number, changes: Partial<FindingRecord> = {}): FindingRecord {
  const ip = `192.0.2.${host}`;
  const found = finding({
    probe: 'ntp-monlist',
    protocol: 'ntp',
    report: 'scan_ntpmonitor',
    ip,
    probedPort: 123,
    origin,
    exposure: { tags: ['monlist'], detail: '600 entries in 100 datagrams', version: 'ntpd 4.2.6p5' },
    exchanges: [exchange(ip, 123, new Uint8Array(8), Array<number>(100).fill(440))],
  });
  return { ...toRecord(found, { scanId: sampleRun.scan_id }), ...changes };
}

function of(probe: string, host: number, port: number, changes: Partial<FindingRecord> = {}): FindingRecord {
  const { protocol, report } = probes.find(({ id }) => id === probe) ?? assert.fail(probe);
  return row(host, { probe, protocol, report, port, probed_port: port, ...changes });
}

/** Every status, several services, one lower bound, one answer that no reader knows. */
const mixed: readonly FindingRecord[] = [
  row(10, {
    status: 'persisting',
    first_seen: '2026-10-01T03:01:00Z',
    last_seen: '2026-11-20T03:01:00Z',
    times_seen: 8,
    days_open: 50,
  }),
  row(11, { status: 'fixed', status_evidence: 'closed', days_open: 9 }),
  row(12, { status: 'unknown', status_doubt: 'losses' }),
  of('dns-any', 20, 53, { status: 'new', severity: 'high', lower_bound: true }),
  of('dns-resolver', 20, 53, { status: 'reopened', first_seen: '2026-06-01T03:00:00Z', severity: 'medium' }),
  of('snmp-getbulk', 30, 161, { status: 'new', severity: 'medium' }),
  of('snmp-v1-getnext', 30, 161, { status: 'new', severity: 'low' }),
  of('chargen', 40, 19, { status: 'new', severity: 'low', report: 'x_unidentified' }),
];

function render(records: readonly FindingRecord[], run: RunRecord = sampleRun): Map<string, string> {
  return new Map(
    [...notices.files(run, sortRecords(records), { bom: false, probes })].map(({ path, chunks }) => [
      path,
      [...chunks].join(''),
    ]),
  );
}

function withNotices(
  settings: RunRecord['settings']['notices'],
  changes: Partial<RunRecord> = {},
): RunRecord {
  return {
    ...sampleRun,
    ...changes,
    settings: { ...sampleRun.settings, ...(settings && { notices: settings }) },
  };
}

const english = 'notices/C-1001.en.txt';
const japanese = 'notices/C-1001.ja.txt';

describe('the notices of a customer', () => {
  const folder = join(repositoryRoot, 'test/golden');
  const rendered = render(mixed, withNotices({ format: 'eml' }));
  // UPDATE_GOLDEN=1 writes them anew; the difference is then for a person to read.
  if (process.env['UPDATE_GOLDEN'] === '1') {
    rmSync(join(folder, 'notices'), { recursive: true, force: true });
    for (const [path, text] of rendered) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }

  it('are the golden files, byte for byte, and no others', () => {
    const golden = readdirSync(join(folder, 'notices'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
    assert.deepEqual([...rendered.keys()].sort(), golden.sort());
    for (const [path, text] of rendered)
      assert.ok(readFileSync(join(folder, path)).equals(Buffer.from(text)), `${path} differs`);
  });

  it('name what is exposed now, since when, how strong at least, and thank for what was fixed', () => {
    const text = rendered.get(english) ?? '';
    assert.match(
      text,
      /192\.0\.2\.10, UDP port 123[^]+for\s+50\s+days,\s+as\s+far\s+as\s+our\s+scans\s+show;\s+first\s+found\s+2026-10-01\s+03:01:00\s+UTC/,
    );
    assert.match(text, /Factor: at least 5500\.00 \(answer \/ request of 8 bytes\)/);
    assert.match(
      text,
      /found again after an earlier scan had counted it as fixed; first\s+found\s+2026-06-01/,
    );
    assert.match(
      text,
      /no\s+longer\s+exposed\s+\(thank you\):\n- 192\.0\.2\.11, UDP port 123, found as "NTP[^"]+":\s+its port is now\s+reported\s+closed/,
    );
    assert.doesNotMatch(text, /192\.0\.2\.12/);
    const inJapanese = rendered.get(japanese) ?? '';
    assert.match(inJapanese.replace(/\s+/g, ''), /5500\.00倍以上[^]+ありがとうございました。-192\.0\.2\.11/);
    assert.doesNotMatch(inJapanese, /192\.0\.2\.12/);
  });

  it('list the most severe first', () => {
    const heads = [...(rendered.get(english) ?? '').matchAll(/^ {2}- Severity: (\w+)$/gm)].map(
      ([, word]) => word,
    );
    assert.deepEqual(heads, ['critical', 'high', 'medium', 'medium', 'low', 'low']);
  });

  it('give each remedy once, under the titles of all services that share it', () => {
    const text = rendered.get(english) ?? '';
    assert.equal(text.split('Net-SNMP (snmpd):').length, 2);
    assert.match(text, /\[SNMP agent [^\n]+\]\n\[SNMPv1 agent [^\n]+\]\n/);
  });

  it('say of an answer that no reader knows no more than that', () => {
    const text = rendered.get(english) ?? '';
    assert.match(text, /192\.0\.2\.40, UDP port 19: Unknown service/);
    assert.match(text, /nmap -sU -p 19 192\.0\.2\.40/);
    assert.doesNotMatch(text, /chargen/i);
  });

  it('name commands with an address of the customer to put in', () => {
    for (const path of [english, japanese]) {
      const text = rendered.get(path) ?? '';
      assert.match(text, /^ {4}printf '\S+' \| nc -u -w 3 192\.0\.2\.10 123 \| wc -c$/m);
      assert.match(text, /^ {4}dig .* @192\.0\.2\.20 -p 53$/m);
      assert.doesNotMatch(text, /ADDRESS|PORT\b|undefined|NaN|\{\{/);
    }
  });

  it('have beside them the rows they speak of, in the native columns', () => {
    const rows = readCsv(rendered.get('notices/C-1001.csv') ?? '');
    assert.equal(rows.length, 1 + 7);
    assert.equal(rows[0]?.length, 36);
  });

  it('name software by software how to fix it, and home routers apart', () => {
    for (const path of [english, japanese])
      for (const word of ['ntpd', 'BIND', 'Unbound', 'dnsmasq', 'Windows DNS', 'snmpd', '\n5\\. '])
        assert.match(rendered.get(path) ?? '', new RegExp(word), `${path}: ${word}`);
    assert.match(rendered.get(english) ?? '', /HOME ROUTER/);
    assert.match(rendered.get(japanese) ?? '', /ご家庭のルーター/);
  });

  it('have a text of their own for every probe of the list, in every language', () => {
    for (const { id, port, report, protocol, texts } of probes) {
      const files = render([row(5, { probe: id, report, protocol, port, probed_port: port })]);
      for (const language of LANGUAGES) {
        const text = (files.get(`notices/C-1001.${language}.txt`) ?? '').replace(/\s+/g, '');
        assert.ok(text.includes(texts.title[language].replace(/\s+/g, '')), `${id} ${language}`);
      }
    }
  });

  it('do not exist where of no exposure anything is known, as before', () => {
    assert.deepEqual([...render([row(12, { status: 'unknown' })]).keys()], []);
  });

  it('tell of a fix where of others it is unknown whether they are still there, and close nothing', () => {
    const fixed = row(11, { status: 'fixed', status_evidence: 'closed' });
    const files = render([fixed, row(12, { status: 'unknown' }), row(13, { status: 'unknown' })]);
    const text = files.get(english) ?? '';
    assert.match(text, /^Subject: Exposed UDP services in your network: what has changed \(AS64496, /);
    assert.match(
      text.replace(/\s+/g, ' '),
      /Of 2 other ones it could not tell whether they are still exposed/,
    );
    assert.match(text, /no\s+longer\s+exposed\s+\(thank you\):\n- 192\.0\.2\.11, UDP port 123/);
    assert.doesNotMatch(text, /192\.0\.2\.1[23]|left\s+to\s+do|none there any more/);
    const inJapanese = (files.get(japanese) ?? '').replace(/\s+/g, '');
    assert.match(inJapanese, /ほか2件については、現在も応答するかどうかを確認できませんでした/);
    assert.doesNotMatch(inJapanese, /不要と考えて|192\.0\.2\.1[23]/);
    assert.equal(readCsv(files.get('notices/C-1001.csv') ?? '').length, 1 + 1);
    for (const letters of ['changed', 'all'] as const)
      assert.ok(render([fixed, row(12, { status: 'unknown' })], withNotices({ letters })).has(english));
    assert.equal(render([fixed, row(12, { status: 'unknown' })], withNotices({ letters: 'new' })).size, 0);
  });

  it('close the matter where the last exposure was fixed, and call only what is proved closed', () => {
    const fixed = row(11, { status: 'fixed', status_evidence: 'closed' });
    const silent = row(12, {
      status: 'fixed',
      status_evidence: 'silent',
      last_seen: '2026-11-06T03:01:00Z',
      silent_since: '2026-11-13T03:00:00Z',
      silent_runs: 2,
      exchanges: [1, 2, 3].map((minute) => ({
        ...(row(12).exchanges[0] ?? assert.fail()),
        purpose: 'prove',
        end: 'silent',
        requested_at: `2026-11-20T03:0${minute}:00.000Z`,
      })),
    });
    const proved = render([fixed]).get(english) ?? '';
    assert.match(proved, /^Subject: No exposed UDP services found in your network any more \(AS64496, /);
    assert.match(
      proved,
      /nothing left to\s+do[^]+no\s+longer\s+exposed\s+\(thank you\):\n- 192\.0\.2\.11, UDP port 123/,
    );
    assert.doesNotMatch(proved, /WHAT WAS FOUND|Found again/);
    const files = render([silent]);
    const unproved = files.get(english) ?? '';
    assert.match(
      unproved.replace(/\s+/g, ' '),
      /- 192\.0\.2\.12, [^:]+\(mode 7\)": no answer since 2026-11-13 03:00:00 UTC, in 2 scans; it last answered at 2026-11-06 03:01:00 UTC; this scan asked again 3 times, last at 2026-11-20 03:03:00 UTC/,
    );
    assert.doesNotMatch(unproved, /thank you|no\s+longer\s+exposed|left\s+to\s+do/);
    const unprovedInJapanese = (files.get(japanese) ?? '').replace(/\s+/g, '');
    assert.match(
      unprovedInJapanese,
      /2026-11-1303:00:00UTC以降、2回の調査で応答がありません（最後の応答：2026-11-0603:01:00UTC、今回の再確認：3回、最終2026-11-2003:03:00UTC/,
    );
    assert.doesNotMatch(unprovedInJapanese, /解消されたことを確認しました|ありがとう|不要/);
    assert.match(
      render([fixed, silent]).get(english) ?? '',
      /no\s+longer\s+exposed[^]+192\.0\.2\.11[^]+no\s+longer\s+answering/,
    );
  });

  it('are one letter to a customer with hosts in two ASes, and each exposure names its own', () => {
    const elsewhere = { asn: 64500, as_name: 'OTHER-AS' };
    const files = render([row(1), row(2, elsewhere)]);
    assert.deepEqual([...files.keys()], ['notices/C-1001.csv', english, japanese]);
    const text = files.get(english) ?? '';
    assert.match(text, /^Subject: [^\n]+: 2 \(AS64496, AS64500, /);
    assert.match(text, /Network: AS64496 EXAMPLE-AS[^]+Network: AS64500 OTHER-AS/);
    assert.doesNotMatch(render([row(1)]).get(english) ?? '', /Network:/);
  });

  it('leave no blank where the name of the AS is missing', () => {
    const nameless = Object.fromEntries(
      Object.entries(row(1, { asn: 64511 })).filter(([key]) => key !== 'as_name'),
    ) as unknown as FindingRecord;
    const run = { ...sampleRun, authorisation: { ...sampleRun.authorisation, networks: [] } };
    assert.match(render([nameless], run).get(english) ?? '', /Exposures: 1 \(C-1001, AS64511\)\. /);
  });

  it('say which reminder it is by the exposure that was found most often, and nothing of it in a first letter', () => {
    const before = (host: number, times_seen: number, first_seen: string): FindingRecord =>
      row(host, { status: 'persisting', times_seen, first_seen, days_open: 1 });
    const files = render([
      row(1, { status: 'new' }),
      before(2, 3, '2026-11-06T03:01:00Z'),
      before(3, 2, '2026-11-13T03:01:00Z'),
    ]);
    const text = (files.get(english) ?? '').replace(/\s+/g, ' ');
    assert.match(text, /^Subject: Found again \(for the 3rd time\): Exposed/);
    assert.match(
      text,
      /2 of the exposures below were found by earlier scans too\. The one found most often was first found on 2026-11-06; this is the 3rd scan that found that one\./,
    );
    assert.match(files.get(japanese) ?? '', /^Subject: 【3回目の検出】/);
    assert.doesNotMatch(render([row(1, { status: 'new' })]).get(english) ?? '', /[Rr]eminder|Found again/);
    // Scans are counted; whether a letter was sent is not known here.
    assert.doesNotMatch(text, /[Rr]eminder/);
  });

  it('are written only by a run that speaks for the whole scope', () => {
    assert.equal(render([row(1)]).size, 3);
    const runs: readonly RunRecord[] = [
      { ...sampleRun, complete: false },
      { ...sampleRun, settings: { ...sampleRun.settings, shard: '1/2' } },
      { ...sampleRun, suspect: { reason: 'responders', expected: 4, answered: 1 } },
      { ...sampleRun, partial: { compared_with: 'x', missing_addresses: 9 } },
    ];
    for (const run of runs) assert.equal(render([row(1)], run).size, 0);
  });

  it('go to the customers that --notices names', () => {
    const owners = [
      row(1, { customer: 'new', status: 'new' }),
      row(2, { customer: 'back', status: 'reopened' }),
      row(3, { customer: 'still', status: 'persisting' }),
      row(4, { customer: 'less', status: 'persisting' }),
      row(5, { customer: 'less', status: 'fixed', status_evidence: 'refused' }),
      row(6, { customer: 'done', status: 'fixed', status_evidence: 'refused' }),
    ];
    const written = (letters: 'new' | 'changed' | 'all' | undefined): readonly string[] =>
      [...render(owners, withNotices(letters === undefined ? undefined : { letters })).keys()]
        .flatMap((path) => /notices\/(\w+)\.csv/.exec(path)?.[1] ?? [])
        .sort();
    assert.deepEqual(written('new'), ['back', 'new']);
    assert.deepEqual(written('changed'), ['back', 'done', 'less', 'new']);
    assert.deepEqual(written('all'), ['back', 'done', 'less', 'new', 'still']);
    assert.deepEqual(written(undefined), written('all'));
  });

  it('stand under unknown where the owner of a host is unknown, and under as0 where the AS is', () => {
    const nobodys = toRecord(sampleFindings[5] ?? assert.fail(), { scanId: sampleRun.scan_id });
    assert.deepEqual(
      [...render([nobodys]).keys()],
      ['notices/as0/unknown.csv', 'notices/as0/unknown.en.txt', 'notices/as0/unknown.ja.txt'],
    );
  });

  it('name a hundred of very many, and the CSV file all', () => {
    const many = Array.from({ length: 150 }, (_, i) => row(i + 1));
    const files = render(many);
    assert.equal((files.get(english) ?? '').match(/^- 192\.0\.2\./gm)?.length, 100);
    assert.match(files.get(english) ?? '', /- and 50 more, none more severe: see the CSV file/);
    assert.equal(readCsv(files.get('notices/C-1001.csv') ?? '').length, 151);
  });

  it('have lines of 76 columns at most but for the subject and commands to copy, none of which begins with a closing mark', () => {
    for (const [path, text] of [...rendered, ...render(sampleRecords())])
      if (path.endsWith('.txt'))
        for (const line of text.split('\n')) {
          if (!/^(Subject: | {4}\S)/.test(line)) assert.ok(textWidth(line) <= 76, `${path}: ${line}`);
          assert.doesNotMatch(line, /^\s*[。、」）]/u, path);
          assert.equal(line, line.trimEnd(), `${path}: ${line}`);
        }
  });
});

function sampleRecords(): readonly FindingRecord[] {
  return sampleFindings.map((each) => toRecord(each, { scanId: sampleRun.scan_id }));
}

describe('text from outside', () => {
  const hostile = `${hostileBanner.slice(0, 60)}\r\nBcc: victim@example.com\r\n\r\n{{contact}} \u2028- 9.9.9.9`;

  it('breaks out of no notice: no line of its own, nothing that turns the writing, no placeholder', () => {
    const files = render(
      [row(1, { version: hostile, detail: hostile, as_name: hostile, customer: 'C-1001' })],
      withNotices({ format: 'text' }),
    );
    const text = files.get(english) ?? '';
    assert.match(text, /Software: =cmd/);
    assert.match(text, /\{\{contact\}\}/, 'a placeholder in a value is text');
    // eslint-disable-next-line no-control-regex -- these are what must not be there
    assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b]/);
    assert.doesNotMatch(text, /^\s*(- )?(Bcc|9\.9\.9\.9)/m);
  });

  it('adds no field to the head of a mail, whatever names and texts there are', () => {
    fc.assert(
      fc.property(anyText(), anyText(), anyText(), (organisation, contact, customer) => {
        const run = withNotices(
          {
            format: 'eml',
            templates: { en: 'Subject: {{customer}} {{organisation}}\n\nx', ja: 'Subject: x' },
          },
          { authorisation: { ...sampleRun.authorisation, organisation, contact } },
        );
        for (const [path, text] of render([row(1, { customer })], run)) {
          if (!path.endsWith('.eml')) continue;
          assert.deepEqual(
            fieldsOf(headOf(text)).map(([name]) => name),
            ['Date', 'From', 'Subject', 'MIME-Version', 'X-Unsent', 'Content-Type'],
          );

          assert.match(headOf(text), /^(?:[\x20-\x7e]|\r\n)*$/);
          // RFC 2231 wants the name of a file in one piece, and an address cannot be folded.
          const whole = /^ filename\*=|^ <\S+>$/;
          for (const line of text.split('\r\n')) assert.ok(line.length <= 78 || whole.test(line), line);
        }
      }),
    );
  });

  function anyText(): fc.Arbitrary<string> {
    return fc.oneof(
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.constantFrom(
        'a\r\nBcc: b@c',
        '"a" <x@y>',
        '=?UTF-8?Q?a?=',
        'a@b\nTo: c',
        '例示株式会社'.repeat(9),
        'a.b@c',
      ),
    );
  }
});

describe('the draft of a mail', () => {
  const run = withNotices({ format: 'eml' });
  const files = render(mixed, run);
  const draft = files.get('notices/C-1001.ja.eml') ?? '';

  it('is on request only', () => {
    assert.ok(![...render(mixed).keys()].some((path) => path.endsWith('.eml')));
  });

  it('has the contact as its author, no recipient, and waits to be sent', () => {
    const fields = new Map(fieldsOf(headOf(draft)));
    assert.equal(fields.get('From'), 'Example ISP <noc@example.net>');
    assert.equal(fields.get('Date'), 'Fri, 20 Nov 2026 03:02:10 +0000');
    assert.equal(fields.get('X-Unsent'), '1');
    assert.doesNotMatch(headOf(draft), /^(To|Cc|Bcc):/m);
  });

  it('holds the subject, the text and the CSV file, byte for byte', () => {
    const [subject = '', ...text] = (files.get(japanese) ?? '').split('\n\n');
    const { head, parts } = readMail(draft);
    assert.equal(`Subject: ${decodedWords(head.get('Subject') ?? '')}`, subject.replaceAll('\n ', ''));
    assert.equal(parts.length, 2);
    assert.match(parts[0]?.head.get('Content-Type') ?? '', /^text\/plain; charset=utf-8$/);
    assert.equal(parts[0]?.body, text.join('\n\n').replaceAll('\n', '\r\n'));
    assert.match(parts[1]?.head.get('Content-Disposition') ?? '', /^attachment; filename="C-1001\.csv"$/);
    assert.equal(parts[1]?.body, files.get('notices/C-1001.csv'));
  });

  it('has an empty group for an author where the contact is no mail address', () => {
    const authorisation = {
      ...sampleRun.authorisation,
      contact: 'https://example.net/abuse',
      organisation: '例示',
    };
    const from = fieldsOf(
      headOf([...render(mixed, { ...run, authorisation }).values()].at(-1) ?? ''),
    )[1]?.[1];
    assert.match(from ?? '', /^=\?UTF-8\?B\?[\w+/=]+\?=:;$/);
    assert.equal(decodedWords(from?.slice(0, -2) ?? ''), '例示');
  });

  it('names the attachment of a Japanese customer by RFC 2231', () => {
    const own = render([row(1, { customer: '例示株式会社' })], run).get('notices/例示株式会社.en.eml') ?? '';
    const name = /filename\*=UTF-8''([%\w.-]+)\r\n/.exec(own)?.[1];
    assert.equal(decodeURIComponent(name ?? ''), '例示株式会社.csv');
  });
});

function headOf(text: string): string {
  return text.slice(0, text.indexOf('\r\n\r\n'));
}

/** Name and unfolded value of each field, RFC 5322 §2.2: strict. */
function fieldsOf(head: string): readonly (readonly [string, string])[] {
  return head.split(/\r\n(?! )/).map((field) => {
    const [, name = assert.fail(field), value = ''] = /^([\w-]+): ([^]*)$/.exec(field) ?? [];
    return [name, value.replaceAll('\r\n', '')] as const;
  });
}

interface ReadMail {
  readonly head: ReadonlyMap<string, string>;
  readonly parts: readonly { readonly head: ReadonlyMap<string, string>; readonly body: string }[];
}

/** A reader of RFC 2046 in its own words. */
function readMail(text: string): ReadMail {
  const head = new Map(fieldsOf(headOf(text)));
  const boundary = /boundary="([^"]+)"$/.exec(head.get('Content-Type') ?? '')?.[1] ?? assert.fail();
  const [preamble, ...rest] = text.slice(headOf(text).length + 2).split(`\r\n--${boundary}`);
  assert.equal(preamble, '');
  assert.equal(rest.pop(), '--\r\n');
  return {
    head,
    parts: rest.map((part) => {
      const own = part.slice(2);
      return {
        head: new Map(fieldsOf(headOf(own))),
        body: Buffer.from(own.slice(headOf(own).length), 'base64').toString(),
      };
    }),
  };
}

/** RFC 2047: what stands between two encoded words is no part of the text. */
function decodedWords(text: string): string {
  return text
    .replace(/\?= +=\?/g, '?==?')
    .replace(/=\?UTF-8\?B\?([\w+/=]+)\?=/g, (_, word: string) => Buffer.from(word, 'base64').toString());
}

describe('the name of a customer as a file', () => {
  it('is the customer where that is a name for a file, in any script', () => {
    for (const name of ['C-1001', 'KD4711', 'example.net', '例示株式会社', 'müller_kg', 'x'.repeat(120)])
      assert.equal(customerFile(name), name);
    assert.equal(customerFile(undefined), 'unknown');
  });

  it('differs also where a file system does not tell case or spelling apart', () => {
    const fold = (name: string): string => name.normalize('NFKD').toUpperCase().toLowerCase();
    const letters = fc.constantFrom(
      'a',
      'A',
      's',
      'ss',
      'ß',
      'ſ',
      'k',
      '\u212a',
      'i',
      'I',
      'ı',
      'İ',
      '1',
      '１',
      'é',
      'e\u0301',
      '-',
    );
    const name = fc.array(letters, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(name, name, (one, other) => {
        if (one !== other) assert.notEqual(fold(customerFile(one)), fold(customerFile(other)));
      }),
      { numRuns: 5000 },
    );
    for (const [one, other] of [
      ['C-1', 'c-1'],
      ['acme', 'ACME'],
      ['unknown', 'UNKNOWN'],
    ] as const)
      assert.notEqual(fold(customerFile(one)), fold(customerFile(other)));
    assert.notEqual(customerFile('UNKNOWN').toLowerCase(), customerFile(undefined));
  });

  it('is none that Windows keeps for itself, with whatever ending', () => {
    for (const name of [
      'CON',
      'con',
      'Nul',
      'AUX',
      'PRN',
      'COM1',
      'lpt9',
      'COM\u00b9',
      'CON.x',
      'nul.a.b',
      'NUL. ',
      'CONIN$',
    ])
      assert.doesNotMatch(
        `${customerFile(name)}.en.txt`,
        /^(con|prn|aux|nul|conin\$|conout\$|com[\d\u00b9\u00b2\u00b3]|lpt[\d\u00b9\u00b2\u00b3])\s*\./i,
        name,
      );
    for (const name of ['a.', 'a ', 'a. .']) assert.match(customerFile(name), /[\p{L}\p{N}]$/u);
  });

  it('is never another path, and the same for the same customer', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.constantFrom('..', '.', '../../etc/x', 'a/b', '', 'a\0b', '-rf', 'あ'.repeat(300)),
        ),
        (name) => {
          const file = customerFile(name);
          assert.match(file, /^[\p{L}\p{N}][\p{L}\p{N}\p{M}._-]*$/u);
          assert.ok(Buffer.byteLength(file) <= 140);
          assert.equal(customerFile(name), file);
        },
      ),
    );
  });

  it('is of one customer only', () => {
    const names = [
      'a b',
      'a/b',
      'a-b',
      'a_b',
      'unknown',
      'Unknown',
      ' a',
      'a',
      'a ',
      'e\u0301',
      '\u00e9',
      '',
      '.',
      'x'.repeat(121),
      'x'.repeat(122),
    ];
    const more = names.map(customerFile);
    // Who is called like another's file.
    const all = [...names, ...more.filter((name) => !names.includes(name))];
    assert.equal(new Set([customerFile(undefined), ...all.map(customerFile)]).size, all.length + 1);
  });
});

describe('a line of a notice', () => {
  const letters = fc.constantFrom(
    ...Array.from('ab. 、。「」（）()あ漢ー々っ`-,字か\u3099'),
    'word ',
    ' ',
    '長い文字列',
    '`a b c`',
  );
  const line = fc.array(letters, { maxLength: 120 }).map((parts) => parts.join('').trim());

  it('is never wider than asked, but for what has no place to break', () => {
    fc.assert(
      fc.property(line, fc.integer({ min: 10, max: 100 }), (text, columns) => {
        for (const part of wrapLine(text, columns).filter((each) => textWidth(each) > columns)) {
          const words = part.replace(/`[^`]*`/g, (code) => 'x'.repeat(code.length)).replace(/^(- )? */, '');
          // A break would be before or after a wide letter, or at a space: each is next to a mark that forbids it.
          const places = [
            ...words.matchAll(/(?<=.)(?= |[あ漢字か長い文列]|(?<=[あ漢字か長い文列]\u3099?)(?!\u3099))/gu),
          ];
          for (const { index } of places) {
            const after = words.slice(index).trimStart();
            assert.match(
              `${words.slice(0, index).trimEnd()}|${after}`,
              /[「（(]\|| *\|(?:[、。」）)ー々っ,.:;]|\u3099)/u,
              `${part} at ${index}`,
            );
          }
        }
      }),
    );
  });

  it('loses no letter and changes no order', () => {
    fc.assert(
      fc.property(line, fc.integer({ min: 10, max: 100 }), (text, columns) => {
        const again = wrapLine(text, columns).join(' ');
        assert.equal(again.replace(/ /g, ''), text.replace(/ /g, ''));
      }),
    );
  });

  it('begins with no closing mark and ends with no opening bracket, at every width', () => {
    fc.assert(
      fc.property(line, fc.integer({ min: 10, max: 100 }), (text, columns) => {
        const [, ...later] = wrapLine(text, columns);
        for (const part of later) assert.doesNotMatch(part.trimStart(), /^[、。」）ー々っ]/u);
        for (const part of wrapLine(text, columns).slice(0, -1)) assert.doesNotMatch(part, /[「（]$/u);
      }),
    );
  });

  it('is filled: a Japanese paragraph leaves at most the room of a letter and its marks', () => {
    const text = '対策が済むまでは、網の境界または上流で遮断してください。'.repeat(10);
    for (const part of wrapLine(text, 76).slice(0, -1)) assert.ok(textWidth(part) >= 72, part);
  });

  it('of a list goes on under its text, and a command stays whole', () => {
    assert.deepEqual(wrapLine('  - one two three', 11), ['  - one two', '    three']);
    assert.deepEqual(wrapLine('put `a b c` in', 8), ['put', '`a b c`', 'in']);
    assert.deepEqual(wrapLine('    dig ANY example.net', 8), ['    dig ANY example.net']);
  });
});

describe('a template', () => {
  const values = Object.fromEntries(Object.keys(PLACEHOLDERS).map((name) => [name, ''])) as NoticeValues;

  it('that names an unknown placeholder is refused with file, line and what there is', () => {
    const wrong: readonly (readonly [text: string, message: RegExp])[] = [
      ['Subject: x\n\nDear {{costumer}},', /^my\/notice\.en\.txt:3: unknown placeholder "\{\{costumer\}\}"$/],
      ['Subject: {{}}', /^my\/notice\.en\.txt:1: unknown placeholder "\{\{\}\}"$/],
      ['Subject: x\r\n{{constructor}}', /:2: unknown placeholder/],
      ['Subject: x\n{{__proto__}}', /:2: unknown placeholder/],
      ['Subject: x\n\n{{ contact', /:3: a "\{\{" has no "\}\}"/],
      ['Dear customer', /:1: the first line is no subject/],
      ['Subject: \n', /:1: the first line is no subject/],
      ['', /:1: the first line is no subject/],
    ];
    for (const [text, message] of wrong)
      assert.throws(
        () => parseTemplate(text, 'my/notice.en.txt'),
        (error) => error instanceof UsageError && message.test(error.message) && error.hint !== '',
        text,
      );
  });

  it('is filled with what the values say, and an empty one leaves no hole', () => {
    const { subject, body } = fillTemplate(
      parseTemplate('\ufeffSubject:\t{{ asn }}: x\r\n\r\nA\r\n\r\n{{fixed}}\r\n\r\n{{csv}} {}}', 'x'),
      { ...values, asn: 'AS1', csv: '{{asn}} $& $1' },
    );
    assert.equal(subject, 'AS1: x');
    assert.equal(body, 'A\n\n{{asn}} $& $1 {}}\n');
  });

  it('of the house is right, and uses every placeholder', () => {
    for (const language of LANGUAGES) {
      parseTemplate(defaultTemplates[language], language);
      for (const name of Object.keys(PLACEHOLDERS))
        assert.ok(defaultTemplates[language].includes(`{{${name}}}`), `${language}: ${name}`);
    }
  });

  it('of an operator stands in run.json, and makes the notice', () => {
    const templates = {
      en: 'Subject: Ours\n\nHello {{customer}}: {{findings}}',
      ja: 'Subject: 当社\n\nこんにちは',
    };
    const files = render([row(1)], withNotices({ templates }));
    assert.match(files.get(english) ?? '', /^Subject: Ours\n\nHello C-1001: - 192\.0\.2\.1, UDP port 123/);
    assert.equal(files.get(japanese), 'Subject: 当社\n\nこんにちは\n');
  });

  it('can ask for what docs/report-format.md lists, and for nothing else', () => {
    const text = readFileSync(join(repositoryRoot, 'docs/report-format.md'), 'utf8');
    const [, section = ''] = text.split('## Notices\n');
    const documented = [...section.matchAll(/^\| `\{\{(\w+)\}\}` +\|/gm)].map(([, name]) => name);
    assert.deepEqual(documented, Object.keys(PLACEHOLDERS));
  });
});

describe('the texts for an unknown service', () => {
  it('stand there in every language', () => {
    for (const texts of [unknownTexts.title, unknownTexts.risk, unknownTexts.remedy, unknownTexts.check])
      for (const language of LANGUAGES) assert.equal(texts[language].trim(), texts[language]);
  });
});
