/** The promises of a run, on the whole scan over a simulated network: hours of it in milliseconds. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Probe } from '../../probes/probe.js';
import type { Address, Range } from '../../src/domain/address.js';
import { ipv4 } from '../../src/domain/address.js';
import type { Finding } from '../../src/domain/finding.js';
import { UsageError } from '../../src/domain/usage-error.js';
import type { SelectedProbe } from '../../src/engine/selected-probe.js';
import type { ExposureHistory } from '../../src/history/exposure-history.js';
import type { FakeClock } from '../fake-clock.js';
import { createFakeClock } from '../fake-clock.js';
import { formOfRequest, replyDouble } from '../probe-double.js';
import { range } from '../scope/scope-of.js';
import { ELSEWHERE, FAREWELL, PROBES, hostsIn } from './random-network.js';
import { assertWithinLimits } from './rules.js';
import type { Fate, SimulatedNetwork, SimulatedSend } from './simulated-network.js';
import { simulatedNetwork } from './simulated-network.js';
import type { SimulatedScan } from './simulated-scan.js';
import { SCOPE, simulateScan } from './simulated-scan.js';

const DAY_MS = 86_400_000;
/** 10.0.0.0/24, of which one host in sixteen answers. */
const RANGES: readonly Range[] = [{ first: ipv4(0x0a00_0000), last: ipv4(0x0a00_00ff) }];
const [PLAIN, ECHOING] = PROBES;
const PACE = { rate: 1000, perSubnet: 200, perHost: 1, replyBandwidthBps: 1e9 };
const SILENT: Fate = { kind: 'lost' };

describe('a slow scan by several threads', () => {
  // Each worker found the slots of time that were its own void, every time it woke.
  it('ends in about its time where every timer is as late as on a very busy machine', async () => {
    for (const lateMs of [6, 50, 400]) {
      const pace = { ...PACE, rate: 4 };
      const ranges = [0, 1].map((third) => ({
        first: ipv4(0x0a00_0000 + third * 256),
        last: ipv4(0x0a00_0003 + third * 256),
      }));
      const world = worldOf({ plan: { threads: 2, pace }, ranges, oversleepMs: () => lateMs });
      const begunMs = world.clock.monotonicMs();
      const { result } = await world.scan().done;
      const sent = world.network.sends.filter(({ socket }) => socket.role === 'sweep').length;
      assert.equal(result.stoppedBy, undefined);
      assert.equal(sent, ranges.length * 4 * 3);
      const [last] = world.network.sends.filter(({ socket }) => socket.role === 'sweep').slice(-1);
      assert.ok(
        last !== undefined && last.atMs - begunMs < sent * (250 + 2 * lateMs) + 1000,
        `${lateMs} ms late`,
      );
    }
  });
});

describe('the end of the authorisation', () => {
  it('lets nothing out after the last day on a machine that slept over it, whatever it was doing', async () => {
    for (const threads of [1, 3])
      for (const afterMs of [500, 3000, 6000, 9000]) {
        const world = worldOf({ plan: { threads, pace: { ...PACE, perSubnet: 60 } } });
        world.clock.at(world.clock.monotonicMs() + afterMs, () => {
          world.clock.suspend(200 * DAY_MS);
        });
        const { result } = await world.scan().done;
        const last = Date.UTC(2027, 2, 31, 23, 59, 59, 999);
        assert.ok(world.network.sends.length > 0);
        for (const { now } of world.network.sends)
          assert.ok(now <= last, `sent at ${new Date(now).toISOString()}`);
        assert.equal(result.stoppedBy, 'expiry');
        assert.equal(result.sweep.guarded, 0, 'what was kept back is still to be asked');
      }
  });

  it('leaves what it kept back to the run that goes on under a later day', async () => {
    const world = worldOf({ plan: { pace: { ...PACE, perSubnet: 60 } } });
    world.clock.at(world.clock.monotonicMs() + 6000, () => {
      world.clock.suspend(200 * DAY_MS);
    });
    const first = await world.scan().done;
    const sent = world.network.sends.length;
    assert.ok(sent < 768);
    const later = { ...SCOPE, validUntil: '2028-03-31' };
    const { result } = await world.scan({ scopeFile: later, from: first.kept }).done;
    assert.equal(result.stoppedBy, undefined);
    const asked = new Set(
      world.network.sends.flatMap(({ to, port, payload }) =>
        payload.length > FAREWELL.length ? `${to} ${port} ${formOfRequest(payload)}` : [],
      ),
    );
    assert.equal(asked.size, 768);
  });

  it('ends a run that sends nothing just then within a minute', async () => {
    const world = worldOf({ plan: { cooldownMs: 500_000 } });
    world.clock.at(world.clock.monotonicMs() + 100_000, () => {
      world.clock.suspend(200 * DAY_MS);
    });
    const startMs = world.clock.monotonicMs();
    const { result } = await world.scan().done;
    assert.equal(result.stoppedBy, 'expiry');
    assert.ok(world.clock.monotonicMs() - startMs <= 161_000);
  });
});

describe('a scope that is read again', () => {
  it('keeps an exclusion from then on, in every worker and in the measurements', async () => {
    const excluded = range('10.0.0.64/26');
    for (const threads of [1, 2]) {
      const world = worldOf({
        ranges: [...RANGES, { first: ipv4(0x0a00_0100), last: ipv4(0x0a00_01ff) }],
        plan: { threads },
        reread: () => ({ ...SCOPE, exclude: [{ range: excluded, text: '' }] }),
      });
      const scan = world.scan();
      let fromMs = Infinity;
      world.clock.at(world.clock.monotonicMs() + 1000, () => {
        void scan.control.reload().then(() => {
          fromMs = world.clock.monotonicMs();
        });
      });
      const { result, findings } = await scan.done;
      assert.equal(result.stoppedBy, undefined);
      const isExcluded = (to: Address): boolean => to >= excluded.first && to <= excluded.last;
      assert.ok(fromMs < Infinity);
      assert.ok(world.network.sends.some(({ to, atMs }) => isExcluded(to) && atMs < fromMs));
      assert.ok(!world.network.sends.some(({ to, atMs }) => isExcluded(to) && atMs > fromMs));
      assert.ok(result.sweep.guarded > 0);
      assert.ok(findings.every(({ ip }) => !isExcluded(ip)));
    }
  });

  // The workers had been begun with the rules of before, and heard of no later ones.
  it('while the workers begin keeps an exclusion before the first packet', async () => {
    const excluded = range('10.0.0.64/26');
    const world = worldOf({
      ranges: [...RANGES, { first: ipv4(0x0a00_0100), last: ipv4(0x0a00_01ff) }],
      plan: { threads: 2 },
      reread: () => ({ ...SCOPE, exclude: [{ range: excluded, text: '' }] }),
    });
    const scan = world.scan();
    await Promise.all([scan.control.reload(), scan.done]);
    assert.ok(world.network.sends.length > 0);
    assert.ok(!world.network.sends.some(({ to }) => to >= excluded.first && to <= excluded.last));
  });

  it('ends the run when it cannot be read, and not a packet leaves after that', async () => {
    for (const threads of [1, 2]) {
      const world = worldOf({
        ranges: [...RANGES, { first: ipv4(0x0a00_0100), last: ipv4(0x0a00_01ff) }],
        plan: { threads },
        reread() {
          throw new UsageError('scope.yaml:1: damaged', 'mend it');
        },
      });
      const scan = world.scan();
      let revokedMs = Infinity;
      scan.control.revoked.addEventListener('abort', () => {
        revokedMs = world.clock.monotonicMs();
      });
      world.clock.at(world.clock.monotonicMs() + 1000, () => void scan.control.reload());
      const { result } = await scan.done;
      assert.equal(result.stoppedBy, 'scope');
      assert.ok(world.network.sends.length > 0);
      // A worker hears of it by a message, in the same millisecond.
      assert.ok(world.network.sends.every(({ atMs }) => atMs <= revokedMs));
    }
  });
});

describe('a loss', () => {
  const lossy = (kind: 'dropped' | 'thrown-away' | 'refused', often: number) => {
    const asked = new Map<string, number>();
    return (send: Omit<SimulatedSend, 'fate'>, usual: Fate): Fate => {
      if (send.socket.role === 'alone' || usual.kind !== 'arrives') return usual;
      const key = `${send.to} ${send.port} ${formOfRequest(send.payload)}`;
      const nth = asked.get(key) ?? 0;
      asked.set(key, nth + 1);
      if (nth >= often) return usual;
      if (kind === 'thrown-away') return { kind };
      if (kind === 'refused') return { kind, code: 'ENOBUFS' };
      return { kind: 'arrives', replies: usual.replies.map((reply) => ({ ...reply, isDropped: true })) };
    };
  };

  it('of any kind that the system tells of is made good: what it silenced is asked again, and found', async () => {
    for (const kind of ['dropped', 'thrown-away', 'refused'] as const)
      for (const threads of [1, 2]) {
        const world = worldOf({ plan: { threads }, fate: lossy(kind, 1) });
        const { findings, result } = await world.scan().done;
        assert.equal(findings.length, 32, kind);
        assert.ok((result.sweep.sentInPass.at(-1) ?? 0) >= 32, kind);
        assert.deepEqual(
          result.unknown.map(({ addresses }) => addresses),
          [0, 0],
          kind,
        );
      }
  });

  it('that comes each time again leaves what it silenced unknown, after three times more at most', async () => {
    const world = worldOf({ fate: lossy('dropped', 99) });
    const { findings, result, isUnknown } = await world.scan().done;
    assert.equal(findings.length, 0);
    for (const host of answering()) for (const probe of [0, 1]) assert.ok(isUnknown(probe, host));
    const toOne = world.network.sends.filter(({ to, port }) => to === answering()[0] && port === PLAIN?.port);
    assert.equal(toOne.length, 1 + 3);
    assert.equal(
      result.lossEvents.some(({ kind }) => kind === 'socket_drops'),
      true,
    );
  });

  it('of a reply is dated back to what may still have been answering: the whole cooldown before it was seen', async () => {
    // A reply that took almost the cooldown, and no second answer: only the date decides that it is asked again.
    const world = worldOf({
      plan: { pace: { ...PACE, perSubnet: 20 }, cooldownMs: 4000 },
      fate: lossy('dropped', 1),
      replyMs: 3900,
    });
    const { findings } = await world.scan().done;
    assert.equal(findings.length, 32);
  });

  it('is made good a rest after the last measurement: no faster than the host gap, or than the rate, over both', async () => {
    for (const [pace, plan] of [
      [{ ...PACE, perHost: 0.2 }, {}],
      // Here the last measurement ends after the cooldown, and sooner after its request than another may leave.
      [
        { ...PACE, rate: 5 },
        { cooldownMs: 1000, quietGapMs: 100 },
      ],
    ] as const) {
      const loses = lossy('thrown-away', 2);
      const world = worldOf({
        plan: { ...plan, pace },
        fate: (send, usual) => (send.port === ECHOING?.port ? loses(send, usual) : usual),
      });
      const { result } = await world.scan().done;
      assert.ok((result.sweep.sentInPass.at(-1) ?? 0) > 0);
      assertWithinLimits(world.network.sends, world.network.deliveries, pace);
    }
  });

  it('is no silence in the counts either: each is counted once, with its kind', async () => {
    const world = worldOf({ fate: lossy('thrown-away', 1) });
    const { result } = await world.scan().done;
    const thrown = world.network.sends.filter(({ fate }) => fate.kind === 'thrown-away').length;
    assert.ok(thrown >= 32);
    assert.equal(result.sendBufferDrops, thrown);
  });
});

describe('a run that is stopped and goes on', () => {
  it('finds what one that was never stopped finds, and asks nothing between the stop and the second session', async () => {
    const whole = await worldOf({}).scan().done;
    for (const stopMs of [1, 700, 1900, 3950, 4300, 6500, 9000]) {
      const world = worldOf({});
      const session = world.scan();
      let stoppedMs = Infinity;
      world.clock.at(world.clock.monotonicMs() + stopMs, () => {
        session.stop.abort();
        stoppedMs = world.clock.monotonicMs();
      });
      const first = await session.done;
      assert.equal(first.result.stoppedBy, 'signal');
      const before = world.network.sends.length;
      assert.ok(world.network.sends.every(({ atMs }) => atMs <= stoppedMs));
      const { result, findings } = await world.scan({ from: first.kept }).done;
      assert.deepEqual(namesOf(findings), namesOf(whole.findings), `stopped after ${stopMs} ms`);
      assert.equal(result.stoppedBy, undefined);
      assert.ok(world.network.sends.length > before);
      assertWithinLimits(world.network.sends, world.network.deliveries, PACE);
      const bytes = findings.map(({ measurement }) =>
        measurement.exchanges.map(({ received }) => received.payloadBytes),
      );
      assert.deepEqual(
        bytes,
        whole.findings.map(({ measurement }) =>
          measurement.exchanges.map(({ received }) => received.payloadBytes),
        ),
      );
    }
  });

  it('measures anew what the stop cut short while it waited for its turn', async () => {
    const plan = { pace: { ...PACE, perSubnet: 20 } };
    const uncut = worldOf({ plan });
    const whole = await uncut.scan().done;
    const aloneAtMs = uncut.network.sends.flatMap(({ socket, atMs }) =>
      socket.role === 'alone' ? atMs : [],
    );
    for (const stopAtMs of [aloneAtMs[8] ?? NaN, aloneAtMs[20] ?? NaN]) {
      const world = worldOf({ plan });
      const session = world.scan();
      world.clock.at(stopAtMs, () => {
        session.stop.abort();
      });
      const first = await session.done;
      const alone = world.network.sends.filter(({ socket }) => socket.role === 'alone').length;
      assert.ok(alone > 0 && alone < 32, `${alone} of 32 measured when it was stopped`);
      const { findings } = await world.scan({ from: first.kept }).done;
      assert.deepEqual(namesOf(findings), namesOf(whole.findings));
      assert.deepEqual(findings.map(exchangesOf), whole.findings.map(exchangesOf));
    }
  });

  it('measures anew what the stop cut short between two questions', async () => {
    const probes = PROBES.map((selected): SelectedProbe => {
      const [form] = selected.probe.sweepForms;
      // Whatever the sweep heard is asked first; then this once more.
      const next: Probe['next'] = (done) =>
        done.some(({ purpose }) => purpose === 'rate-check') ? undefined : { form, purpose: 'rate-check' };
      return { ...selected, probe: { ...selected.probe, next } };
    });
    const whole = await worldOf({ probes }).scan().done;
    const world = worldOf({ probes });
    const session = world.scan();
    let cut = 0;
    world.clock.at(world.clock.monotonicMs() + 5300, () => {
      cut = world.network.sends.filter(({ socket }) => socket.role === 'alone').length;
      session.stop.abort();
    });
    const first = await session.done;
    assert.equal(world.network.sends.filter(({ socket }) => socket.role === 'alone').length, cut);
    assert.ok(cut > 0, 'the first question was under way');
    const { findings } = await world.scan({ from: first.kept }).done;
    assert.deepEqual(findings.map(exchangesOf), whole.findings.map(exchangesOf));
  });

  it('keeps in its checkpoint no sighting whose request is still to be asked again', async () => {
    const world = worldOf({ plan: { pace: { ...PACE, perSubnet: 20 } } });
    const session = world.scan();
    world.clock.at(world.clock.monotonicMs() + 12_000, () => {
      session.stop.abort();
    });
    const { kept } = await session.done;
    const state = JSON.parse(kept.state) as {
      readonly sweep: { readonly parts: readonly { readonly position: number }[] };
      readonly sightings: readonly { readonly probed: string; readonly first_seen_at: number }[];
    };
    const [place] = state.sweep.parts;
    assert.ok(place !== undefined && place.position > 0);
    const safe = new Set(world.network.sends.slice(0, place.position).map(({ to }) => to));
    assert.ok(state.sightings.length > 0);
    for (const { probed } of state.sightings) assert.ok(safe.has(ipv4(ipv4Of(probed))), probed);
    // Replies of the last cooldown are of requests behind that position.
    const young = world.network.deliveries.filter(({ send }) => !safe.has(send.to));
    assert.ok(young.length > 0, 'there are younger ones');
  });

  it('saves before the first packet, every so often, and when nothing more is sent', async () => {
    const world = worldOf({ checkpointEveryMs: 1000 });
    const startMs = world.clock.monotonicMs();
    const { savedAtMs } = await world.scan().done;
    const [first = Infinity] = savedAtMs;
    assert.ok(first <= (world.network.sends[0]?.atMs ?? -Infinity));
    assert.equal(savedAtMs.at(-1), world.clock.monotonicMs());
    for (const [index, atMs] of savedAtMs.entries())
      assert.ok(atMs - (savedAtMs[index - 1] ?? startMs) <= 1000, `${atMs}`);
  });
});

describe('what comes back', () => {
  it('is late after the cooldown, until the sweep goes on, and measured nevertheless', async () => {
    const world = worldOf({ replyMs: 6000 });
    const { result, findings } = await world.scan().done;
    assert.equal(findings.length, 32);
    assert.equal(result.lateResponders, lateIn(world.network, 4000));
    assert.ok(result.lateResponders > 0);
    const caveats = findings.filter(({ measurement }) => measurement.exchanges[0]?.caveats.includes('late'));
    assert.equal(caveats.length, result.lateResponders);
    // In two batches: the second begins after the first one's cooldown has ended.
    const inTime = await worldOf({ replyMs: 100, plan: { batchMs: 2000 } }).scan().done;
    assert.equal(inTime.result.lateResponders, 0);
  });

  it('late is told with the time at which its request left, in every worker and after a stop', async () => {
    const ranges = [...RANGES, { first: ipv4(0x0a00_0100), last: ipv4(0x0a00_01ff) }];
    for (const threads of [1, 2])
      for (const stopMs of [Infinity, 9000]) {
        const world = worldOf({
          replyMs: 6000,
          ranges,
          plan: { threads },
          checkpointEveryMs: 1000,
          fate: ({ socket }, usual) => (socket.role === 'alone' ? SILENT : usual),
        });
        const session = world.scan();
        if (stopMs < Infinity)
          world.clock.at(world.clock.monotonicMs() + stopMs, () => {
            session.stop.abort();
          });
        const first = await session.done;
        const { findings } = stopMs < Infinity ? await world.scan({ from: first.kept }).done : first;
        // Without a nonce, what was asked in both sessions may have been answered in either.
        let known = 0;
        for (const { reported, measurement } of findings) {
          assert.equal(reported.seenIn, 'sweep');
          const asked = world.network.sends.filter(
            ({ to, port, socket }) =>
              socket.role === 'sweep' && to === measurement.probed && port === measurement.probedPort,
          );
          assert.ok(asked.length > 0);
          const { requestedAt } = reported;
          if (requestedAt === undefined) continue;
          known++;
          assert.ok(
            asked.some(({ now }) => requestedAt <= now && requestedAt > now - 52),
            `${requestedAt}, and asked at ${asked.map(({ now }) => now).join()}`,
          );
        }
        assert.equal(known, findings.length);
        assert.ok(known >= 32, `${known} of ${threads} workers, stopped after ${stopMs} ms`);
      }
  });

  it('from elsewhere is a sighting of the address that was asked, and no other address is ever asked', async () => {
    const [elsewhere] = ELSEWHERE;
    const world = worldOf({
      fate: (_send, usual) =>
        usual.kind === 'arrives'
          ? { kind: 'arrives', replies: usual.replies.map((reply) => ({ ...reply, from: elsewhere })) }
          : usual,
    });
    const { findings } = await world.scan().done;
    assert.deepEqual(
      findings.map(({ measurement, reported }) => [measurement.probedPort, reported.responder?.address]),
      answering().map(() => [ECHOING?.port, elsewhere]),
    );
    const targets = new Set(hostsIn(RANGES));
    assert.ok(world.network.sends.every(({ to }) => targets.has(to)));
  });

  it('from another target says that it is the same host only where that one was silent, and nothing of it lost', async () => {
    const [probed, other] = [ipv4(0x0a00_0010), ipv4(0x0a00_0011)];
    for (const [ownFate, how] of [
      [SILENT, 'other-address'],
      [{ kind: 'refused', code: 'ENOBUFS' }, 'forwarder-or-other-address'],
    ] as const) {
      const world = worldOf({
        fate: (send, usual) => {
          if (send.port !== ECHOING?.port) return SILENT;
          if (send.to === other) return ownFate;
          if (send.to !== probed || usual.kind !== 'arrives') return SILENT;
          return { kind: 'arrives', replies: usual.replies.map((reply) => ({ ...reply, from: other })) };
        },
      });
      const { findings } = await world.scan().done;
      assert.deepEqual(
        findings.map(({ exposure }) => exposure.tags.at(-1)),
        [how],
      );
    }
  });
});

describe('a known exposure that is silent', () => {
  const host = ipv4(0x0a00_0001);
  const known = [
    {
      finding_id: 'f',
      probe: PLAIN?.probe.id,
      probed_ip: '10.0.0.1',
      probed_port: PLAIN?.port,
      ip: '10.0.0.1',
    },
  ] as unknown as readonly ExposureHistory[];

  it('is asked three times more on a connected socket, 10 s apart, and hears that the port is closed', async () => {
    for (const [fate, kind, times] of [
      [SILENT, 'silent', 3],
      [{ kind: 'closed' }, 'closed', 1],
    ] as const) {
      const world = worldOf({ plan: { known }, fate: (send, usual) => (send.to === host ? fate : usual) });
      await world.scan().done.catch((error: unknown) => {
        throw new Error(kind, { cause: error });
      });
      const again = world.network.sends.filter(({ to, socket }) => to === host && socket.isConnected);
      assert.equal(again.length, times, kind);
      for (const [index, { atMs }] of again.entries())
        if (index > 0) assert.ok(atMs - (again[index - 1]?.atMs ?? 0) >= 10_000);
    }
  });
});

interface World {
  readonly clock: FakeClock;
  readonly network: SimulatedNetwork;
  scan(more?: Partial<SimulatedScan>): ReturnType<typeof simulateScan>;
}

/** Every sixteenth host answers both probes with 100 bytes. */
function worldOf({
  fate = (_send, usual) => usual,
  replyMs = 30,
  oversleepMs = () => 0,
  ...setting
}: Partial<SimulatedScan> & {
  readonly fate?: (send: Omit<SimulatedSend, 'fate'>, usual: Fate) => Fate;
  readonly replyMs?: number;
  readonly oversleepMs?: () => number;
}): World {
  const clock = createFakeClock({ oversleepMs });
  const network = simulatedNetwork(clock, (send) => {
    const { to, payload, socket } = send;
    const afterMs = socket.role === 'sweep' ? replyMs : 30;
    const usual: Fate =
      Number(to) % 16 === 0
        ? { kind: 'arrives', replies: [{ payload: replyDouble('answer', payload, 100), afterMs }] }
        : SILENT;
    return fate(send, usual);
  });
  return {
    clock,
    network,
    scan: (more = {}) =>
      simulateScan({ clock, network, probes: PROBES, ranges: RANGES, ...setting, ...more }),
  };
}

function answering(): readonly Address[] {
  return hostsIn(RANGES).filter((host) => Number(host) % 16 === 0);
}

function namesOf(findings: readonly { readonly ip: Address; readonly probe: string }[]): readonly string[] {
  return findings.map(({ ip, probe }) => `${ip} ${probe}`);
}

function exchangesOf({ measurement }: Finding): readonly string[] {
  return measurement.exchanges.map(({ form, received }) => `${form} ${received.payloadBytes}`);
}

function ipv4Of(text: string): number {
  return text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

/** Hosts and probes whose first reply came more than a cooldown after the sweep's last packet. */
function lateIn({ sends, deliveries }: SimulatedNetwork, cooldownMs: number): number {
  const lastMs = Math.max(...sends.filter(({ socket }) => socket.role === 'sweep').map(({ atMs }) => atMs));
  const first = new Map<string, number>();
  for (const { send, atMs } of deliveries) {
    const key = `${send.to} ${send.port}`;
    if (send.socket.role === 'sweep' && !first.has(key)) first.set(key, atMs);
  }
  return [...first.values()].filter((atMs) => atMs >= lastMs + cooldownMs).length;
}
