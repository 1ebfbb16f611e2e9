/**
 * The caps, held against a capture of real runs: the built command in a namespace of its own, over even and uneven
 * scopes, its sweep, its second pass and its measurements together.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { trafficOf } from '../../src/domain/exchange.js';
import { startCapture } from './capture.js';
import { whyMissing } from '../packages/fetch.js';
import type { Behaviour } from './misbehaving.js';
import { makeNamespace, spawnIn, type Namespace } from './namespace.js';
import type { CapturedDatagram } from './pcap.js';
import { readRun, runCli } from './scan.js';

const skip = whyMissing('servers') ?? false;
/** Below IPv6's own documentation prefix, each local to the namespace. */
const IPV6 = '2001:db8:50::/44';

interface Case {
  readonly what: string;
  readonly networks: readonly string[];
  readonly perSubnet: number;
  readonly perHost: number;
  readonly rate: number;
  readonly replyBandwidth?: string;
  readonly probes: readonly string[];
  readonly responders: readonly (readonly [string, Behaviour])[];
}

const plain = (prefix: string, hosts: number): readonly (readonly [string, Behaviour])[] =>
  Array.from({ length: hosts }, (_, host) => [`${prefix}${(host + 1).toString()}`, 'plain'] as const);

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
    what: 'a /25 beside a /28 and a single host',
    networks: ['127.51.1.0/25', '127.51.2.16/28', '127.51.3.77/32'],
    perSubnet: 60,
    perHost: 2,
    rate: 500,
    probes: ['chargen', 'snmp-getbulk'],
    responders: [
      ['127.51.2.20', 'plain'],
      ['127.51.3.77', 'plain'],
    ],
  },
  {
    what: 'a subnet full of responders, each of which is measured',
    networks: ['127.53.1.0/27', '127.53.2.0/30'],
    perSubnet: 6,
    perHost: 1,
    rate: 1000,
    probes: ['chargen'],
    responders: [...plain('127.53.1.', 28), ...plain('127.53.2.', 2)],
  },
  {
    what: 'uneven /64s, one of them of two prefixes far apart',
    networks: ['2001:db8:50::/122', '2001:db8:50::1:0/123', '2001:db8:51::7/128', '127.54.1.0/26'],
    perSubnet: 24,
    perHost: 2,
    rate: 1000,
    probes: ['chargen', 'ntp-monlist'],
    responders: [...plain('2001:db8:50::', 9), ...plain('2001:db8:50::1:', 9), ['2001:db8:51::7', 'plain']],
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
      const { sent, run } = await scanned(each);
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

  it('no second holds more than 1.01 times the 20,000 packets that were asked', async () => {
    const rate = 20_000;
    const { sent, run } = await scanned(
      { ...CROWD, what: '20,000 packets a second', networks: ['127.60.0.0/16'], rate },
      { snapBytes: 128, filter: 'udp' },
    );
    assert.equal(sent.length, 65_536);
    assert.equal(run.counts.sweep_packets, 65_536);
    assertAtMost(sent.map(secondsOf), rate * 1.01);
  });

  it('nor of 50,000, by the counters of the kernel', async () => {
    const rate = 50_000;
    await inNamespace(async (namespace) => {
      const counter = await startCounter(namespace);
      const scan = scanIn(namespace, {
        ...CROWD,
        what: '50,000 packets a second',
        networks: ['127.64.0.0/15'],
        rate,
      });
      const over = new AbortController();
      const end = (): void => {
        over.abort();
      };
      scan.then(end, end);
      const samples: { readonly beforeMs: number; readonly afterMs: number; readonly count: number }[] = [];
      while (!over.signal.aborted) {
        const beforeMs = performance.now();
        const count = counter();
        samples.push({ beforeMs, afterMs: performance.now(), count });
        await sleep(5);
      }
      const { counts } = (await scan).run;
      assert.equal(counts.sweep_packets, 131_072);
      assert.equal(counter() - (samples[0]?.count ?? 0), 131_072, 'the counter has seen every packet');
      let from = 0;
      for (const { afterMs, count } of samples) {
        while (afterMs - (samples[from]?.beforeMs ?? 0) > 1000) from++;
        const inWindow = count - (samples[from]?.count ?? 0);
        assert.ok(inWindow <= rate * 1.01, `${inWindow} packets within a second`);
      }
    });
  });

  it('no 10 s window holds more of replies than the budget and the requests already out allow', async () => {
    const bps = 60_000;
    const volleyBits = 100 * trafficOf(74, 4).wireBytes * 8;
    const responders = [2, 4, 5, 7, 9, 11].map((host) => [`127.52.1.${host}`, 'volley'] as const);
    const { sent, received } = await scanned({
      what: 'volleys',
      networks: ['127.52.1.0/28'],
      perSubnet: 200,
      perHost: 10,
      rate: 1000,
      replyBandwidth: String(bps),
      probes: ['chargen'],
      responders,
    });
    assert.equal(received.length, 2 * responders.length * 100, 'in the sweep and in the measurement');
    const asked = sent.map(secondsOf);
    const replies = received.map(({ tsMicros, payload }) => ({
      time: tsMicros / 1e6,
      bits: trafficOf(payload.length, 4).wireBytes * 8,
    }));
    const bitsIn = (from: number, to: number): number =>
      replies.reduce((sum, { time, bits }) => (time >= from && time < to ? sum + bits : sum), 0);
    // Whenever a request leaves, all that came before is paid off, but for the one volley that is just coming.
    for (const { time: from } of replies.filter((_, index) => index % 10 === 0))
      for (const to of asked.filter((time) => time > from))
        assert.ok(
          bitsIn(from, to) <= bps * (to - from) + volleyBits,
          `${bitsIn(from, to)} bits in ${to - from} s before a request`,
        );
    for (const { time: from } of replies)
      assert.ok(
        bitsIn(from, from + 10) <= 10 * bps + 2 * volleyBits,
        `${bitsIn(from, from + 10)} bits in 10 s`,
      );
    // The answers to the measurements come a second late: what keeps the next request back was reserved.
    const measured = sent.filter(
      ({ destination }, index) => sent.findIndex((other) => other.destination === destination) < index,
    );
    const isResponder = ({ destination }: CapturedDatagram): boolean =>
      responders.some(([address]) => address === destination);
    const times = measured.filter(isResponder).map(secondsOf);
    assert.equal(times.length, responders.length);
    times.slice(1).forEach((time, index) => {
      const gap = time - (times[index] ?? 0);
      assert.ok(gap >= (0.95 * volleyBits) / bps, `a measurement began ${gap} s after the one before it`);
    });
  });

  /** With a capture of all that went over the loopback interface. */
  async function scanned(each: Case, only?: Parameters<typeof startCapture>[4]): Promise<Scanned> {
    return inNamespace(async (namespace) => {
      if (each.responders.length > 0) {
        const program = [process.execPath, join(import.meta.dirname, 'misbehaving.js')];
        const responders = spawnIn(namespace, [...program, JSON.stringify(each.responders)], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        assert.ok(responders.stdout);
        await once(responders.stdout, 'data');
      }
      const capture = await startCapture(namespace, 'lo', '127.0.0.1', join(folder, 'lo.pcap'), only);
      const { run } = await scanIn(namespace, each);
      const { datagrams } = await capture.stop();
      const isTarget = (address: string): boolean => /^127\.[56]\d\.|^2001:db8:/.test(address);
      return {
        sent: datagrams.filter(({ destination }) => isTarget(destination)),
        received: datagrams.filter(({ source }) => isTarget(source)),
        run,
      };
    });
  }

  async function scanIn(namespace: Namespace, each: Case): Promise<Pick<Scanned, 'run'>> {
    const { rate, perSubnet, perHost, replyBandwidth = '1G' } = each;
    const limits = { rate, per_subnet: perSubnet, per_host: perHost, reply_bandwidth: replyBandwidth };
    writeFileSync(
      join(folder, 'scope.yaml'),
      [
        'organisation: Test lab',
        'authorised_by: the test itself',
        'contact: noc@example.net',
        'valid_until: 2099-12-31',
        'networks:',
        ...each.networks.map((prefix) => `  - prefix: ${prefix}`),
        `limits: ${JSON.stringify(limits)}`,
        '',
      ].join('\n'),
    );
    const out = join(folder, each.what.replaceAll(/\W/g, '-'));
    const probes = each.probes.flatMap((probe) => ['--probe', probe]);
    const fast = ['--cooldown', '1s', '--form-gap', '1s', '--quiet-gap', '300ms', '--quiet', '--out', out];
    const retries = each.responders.length === 0 ? ['--retries', '0'] : [];
    const { exitCode, stderr } = await runCli(namespace, folder, ['scan', ...fast, ...retries, ...probes]);
    assert.ok([0, 4].includes(exitCode), stderr);
    return { run: readRun(out).run };
  }
});

/** Many addresses, none of which answers: what remains is how fast they are asked. */
const CROWD: Omit<Case, 'what' | 'networks' | 'rate'> = {
  perSubnet: 1000,
  perHost: 1,
  probes: ['chargen'],
  responders: [],
};

interface Scanned {
  readonly sent: readonly CapturedDatagram[];
  readonly received: readonly CapturedDatagram[];
  readonly run: ReturnType<typeof readRun>['run'];
}

/** Its loopback interface has all of 127.0.0.0/8, and of IPv6 what the tests scan. */
async function inNamespace<T>(body: (namespace: Namespace) => Promise<T>): Promise<T> {
  const namespace = makeNamespace('politeness');
  try {
    const [program, ...rest] = namespace.enter;
    execFileSync(program, [
      ...[...rest, 'sh', '-c'],
      'cd /proc/sys/net/ipv6 && echo 0 > conf/lo/disable_ipv6 && echo 1 > ip_nonlocal_bind',
    ]);
    execFileSync('ip', ['-n', namespace.name, '-6', 'addr', 'replace', '::1/128', 'dev', 'lo']);
    execFileSync('ip', ['-n', namespace.name, '-6', 'route', 'add', 'local', IPV6, 'dev', 'lo']);
    return await body(namespace);
  } finally {
    namespace.close();
  }
}

/** How many UDP datagrams a namespace has sent (IPv4), read through a process in it that does nothing else. */
async function startCounter(namespace: Namespace): Promise<() => number> {
  const cat = spawnIn(namespace, ['cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  assert.ok(cat.stdout);
  cat.stdin?.write('once it answers, it is in there\n');
  await once(cat.stdout, 'data');
  const file = `/proc/${String(cat.pid)}/net/snmp`;
  return () => Number(/^Udp: \d+ \d+ \d+ (\d+)/m.exec(readFileSync(file, 'latin1'))?.[1]);
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

/** /24 and /64: the IPv6 targets here all have a zero in the fourth group. */
function subnetOf(address: string): string {
  return address.replace(/\.\d+$|::.*$/, '');
}

/** The times of each group, in order. */
function grouped(
  datagrams: readonly CapturedDatagram[],
  keyOf: (datagram: CapturedDatagram) => string,
): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  for (const datagram of datagrams) {
    const key = keyOf(datagram);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [secondsOf(datagram)]);
    else group.push(secondsOf(datagram));
  }
  return [...groups.values()];
}
