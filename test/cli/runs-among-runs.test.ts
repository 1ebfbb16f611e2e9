/**
 * What one run does to the others of its folder: a run of a part, one that goes on late, one that was killed, two at
 * once, and what is left when a file of an earlier one is damaged.
 */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { daytime } from '../../probes/small-services/daytime.js';
import { holderNow, lockFolder, lockScope } from '../../src/archive/run-lock.js';
import { runCommandLine } from '../../src/command-line.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { assertFormatsAgree, htmlRows } from '../reports/formats-agree.js';
import { assertOutputsFit } from '../reports/run-outputs.js';
import { hurriedIo } from './hurried-io.js';
import { abandon, killedAtStep } from './killed-at-step.js';
import { type Behaviour, CHARGEN, SILENT, weeklyHosts } from './weekly-hosts.js';
import { makeWorkspace, scopeText } from './workspace.js';

const PORT = 24_321;
const FIRST_WEEK = Date.UTC(2026, 10, 20, 3);
const WEEK_MS = 7 * 86_400_000;
const workspace = makeWorkspace();
const hosts = weeklyHosts();
after(() => hosts.close());

function scopeOf(name: string, prefix = '127.76.0.0/29'): string {
  return workspace.write(
    `${name}.yaml`,
    scopeText({ networks: `[{ prefix: ${prefix}, asn: 64496, customer: C-1 }]`, limits: '{ per_host: 20 }' }),
  );
}

interface Ended {
  readonly code: number;
  readonly printed: string;
}

async function command(week: number, args: readonly string[]): Promise<Ended> {
  const { io, printed } = hurriedIo(10, { when: FIRST_WEEK + week * WEEK_MS });
  const code = await runCommandLine(args, io);
  return { code, printed: printed() };
}

/** A scan into the folder of its scope's name. */
const scan = (name: string, week: number, ...more: readonly string[]): Promise<Ended> =>
  command(week, [
    ...['scan', '--scope', join(workspace.path, `${name}.yaml`), '--out', outOf(name), '--retries', '0'],
    ...['--probe', 'chargen', '--port', `chargen=${PORT}`, '--cooldown', '2s', '--form-gap', '500ms'],
    ...more,
  ]);

const outOf = (name: string): string => join(workspace.path, name);
const alive = (...last: readonly number[]): Promise<void> =>
  hosts.are(last.map((host) => ({ address: `127.76.0.${host}`, port: PORT, does: CHARGEN })));

function runsIn(name: string): readonly string[] {
  return readdirSync(outOf(name))
    .filter((entry) => /^\d/.test(entry))
    .sort();
}

function runOf(name: string, run: string): RunRecord {
  return JSON.parse(readFileSync(join(outOf(name), run, 'run.json'), 'utf8')) as RunRecord;
}

function findingsOf(name: string, run: string): readonly FindingRecord[] {
  return readFileSync(join(outOf(name), run, 'findings.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as FindingRecord);
}

function rowsOf(name: string, run: string): readonly (readonly [string, string])[] {
  return findingsOf(name, run).map(({ ip, status, status_evidence, status_doubt }) => [
    ip,
    [status, status_evidence ?? status_doubt].filter(Boolean).join(': '),
  ]);
}

const latestOf = (name: string): string => readlinkSync(join(outOf(name), 'latest'));

describe('a run of a part of what is usual', () => {
  before(async () => {
    scopeOf('part');
    await alive(1, 2);
    assert.equal((await scan('part', 0)).code, 0);
    await alive(2, 3);
    const { code, printed } = await scan(
      'part',
      1,
      '127.76.0.1',
      '127.76.0.3',
      '--fail-on-new',
      'low',
      '--quiet',
    );
    assert.equal(code, 0, printed);
    assert.match(
      printed,
      /note: this run is partial: the usual run is the newest whole one, 2026-11-20T\d+Z, and asked 6 addresses more\./,
    );
    assert.match(printed, /--make-usual/);
    assert.equal((await scan('part', 2, '--fail-on-new', 'low')).code, 3);
    assert.equal((await scan('part', 3, '--fail-on-new', 'low')).code, 0);
    assertOutputsFit(outOf('part'));
    // A run of a part writes no letters.
    for (const run of runsIn('part'))
      if (runOf('part', run).partial === undefined) assertFormatsAgree(join(outOf('part'), run));
  });

  it('says what it left out, and moves latest not at all', async () => {
    const [first = '', part = '', third = '', fourth = ''] = runsIn('part');
    assert.deepEqual(runOf('part', part).partial, { compared_with: first, missing_addresses: 6 });
    assert.equal(runOf('part', third).partial, undefined);
    assert.equal(latestOf('part'), fourth);
    assert.ok(!readdirSync(join(outOf('part'), part)).includes('notices'));
    assert.match(
      readFileSync(join(outOf('part'), part, 'report.html'), 'utf8'),
      /asked less than the usual one/,
    );
    const { printed } = await command(3, ['history', '127.76.0.1', '--out', outOf('part')]);
    assert.match(printed, /fixed: closed/);
  });

  it('updates what it asked, and nothing else; what it found is news of the next whole run, once', () => {
    const [, part = '', third = '', fourth = ''] = runsIn('part');
    assert.deepEqual(rowsOf('part', part), [
      ['127.76.0.1', 'fixed: closed'],
      ['127.76.0.3', 'new'],
    ]);
    assert.deepEqual(rowsOf('part', third), [
      ['127.76.0.1', 'fixed: closed'],
      ['127.76.0.2', 'persisting'],
      ['127.76.0.3', 'new'],
    ]);
    assert.deepEqual(rowsOf('part', fourth), [
      ['127.76.0.2', 'persisting'],
      ['127.76.0.3', 'persisting'],
    ]);
  });

  it('is named where a whole run tells of the fix that it proved, with its own time', () => {
    const [, part = '', third = ''] = runsIn('part');
    const [fix, , found] = findingsOf('part', third);
    assert.match(fix?.detail ?? '', new RegExp(`^fixed: its port is closed, proved by run ${part};`));
    // Until the fix; until this run it would be a week more. Where the machine is busy, a run begins seconds late.
    assert.ok([6, 7].includes(fix?.days_open ?? 0), String(fix?.days_open));
    assert.deepEqual([fix?.times_seen, fix?.exchanges], [1, []]);
    assert.equal(found?.first_seen, findingsOf('part', part)[1]?.timestamp);
    assert.equal(found?.times_seen, 2);
    const changes = readFileSync(join(outOf('part'), third, 'changes.csv'), 'utf8');
    assert.deepEqual(
      changes
        .trim()
        .split(/\r?\n/)
        .slice(1)
        .map((line) => /,(new|fixed),/.exec(line)?.[1])
        .sort(),
      ['fixed', 'new'],
    );
    const letter = readFileSync(join(outOf('part'), third, 'notices', 'C-1.en.txt'), 'utf8');
    assert.match(letter, /\(thank you\):\n- 127\.76\.0\.1, /);
    assert.match(
      letter,
      /127\.76\.0\.3, [^]*?Open: for [67] days, [^]*?first found 2026-11-27\s[^]*?for the 2nd\s+time/,
    );
  });

  it('is no column of the trend, and stands in its table as what it is', () => {
    const [, , third = ''] = runsIn('part');
    const page = readFileSync(join(outOf('part'), third, 'report.html'), 'utf8');
    assert.match(page, /1 run that asked a part is no column here/);
    assert.match(page, /A column for each of 2 runs/);
    const names = htmlRows(page, '<figure id="trend">').map((row) => row['run (UTC)']);
    assert.equal(names.length, 3);
    assert.match(names[1] ?? '', /\(asked a part\)/);
  });

  it('is one that asks fewer probes too; and --make-usual lets it be the usual one', async () => {
    await alive(2);
    assert.equal((await scan('part', 4, '--probe', 'qotd', '--port', 'qotd=24322')).code, 0);
    const { printed } = await scan('part', 5);
    assert.match(printed, /and asked 1 probe \(qotd\) more\. .*--make-usual/);
    const fewer = runsIn('part').at(-1) ?? '';
    assert.deepEqual(runOf('part', fewer).partial?.missing_probes, ['qotd']);
    assert.notEqual(latestOf('part'), fewer);
    await scan('part', 6, '--make-usual');
    await scan('part', 7);
    const last = runsIn('part').at(-1) ?? '';
    assert.equal(runOf('part', last).partial, undefined);
    assert.equal(latestOf('part'), last);
  });

  it('is none where the scope itself has shrunk', async () => {
    scopeOf('part', '127.76.0.0/30');
    await scan('part', 8);
    const last = runsIn('part').at(-1) ?? '';
    assert.equal(runOf('part', last).partial, undefined);
    assert.equal(latestOf('part'), last);
  });
});

describe('a run that asks a probe more than the usual one', () => {
  const DAYTIME_PORT = PORT + 2;
  const withDaytime = ['--probe', 'daytime', '--port', `daytime=${DAYTIME_PORT}`];
  const saysTheTime: Behaviour = (request) => daytime.emulatedServers[0]?.reply(request) ?? [];
  const noted = /^1 of what is new may have been open before: \S+ did not ask daytime$/m;

  it('is a whole one, and says of what that probe found that it may have been open before', async () => {
    scopeOf('more');
    await hosts.are([
      { address: '127.76.0.1', port: PORT, does: CHARGEN },
      { address: '127.76.0.2', port: DAYTIME_PORT, does: saysTheTime },
    ]);
    const { printed: first } = await scan('more', 0);
    assert.doesNotMatch(first, noted);
    const { printed } = await scan('more', 1, ...withDaytime);
    assert.match(printed, noted);
    const [usual = '', last = ''] = runsIn('more');
    assert.equal(latestOf('more'), last);
    const { partial, first_asked } = runOf('more', last);
    assert.equal(partial, undefined);
    assert.deepEqual(first_asked, { compared_with: usual, probes: ['daytime'] });
    assert.deepEqual(rowsOf('more', last), [
      ['127.76.0.1', 'persisting'],
      ['127.76.0.2', 'new'],
    ]);
    const page = readFileSync(join(outOf('more'), last, 'report.html'), 'utf8');
    assert.match(page, /1 of what is new may have been open before: \S+ did not ask daytime\./);
  });

  it('is followed by one that is compared with it, probe by probe', async () => {
    const { printed } = await scan('more', 2, ...withDaytime);
    assert.doesNotMatch(printed, /may have been open before/);
    const last = runsIn('more').at(-1) ?? '';
    assert.equal(runOf('more', last).first_asked, undefined);
    assert.deepEqual(rowsOf('more', last), [
      ['127.76.0.1', 'persisting'],
      ['127.76.0.2', 'persisting'],
    ]);
  });
});

describe('a run that was stopped and goes on after newer ones', () => {
  let late = '';
  before(async () => {
    scopeOf('late');
    await alive(1, 2);
    await scan('late', 0);
    const { kind } = await killedAtStep(
      1,
      () => scan('late', 1),
      ({ path }) => path.endsWith('findings.jsonl'),
    );
    assert.equal(kind, 'killed');
    await abandon(outOf('late'));
    late = join(outOf('late'), runsIn('late').at(-1) ?? '');
  });

  it('is named by the next run, with how to go on; what others left behind in their folders is removed', async () => {
    await alive(2);
    const [first = ''] = runsIn('late');
    const left = join(outOf('late'), first, '.checkpoint.4194305-0.ampscope-tmp');
    mkdirSync(left);
    writeFileSync(join(left, 'state.json'), 'half');
    mkdirSync(join(outOf('late'), '2026-11-01T000000Z'));
    const { printed } = await scan('late', 2);
    assert.ok(!existsSync(left));
    assert.ok(!existsSync(join(outOf('late'), '2026-11-01T000000Z')));
    assert.ok(
      printed.includes(`${late} was stopped before its end: go on with ampscope scan --resume ${late}`),
      printed,
    );
  });

  it('is refused, and with --even-though-newer it is evidence of its own time alone', async () => {
    const newest = latestOf('late');
    const before = historyOf('late', '127.76.0.1');
    assert.equal(before['state'], 'fixed');
    await assert.rejects(command(3, ['scan', '--resume', late]), {
      name: 'UsageError',
      message: `${late}: a newer run is there: ${newest}`,
      hint: /--even-though-newer/,
    });
    const { code, printed } = await command(3, ['scan', '--resume', late, '--even-though-newer']);
    assert.equal(code, 0, printed);
    // Both answered when it asked; since then the first was proved closed.
    assert.deepEqual(rowsOf('late', basename(late)), [
      ['127.76.0.1', 'persisting'],
      ['127.76.0.2', 'persisting'],
    ]);
    assert.deepEqual(runOf('late', basename(late)).late, { newer_runs: 1, newest });
    assert.equal(latestOf('late'), newest);
    const now = historyOf('late', '127.76.0.1');
    assert.deepEqual([now['state'], now['times_seen'], now['changes']], ['fixed', 2, before['changes']]);
  });
});

describe('a shard that may not have reached its network', () => {
  const PARTS = ['127.78.0', '127.78.1'];
  const NETWORKS = PARTS.map((part) => `{ prefix: ${part}.0/29, asn: 64496, customer: C-1 }`);
  const hostsOf = (does: Readonly<Record<string, Behaviour>>): Promise<void> =>
    hosts.are(Object.entries(does).map(([address, behaviour]) => ({ address, port: PORT, does: behaviour })));
  const shards = ['1/2', '2/2'].map((part) => ['--seed', 'shards', '--shard', part]);
  let merged: Ended;

  before(async () => {
    workspace.write(
      'shards.yaml',
      scopeText({ networks: `[${NETWORKS.join(', ')}]`, limits: '{ per_host: 20 }' }),
    );
    const all = PARTS.flatMap((part) => [`${part}.1`, `${part}.2`]);
    await hostsOf(Object.fromEntries(all.map((address) => [address, CHARGEN])));
    assert.equal((await scan('shards', 0)).code, 0);
    // One part is dark; in the other one of two answers, and the second is silent.
    await hostsOf({
      ...Object.fromEntries(all.map((address) => [address, SILENT])),
      [`${PARTS[1] ?? ''}.1`]: CHARGEN,
    });
    const codes: number[] = [];
    for (const args of shards)
      codes.push((await scan('shards', 1, '--fixed-after-silent-runs', '1', ...args)).code);
    assert.deepEqual(codes.sort(), [0, 4]);
    const [, ...parts] = runsIn('shards').map((name) => join(outOf('shards'), name));
    merged = await command(2, ['merge', ...parts, '--out', outOf('shards')]);
  });

  it('makes the whole suspect, and what the others heard nothing of is no fix either', () => {
    const [first, ...rest] = runsIn('shards');
    const rows = rest.map((name) => Object.fromEntries(rowsOf('shards', name)));
    // So it can be seen: its own shard, whose path was proved, says that it is one.
    assert.ok(rows.some((row) => row['127.78.1.2'] === 'fixed: silent'));
    assert.equal(merged.code, 4, merged.printed);
    assert.match(merged.printed, /^SUSPECT: /m);
    const whole = rest.find((name) => runOf('shards', name).merged_from !== undefined) ?? '';
    assert.deepEqual(Object.fromEntries(rowsOf('shards', whole)), {
      '127.78.0.1': 'unknown: path not proved',
      '127.78.0.2': 'unknown: path not proved',
      '127.78.1.1': 'persisting',
      '127.78.1.2': 'unknown: path not proved',
    });
    assert.match(
      readFileSync(join(outOf('shards'), whole, 'findings.csv'), 'utf8'),
      /127\.78\.1\.2,.*,"unknown: path not proved; asked again 3 times, last at /,
    );
    assert.equal(historyOf('shards', '127.78.1.2')['state'], 'open');
    assert.equal(latestOf('shards'), first);
  });
});

describe('a clock that was set back by a year', () => {
  it('makes no exposure open for less than no time, and moves latest not at all', async () => {
    scopeOf('clock');
    await alive(1);
    assert.equal((await scan('clock', 0)).code, 0);
    const [first] = runsIn('clock');
    assert.equal((await scan('clock', -52)).code, 0);
    const [back = ''] = runsIn('clock');
    assert.notEqual(back, first);
    const [row] = readFileSync(join(outOf('clock'), back, 'findings.jsonl'), 'utf8').split('\n');
    const { days_open: days, times_seen: times } = JSON.parse(row ?? '') as FindingRecord;
    assert.deepEqual([days, times], [0, 2]);
    assert.equal(latestOf('clock'), first);
  });
});

describe('two runs at once', () => {
  const holder = holderNow('run of another', '2026-11-20T03:00:00Z');
  it('of one folder or of one scope are refused before anything is made, and the holder is named', async () => {
    scopeOf('alone');
    mkdirSync(outOf('alone'));
    const folder = await lockFolder(outOf('alone'), holder, { fileMode: 0o600 });
    await assert.rejects(scan('alone', 0), {
      message: /another run is going on here: run of another, process \d+ on .*, since 2026-11-20T03:00:00Z/,
    });
    await folder?.release();
    const scope = await lockScope(join(workspace.path, 'alone.yaml'), undefined, holder);
    await assert.rejects(scan('alone', 0), {
      message: /another run of this scope is going on: run of another/,
    });
    await scope?.release();
    assert.deepEqual(readdirSync(outOf('alone')), []);
  });
});

describe('a file of an earlier run that is damaged', () => {
  before(async () => {
    scopeOf('damaged');
    await alive(1);
    await scan('damaged', 0);
  });

  it('is said where it is run.json or findings.jsonl, with what it means', async () => {
    const [first = ''] = runsIn('damaged');
    const findings = join(outOf('damaged'), first, 'findings.jsonl');
    const whole = readFileSync(findings);
    truncateSync(findings, 20);
    rmSync(join(outOf('damaged'), 'history.jsonl.gz'));
    const { code, printed } = await scan('damaged', 1);
    assert.equal(code, 0);
    assert.match(
      printed,
      /run 2026-11-20T\d+Z cannot be read, so what it alone knew counts as new, .*findings\.jsonl:1/,
    );
    assert.deepEqual(rowsOf('damaged', runsIn('damaged').at(-1) ?? ''), [['127.76.0.1', 'new']]);
    writeFileSync(findings, whole);
  });

  it('is said where it is the history, which is made again from the runs before anything is sent', async () => {
    const path = join(outOf('damaged'), 'history.jsonl.gz');
    writeFileSync(
      path,
      gzipSync(`${gunzipSync(readFileSync(path)).toString()}{"finding_id":"abc","runs":null}\n`),
    );
    const { code, printed } = await scan('damaged', 2);
    assert.equal(code, 0);
    assert.match(printed, /made again from 2 runs/);
    assert.match(printed, /history\.jsonl\.gz\.damaged is what it was/);
    assert.deepEqual(rowsOf('damaged', runsIn('damaged').at(-1) ?? ''), [['127.76.0.1', 'persisting']]);
  });
});

function historyOf(name: string, ip: string): Readonly<Record<string, unknown>> {
  const lines = gunzipSync(readFileSync(join(outOf(name), 'history.jsonl.gz')))
    .toString()
    .split('\n');
  const line = lines.find((each) => each.includes(`"ip":"${ip}"`));
  return JSON.parse(line ?? '{}') as Record<string, unknown>;
}
