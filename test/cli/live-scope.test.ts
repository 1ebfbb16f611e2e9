import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { runCommandLine } from '../../src/command-line.js';
import type { Io } from '../../src/commands/command.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { systemClock } from '../../src/system-clock.js';
import { englishIn, japaneseOf } from '../reports/english.js';
import { startCli } from './run-cli.js';
import type { Sinks } from './sinks.js';
import { startSinks } from './sinks.js';
import { makeWorkspace, scopeText } from './workspace.js';

const NETWORK = '127.9.1.0/27';
const ADDRESSES = Array.from({ length: 32 }, (_, i) => `127.9.1.${i}`);
const UPPER_HALF = ADDRESSES.slice(16);

const workspace = makeWorkspace();
let sinks: Sinks;
let out: string;
let runs = 0;

beforeEach(async () => {
  sinks = await startSinks(ADDRESSES, 0);
  out = join(workspace.path, `out${runs++}`);
  writeScope();
});
afterEach(() => sinks.close());

/** Eight packets a second: the sweep takes four. */
function writeScope(changes: Readonly<Record<string, string>> = {}): void {
  const lines = { networks: `[{ prefix: ${NETWORK} }]`, limits: '{ rate: 8, per_host: 10 }', ...changes };
  workspace.write('scope.yaml', scopeText(lines));
}
const args = (...more: readonly string[]): string[] => [
  ...['scan', '--scope', join(workspace.path, 'scope.yaml'), '--out', out],
  ...['--probe', 'chargen', '--port', `chargen=${sinks.port}`, '--cooldown', '500ms'],
  // In the order of this seed both halves are among the first ten.
  ...['--form-gap', '100ms', '--quiet-gap', '300ms', '--seed', 'live', ...more],
];
const start = (...more: readonly string[]): ReturnType<typeof startCli> =>
  startCli(args(...more), { cwd: workspace.path });

/** The one run in the folder, complete or not; its page has no English sentence in Japanese, whatever stopped it. */
function theRun(): RunRecord & { readonly rows: readonly string[] } {
  const [name = ''] = readdirSync(out).filter((entry) => entry !== 'latest');
  const read = (file: string): string => readFileSync(join(out, name, file), 'utf8');
  assert.equal(englishIn(japaneseOf(read('report.html'))), undefined);
  const rows = read('findings.jsonl').split('\n').filter(Boolean);
  return {
    ...(JSON.parse(read('run.json')) as RunRecord),
    rows: rows.map((row) => (JSON.parse(row) as { readonly ip: string }).ip),
  };
}
const asked = (addresses: readonly string[]): number =>
  addresses.reduce((sum, address) => sum + (sinks.counts.get(address) ?? 0), 0);

describe('SIGHUP in the middle of a sweep', () => {
  it('excludes half the targets from that moment on; those gets no packet, no row, and are no loss', async () => {
    const run = start();
    await sinks.reached(10);
    assert.ok(asked(UPPER_HALF) > 0, 'some of them had been asked before');
    writeScope({ exclude: '[127.9.1.16/28]' });
    run.kill('SIGHUP');
    await run.says('is read again: 16 more addresses are excluded');
    // What had left before the line was written may still be on its way.
    await setTimeout(100);
    const before = asked(UPPER_HALF);
    const { code, stderr } = await run.done;
    assert.equal(code, 0, stderr);
    assert.equal(asked(UPPER_HALF), before, 'nothing was sent there afterwards');
    for (const address of ADDRESSES.slice(0, 16)) assert.ok((sinks.counts.get(address) ?? 0) > 0, address);
    const { rows, complete, losses, counts, scope_reloads, probes } = theRun();
    assert.equal(complete, true);
    assert.equal(losses.any, false);
    assert.deepEqual(rows.toSorted(), ADDRESSES.slice(0, 16).toSorted());
    assert.equal(probes[0]?.not_exposed['excluded-during-run'], before);
    assert.equal(counts.sweep_packets + counts.measurement_requests, sinks.total());
    const [reload, ...others] = scope_reloads ?? [];
    assert.deepEqual(others, []);
    assert.deepEqual(reload?.newly_excluded, ['127.9.1.16/28']);
    assert.equal(reload.newly_excluded_addresses, 16);
  });

  it('reads the @FILE of exclusions again, while they are being measured too', async () => {
    workspace.write('never.txt', '127.9.1.0\n');
    const run = start('--exclude', `@${join(workspace.path, 'never.txt')}`, '--rate', '8');
    await sinks.reached(31);
    workspace.write('never.txt', `127.9.1.0\n${NETWORK}\n`);
    run.kill('SIGHUP');
    await run.says('is read again: 31 more addresses are excluded');
    await setTimeout(100);
    const before = sinks.total();
    const { code, stderr } = await run.done;
    assert.equal(code, 0, stderr);
    assert.equal(sinks.total(), before);
    assert.deepEqual(theRun().rows, []);
  });

  it('honours a lowered rate at once, and leaves per_subnet and new networks to the next run', async () => {
    const run = start();
    await sinks.reached(8);
    writeScope({
      networks: `[{ prefix: ${NETWORK} }, { prefix: 127.9.2.0/24 }]`,
      limits: '{ rate: 1, per_subnet: 1, per_host: 10 }',
    });
    run.kill('SIGHUP');
    await run.says('takes effect with the next run: per_subnet, the networks that were added');
    // What had left before the line was written may still be on its way.
    await setTimeout(100);
    const before = sinks.total();
    const begun = performance.now();
    await sinks.reached(before + 3);
    // One was due already.
    const seconds = (performance.now() - begun) / 1000;
    assert.ok(seconds > 0.95, `3 in ${seconds} s at 1 packet/s`);
    run.kill('SIGINT');
    const { code, stderr } = await run.done;
    assert.equal(code, 130, stderr);
    const { targets, scope_reloads } = theRun();
    assert.equal(targets.addresses, 32);
    assert.equal(scope_reloads?.[0]?.rate, 1);
    assert.deepEqual(scope_reloads[0].next_run, ['per_subnet', 'the networks that were added']);
  });

  it('only shrinks: an exclusion that is lifted again stays until the end of the run', async () => {
    const run = start();
    await sinks.reached(4);
    writeScope({ exclude: '[127.9.1.16/28]' });
    run.kill('SIGHUP');
    await run.says('16 more addresses');
    await setTimeout(100);
    const before = asked(UPPER_HALF);
    writeScope();
    run.kill('SIGHUP');
    await run.says('is read again: 0 more addresses');
    assert.equal((await run.done).code, 0);
    assert.equal(asked(UPPER_HALF), before);
  });
});

describe('SIGHUP in a run that goes on', () => {
  it('excludes as in any other, and what an earlier session read again stays in run.json', async () => {
    const run = start();
    await sinks.reached(10);
    writeScope({ exclude: '[127.9.1.16/28]' });
    run.kill('SIGHUP');
    await run.says('is read again: 16 more addresses are excluded');
    run.kill('SIGINT');
    assert.equal((await run.done).code, 130);
    assert.equal(theRun().scope_reloads?.length, 1);
    const first = sinks.total();
    const upper = asked(UPPER_HALF);
    const [name = ''] = readdirSync(out);
    const resumed = startCli(['scan', '--resume', join(out, name)], { cwd: workspace.path });
    await sinks.reached(first + 1);
    writeScope({ exclude: '[127.9.1.8/29, 127.9.1.16/28]' });
    resumed.kill('SIGHUP');
    await resumed.says('is read again: 8 more addresses are excluded');
    await setTimeout(100);
    const excluded = ADDRESSES.slice(8, 16);
    const before = asked(excluded);
    const { code, stderr } = await resumed.done;
    assert.equal(code, 0, stderr);
    assert.equal(asked(excluded), before);
    assert.equal(asked(UPPER_HALF), upper);
    const { rows, sessions, scope_reloads } = theRun();
    assert.deepEqual(rows.toSorted(), ADDRESSES.slice(0, 8).toSorted());
    assert.equal(sessions?.length, 2);
    assert.deepEqual(
      scope_reloads?.map(({ newly_excluded }) => newly_excluded),
      [['127.9.1.16/28'], ['127.9.1.8/29']],
    );
  });
});

describe('a scope that cannot be read again stops the sending', () => {
  const BROKEN: readonly (readonly [what: string, damage: () => void, error: RegExp])[] = [
    [
      'an unknown key',
      () => {
        writeScope({ excludes: '[127.9.1.1]' });
      },
      /scope\.yaml:\d+: .*"excludes"/,
    ],
    [
      'host bits in an exclusion',
      () => {
        writeScope({ exclude: '[127.9.1.1/24]' });
      },
      /has host bits set/,
    ],
    [
      'a file that is gone',
      () => {
        rmSync(join(workspace.path, 'scope.yaml'));
      },
      /no such file/,
    ],
    [
      'an authorisation that is over',
      () => {
        writeScope({ valid_until: '2020-01-01' });
      },
      /the authorisation ended with 2020-01-01/,
    ],
    [
      'an exclusion list that is gone',
      () => {
        rmSync(join(workspace.path, 'list.txt'));
      },
      /list\.txt: no such file/,
    ],
  ];
  for (const [what, damage, error] of BROKEN)
    it(what, async () => {
      workspace.write('list.txt', '127.9.1.31\n');
      const run = start('--exclude', `@${join(workspace.path, 'list.txt')}`);
      await sinks.reached(6);
      damage();
      run.kill('SIGHUP');
      await run.says('nothing more is sent');
      await setTimeout(100);
      const before = sinks.total();
      const { code, stderr } = await run.done;
      assert.equal(code, 4, stderr);
      assert.equal(sinks.total(), before);
      assert.match(stderr, error);
      assert.match(stderr, /^ampscope: hint: \S/m);
      const { complete, incomplete_reason, scope_reloads, rows } = theRun();
      assert.equal(complete, false);
      assert.equal(incomplete_reason, 'scope');
      assert.match(scope_reloads?.[0]?.problem ?? '', error);
      assert.ok(rows.length > 0, 'what was known is kept');
    });
});

describe('the end of valid_until in the middle of a run', () => {
  const TODAY = '2026-11-20';
  const TOMORROW = '2026-11-21';
  const endOfToday = Date.UTC(2026, 10, 21) - 1;
  const LONG_SLEEP_MS = 10_000;

  /** Runs the scan in this process, on the last day of the authorisation. */
  function scanToday(): {
    readonly done: Promise<number>;
    hangUp(): void;
    /** The day ends, as when the clock is set or the machine slept. */
    endDay(): void;
    printed(): string;
  } {
    let offset = endOfToday - 3_600_000 - systemClock.now();
    let hangUp = (): void => undefined;
    let printed = '';
    const output = (): NodeJS.WriteStream => {
      const stream = new PassThrough();
      stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
      return stream as unknown as NodeJS.WriteStream;
    };
    const io: Io = {
      stdin: new PassThrough(),
      stdout: output(),
      stderr: output(),
      clock: {
        ...systemClock,
        now: () => systemClock.now() + offset,
        // Who waits for the end of the day looks at the clock again and again.
        sleep: (ms, signal) => systemClock.sleep(ms > LONG_SLEEP_MS ? 20 : ms, signal),
      },
      stop: new AbortController().signal,
      onHangup(listener) {
        hangUp = listener;
        return () => undefined;
      },
    };
    return {
      done: runCommandLine(args(), io),
      hangUp: () => {
        hangUp();
      },
      endDay: () => {
        offset = endOfToday + 1000 - systemClock.now();
      },
      printed: () => printed,
    };
  }
  const readAgain = async (run: ReturnType<typeof scanToday>): Promise<void> => {
    run.hangUp();
    while (!run.printed().includes('is read again')) await setTimeout(10);
  };

  it('stops the sending as a signal does, keeps what is known, and says why', async () => {
    writeScope({ valid_until: TODAY });
    const run = scanToday();
    await sinks.reached(6);
    run.endDay();
    assert.equal(await run.done, 4, run.printed());
    assert.ok(sinks.total() < 32, `${sinks.total()} of 32 were asked`);
    const { rows, complete, incomplete_reason } = theRun();
    assert.equal(complete, false);
    assert.equal(incomplete_reason, 'expiry');
    assert.ok(rows.length > 0);
    assert.ok(!existsSync(join(out, 'latest')));
  });

  it('moves when the scope is read again with a later day', async () => {
    writeScope({ valid_until: TODAY });
    const run = scanToday();
    await sinks.reached(4);
    writeScope({ valid_until: TOMORROW });
    await readAgain(run);
    run.endDay();
    assert.equal(await run.done, 0, run.printed());
    assert.ok(sinks.total() >= 32);
    assert.equal(theRun().scope_reloads?.[0]?.valid_until, TOMORROW);
  });

  it('moves to an earlier day as well', async () => {
    writeScope({ valid_until: TOMORROW });
    const run = scanToday();
    await sinks.reached(4);
    writeScope({ valid_until: TODAY });
    await readAgain(run);
    run.endDay();
    assert.equal(await run.done, 4, run.printed());
    assert.ok(sinks.total() < 32);
  });
});
