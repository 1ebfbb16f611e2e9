import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { RunRecord } from '../../src/domain/run-record.js';
import { runCli, startCli } from './run-cli.js';
import type { Sinks } from './sinks.js';
import { startSinks } from './sinks.js';
import { runOf } from './stopped-run.js';
import { makeWorkspace, scopeText } from './workspace.js';

const PORT = 27_119;
/** Four subnets, so two for each of two threads. */
const SUBNETS = [11, 12, 13, 14].map((third) => `127.9.${third}`);
const HOSTS = 16;
/** A lower one has no work for two threads: then one does it all. */
const RATE = 800;
const ADDRESSES = SUBNETS.flatMap((subnet) => Array.from({ length: HOSTS }, (_, i) => `${subnet}.${i}`));

const workspace = makeWorkspace();
let sinks: Sinks;
afterEach(() => sinks.close());

function writeScope(limits: string, ...exclude: readonly string[]): void {
  const networks = `[${SUBNETS.map((subnet) => `{ prefix: ${subnet}.0/28 }`).join(', ')}]`;
  workspace.write('scope.yaml', scopeText({ networks, limits, exclude: `[${exclude.join(', ')}]` }));
}
const args = (out: string, ...more: readonly string[]): string[] => [
  ...['scan', '--scope', join(workspace.path, 'scope.yaml'), '--out', join(workspace.path, out)],
  ...['--probe', 'chargen', '--port', `chargen=${PORT}`, '--cooldown', '300ms', '--quiet-gap', '200ms'],
  ...['--form-gap', '100ms', '--threads', '2', ...more],
];
const scan = (out: string, ...more: readonly string[]): ReturnType<typeof startCli> =>
  startCli(args(out, ...more), { cwd: workspace.path });
const latest = (out: string): RunRecord => runOf(join(workspace.path, out, 'latest'));

describe('two threads', () => {
  it('ask each address exactly once, each from a socket of its own, within the caps', async () => {
    sinks = await startSinks(ADDRESSES, PORT, { answers: false });
    writeScope(`{ rate: ${RATE}, per_subnet: 2.5, per_host: 1 }`);
    const { code, stderr } = await runCli(args('once', '--retries', '0'), { cwd: workspace.path });
    assert.equal(code, 0, stderr);
    for (const address of ADDRESSES) assert.equal(sinks.counts.get(address), 1, address);
    const run = latest('once');
    assert.equal(run.settings.threads, 2);
    assert.deepEqual(run.counts.pass_packets, [ADDRESSES.length]);
    assert.equal(new Set(run.sockets.map(({ local_port }) => local_port)).size, 2);
    // When a packet arrives says how busy this machine is; how long all of them took, by the run's own clock, says what
    // the caps of the subnets allow. Both times are whole seconds.
    const seconds = (Date.parse(run.ended) - Date.parse(run.started)) / 1000 + 1;
    assert.ok(seconds >= (HOSTS - 1) / 2.5, `${HOSTS} packets to each subnet in ${seconds} s`);
  });

  it('find and measure each host that answers, once, and ask the silent ones again', async () => {
    const answering = ADDRESSES.filter((_, index) => index % 3 === 0);
    sinks = await startSinks(answering, PORT);
    writeScope(`{ rate: ${RATE}, per_subnet: 100, per_host: 10 }`);
    const { code, stderr } = await runCli(args('found'), { cwd: workspace.path });
    assert.equal(code, 0, stderr);
    const run = latest('found');
    const lines = readFileSync(join(workspace.path, 'found', 'latest', 'findings.jsonl'), 'utf8').split('\n');
    const rows = lines.filter(Boolean).map((line) => JSON.parse(line) as { ip: string; basis: string });
    assert.deepEqual(rows.map(({ ip }) => ip).sort(), answering.toSorted());
    assert.ok(rows.every(({ basis }) => basis === 'measurement'));
    assert.deepEqual(run.counts.pass_packets, [ADDRESSES.length, ADDRESSES.length - answering.length]);
    assert.equal(run.counts.measurement_requests + answering.length, sinks.total());
    assert.equal(run.losses.any, false);
  });

  it('both keep to an exclusion that comes while they send, from the moment at which it is said', async () => {
    sinks = await startSinks(ADDRESSES, PORT, { answers: false });
    writeScope(`{ rate: ${RATE}, per_subnet: 1.25, per_host: 10 }`);
    const upper = SUBNETS.map((subnet) => `${subnet}.8/29`);
    const excluded = ADDRESSES.filter((address) => Number(address.split('.')[3]) >= 8);
    const asked = (): readonly number[] =>
      SUBNETS.map((subnet) =>
        excluded
          .filter((address) => address.startsWith(`${subnet}.`))
          .reduce((sum, address) => sum + (sinks.counts.get(address) ?? 0), 0),
      );
    // With one seed in a hundred some subnet's upper half would be all asked, or none of it, by then.
    const run = scan('excluded', '--retries', '0', '--seed', 'seed 0');
    await sinks.reached(24);
    assert.ok(
      asked().every((count) => count > 0 && count < HOSTS / 2),
      'in each subnet some were asked and some were to be',
    );
    writeScope(`{ rate: ${RATE}, per_subnet: 1.25, per_host: 10 }`, ...upper);
    run.kill('SIGHUP');
    await run.says('is read again: 32 more addresses are excluded');
    await setTimeout(100);
    const before = asked();
    const { code, stderr } = await run.done;
    assert.equal(code, 0, stderr);
    assert.deepEqual(asked(), before, 'nothing was sent there afterwards');
    for (const address of ADDRESSES)
      if (!excluded.includes(address)) assert.equal(sinks.counts.get(address), 1, address);
  });

  it('have work for one only where there is one subnet, and then it has all of the rate', async () => {
    sinks = await startSinks(ADDRESSES, PORT, { answers: false });
    writeScope(`{ rate: ${RATE}, per_subnet: 100, per_host: 100 }`);
    const { code, stderr } = await runCli(args('one', '--retries', '0', `${SUBNETS[0] ?? ''}.0/28`), {
      cwd: workspace.path,
    });
    assert.equal(code, 0, stderr);
    assert.equal(sinks.total(), HOSTS);
    assert.equal(latest('one').sockets.length, 1);
  });

  it('are one where the rate leaves a second one without a packet in each tick', async () => {
    sinks = await startSinks(ADDRESSES, PORT, { answers: false });
    writeScope('{ rate: 100, per_subnet: 100, per_host: 100 }');
    const { code, stderr } = await runCli(args('slow', '--retries', '0'), { cwd: workspace.path });
    assert.equal(code, 0, stderr);
    assert.equal(sinks.total(), ADDRESSES.length);
    assert.equal(latest('slow').sockets.length, 1);
    assert.equal(latest('slow').settings.threads, 2);
  });

  it('say what a bad source address is like one does', async () => {
    sinks = await startSinks([], PORT);
    writeScope('{ rate: 100 }');
    const { code, stderr } = await runCli(args('source', '--source', '203.0.113.7'), {
      cwd: workspace.path,
    });
    assert.equal(code, 2);
    assert.match(stderr, /203\.0\.113\.7/);
  });
});
