/**
 * The caps, held against a capture of real runs: the built command in a namespace of its own, over even and uneven
 * scopes, its sweep, its second pass and its measurements together.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startCapture } from './capture.js';
import { whyNoServers } from './fetch.js';
import type { Behaviour } from './misbehaving.js';
import { makeNamespace, spawnIn } from './namespace.js';
import type { CapturedDatagram } from './pcap.js';
import { readRun, runCli } from './scan.js';

const skip = whyNoServers() ?? false;

interface Case {
  readonly what: string;
  readonly networks: readonly string[];
  readonly perSubnet: number;
  readonly perHost: number;
  readonly rate: number;
  readonly probes: readonly string[];
  readonly responders: readonly (readonly [string, Behaviour])[];
}

const CASES: readonly Case[] = [
  {
    what: 'two even /24s',
    networks: ['127.50.1.0/24', '127.50.2.0/24'],
    perSubnet: 100,
    perHost: 1,
    rate: 1000,
    probes: ['chargen', 'ntp-monlist'],
    responders: [
      ['127.50.1.7', 'plain'],
      ['127.50.1.8', 'plain'],
      ['127.50.2.200', 'plain'],
    ],
  },
  {
    what: 'a /24 beside a /28 and a single host',
    networks: ['127.51.1.0/24', '127.51.2.16/28', '127.51.3.77/32'],
    perSubnet: 60,
    perHost: 2,
    rate: 500,
    probes: ['chargen', 'ntp-monlist', 'snmp-getbulk'],
    responders: [
      ['127.51.2.20', 'plain'],
      ['127.51.3.77', 'plain'],
    ],
  },
];

describe('in a capture of a real run', { skip }, () => {
  let folder: string;
  before(() => {
    if (skip === false) folder = mkdtempSync(join(tmpdir(), 'ampscope-politeness-'));
  });
  after(() => {
    if (skip === false) rmSync(folder, { recursive: true, force: true });
  });

  for (const each of CASES) {
    it(`over ${each.what}, no subnet and no host is asked faster than its cap`, async () => {
      const { sent, run } = await scanned(each, '1G');
      const packets = run.counts.sweep_packets + run.counts.measurement_requests;
      assert.equal(sent.length, packets, 'the capture has every packet that the run says it sent');
      assert.ok(run.counts.measurement_requests >= each.responders.length);
      for (const times of grouped(sent, ({ destination }) => subnetOf(destination)))
        assertAtMost(times, each.perSubnet + 1);
      for (const times of grouped(sent, ({ destination }) => destination))
        times.forEach((time, index) => {
          const gap = time - (times[index - 1] ?? -Infinity);
          assert.ok(gap >= 0.95 / each.perHost, `two requests to one host ${gap} s apart`);
        });
      assertAtMost(sent.map(secondsOf), each.rate * 1.01 + 1);
    });
  }

  it('no 10 s window holds more of replies than the budget and the requests already out allow', async () => {
    // 300 lines of 74 bytes are 288 kbit on the wire, and come at once.
    const bps = 40_000;
    const burst: Case = {
      what: 'bursts',
      networks: ['127.52.1.0/28'],
      perSubnet: 200,
      perHost: 1,
      rate: 1000,
      probes: ['chargen'],
      responders: [['127.52.1.3', 'spurt']],
    };
    const { sent, received } = await scanned(burst, `${bps}`);
    assert.ok(received.length >= 600, `${received.length} replies, in the sweep and in the measurement`);
    // While in debt nothing is sent: from the end of one burst to the next request the debt is paid off.
    const toBurst = sent.filter(({ destination }) => destination === '127.52.1.3').map(secondsOf);
    const bits = 300 * (74 + 8 + 20 + 18) * 8;
    const [first = 0, second = 0] = toBurst;
    assert.ok(second - first >= (0.95 * bits) / bps, `the next request came ${second - first} s after it`);
    const between = sent
      .map(secondsOf)
      .filter((time) => time > first + 0.5 && time < first + (0.9 * bits) / bps);
    assert.deepEqual(between, [], 'and nobody else was asked in the meantime');
  });

  async function scanned(each: Case, replyBandwidth: string): Promise<Scanned> {
    const namespace = makeNamespace('politeness');
    try {
      const limits = `{ rate: ${each.rate}, per_subnet: ${each.perSubnet}, per_host: ${each.perHost}, reply_bandwidth: ${replyBandwidth} }`;
      writeFileSync(
        join(folder, 'scope.yaml'),
        [
          'organisation: Test lab',
          'authorised_by: the test itself',
          'contact: noc@example.net',
          'valid_until: 2099-12-31',
          'networks:',
          ...each.networks.map((prefix) => `  - prefix: ${prefix}`),
          `limits: ${limits}`,
          '',
        ].join('\n'),
      );
      const program = join(import.meta.dirname, 'misbehaving.js');
      const responders = spawnIn(namespace, [process.execPath, program, JSON.stringify(each.responders)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      assert.ok(responders.stdout);
      await once(responders.stdout, 'data');
      const capture = await startCapture(namespace, 'lo', '127.0.0.1', join(folder, 'lo.pcap'));
      const out = join(folder, each.what.replaceAll(/\W/g, '-'));
      const probes = each.probes.flatMap((probe) => ['--probe', probe]);
      const fast = ['--cooldown', '1s', '--form-gap', '1s', '--quiet-gap', '300ms', '--quiet', '--out', out];
      const { exitCode, stderr } = await runCli(namespace, folder, ['scan', ...fast, ...probes]);
      assert.ok([0, 4].includes(exitCode), stderr);
      const { datagrams } = await capture.stop();
      const isTarget = (address: string): boolean => /^127\.5\d\./.test(address);
      return {
        sent: datagrams.filter(({ destination }) => isTarget(destination)),
        received: datagrams.filter(({ source }) => isTarget(source)),
        run: readRun(out).run,
      };
    } finally {
      namespace.close();
    }
  }
});

interface Scanned {
  readonly sent: readonly CapturedDatagram[];
  readonly received: readonly CapturedDatagram[];
  readonly run: ReturnType<typeof readRun>['run'];
}

/** Seconds, in order. */
function assertAtMost(times: readonly number[], most: number): void {
  let from = 0;
  times.forEach((time, index) => {
    while (time - (times[from] ?? 0) >= 1) from++;
    assert.ok(index - from + 1 <= most, `${index - from + 1} packets within a second, at most ${most}`);
  });
}

function secondsOf({ tsMicros }: CapturedDatagram): number {
  return tsMicros / 1e6;
}

function subnetOf(address: string): string {
  return address.replace(/\.\d+$/, '');
}

/** The times of each group, in order. */
function grouped(
  datagrams: readonly CapturedDatagram[],
  keyOf: (datagram: CapturedDatagram) => string,
): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  for (const datagram of datagrams) {
    const key = keyOf(datagram);
    groups.set(key, [...(groups.get(key) ?? []), secondsOf(datagram)]);
  }
  return [...groups.values()];
}
