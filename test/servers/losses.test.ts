/**
 * Each loss is made to happen to the built command, in two namespaces of its own, and run.json must name it. The
 * targets lie behind the servers' side of the link, so that no neighbour table stands between.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunRecord } from '../../src/domain/run-record.js';
import { whyMissing } from '../packages/fetch.js';
import { nft as nftIn } from './firewall.js';
import type { Behaviour } from './misbehaving.js';
import { makeLink, spawnIn, type Link } from './namespace.js';
import { startCli, type CliRun } from '../cli/run-cli.js';
import { readRun, type FindingRecord } from './scan.js';

const skip = whyMissing('servers') ?? false;
const [SCANNER, GATEWAY, NETWORK] = ['192.0.2.1', '192.0.2.2', '198.51.100.0/24'];
/** No way leads there. */
const ELSEWHERE = '203.0.113.0/28';
const at = (host: number): string => `198.51.100.${host}`;
const PLAIN = [40, 41, 100, 199, 250].map(at);
const RESPONDERS: readonly (readonly [string, Behaviour])[] = [
  ...PLAIN.map((address) => [address, 'plain'] as const),
  [at(9), 'burst'],
  [at(10), 'flood'],
  [at(11), 'trickle'],
  [at(12), 'after-30-s'],
  [at(13), 'other-port'],
  [at(14), 'other-address'],
  [at(15), 'empty'],
  [at(16), 'largest'],
];
const SCOPE = `organisation: Test lab
authorised_by: the test itself
contact: noc@example.net
valid_until: 2099-12-31
networks: [{ prefix: ${NETWORK} }, { prefix: ${ELSEWHERE} }]
limits: { reply_bandwidth: 1G }
`;
const FLOODING: readonly Behaviour[] = ['burst', 'flood'];
const CHARGEN = ['--probe', 'chargen'];
/** All but those that misbehave. */
const QUIET_ONES = ['198.51.100.32/27', '198.51.100.64/26', '198.51.100.128/25'];

describe('a loss', { skip }, () => {
  let folder: string;
  let link: Link | undefined;
  let runs = 0;

  before(async () => {
    if (skip !== false) return;
    folder = mkdtempSync(join(tmpdir(), 'ampscope-losses-'));
    writeFileSync(join(folder, 'scope.yaml'), SCOPE);
    link = makeLink(SCANNER, [GATEWAY]);
    route();
    ip('-n', link.servers.name, 'route', 'add', 'local', NETWORK, 'dev', 'lo');
    // Those that flood have a process of their own: whatever they do, the others answer in time.
    const floods = RESPONDERS.filter(([, does]) => FLOODING.includes(does));
    const others = RESPONDERS.filter(([, does]) => !FLOODING.includes(does));
    for (const responders of [floods, others]) await respond(link, responders);
  });
  after(() => {
    link?.close();
    if (skip === false) rmSync(folder, { recursive: true, force: true });
  });

  describe('none at all', () => {
    it('is recorded where nothing is lost: exit code 0, every host found, the second pass over the silent ones', async () => {
      // A cooldown, and a pause before the second pass, in which every answer is in time.
      const { code, run, findings } = await scan([...CHARGEN, ...QUIET_ONES], { cooldown: '3s' });
      assert.equal(code, 0);
      assert.deepEqual(ips(findings), PLAIN);
      assert.deepEqual(run.counts.pass_packets, [224, 224 - PLAIN.length]);
      assert.equal(run.counts.asked_again, 0);
      const { events, unknown, any, send_buffer_drops, loss_estimate } = run.losses;
      assert.deepEqual(
        { events, unknown, any, send_buffer_drops, loss_estimate },
        { events: [], unknown: [], any: false, send_buffer_drops: 0, loss_estimate: 0 },
      );
    });
  });

  describe('by a receive buffer that is too small', () => {
    it('is counted with its time and positions, asked again, and every host is found all the same', async () => {
      const { code, run, findings } = await scan([
        ...CHARGEN,
        '--receive-buffer',
        '2048',
        at(9),
        ...QUIET_ONES,
      ]);
      assert.deepEqual(ips(findings), [at(9), ...PLAIN]);
      assert.ok((run.losses.sweep_socket_drops ?? 0) > 0);
      const [event] = run.losses.events?.filter(({ kind }) => kind === 'socket_drops') ?? [];
      assert.equal(event?.probe, 'chargen');
      assert.ok(event.count > 0 && event.positions !== undefined && event.positions[1] > event.positions[0]);
      assert.ok((run.counts.asked_again ?? 0) > 20, 'the silent ones were asked again');
      assert.deepEqual(run.losses.unknown, [], 'and the flood did not come again');
      // The measurement's own socket was too small as well: the figure is a lower bound, and that remains.
      assert.ok((run.losses.measurement_socket_drops ?? 0) > 0);
      assert.equal(findings.find(({ ip: address }) => address === at(9))?.['lower_bound'], true);
      assert.equal(code, 4);
    });
  });

  for (const verdict of ['drop', 'reject']) {
    describe(`by a firewall of our own that says ${verdict}`, () => {
      it('is a send error by code, asked again, and the addresses are unknown when it stays', async () => {
        await withFirewall(
          `ip daddr { ${at(40)}, ${at(60)}, ${at(61)} } udp dport 19 ${verdict}`,
          async () => {
            const { code, run, findings } = await scan([...CHARGEN, ...QUIET_ONES]);
            assert.equal(code, 4);
            assert.deepEqual(ips(findings), PLAIN.slice(1));
            // Three addresses in each of two passes, and once more at the end.
            assert.deepEqual(
              run.losses.send_errors.map(({ code: error, count, meaning }) => [error, count, meaning]),
              [['EPERM', 9, 'error']],
            );
            assert.equal(run.counts.asked_again, 3);
            assert.deepEqual(run.losses.unknown, [
              { probe: 'chargen', addresses: 3, prefixes: [`${at(40)}/32`, `${at(60)}/31`] },
            ]);
            assert.ok(run.losses.events?.some(({ kind, positions }) => kind === 'send_error' && positions));
          },
        );
      });
    });
  }

  describe('by a firewall that lets go in time', () => {
    it('is made good: no address is unknown, exit code 0', async () => {
      await withFirewall(`ip daddr ${at(40)} udp dport 19 drop`, async (lift) => {
        const args = [...CHARGEN, '--retries', '0', ...QUIET_ONES];
        const { code, run, findings } = await scan(args, {
          async meanwhile(cli) {
            await cli.says('measurement: started');
            lift();
          },
        });
        assert.deepEqual(ips(findings), PLAIN);
        assert.equal(run.losses.send_errors[0]?.code, 'EPERM');
        assert.equal(run.counts.asked_again, 1);
        assert.deepEqual(run.losses.unknown, []);
        assert.equal(code, 0);
      });
    });
  });

  describe('by an interface that is down for a while', () => {
    const slowly = [...CHARGEN, '--retries', '0', '--rate', '50', ...QUIET_ONES];

    it('is unreachable, asked again at the end, and made good when the way is there again', async () => {
      const { code, run, findings } = await scan(slowly, {
        async meanwhile(cli) {
          await sweptUntil(cli, 0.2);
          down();
          await sweptUntil(cli, cli.swept() + 0.3);
          up();
        },
      });
      assert.ok(run.losses.send_errors.some(({ meaning, count }) => meaning === 'unreachable' && count > 20));
      assert.ok((run.counts.asked_again ?? 0) > 20);
      assert.deepEqual(ips(findings), PLAIN);
      assert.deepEqual(run.losses.unknown, []);
      assert.equal(code, 0);
    });

    it('leaves unknown the addresses to which a way had led, when it stays down', async () => {
      const { code, run } = await scan(slowly, {
        async meanwhile(cli) {
          await sweptUntil(cli, 0.5);
          down();
        },
      });
      up();
      assert.equal(run.losses.unknown?.[0]?.probe, 'chargen');
      assert.ok(run.losses.unknown[0].addresses > 20);
      assert.equal(code, 4);
    });

    it('is lost for good where a measurement was to begin: that is not asked again', async () => {
      const { code, run, findings } = await scan([...CHARGEN, '--retries', '0', ...QUIET_ONES], {
        // The first measurement waits for so long.
        formGap: '4s',
        async meanwhile(cli) {
          await cli.says('measurement: started');
          down();
        },
      });
      up();
      assert.deepEqual(ips(findings), PLAIN);
      assert.deepEqual([...new Set(findings.map(({ basis }) => basis))], ['sweep']);
      assert.ok(run.losses.send_errors.some(({ count }) => count >= PLAIN.length));
      assert.deepEqual(run.losses.unknown, [], 'they were known by then');
      assert.equal(run.losses.any, true);
      assert.equal(code, 4);
    });

    it('is no loss where there never was a way: the addresses are unreachable, and that is known', async () => {
      assert.ok(link);
      const { name } = link.scanner;
      const nowhere = ['unreachable', ELSEWHERE];
      ip('-n', name, 'route', 'add', ...nowhere);
      const { code, run } = await scan([...CHARGEN, at(40), ELSEWHERE]).finally(() => {
        ip('-n', name, 'route', 'del', ...nowhere);
      });
      assert.deepEqual(
        run.losses.send_errors.map(({ code: error, meaning }) => [error, meaning]),
        [['EHOSTUNREACH', 'unreachable']],
      );
      assert.deepEqual(run.losses.unknown, []);
      assert.equal(code, 0);
    });
  });

  describe('in a queue that is full', () => {
    // A request is a frame of 43 bytes: 60 a second are 21 kbit/s, half of them 10: a busy machine fills what lies between.
    const queue = async (rate: string, body: () => Promise<void>): Promise<void> => {
      assert.ok(link);
      const at = ['dev', link.scanner.interface, 'root'];
      tc('add', ...at, 'tbf', 'rate', rate, 'burst', '800', 'limit', '400');
      try {
        await body();
      } finally {
        tc('del', ...at);
      }
    };

    it('is seen although every callback reports success, and made good at half the rate', async () => {
      await queue('12kbit', async () => {
        const filled = (): ReturnType<typeof scan> =>
          scan([...CHARGEN, '--retries', '0', '--rate', '60', ...QUIET_ONES]);
        let result = await filled();
        // A machine that is busy with something else may be too slow to fill any queue.
        for (let tries = 1; tries < 4 && (result.run.losses.send_buffer_drops ?? 0) <= 5; tries++)
          result = await filled();
        const { run, findings, code } = result;
        assert.deepEqual(run.losses.send_errors, []);
        assert.ok((run.losses.send_buffer_drops ?? 0) > 5);
        assert.ok(run.losses.events?.some(({ kind, positions }) => kind === 'send_buffer' && positions));
        assert.ok((run.counts.asked_again ?? 0) > 100);
        assert.deepEqual(ips(findings), PLAIN);
        assert.deepEqual(run.losses.unknown, []);
        assert.equal(code, 0);
      });
    });

    it('leaves the hosts unknown whose packets were lost again', async () => {
      await queue('4kbit', async () => {
        const { run, code } = await scan([...CHARGEN, '--retries', '0', ...QUIET_ONES]);
        assert.ok((run.losses.unknown?.[0]?.addresses ?? 0) > 50);
        assert.equal(code, 4);
      });
    });
  });

  describe('and strange answers', () => {
    it('are each counted where they belong', async () => {
      const args = [
        '--probe',
        'chargen',
        '--probe',
        'dns-any',
        '198.51.100.10/31',
        '198.51.100.12/30',
        at(16),
      ];
      // The flood may be too much for the sweep's socket, and then hosts are asked again: the firewall counts that.
      const rule = `ip daddr ${at(13)} udp dport 19 counter`;
      // Longer than a busy machine needs for the flood: what answers behind it in time is asked once, and what trickles
      // is no silence.
      const patient = { cooldown: '6s', quietGap: '3s' };
      const { scanned, askedOtherPort } = await withFirewall(rule, async () => ({
        scanned: await scan([...args, at(114)], patient),
        askedOtherPort: Number(/counter packets (\d+)/.exec(nft('list table ip losses'))?.[1]),
      }));
      const { run, findings } = scanned;
      const of = (host: number): FindingRecord | undefined =>
        findings.find(({ ip: address }) => address === at(host));
      const flood = of(10);
      assert.equal(flood?.['lower_bound'], true);
      assert.equal(flood.packets, 2000, 'a cap ended it');
      assert.ok(
        run.losses.events?.some(({ kind, probe, positions }) => kind === 'capped' && probe && positions),
      );
      assert.ok(run.losses.capped_measurements >= 1);
      // Silent in the sweep's cooldown and in the measurement: known by what came 30 s after the request.
      const late = of(12);
      assert.equal(late?.basis, 'sweep');
      assert.ok(run.counts.late_responders >= 1);
      assert.ok(run.losses.events?.some(({ kind, positions }) => kind === 'late_replies' && positions));
      assert.ok((run.losses.loss_estimate ?? 0) > 0, 'it did not answer the same form again in time');
      // What comes from another port of the host that was asked belongs to it.
      const otherPort = of(13);
      assert.equal(otherPort?.packets, 1);
      assert.ok(otherPort.response_port !== undefined && otherPort.response_port !== 19);
      assert.ok(askedOtherPort >= 2, 'in the sweep and alone');
      const forwarder = findings.find(({ probe }) => probe === 'dns-any');
      assert.equal(forwarder?.['probed_ip'], at(14));
      assert.equal(forwarder.ip, at(114));
      const chargens = run.probes.find(({ id }) => id === 'chargen');
      assert.equal(of(15), undefined);
      assert.equal(chargens?.not_exposed['unidentified'], 1, 'the empty datagram was one, of no protocol');
      assert.equal(run.counts.alien_datagrams, 1);
      assert.equal(of(16)?.response_size, 65_507);
      assert.equal(of(16)?.exchanges.find(({ reported }) => reported)?.ip_packets, 45);
    });
  });

  async function scan(
    args: readonly string[],
    {
      cooldown = '1s',
      formGap = '1s',
      quietGap = '1s',
      meanwhile,
    }: {
      readonly cooldown?: string;
      readonly formGap?: string;
      readonly quietGap?: string;
      readonly meanwhile?: (cli: CliRun) => Promise<void>;
    } = {},
  ): Promise<{
    readonly code: number;
    readonly run: RunRecord;
    readonly findings: readonly FindingRecord[];
  }> {
    assert.ok(link);
    const out = join(folder, String(runs++));
    const timing = ['--cooldown', cooldown, '--form-gap', formGap, '--quiet-gap', quietGap];
    const all = ['scan', ...timing, '--out', out, ...args];
    const cli = startCli(all, { cwd: folder, within: link.scanner.enter });
    await meanwhile?.(cli);
    const { code, stderr } = await cli.done;
    assert.ok(code === 0 || code === 4, stderr);
    const { run, findings } = readRun(out);
    return { code, run: run as unknown as RunRecord, findings };
  }

  async function sweptUntil(cli: CliRun, share: number): Promise<void> {
    const limit = performance.now() + 60_000;
    while (cli.swept() < share) {
      assert.ok(performance.now() < limit, `${cli.swept()} of the sweep, and not ${share}`);
      await sleep(20);
    }
  }

  function ip(...args: readonly string[]): void {
    execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  }

  function tc(verb: string, ...args: readonly string[]): void {
    assert.ok(link);
    execFileSync('tc', ['-n', link.scanner.name, 'qdisc', verb, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  function route(): void {
    assert.ok(link);
    ip('-n', link.scanner.name, 'route', 'add', NETWORK, 'via', GATEWAY);
  }

  function down(): void {
    assert.ok(link);
    ip('-n', link.scanner.name, 'link', 'set', link.scanner.interface, 'down');
  }

  /** The routes through an interface go with it, and do not come back by themselves. */
  function up(): void {
    assert.ok(link);
    ip('-n', link.scanner.name, 'link', 'set', link.scanner.interface, 'up');
    route();
  }

  /** @param rule of the output hook, while the body runs or until it lifts it. */
  async function withFirewall<T>(rule: string, body: (lift: () => void) => Promise<T>): Promise<T> {
    let isThere = true;
    nft(`table ip losses { chain out { type filter hook output priority 0; ${rule}; }; }`);
    const lift = (): void => {
      if (isThere) nft('delete table ip losses');
      isThere = false;
    };
    try {
      return await body(lift);
    } finally {
      lift();
    }
  }

  function nft(command: string): string {
    assert.ok(link);
    return nftIn(link.scanner, command);
  }
});

/** Starts a process of responders on the servers' side, and waits until they listen. */
async function respond(
  { servers }: Link,
  responders: readonly (readonly [string, Behaviour])[],
): Promise<void> {
  const program = [process.execPath, join(import.meta.dirname, 'misbehaving.js'), JSON.stringify(responders)];
  const { stdout } = spawnIn(servers, program, { stdio: ['ignore', 'pipe', 'inherit'] });
  assert.ok(stdout);
  await once(stdout, 'data');
}

/** In the order of their last octets. */
function ips(findings: readonly FindingRecord[]): string[] {
  const host = (address: string): number => Number(address.split('.').at(-1));
  return findings.map(({ ip }) => ip).sort((a, b) => host(a) - host(b));
}
