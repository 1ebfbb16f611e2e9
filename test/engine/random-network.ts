import fc from 'fast-check';
import type { Address, Range } from '../../src/domain/address.js';
import { addressPlus, ipv4, ipv6 } from '../../src/domain/address.js';
import type { ScanPlan } from '../../src/engine/scan-plan.js';
import type { SelectedProbe } from '../../src/engine/selected-probe.js';
import { formOfRequest, probeDouble, replyDouble } from '../probe-double.js';
import type { Fate, SimulatedReply, SimulatedSend } from './simulated-network.js';

/** What ends an exchange of the first probe: it is answered by nothing. */
export const FAREWELL = Uint8Array.of(0x46);

/** One without a nonce and one form, one with a nonce and two, each asked at a port of its own. */
export const PROBES: readonly SelectedProbe[] = [
  {
    probe: { ...probeDouble({ id: 'double-plain', hasNonce: false, forms: 1 }), farewell: () => FAREWELL },
    port: 4242,
    options: [],
  },
  { probe: probeDouble({ id: 'double-echoing', hasNonce: true, forms: 2 }), port: 4343, options: [] },
];
/** Outside every target; the first is inside the scope, the others are not. */
export const ELSEWHERE: readonly [Address, Address] = [ipv4(0x0a_c8_00_01), ipv4(0x0b_00_00_01)];
const ELSEWHERE_IPV6 = ipv6((0x2001_0db8_ffffn << 80n) + 1n);

/** What one host does when one probe asks it. */
export interface Behaviour {
  readonly says: 'answer' | 'refusal' | 'unrecognised' | 'nothing';
  readonly bytes: number;
  /** Each datagram of a reply, after the request: of any order, later than any wait of the scan too. */
  readonly afterMs: readonly number[];
  /** The network brings each datagram so often. */
  readonly copies: number;
  /** Where the datagrams come from. `both`: the first from elsewhere, then all from the host. */
  readonly from: 'host' | 'elsewhere' | 'both';
  /** What happens to the n-th request of one form in the sweep; after the last of them all arrive. */
  readonly fates: readonly RequestFate[];
  /** A rate limiter: what is asked alone is not answered. */
  readonly isSilentAlone: boolean;
}

export type RequestFate = 'arrives' | 'lost' | 'thrown-away' | 'refused' | 'dropped';

export interface RandomCase {
  readonly ranges: readonly Range[];
  readonly plan: Pick<
    ScanPlan,
    'pace' | 'threads' | 'retries' | 'cooldownMs' | 'formGapMs' | 'batchMs' | 'seed'
  >;
  /** By host in the order of the ranges, by probe. */
  readonly hosts: readonly (readonly [Behaviour, Behaviour])[];
  /** How much too late sleepers wake. */
  readonly late: readonly number[];
  readonly sendTakesMs: number;
  /** When the run is stopped, to go on at once. */
  readonly stopAtMs: number | undefined;
}

export const anyBehaviour: fc.Arbitrary<Behaviour> = fc.record({
  says: fc.constantFrom('answer', 'answer', 'refusal', 'unrecognised', 'nothing', 'nothing', 'nothing'),
  bytes: fc.integer({ min: 4, max: 1600 }),
  afterMs: fc.oneof(
    {
      weight: 3,
      arbitrary: delays(fc.oneof(fc.integer({ min: 1, max: 900 }), fc.constantFrom(1, 1400, 7000))),
    },
    // A slow line: every datagram of an answer takes about as long.
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.integer({ min: 2000, max: 19_000 }), delays(fc.integer({ min: 0, max: 1000 })))
        .map(([lineMs, list]) => list.map((ms) => lineMs + ms)),
    },
    { weight: 1, arbitrary: delays(fc.integer({ min: 0, max: 20_000 })) },
  ),
  copies: fc.constantFrom(1, 1, 1, 2),
  from: fc.constantFrom('host', 'host', 'host', 'elsewhere', 'both'),
  fates: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    {
      weight: 2,
      arbitrary: fc.array(fc.constantFrom('arrives', 'lost', 'thrown-away', 'refused', 'dropped'), {
        maxLength: 6,
      }),
    },
    { weight: 1, arbitrary: fc.constantFrom<readonly RequestFate[]>(always('lost'), always('dropped')) },
  ),
  isSilentAlone: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
});

const anyPlan: fc.Arbitrary<RandomCase['plan']> = fc.record({
  pace: fc.record({
    rate: fc.oneof(fc.integer({ min: 5, max: 2000 }), fc.double({ min: 0.5, max: 10, noNaN: true })),
    perSubnet: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.double({ min: 0.5, max: 20, noNaN: true })),
    perHost: fc.double({ min: 0.1, max: 5, noNaN: true }),
    replyBandwidthBps: fc.constantFrom(20_000, 1_000_000, 1e9),
  }),
  threads: fc.constantFrom(1, 1, 2, 3),
  retries: fc.constantFrom(0, 0, 1, 2),
  cooldownMs: fc.constantFrom(1500, 4000),
  formGapMs: fc.constantFrom(100, 2000),
  batchMs: fc.constantFrom(3000, 20_000, 900_000),
  seed: fc.string({ maxLength: 4 }),
});

/** Up to six subnets of a few hosts each, one of them IPv6. */
const anyRanges: fc.Arbitrary<readonly Range[]> = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 }),
    fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  )
  .map(([sizes, six]) => [
    ...sizes.map((size, subnet) => rangeOf(ipv4(0x0a00_0000 + subnet * 256 + 3), size)),
    ...(six === undefined ? [] : [rangeOf(ipv6((0x2001_0db8n << 96n) + 5n), six)]),
  ]);

export const anyCase: fc.Arbitrary<RandomCase> = fc
  .tuple(
    anyRanges,
    fc.record({
      plan: anyPlan,
      late: fc.array(
        fc.oneof(
          { weight: 8, arbitrary: fc.double({ min: 0, max: 2, noNaN: true }) },
          { weight: 1, arbitrary: fc.double({ min: 0, max: 400, noNaN: true }) },
        ),
        { minLength: 1, maxLength: 20 },
      ),
      sendTakesMs: fc.constantFrom(0, 0, 2),
      stopAtMs: fc.option(fc.integer({ min: 1, max: 60_000 }), { nil: undefined, freq: 4 }),
    }),
  )
  .chain(([ranges, rest]) => {
    const hosts = hostsIn(ranges).length;
    return fc
      .array(fc.tuple(anyBehaviour, anyBehaviour), { minLength: hosts, maxLength: hosts })
      .map((behaviours): RandomCase => ({ ranges, hosts: behaviours, ...rest }));
  });

function delays(each: fc.Arbitrary<number>): fc.Arbitrary<readonly number[]> {
  return fc.array(each, { minLength: 1, maxLength: 4 });
}

/** More often than any scan asks. */
function always(fate: RequestFate): readonly RequestFate[] {
  return Array.from({ length: 12 }, () => fate);
}

export function hostsIn(ranges: readonly Range[]): readonly Address[] {
  return ranges.flatMap(({ first, last }) => {
    const size = Number(BigInt(last) - BigInt(first)) + 1;
    return Array.from({ length: size }, (_, index) => addressPlus(first, index));
  });
}

/** The fate of each request, as the behaviours say; it counts the requests of the sweep to each host and form. */
export function fateBy(
  each: Pick<RandomCase, 'ranges' | 'hosts' | 'plan'>,
): (send: Omit<SimulatedSend, 'fate'>) => Fate {
  const hosts = hostsIn(each.ranges);
  const numberOf = new Map(hosts.map((host, index) => [host, index]));
  const asked = new Map<string, number>();
  return (send) => {
    const { to, port, payload, socket } = send;
    const behaviour = each.hosts[numberOf.get(to) ?? -1]?.[PROBES.findIndex((one) => one.port === port)];
    if (behaviour === undefined || payload[0] === FAREWELL[0]) return { kind: 'lost' };
    if (socket.role === 'alone')
      return behaviour.isSilentAlone
        ? { kind: 'lost' }
        : { kind: 'arrives', replies: repliesOf(behaviour, send, false) };
    const key = `${to} ${typeof to} ${port} ${formOfRequest(payload)}`;
    const nth = asked.get(key) ?? 0;
    asked.set(key, nth + 1);
    const fate = behaviour.fates[nth] ?? 'arrives';
    if (fate === 'lost' || fate === 'thrown-away') return { kind: fate };
    if (fate === 'refused') return { kind: fate, code: 'ENOBUFS' };
    return { kind: 'arrives', replies: repliesOf(behaviour, send, fate === 'dropped') };
  };
}

function repliesOf(
  { says, bytes, afterMs, copies, from }: Behaviour,
  { to, payload }: Omit<SimulatedSend, 'fate'>,
  isDropped: boolean,
): readonly SimulatedReply[] {
  if (says === 'nothing') return [];
  const elsewhere = typeof to === 'number' ? (ELSEWHERE[to % 2] ?? to) : ELSEWHERE_IPV6;
  return afterMs.flatMap((ms, index) =>
    Array.from({ length: copies }, (_, copy): SimulatedReply => ({
      payload: replyDouble(says, payload, bytes + index),
      afterMs: ms + copy * 300,
      ...((from === 'elsewhere' || (from === 'both' && index === 0)) && { from: elsewhere }),
      ...(isDropped && { isDropped }),
    })),
  );
}

function rangeOf(first: Address, size: number): Range {
  return { first, last: addressPlus(first, size - 1) };
}
