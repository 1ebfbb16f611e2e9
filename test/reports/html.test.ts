import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { probes } from '../../probes/list.js';
import { LANGUAGES } from '../../probes/probe.js';
import { findingCells } from '../../reports/columns.js';
import { html } from '../../reports/html/html.js';
import { htmlReport } from '../../reports/html/html-report.js';
import { bilingual, bilingualInSvg } from '../../reports/html/bilingual.js';
import { script } from '../../reports/html/script.js';
import { WORD_TEXTS, wordClass } from '../../reports/html/cells.js';
import { renderReports } from '../../reports/index.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import { toRecord } from '../../reports/record.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { isExposed } from '../../src/domain/status.js';
import { largeRun } from './large-run.js';
import { hostileBanner, sampleFindings, sampleRun } from './sample-run.js';

const records = sampleFindings.map((finding) => toRecord(finding, { scanId: sampleRun.scan_id }));

function chunksOf(run: RunRecord, rows: readonly FindingRecord[]): readonly string[] {
  const [file] = [...htmlReport.files(run, rows, { bom: false, probes })];
  assert.equal(file?.path, 'report.html');
  return [...file.chunks];
}

function page(run: RunRecord = sampleRun, rows: readonly FindingRecord[] = records): string {
  return chunksOf(run, rows).join('');
}

/** What stands in the page beside the style sheet and the script. */
function bodyOf(text: string): string {
  return text.slice(text.indexOf('<body>')).replace(/<script>[\s\S]*<\/script>/, '');
}

/** What a reader of one language reads, in one line. */
function readIn(language: 'en' | 'ja', text: string): string {
  const other = language === 'en' ? 'ja' : 'en';
  return bodyOf(text)
    .replaceAll(new RegExp(`<(span|tspan) lang="${other}">((?!</\\1>)[\\s\\S])*</\\1>`, 'g'), '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll(/\s+/g, ' ');
}

function listRows(text: string): readonly string[][] {
  const list =
    /<table id="list">[\s\S]*?<tbody>\n([\s\S]*?)<\/tbody>/.exec(text)?.[1] ?? assert.fail('no list');
  return list
    .trimEnd()
    .split('\n')
    .map((row) =>
      row
        .split(/<td[^>]*>/)
        .slice(1)
        .map((cell) => cell.replaceAll(/<[^>]*>/g, '')),
    );
}

/** What the page says; the page itself is too long to be told. */
function says(text: string, what: RegExp): void {
  assert.ok(what.test(text), `says ${String(what)}`);
}

function neverSays(text: string, what: RegExp): void {
  assert.ok(!what.test(text), `never says ${String(what)}`);
}

describe('the policy of report.html', () => {
  const text = page();

  it('lets in exactly the one style sheet and the one script that the page has, by their hashes', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1] ?? '';
    const inner = (tag: string): string => {
      const found = [...text.matchAll(new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`, 'g'))];
      assert.equal(found.length, 1, tag);
      const hash = createHash('sha256')
        .update(found[0]?.[1] ?? '')
        .digest('base64');
      return `${tag}-src 'sha256-${hash}'`;
    };
    assert.deepEqual(policy.split('; '), [
      "default-src 'none'",
      inner('style'),
      inner('script'),
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it('has nothing to refuse: no style attribute, no handler, nothing that is fetched', () => {
    const large = largeRun(400);
    for (const one of [text, page(large.run, large.records)]) {
      const tags = bodyOf(one).match(/<[a-z][^>]*>/g) ?? [];
      assert.ok(tags.length > 500);
      for (const tag of tags) {
        assert.doesNotMatch(tag, /\sstyle\s*=|\son\w+\s*=|\ssrc\s*=|javascript:|https?:|\/\/|url\((?!#)/i);
        assert.doesNotMatch(
          tag,
          /^<(img|iframe|object|embed|link|base|audio|video|image|use|foreignObject)\b/i,
        );
      }
    }
    assert.doesNotMatch(script, /<\/script|<!--|https?:|fetch|innerHTML|eval/i);
  });

  it('lets links lead to files of the same run, and to places of the page that are there', () => {
    const large = largeRun(400);
    const clean = { run: largeRun(0).run, records: [] };
    for (const { run, records: rows } of [{ run: sampleRun, records }, large, clean]) {
      const one = page(run, rows);
      const files = new Set([...renderReports(run, rows, { bom: false, probes })].map(({ path }) => path));
      const ids = [...one.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      assert.equal(new Set(ids).size, ids.length, 'no id twice');
      const links = [...one.matchAll(/ href="([^"]+)"/g)].map(([, href = '']) => href);
      assert.ok(links.length > 15);
      for (const link of links) {
        const known = link.startsWith('#')
          ? ids.includes(link.slice(1))
          : ['run.json', 'findings.jsonl'].includes(link) || files.has(decodeURIComponent(link));
        assert.ok(known, link);
      }
      const labels = [...one.matchAll(/ (?:aria-(?:labelledby|describedby)|for)="([^"]+)"/g)];
      for (const [, id = ''] of labels) assert.ok(ids.includes(id), `#${id}`);
    }
  });
});

describe('what others wrote, in report.html', () => {
  it('is escaped wherever it stands', () => {
    const evil = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>&amp;`;
    const [first = assert.fail()] = records;
    const row: FindingRecord = {
      ...first,
      version: evil,
      detail: evil,
      customer: evil,
      as_name: evil,
      status: 'reopened',
    };
    const run: RunRecord = {
      ...sampleRun,
      complete: false,
      incomplete_reason: evil,
      authorisation: {
        ...sampleRun.authorisation,
        organisation: evil,
        authorised_by: evil,
        contact: evil,
        networks: [{ prefix: '192.0.2.0/24', asn: 64496, as_name: evil, customer: evil }],
      },
      asn_sources: [{ file: evil, format: 'operator', prefixes: 1 }],
    };
    const text = page(run, [row]);
    assert.ok(text.split('&lt;script&gt;').length > 8, 'it is in the page');
    assert.equal(text.split('<script').length, 2);
    assert.doesNotMatch(text, /<img|onerror=alert\(2\)>/);
  });

  it('is escaped whatever it is: no text changes what surrounds it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (remote) => {
        const text = html`<p title="${remote}">${remote}</p>`.toString();
        assert.match(text, /^<p title="[^"<>]*">[^"'<>]*<\/p>$/);
      }),
    );
  });

  it('turns no direction, hides nothing, and is cut: 64 KB of a banner are forty columns', () => {
    const text = page();
    assert.match(text, /<bdi>=cmd\|&#39;\/C calc&#39;!A0 &quot;evil&quot;, name\ufffd A*…<\/bdi>/);
    assert.doesNotMatch(text, /[^\P{Cc}\n]|\p{Cf}/u);
    assert.doesNotMatch(text, /A{60}/);
    assert.ok(hostileBanner.length > 65_000);
  });
});

describe('the languages of report.html', () => {
  it('each have their own of every sentence', () => {
    for (const [one, tag] of [
      [bilingual({ en: 'yes', ja: 'はい' }), 'span'],
      [bilingualInSvg({ en: 'yes', ja: 'はい' }), 'tspan'],
    ] as const)
      assert.equal(one.toString(), `<${tag} lang="en">yes</${tag}><${tag} lang="ja">はい</${tag}>`);
    const large = largeRun(400);
    for (const text of [page(), page(large.run, large.records), page(largeRun(0).run, [])]) {
      const counts = LANGUAGES.map(
        (language) =>
          [...bodyOf(text).matchAll(new RegExp(`<(?:span|tspan|div) lang="${language}">`, 'g'))].length,
      );
      assert.equal(counts[0], counts[1]);
      assert.ok((counts[0] ?? 0) > 100);
      for (const [, , texts = ''] of bodyOf(text).matchAll(/<(t?span) lang="ja">([^<]+)<\/\1>/g))
        assert.match(texts, /[\u3040-\u30ff\u4e00-\u9fff、。・]|^(?!.*[a-z] [a-z])/, texts);
    }
  });

  it('have the ten words of severity and status in the style sheet, each under a letter of its own', () => {
    const classes = (Object.keys(WORD_TEXTS) as (keyof typeof WORD_TEXTS)[]).map(wordClass);
    assert.equal(new Set(classes).size, 10);
    for (const [word, japanese] of Object.entries(WORD_TEXTS))
      assert.ok(page().includes(`.${word.slice(0, 1)}::before { content: "${japanese} " }`), word);
  });
});

describe('the figures of report.html', () => {
  it('are those of findings.csv, row by row', () => {
    const { run, records: rows } = largeRun(400);
    const listed = listRows(page(run, rows));
    assert.equal(listed.length, rows.length);
    const cellsOf = new Map(
      rows.map((row) => [`${row.ip} ${row.probe}`, { row, cells: findingCells(row) }] as const),
    );
    for (const cells of listed) {
      const [severity, status, ip, port, probe, request, answer, wire, payload, asn, customer, days] = cells;
      const { row } = cellsOf.get(`${ip} ${probe}`) ?? assert.fail(`${ip} ${probe}`);
      const prefix = (row.basis === 'sweep' ? '†' : '') + (row.lower_bound === true ? '≥' : '');
      const csv = cellsOf.get(`${ip} ${probe}`)?.cells ?? [];
      assert.deepEqual(
        [severity, status, port, request, answer, wire, payload, asn, customer, days],
        [
          row.severity,
          row.status,
          csv[10],
          csv[16],
          csv[18],
          `${prefix}${csv[22]}`,
          `${prefix}${csv[20]}`,
          `AS${csv[12]}`,
          csv[15],
          csv[29],
        ],
      );
    }
  });

  it('begin with how many are exposed, what changed, and the strongest with the size of its request', () => {
    const { run, records: rows } = largeRun(400);
    const text = readIn('en', page(run, rows));
    const of = (status: string): number => rows.filter((row) => row.status === status).length;
    const exposed = rows.filter(({ status }) => isExposed(status)).length;
    const hosts = new Set(rows.filter(({ status }) => isExposed(status)).map(({ ip }) => ip)).size;
    says(text, new RegExp(`The answer ${exposed} exposures on ${hosts} hosts, of 130,816 addresses asked`));
    says(
      text,
      new RegExp(
        `New ${of('new')} Reopened ${of('reopened')} Persisting ${of('persisting')} Fixed ${of('fixed')} Unknown ${of('unknown')} `,
      ),
    );
    says(
      text,
      /Strongest answer ≥?759\.38× on the wire: (at least )?44,000 bytes of payload in 100 datagrams answer a request of 8 bytes \(≥?5500\.00× by payload\)/,
    );
  });

  it('name the thresholds of the severity that this run had', () => {
    const settings = { ...sampleRun.settings, severity_critical: 321, severity_high: 43 };
    const text = page({ ...sampleRun, settings }, []);
    assert.match(text, /critical from 321, high from 43, low below 2/);
    assert.match(text, /321以上は緊急、43以上は高/);
  });

  it('have every header over as many cells', () => {
    const text = page();
    for (const [, head = '', body = ''] of text.matchAll(
      /<thead>([\s\S]*?)<\/thead>\n<tbody>\n([\s\S]*?)<\/tbody>/g,
    )) {
      const columns = head.split('<th ').length - 1;
      for (const row of body.split(/<tr>/).slice(1))
        assert.equal(row.split(/<t[dh][ >]/).length - 1, columns, row);
    }
  });
});

describe('what report.html may not claim', () => {
  const clean = largeRun(0).run;
  const lossy: RunRecord = {
    ...clean,
    losses: {
      ...clean.losses,
      any: true,
      send_errors: [{ code: 'ENOBUFS', count: 12, meaning: 'error', addresses: [] }],
      unknown: [{ probe: 'ntp-monlist', addresses: 512, prefixes: ['198.18.4.0/23'] }],
    },
  };
  const stopped: RunRecord = { ...clean, complete: false, incomplete_reason: 'signal' };

  const shard: RunRecord = { ...clean, settings: { ...clean.settings, shard: '1/3' } };
  const narrowed: RunRecord = {
    ...clean,
    scope_reloads: [
      {
        time: '2026-11-20T03:01:00Z',
        newly_excluded: ['198.18.4.0/23'],
        newly_excluded_addresses: 512,
      },
    ],
  };
  const rows = largeRun(40).records;

  it('is that there is nothing, unless all was asked and nothing lost', () => {
    const whole = readIn('en', page(clean, []));
    says(whole, /No exposure was found on 130,816 addresses\. Exposed now 0 New 0 Reopened 0 /);
    says(whole, /This run is complete: each of 130,816 addresses was asked, and nothing was lost/);
    says(whole, /AS64496 EXAMPLE-AS 1 .* Asked, and nothing found/);
    for (const run of [lossy, stopped, shard, narrowed]) {
      const text = readIn('en', page(run, []));
      says(text, /this does not mean that there is none/);
      says(
        text,
        /Exposed now not known New not known Reopened not known Persisting not known Fixed not known/,
      );
      says(text, /No change is known against 8 earlier runs; not everything is known/);
      neverSays(
        text,
        /nothing was lost|was asked,|Asked, and nothing found|No exposure was found(?! , but|, but)|No change was found|is exposed\.|There is none|No finding/,
      );
      const japanese = readIn('ja', page(run, []));
      says(japanese, /検出漏れがないとは言えません/);
      neverSays(japanese, /検出はありませんでした。|変化は見つかりませんでした|すべてに要求を送り/);
    }
  });

  it('is to be all, where something is exposed: the lead says that there may be more', () => {
    const exposed = rows.filter(({ status }) => status === 'persisting');
    neverSays(readIn('en', page(clean, exposed)), /not (?:be )?all\./);
    for (const run of [lossy, stopped, shard, narrowed]) {
      says(readIn('en', page(run, exposed)), /from anybody\. This (?:may not be|is not) all\./);
      says(
        readIn('en', page(run, exposed)),
        /New not known Reopened not known Persisting \d+ Fixed not known/,
      );
      says(readIn('ja', page(run, exposed)), /これがすべて(?:とは限りません|ではありません)。/);
    }
  });

  it('is to be whole: it names what was lost, what is unknown for it, and why it stopped', () => {
    const text = readIn('en', page(lossy, []));
    says(text, /something was lost on the way/);
    says(text, /12 packets could not be sent \(ENOBUFS\)/);
    says(text, /Unknown whether 512 addresses answer ntp-monlist: 198\.18\.4\.0\/23/);
    const half = readIn('en', page(stopped, []));
    says(half, /This run is incomplete: it was stopped before its end/);
    says(half, /Why it stopped: stopped by a signal/);
    says(readIn('ja', page(stopped, [])), /この調査は完了していません/);
    says(readIn('en', page(shard, [])), /This is shard 1\/3, a part of a run: the rest was not asked here/);
    says(readIn('ja', page(shard, [])), /分割した調査の一部（シャード1\/3）です/);
    says(readIn('en', page({ ...lossy, settings: shard.settings }, [])), /This is shard 1\/3: the rest/);
    says(readIn('en', page(narrowed, [])), /excluded 512 addresses on the way: not everything was asked/);
    says(readIn('ja', page(narrowed, [])), /途中でスコープにより512アドレスを除外/);
  });

  it('is that nothing was lost or each was asked, above a list of what was lost or could not be asked', () => {
    const withErrors = (code: string, meaning: 'error' | 'unreachable' | 'not_probed'): RunRecord => ({
      ...clean,
      losses: { ...clean.losses, send_errors: [{ code, count: 2, meaning, addresses: ['198.18.0.255'] }] },
    });
    const repaired = page(withErrors('ENOBUFS', 'error'), []);
    says(readIn('en', repaired), /each of 130,816 addresses was asked, and what was lost was asked again/);
    says(readIn('ja', repaired), /失われた要求は送り直し/);
    for (const [code, meaning, why] of [
      ['EHOSTUNREACH', 'unreachable', 'for no way leads there'],
      ['EACCES', 'not_probed', 'for they are no addresses of hosts'],
    ] as const) {
      const text = readIn('en', page(withErrors(code, meaning), []));
      says(text, /not each address could be asked, and nothing was lost/);
      says(text, new RegExp(`2 packets could not be sent \\(${code}\\), ${why}: 198\\.18\\.0\\.255`));
      says(readIn('ja', page(withErrors(code, meaning), [])), /一部のアドレスには要求を送れませんでした/);
    }
  });

  it('is that nothing was lost, where the system does not count what its sockets drop', () => {
    const { sweep_socket_drops = 0, measurement_socket_drops = 0 } = clean.losses;
    const none = { send_errors: [], capped_measurements: 0, any: false };
    for (const losses of [none, { ...none, sweep_socket_drops, measurement_socket_drops }]) {
      const text = readIn('en', page({ ...clean, losses }, []));
      says(text, /each of 130,816 addresses was asked, and no loss was seen, but this system does not count/);
      neverSays(text, /nothing was lost/);
      says(readIn('ja', page({ ...clean, losses }, [])), /損失は確認されていませんが/);
    }
  });

  it('is a change, where no earlier run is known, or a comparison that will not come', () => {
    const text = readIn('en', page());
    says(text, /No earlier run is known here, so nothing can be called a change: the next run in the same/);
    neverSays(text, / Reopened \d/);
    for (const run of [shard, stopped]) {
      const first: RunRecord = { ...run, history: { earlier_runs: 0, not_targeted: 0 } };
      says(readIn('en', page(first, [])), /so nothing can be called a change\. /);
      neverSays(readIn('ja', page(first, [])), /今回の結果と比較されます/);
    }
    const [row = assert.fail()] = rows;
    const doubtful = page(clean, [{ ...row, status: 'unknown' }]);
    says(readIn('en', doubtful), /No change is known against 8 earlier runs/);
    says(readIn('en', doubtful), /1: for no recorded reason/);
  });

  it('is a figure that there is none of', () => {
    const [row = assert.fail()] = rows;
    const unmeasured: FindingRecord = { ...row, status: 'new', asn: 0 };
    delete (unmeasured as { wire_amplification?: number }).wire_amplification;
    const text = readIn('en', page(clean, [unmeasured]));
    neverSays(text, /Strongest answer|[^\d.]×/);
    says(text, /not measured/);
    assert.equal(listRows(page(clean, [unmeasured]))[0]?.[9], 'AS0');
    const wide = { ...clean, targets: { ...clean.targets, addresses: 2 ** 96 } };
    says(readIn('en', page(wide, [])), /found on 79,228,162,514,264,\d{3},\d{3},\d{3},\d{3},\d{3} addresses/);
  });

  it('is what a probe that this version lacks does: it names it and its port, and no size', () => {
    const [row = assert.fail()] = rows;
    const foreign = ['one', 'two'].map((probe, index) => ({
      ...row,
      probe: `future-${probe}`,
      probed_port: 7000 + index,
      status: 'new' as const,
    }));
    const text = readIn('en', page(clean, foreign));
    says(text, /future-one · UDP 7000, future-two · UDP 7001/);
    neverSays(text, /larger than the request/);
  });

  it('is nothing for a word of a later version: it stands as it is', () => {
    const [row = assert.fail()] = rows;
    const later = { status_doubt: 'moon <phase>', status_evidence: 'sworn' } as unknown as FindingRecord;
    const run = {
      ...clean,
      losses: {
        ...clean.losses,
        events: [{ kind: 'eclipse', count: 2, first: '2026-11-20T03:01:00Z', last: '2026-11-20T03:01:00Z' }],
      },
    } as unknown as RunRecord;
    for (const language of LANGUAGES) {
      const text = readIn(
        language,
        page(run, [
          { ...row, ...later, status: 'unknown' },
          { ...row, ...later, ip: '198.18.0.9', status: 'fixed' },
        ]),
      );
      for (const word of [/moon &lt;phase&gt;/, /sworn/, /eclipse/]) says(text, word);
    }
  });
});

describe('a large report.html', () => {
  const { run, records: rows } = largeRun(10_000);

  it('holds ten thousand findings in less than 3 MB, in many parts', () => {
    const parts = chunksOf(run, rows);
    assert.equal(listRows(parts.join('')).length, 10_000);
    const bytes = Buffer.byteLength(parts.join(''));
    assert.ok(bytes < 3_000_000, `${bytes} bytes`);
    assert.ok(Math.max(...parts.map((part) => part.length)) < 300_000, 'no part is the whole');
  });

  it('shows the most severe of more than ten thousand, says so, and where the rest is', () => {
    const more = largeRun(10_300);
    const text = page(more.run, more.records);
    const listed = listRows(text);
    assert.equal(listed.length, 10_000);
    assert.ok(listed.some(([severity]) => severity === 'medium'));
    says(
      readIn('en', text),
      /The first 10,000 of 10,300 findings: exposed first, then by severity\..* findings\.csv/,
    );
    const left = more.records.filter(({ ip, probe }) => !text.includes(`<td>${ip}<td>`) && probe !== '');
    assert.ok(left.length >= 300);
    for (const { severity } of left) assert.ok(severity !== 'critical' && severity !== 'high', severity);
  });

  it('cuts its other lists too, and says so', () => {
    const text = readIn('en', page(run, rows));
    says(text, /The first 50 of [\d,]+ are shown; changes\.csv has all/);
    says(text, /The first 20 of [\d,]+ hosts; all are in the list of findings/);
    says(text, /And 2\d more customers; the letters are in notices\//);
  });
});
