/** No English sentence in what is Japanese: the page of every kind of run, letters, and what commands print. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { probes } from '../../probes/list.js';
import type { Given, Io } from '../../src/commands/command.js';
import { whereToLook } from '../../src/commands/demo.js';
import { changesBetween, describeChanges } from '../../src/commands/diff.js';
import { describeHistory } from '../../src/commands/history.js';
import { describePlan } from '../../src/commands/inputs/describe-plan.js';
import { probes as probesCommand } from '../../src/commands/probes.js';
import { htmlReport } from '../../reports/html/html-report.js';
import { notices } from '../../reports/notices/notices.js';
import { consoleSummary } from '../../reports/console-summary.js';
import { checkText, leftOutText, remarkText, stopText } from '../../reports/reasons.js';
import type { FindingRecord } from '../../reports/record.js';
import { sortRecords } from '../../src/domain/sort-records.js';
import type { CheckReason, LeftOutReason, Remark, StopReason } from '../../src/domain/reasons.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { LOSS_KINDS } from '../../src/domain/run-record.js';
import { DOUBTS, EVIDENCES, STATUSES } from '../../src/domain/status.js';
import type { ExposureHistory } from '../../src/history/exposure-history.js';
import { repositoryRoot } from '../repository.js';
import { englishIn, japaneseOf } from './english.js';
import { found } from './lab-findings.js';
import { sampleRun } from './sample-run.js';

/** Each reason once, with data: one more does not compile without an example here. */
const STOPPED = Object.keys({
  signal: true,
  expiry: true,
  scope: true,
} satisfies Record<StopReason, true>);
const LEFT_OUT = Object.values({
  'ipv6-too-wide': { reason: 'ipv6-too-wide', shortest: 112 },
  'source-family': { reason: 'source-family', family: 4 },
} satisfies { readonly [R in LeftOutReason['reason']]: LeftOutReason & { reason: R } });
const CHECKS = Object.values({
  'clock-not-synchronised': { code: 'clock-not-synchronised' },
  'disk-not-told': { code: 'disk-not-told', data: { folder: '/srv' } },
  'disk-low': { code: 'disk-low', data: { folder: '/srv', free_mb: 12 } },
  'open-files-not-told': { code: 'open-files-not-told', data: { needed: 200 } },
  'open-files-few': { code: 'open-files-few', data: { most: 128, needed: 200 } },
  'source-not-told': { code: 'source-not-told' },
  'targets-unreachable': {
    code: 'targets-unreachable',
    data: { targets: '192.0.2.1', error: 'ENETUNREACH' },
  },
  'ports-not-told': { code: 'ports-not-told' },
  'ports-few': { code: 'ports-few', data: { first: 32_768, last: 32_800, needed: 134 } },
  'neighbours-not-told': { code: 'neighbours-not-told', data: { targets: 256 } },
  'neighbours-full': { code: 'neighbours-full', data: { targets: 2048 } },
  'receive-buffer-not-told': { code: 'receive-buffer-not-told' },
  'receive-buffer-small': { code: 'receive-buffer-small', data: { given: 1, asked: 2, wanted: 3 } },
  'connections-many': { code: 'connections-many', data: { count: 1, most: 2, needed: 3 } },
} satisfies { readonly [C in CheckReason['code']]: CheckReason & { code: C } });

const REMARKS = Object.values({
  unstable: { code: 'unstable', data: { least: 600, most: 5000 } },
  dwindling: { code: 'dwindling', data: { times: 3, bytes: '392, 60, 0' } },
  unrecognised: { code: 'unrecognised', data: { why: 'none of the known headers' } },
  'long-answer': {
    code: 'long-answer',
    data: {
      datagrams: 6,
      seconds: 31.1,
      still_sending: true,
      datagrams_within_2s: 2,
      amplification_within_2s: 60.71,
    },
  },
} satisfies { readonly [C in Remark['code']]: Remark & { code: C } });

const records = sortRecords(
  found.map(({ record }, index) => ({ ...record, ip: `192.0.2.${index % 250}`, finding_id: `f-${index}` })),
);

const EVENT = { first: '2026-11-20T03:00:01Z', last: '2026-11-20T03:00:02Z', count: 2 } as const;
const lossy: RunRecord['losses'] = {
  send_errors: (['unreachable', 'not_probed', 'error'] as const).map((meaning) => ({
    code: 'EHOSTUNREACH',
    count: 2,
    meaning,
    addresses: ['192.0.2.9'],
  })),
  sweep_socket_drops: 3,
  measurement_socket_drops: 1,
  send_buffer_drops: 2,
  capped_measurements: 2,
  events: LOSS_KINDS.map((kind) => ({ kind, ...EVENT, probe: 'chargen' })),
  unknown: [{ probe: 'chargen', addresses: 4, prefixes: ['192.0.2.0/30'] }],
  loss_estimate: 0.25,
  any: true,
};

const RUNS: Readonly<Record<string, Partial<RunRecord>>> = {
  'a whole run': {},
  ...Object.fromEntries(
    STOPPED.map((reason) => [`stopped: ${reason}`, { complete: false, incomplete_reason: reason }]),
  ),
  lossy: { losses: lossy },
  sharded: { settings: { ...sampleRun.settings, shard: '2/4' } },
  'sharded, stopped and lossy': {
    settings: { ...sampleRun.settings, shard: '2/4' },
    complete: false,
    incomplete_reason: 'signal',
    losses: lossy,
  },
  'left out': {
    targets: {
      ...sampleRun.targets,
      left_out: LEFT_OUT.map((reason) => ({ prefix: '2001:db8::/32', ...reason })),
    },
  },
  warned: {
    preflight: CHECKS.map((reason) => ({
      name: 'a check',
      status: 'warning',
      ...reason,
      finding: 'this is not to be read in Japanese',
    })),
  },
  'suspect by canaries': {
    suspect: { reason: 'canaries', expected: 2, answered: 0, networks: ['192.0.2.0/24'] },
  },
  'suspect by responders': { suspect: { reason: 'responders', expected: 9, answered: 1 } },
  late: { late: { newer_runs: 2, newest: '2026-11-27T030000Z' } },
  partial: { partial: { compared_with: '2026-11-13T030000Z', missing_addresses: 4 } },
  dark: {
    path: {
      expected: 9,
      answered: 4,
      responders: [],
      dark: [
        { network: '192.0.2.0/24', expected: 3, answered: 0 },
        { probe: 'chargen', expected: 3, answered: 0 },
      ],
    },
  },
  'with a scope that could not be read again': {
    complete: false,
    incomplete_reason: 'scope',
    scope_reloads: [
      { time: '2026-11-20T03:01:00Z', newly_excluded: ['192.0.2.8/29'], newly_excluded_addresses: 8 },
      { time: '2026-11-20T03:02:00Z', problem: 'scope.yaml:3: this is not a list of networks' },
    ],
  },
  'with earlier ones': { history: { earlier_runs: 3, not_targeted: 2 } },
  'that asked more than the usual one': {
    history: { earlier_runs: 3, not_targeted: 0 },
    first_asked: { compared_with: '2026-11-13T030000Z', probes: probes.map(({ id }) => id) },
  },
};

function pageOf(changes: Partial<RunRecord>, rows: readonly FindingRecord[]): string {
  const [file] = [...htmlReport.files({ ...sampleRun, ...changes }, rows, { bom: false, probes })];
  return [...(file?.chunks ?? [])].join('');
}

/** Each status, and of what is fixed or unknown each of its reasons. */
const KNOWN: readonly Partial<FindingRecord>[] = [
  { status: 'new' },
  { status: 'persisting', times_seen: 3, first_seen: '2026-11-06T03:00:00Z', days_open: 14 },
  { status: 'reopened', times_seen: 2, first_seen: '2026-11-06T03:00:00Z' },
  ...(['refused', 'closed', 'answered', 'silent'] as const).map((status_evidence) => ({
    status: 'fixed' as const,
    status_evidence,
    silent_since: '2026-11-13T03:00:00Z',
    silent_runs: 2,
    last_seen: '2026-11-06T03:00:00Z',
  })),
];

describe('what is Japanese', () => {
  it('is looked at by a rule that sees English', () => {
    const english = pageOf({}, records)
      .replaceAll('lang="en"', 'lang="xx"')
      .replaceAll('lang="ja"', 'lang="en"');
    assert.notEqual(englishIn(japaneseOf(english)), undefined);
    assert.notEqual(englishIn('::1/128 は対象外としました：the source address is IPv4'), undefined);
    assert.equal(englishIn('ntpd 4.2.8p15 (1)、`restrict default noquery`、「Error in packet」'), undefined);
  });

  for (const [name, changes] of Object.entries(RUNS))
    it(`has no English sentence on the page: ${name}`, () => {
      for (const rows of [records, []]) assert.equal(englishIn(japaneseOf(pageOf(changes, rows))), undefined);
    });

  it('has none in the letters', () => {
    for (const known of KNOWN) {
      const rows = records.map((record) => ({ ...record, ...known }));
      const files = [...notices.files(sampleRun, rows, { bom: false, probes })];
      const letters = files.filter(({ path }) => path.endsWith('.ja.txt'));
      assert.ok(letters.length > 0);
      for (const { chunks } of letters) {
        const text = [...chunks]
          .join('')
          .replaceAll(/^ {4}(?:dig|echo|printf|snmp|\{ printf|ntpq|nmap).*$/gm, '')
          // What devices and servers say of themselves.
          .replaceAll(/(?:sysDescr|応答の内容)：(?:.*\n {4})*.*/g, '')
          .replaceAll(/ソフトウェア：.*(?:\n {4,}(?!\S*：).*)*/g, '')
          .replaceAll(/\n */g, ' ');
        assert.equal(englishIn(text), undefined);
      }
    }
  });

  it('has what the engine adds to an answer in a letter, beside what the probe says or alone', () => {
    const [one] = records;
    assert.ok(one);
    const rows = REMARKS.map((remark, index) => ({
      ...one,
      ip: `192.0.2.${240 + index}`,
      // Of a type that no probe has: then the letter has no text of a probe.
      ...(index > 0 && { report: 'x_unidentified' }),
      detail: 'what the column says',
      remarks: [remark],
    }));
    const files = [...notices.files(sampleRun, rows, { bom: false, probes })];
    const text = [...(files.find(({ path }) => path.endsWith('.ja.txt'))?.chunks ?? [])]
      .join('')
      .replaceAll(/\n */g, '');
    for (const [index, remark] of REMARKS.entries())
      assert.ok(text.includes(`${index === 0 ? '、' : '備考：'}${remarkText(remark).ja}`), remark.code);
  });

  for (const [name, changes] of Object.entries(RUNS))
    it(`has none in the summary that a command prints: ${name}`, () => {
      const run = { ...sampleRun, ...changes };
      const known = records.map((record, index) => ({ ...record, ...KNOWN[index % KNOWN.length] }));
      for (const rows of [records, known, []])
        assert.equal(englishIn(consoleSummary(run, rows, 'ja')), undefined);
    });

  it('has none in a plan', () => {
    const row = {
      ...{ probe: 'ntp-monlist', port: 123, packets: 1, payload_bytes: 8, wire_bytes: 64 },
      ...{ requests_to_a_responder: 4, seconds_to_a_responder: 5.5 },
    };
    for (const seconds of [1, 200, 20_000])
      for (const retries of [0, 1, 2]) {
        const plan = {
          networks: ['192.0.2.0/24'],
          addresses: 256,
          excluded_addresses: 2,
          probes: [{ ...row, bursts: [{ requests: 20, within_ms: 1000 }] }],
          retries,
          packets: 256,
          canaries: { hosts: 1, requests: 3 },
          rate_limit: 1000,
          effective_rate: 200,
          seconds,
        };
        assert.equal(englishIn(describePlan({ ...plan, shard: '1/2' }, 3).ja), undefined);
        assert.equal(englishIn(describePlan(plan, 0).ja), undefined);
      }
  });

  it('has none in what a history says, of every proof and doubt', () => {
    const [one] = records;
    assert.ok(one);
    const at = '2026-11-20T03:00:00Z';
    const identity = { finding_id: one.finding_id, ip: one.ip, probe: one.probe };
    const changes = [
      ...STATUSES.map((status) => ({ status })),
      ...EVIDENCES.map((evidence) => ({ status: 'fixed' as const, evidence })),
      ...DOUBTS.map((doubt) => ({ status: 'unknown' as const, doubt })),
    ].map((change, index) => ({
      at,
      scan_id: 'a',
      ...change,
      ...(index > 0 && { wire_amplification: index }),
    }));
    for (const state of ['open', 'fixed'] as const) {
      const seen = { first_seen: at, last_seen: at, times_seen: 2, asn: 64496 };
      const known = { ...identity, ...seen, state, changes, silent: { since: at, runs: 1 } };
      assert.equal(englishIn(describeHistory([known as unknown as ExposureHistory], 'ja')), undefined);
    }
    assert.equal(englishIn(describeHistory([], 'ja')), undefined);
  });

  it('has none in what differs between two runs', () => {
    const [one, two, three] = records;
    assert.ok(one && two && three);
    const gone = [
      ...EVIDENCES.map((status_evidence) => ({ status: 'fixed' as const, status_evidence })),
      ...DOUBTS.map((status_doubt) => ({ status: 'unknown' as const, status_doubt })),
      { status: 'fixed' as const },
      { status: 'unknown' as const },
    ];
    const runs = ['2026-11-13T030000Z', '2026-11-20T030000Z'] as const;
    const stronger = { ...two, wire_amplification: 4 * (two.wire_amplification ?? 1) };
    const worse = { ...three, severity: three.severity === 'low' ? ('info' as const) : ('low' as const) };
    for (const fate of [...gone, undefined]) {
      const after = [...(fate === undefined ? [] : [{ ...one, ...fate }]), stronger, worse];
      const changes = changesBetween([one, two, three], after);
      assert.deepEqual(new Set(changes.map(({ change }) => change)), new Set(['gone', 'changed']));
      assert.equal(englishIn(describeChanges(changes, runs, 'ja')), undefined);
    }
    assert.equal(englishIn(describeChanges(changesBetween([], [one]), runs, 'ja')), undefined);
  });

  it('has none in what the demo points to', () => {
    assert.equal(englishIn(whereToLook('exposure', 'ja')), undefined);
  });

  it('has none in the list of the probes, and in each of them', async () => {
    for (const id of [undefined, ...probes.map(({ id }) => id)]) {
      let said = '';
      const out = { write: (text: string) => ((said += text), true) };
      await probesCommand.run(
        { lang: 'ja' },
        { stdout: out } as unknown as Io,
        { operands: id === undefined ? [] : [id] } as unknown as Given,
      );
      assert.notEqual(said, '');
      assert.equal(englishIn(said.replaceAll(/^ {4}\S.*$/gm, '')), undefined, id);
    }
  });

  it('says each reason in words of its own, and one of another version as it stands', () => {
    const texts = [
      ...STOPPED.map((reason) => stopText({ incomplete_reason: reason })),
      ...LEFT_OUT.map((reason) => leftOutText({ prefix: '2001:db8::/32', ...reason })),
      ...CHECKS.map((reason) =>
        checkText({ name: 'a check', status: 'warning', finding: 'found', ...reason }),
      ),
      ...REMARKS.map(remarkText),
    ];
    assert.equal(new Set(texts.map(({ ja }) => ja)).size, texts.length);
    for (const { ja } of texts) {
      assert.doesNotMatch(ja, /undefined/);
      assert.equal(englishIn(ja), undefined);
    }
    const documented = readFileSync(join(repositoryRoot, 'docs/report-format.md'), 'utf8');
    for (const code of [
      ...STOPPED,
      ...LEFT_OUT.map(({ reason }) => reason),
      ...CHECKS.map(({ code }) => code),
      ...REMARKS.map(({ code }) => code),
    ])
      assert.ok(documented.includes(`\`${code}\``), code);
    const earlier = 'stopped by a signal';
    assert.deepEqual(stopText({ incomplete_reason: earlier }), { en: earlier, ja: earlier });
    assert.deepEqual(leftOutText({ prefix: '::/0', reason: earlier }), { en: earlier, ja: earlier });
    assert.deepEqual(remarkText({ code: earlier, data: {} }), { en: earlier, ja: earlier });
  });
});
