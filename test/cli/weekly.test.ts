/**
 * Nine weekly sweeps of the same space, in which reflectors appear, vanish, come back and are excluded, a prefix goes
 * dark, a server is reconfigured, a run loses replies, and one asks less and otherwise, so that
 * it speaks of what it asked: every row's status is what
 * happened. The clock runs ten times as fast, and a week passes between the sweeps.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { dnsAny } from '../../probes/dns/any.js';
import { runCommandLine } from '../../src/command-line.js';
import type { Io } from '../../src/commands/command.js';
import type { Clock } from '../../src/domain/time.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { STATUSES } from '../../src/domain/status.js';
import { UsageError } from '../../src/domain/usage-error.js';
import { withSchedule } from '../../src/schedule.js';
import { systemClock } from '../../src/system-clock.js';
import { assertFormatsAgree, htmlRows } from '../reports/formats-agree.js';
import { assertOutputsFit } from '../reports/run-outputs.js';
import type { Behaviour, WeeklyHost } from './weekly-hosts.js';
import { CHARGEN, FLOODING, REFUSING, SILENT, weeklyHosts } from './weekly-hosts.js';
import { makeWorkspace, scopeText } from './workspace.js';

const FASTER = 10;
const DAY_MS = 86_400_000;
/** An hour more than seven days: a sweep that takes a few minutes longer than the first is no day less. */
const WEEK_MS = 7 * DAY_MS + 3_600_000;
/** The first one begins at noon, so that none passes midnight. */
const FIRST_MS = Math.floor(systemClock.now() / DAY_MS) * DAY_MS + DAY_MS / 2;
const CHARGEN_PORT = 24_919;
const DNS_PORT = 24_953;
const workspace = makeWorkspace();
const out = join(workspace.path, 'exposure');
const hosts = weeklyHosts();
after(() => hosts.close());

const [fatServer] = dnsAny.emulatedServers;
const RESOLVER: Behaviour = (query) => fatServer?.reply(query) ?? [];

/** What each host does in the weeks 1 to 9; absent: its port is closed. */
const LIVES: Readonly<Record<string, readonly (Behaviour | undefined)[]>> = {
  '127.73.0.1': [CHARGEN, CHARGEN, CHARGEN, CHARGEN, CHARGEN, SILENT, CHARGEN, CHARGEN, CHARGEN],
  '127.73.0.2': [undefined, CHARGEN, CHARGEN, CHARGEN, CHARGEN, SILENT, SILENT, SILENT, SILENT],
  '127.73.0.3': [CHARGEN, undefined, undefined, ...weeksOf(6, CHARGEN)],
  '127.73.0.4': [CHARGEN, ...weeksOf(8, SILENT)],
  '127.73.0.5': weeksOf(9, CHARGEN),
  '127.73.0.6': [RESOLVER, RESOLVER, REFUSING, REFUSING, RESOLVER, RESOLVER, RESOLVER, SILENT, RESOLVER],
  // A prefix that goes dark in week 3 and stays so, but for one host that comes back.
  '127.73.1.1': [CHARGEN, CHARGEN, ...weeksOf(7, SILENT)],
  '127.73.1.2': [CHARGEN, CHARGEN, ...weeksOf(7, SILENT)],
  '127.73.1.3': [CHARGEN, CHARGEN, SILENT, ...weeksOf(6, CHARGEN)],
};
const EXCLUDED_IN = { host: '127.73.0.5', weeks: [3, 4] };
/** It floods its asker, and the scanner's receive buffers are small. */
const LOSSY = { host: '127.73.0.7', week: 6 };
/** The scope has one network less, one probe is not asked, and the other asks for other names. */
const NARROW_WEEK = 8;

interface Week {
  readonly run: RunRecord;
  readonly rows: readonly FindingRecord[];
  readonly printed: string;
  /** Of a scan with --fail-on-new low. */
  readonly code: number;
}
const weeks: Week[] = [];

before(async () => {
  for (const week of [1, 2, 3, 4, 5, 6, 7, 8, 9]) weeks.push(await sweepOf(week));
});

describe('nine weekly sweeps', () => {
  /** Of its three hosts one comes back in week 4; from week 5 on that one proves that the line is up. */
  const DARK = [
    ...['new', 'persisting', 'unknown: outage', 'unknown: outage', 'unknown: silent', 'unknown: losses'],
    ...['unknown: silent', 'no row', 'fixed: silent'],
  ];

  it('tell of every host in every week what happened to it', () => {
    const told = Object.fromEntries(
      [...Object.keys(LIVES), LOSSY.host].map((ip) => [ip, weeks.map((week) => statusOf(week, ip))]),
    );
    assert.deepEqual(told, {
      '127.73.0.1': [...seen(5), 'unknown: losses', 'persisting', 'no row', 'persisting'],
      '127.73.0.2': [
        ...['no row', ...seen(4), 'unknown: losses', 'unknown: silent', 'no row', 'fixed: silent'],
      ],
      '127.73.0.3': [
        ...['new', 'fixed: closed', 'no row', 'reopened', 'persisting', 'persisting', 'persisting'],
        ...['no row', 'persisting'],
      ],
      '127.73.0.4': ['new', 'unknown: silent', 'fixed: silent', ...weeksOf(6, 'no row')],
      '127.73.0.5': [
        ...['new', 'persisting', 'no row', 'no row', 'persisting', 'persisting', 'persisting'],
        ...['no row', 'persisting'],
      ],
      '127.73.0.6': [
        ...['new', 'persisting', 'fixed: refused', 'no row', 'reopened', 'persisting', 'persisting'],
        ...['unknown: asked otherwise', 'persisting'],
      ],
      '127.73.0.7': weeksOf(9, 'no row'),
      '127.73.1.1': DARK,
      '127.73.1.2': DARK,
      '127.73.1.3': [
        ...['new', 'persisting', 'unknown: outage', 'persisting', 'persisting', 'persisting', 'persisting'],
        ...['no row', 'persisting'],
      ],
    });
  });

  it('keep the first first_seen, count the runs that saw it, and the days it has been open', () => {
    const [steady, reopened, excluded] = ['127.73.0.1', '127.73.0.3', '127.73.0.5'].map((ip) =>
      rowOf(weeks[4], ip),
    );
    const first = weeks[0]?.run.started.slice(0, 10);
    for (const row of [steady, reopened, excluded]) assert.equal(row?.first_seen?.slice(0, 10), first);
    assert.deepEqual([steady?.times_seen, reopened?.times_seen, excluded?.times_seen], [5, 3, 3]);
    assert.deepEqual([steady?.days_open, reopened?.days_open], [28, 7]);
  });

  it('show what was fixed with its last known figures and what was asked in vain', () => {
    const row = rowOf(weeks[1], '127.73.0.4');
    assert.equal(row?.response_size, 148);
    assert.equal(row.last_seen, rowOf(weeks[0], '127.73.0.4')?.timestamp);
    assert.equal(row.scan_id, weeks[1]?.run.scan_id);
    assert.deepEqual(
      row.exchanges.map(({ purpose, end }) => [purpose, end]),
      Array(3).fill(['prove', 'silent']),
    );
    assert.deepEqual(
      rowOf(weeks[1], '127.73.0.3')?.exchanges.map(({ end, send_error }) => [end, send_error]),
      [['closed', undefined]],
    );
  });

  it('count the excluded and the ones outside as not targeted, and lose no run over a closed port', () => {
    assert.deepEqual(
      weeks.map(({ run }) => withoutTrend(run.history)),
      [0, 0, 1, 1, 0, 0, 0, 7, 0].map((not_targeted, earlier_runs) => ({ earlier_runs, not_targeted })),
    );
    for (const [i, { run }] of weeks.entries()) assert.equal(run.losses.any, i + 1 === LOSSY.week);
  });

  it('name the run that lost replies, where, and the addresses that are unknown for it', () => {
    const { losses } = weeks[LOSSY.week - 1]?.run ?? {};
    assert.ok((losses?.sweep_socket_drops ?? 0) > 0);
    assert.deepEqual(
      losses?.unknown?.map(({ probe }) => probe),
      ['chargen'],
    );
    // Asked three times more all the same: the losses alone are the doubt.
    const exchanges = rowOf(weeks[LOSSY.week - 1], '127.73.0.1')?.exchanges;
    assert.deepEqual(
      exchanges?.map(({ end }) => end),
      ['silent', 'silent', 'silent'],
    );
  });

  it('carry the trend of the runs before them', () => {
    const trend = weeks[4]?.run.history?.trend;
    assert.deepEqual(
      trend?.map(({ scan_id }) => scan_id),
      weeks.slice(0, 4).map(({ run }) => run.scan_id),
    );
    assert.deepEqual(trend[2]?.statuses, {
      chargen: { persisting: 2, fixed: 1, unknown: 3 },
      'dns-any': { fixed: 1 },
    });
    assert.equal(weeks[0]?.run.history?.trend, undefined);
    assert.deepEqual(
      weeks[8]?.run.history?.trend?.map(({ addresses, not_whole }) => [addresses, not_whole === true]),
      weeks
        .slice(0, 8)
        .map(({ run }) => [run.targets.addresses, run.losses.any || run.partial !== undefined]),
    );
    assert.ok(weeks.slice(0, 8).some(({ run }) => run.losses.any));
  });

  it('show in the page of the last run how many there were of each status in every week', () => {
    const page = readFileSync(join(out, weeks[8]?.run.scan_id ?? '', 'report.html'), 'utf8');
    const shown = htmlRows(page, '<figure id="trend">');
    assert.deepEqual(
      shown.map((row) => STATUSES.map((status) => Number(row[status]))),
      weeks
        .toReversed()
        .map(({ rows }) => STATUSES.map((status) => rows.filter((row) => row.status === status).length)),
    );
    assert.deepEqual(shown[6], {
      'run (UTC)': weeks[2]?.run.started.replace('T', ' ').replace('Z', ' UTC'),
      ...{ exposed: '2', new: '0', persisting: '2', reopened: '0', fixed: '2', unknown: '3' },
      'addresses asked': '15',
    });
  });

  it('have a changes.csv of what changed and a summary that counts it', () => {
    const counts = (week: number): readonly number[] => {
      const changes = readFileSync(join(out, weeks[week - 1]?.run.scan_id ?? '', 'changes.csv'), 'utf8');
      return ['new', 'fixed', 'reopened', 'persisting', 'unknown'].map(
        (word) => changes.split(`,${word},`).length - 1,
      );
    };
    assert.deepEqual([4, 9].map(counts), [
      [0, 0, 1, 0, 0],
      [0, 3, 0, 0, 0],
    ]);
  });

  it('prove their path, name the part that went dark, and say in how many runs one was silent before it was fixed', () => {
    assert.ok(weeks.every(({ run }) => run.suspect === undefined));
    const dark = [
      { expected: 3, answered: 0 },
      { expected: 3, answered: 1 },
    ].map((counts) =>
      ['127.73.1.0/29', '127.73.1.0/24', 'AS64497'].map((network) => ({ network, ...counts })),
    );
    assert.deepEqual(
      weeks.map(({ run }) => run.path?.dark),
      [undefined, undefined, ...dark, ...weeksOf(5, undefined)],
    );
    const row = rowOf(weeks[2], '127.73.0.4');
    assert.equal(row?.silent_runs, 2);
    assert.equal(row.silent_since, weeks[1]?.run.started);
    assert.match(
      row.detail ?? '',
      /^fixed: no longer answers since \S+Z, in 2 runs in a row; asked again 3 times, last at \S+Z; when it was last seen: /,
    );
    assert.match(
      rowOf(weeks[1], '127.73.0.4')?.detail ?? '',
      /^unknown: no longer answers since \S+Z; asked again 3 times, last at /,
    );
    assert.match(
      weeks[2]?.printed ?? '',
      /\n127\.73\.1\.0\/29 may be dark: 0 of 3 known responders there answered/,
    );
    const page = readFileSync(join(out, weeks[2]?.run.scan_id ?? '', 'report.html'), 'utf8');
    assert.match(page, /no longer answers since [^<]*, in 2 runs in a row/);
    assert.match(page, /127\.73\.1\.0\/29 は障害の可能性があります/);
    assert.doesNotMatch(page, /again and again/);
  });

  it('can be asked what is known of a host, a network and an AS', async () => {
    const reopened = await asked('history', '127.73.0.3', '--out', out);
    assert.match(reopened, /^127\.73\.0\.3 {2}chargen {2}AS64496 {2}open, seen 6 times from /);
    assert.deepEqual(
      [...reopened.matchAll(/Z {2}(\w+(?:: [a-z ]*[a-z])?)/g)].map(([, change]) => change),
      ['new', 'fixed: closed', 'reopened'],
    );
    const dark = (await asked('history', 'AS64497', '--out', out, '--json')).trim().split('\n');
    assert.equal(dark.length, 3);
    assert.equal((await asked('history', '127.73.1.0/31', '--out', out)).split('\n\n').length, 1);
    assert.equal(await asked('history', '127.99.0.1', '--out', out), 'no exposure of it is known\n');
    await assert.rejects(asked('history', '127.73.0.3', '--out', join(workspace.path, 'none')), UsageError);
  });

  it('can be compared two by two, with what is known of those that are gone', async () => {
    const run = (week: number): string => join(out, weeks[week - 1]?.run.scan_id ?? '');
    const changes = JSON.parse(await asked('diff', run(2), run(3), '--json')) as readonly {
      readonly change: string;
      readonly ip: string;
      readonly why?: string;
    }[];
    assert.deepEqual(
      changes.map(({ change, ip, why }) => [change, ip, why]),
      [
        ['gone', '127.73.0.5', 'the later run has no row of it: closed before, or no target'],
        ['gone', '127.73.0.6', 'fixed: refused'],
        ['gone', '127.73.1.1', 'unknown: outage'],
        ['gone', '127.73.1.2', 'unknown: outage'],
        ['gone', '127.73.1.3', 'unknown: outage'],
      ],
    );
    assert.match(await asked('diff', run(1), run(2)), /1 appeared, 2 gone, 0 changed\n$/);
    await assert.rejects(asked('diff', run(1)), UsageError);
  });

  it('fail a cron job on what is new or reopened, where it asks for that', () => {
    const codes = weeks.map(({ code }) => code);
    assert.deepEqual(codes, [3, 3, 0, 3, 3, 4, 0, 0, 0]);
  });

  it('are remembered without their history too: it is made again from the runs', async () => {
    const ninth = weeks[8];
    rmSync(join(out, 'history.jsonl.gz'));
    const tenth = await sweepOf(10);
    assert.match(tenth.printed, /the history was missing or damaged: it was made again from 9 runs/);
    assert.deepEqual(withoutTrend(tenth.run.history), { earlier_runs: 9, not_targeted: 0 });
    assert.deepEqual(
      tenth.rows.map(({ ip, status, first_seen, times_seen }) => [ip, status, first_seen, times_seen]),
      ninth?.rows
        .filter(({ status }) => status !== 'fixed')
        .map(({ ip, first_seen, times_seen }) => [ip, 'persisting', first_seen, (times_seen ?? 0) + 1]),
    );
  });
});

function weeksOf<T>(count: number, what: T): T[] {
  return Array<T>(count).fill(what);
}

/** What the rows say of a host that is always there. */
function seen(weekCount: number): string[] {
  return ['new', ...weeksOf(weekCount - 1, 'persisting')];
}

function withoutTrend(history: RunRecord['history']): unknown {
  return { earlier_runs: history?.earlier_runs, not_targeted: history?.not_targeted };
}

async function sweepOf(week: number): Promise<Week> {
  const does = (ip: string): Behaviour | undefined => LIVES[ip]?.[Math.min(week, 9) - 1];
  const alive = Object.keys(LIVES).flatMap((address): WeeklyHost | [] => {
    const behaviour = does(address);
    const isDns = address === '127.73.0.6';
    return behaviour === undefined ? [] : { address, port: isDns ? DNS_PORT : CHARGEN_PORT, does: behaviour };
  });
  const flood = { address: LOSSY.host, port: CHARGEN_PORT, does: FLOODING, fromOtherPort: true };
  await hosts.are(week === LOSSY.week ? [...alive, flood] : alive);
  const excluded = EXCLUDED_IN.weeks.includes(week) ? `[${EXCLUDED_IN.host}]` : '[]';
  const isNarrow = week === NARROW_WEEK;
  const scope = join(workspace.path, 'scope.yaml');
  writeFileSync(
    scope,
    scopeText({
      networks: `[{ prefix: 127.73.0.0/29, asn: 64496 }${isNarrow ? '' : ', { prefix: 127.73.1.0/29, asn: 64497 }'}]`,
      exclude: excluded,
      limits: '{ per_host: 20 }',
      dns: `{ names: [${isNarrow ? 'other' : 'fat'}.test] }`,
    }),
  );
  const { io, printed } = ioIn(week);
  const code = await runCommandLine(
    [
      ...['scan', '--fail-on-new', 'low', '--scope', scope, '--out', out],
      ...['--cooldown', '2s', '--form-gap', '500ms', '--retries', '0'],
      ...(week === LOSSY.week ? ['--receive-buffer', '2048'] : []),
      ...(isNarrow ? [] : ['--probe', 'chargen', '--port', `chargen=${CHARGEN_PORT}`]),
      ...['--probe', 'dns-any', '--port', `dns-any=${DNS_PORT}`],
    ],
    io,
  );
  assertOutputsFit(out);
  const newest =
    readdirSync(out)
      .filter((name) => /^\d/.test(name))
      .sort()
      .at(-1) ?? '';
  assertFormatsAgree(join(out, newest));
  const isPart = 'partial' in (JSON.parse(readFileSync(join(out, newest, 'run.json'), 'utf8')) as RunRecord);
  assert.equal(readlinkSync(join(out, 'latest')) === newest, !isPart);
  assert.equal(isPart, isNarrow);
  const read = (file: string): string => readFileSync(join(out, newest, file), 'utf8');
  return {
    run: JSON.parse(read('run.json')) as RunRecord,
    rows: read('findings.jsonl')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as FindingRecord),
    printed: printed(),
    code,
  };
}

async function asked(...args: readonly string[]): Promise<string> {
  const { io, printed } = ioIn(10);
  await runCommandLine(args, io);
  return printed();
}

function rowOf(week: Week | undefined, ip: string): FindingRecord | undefined {
  const rows = week?.rows.filter((row) => row.ip === ip) ?? [];
  assert.ok(rows.length <= 1, `${rows.length} rows of ${ip}`);
  return rows[0];
}

function statusOf(week: Week, ip: string): string {
  const row = rowOf(week, ip);
  return row === undefined ? 'no row' : (describeRow(row)[1] ?? '');
}

function describeRow({ ip, status, status_evidence, status_doubt }: FindingRecord): string[] {
  return [ip, [status, status_evidence ?? status_doubt].filter(Boolean).join(': ')];
}

/** A machine whose clock runs faster, in this week. */
function ioIn(week: number): { readonly io: Io; readonly printed: () => string } {
  const startMs = systemClock.monotonicMs();
  const began = FIRST_MS + (week - 1) * WEEK_MS;
  const clock: Clock = withSchedule({
    monotonicMs: () => startMs + (systemClock.monotonicMs() - startMs) * FASTER,
    now: () => Math.round(began + (systemClock.monotonicMs() - startMs) * FASTER),
    sleep: (ms, signal) => systemClock.sleep(ms / FASTER, signal),
  });
  let printed = '';
  const stream = (): NodeJS.WriteStream => {
    const through = new PassThrough();
    through.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    return through as unknown as NodeJS.WriteStream;
  };
  return {
    printed: () => printed,
    io: {
      stdin: new PassThrough(),
      stdout: stream(),
      stderr: stream(),
      clock,
      stop: new AbortController().signal,
      onHangup: () => () => undefined,
    },
  };
}
