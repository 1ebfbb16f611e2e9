import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ScanKnowledge } from '../../src/engine/conclude.js';
import { conclude } from '../../src/engine/conclude.js';
import type { ScanResult } from '../../src/engine/scan-plan.js';
import type { Address } from '../../src/domain/address.js';
import { ipv4 } from '../../src/domain/address.js';
import type { Exchange, Reading } from '../../src/domain/exchange.js';
import { trafficOf } from '../../src/domain/exchange.js';
import type { Measured } from '../../src/engine/measured.js';
import { createMeasured } from '../../src/engine/measured.js';
import { createLedger } from '../../src/sweep/ledger.js';
import type { Sighting } from '../../src/sweep/sightings.js';
import { probeDouble } from '../probe-double.js';
import { sightingDouble } from '../sweep/sighting-double.js';

const HOST = ipv4(0x0a00_0005);
const [FIRST, SECOND] = ['double-first', 'double-second'].map((id) =>
  probeDouble({ id, hasNonce: false, forms: 1 }),
);

describe('what answers with bytes that no reader knows', () => {
  it('is one exposure of the first probe, however many probes ask that port', () => {
    const { findings, perProbe } = concluded([4242, 4242]);
    assert.deepEqual(
      Array.from(findings, ({ probe, report }) => [probe, report]),
      [['double-first', 'x_unidentified']],
    );
    assert.deepEqual(
      perProbe.map(({ exposures, notExposed }) => [exposures, notExposed]),
      [
        [1, {}],
        [0, { 'unidentified-elsewhere': 1 }],
      ],
    );
  });

  it('is one exposure for each port', () => {
    const { findings } = concluded([4242, 4243]);
    assert.deepEqual(
      Array.from(findings, ({ probe, measurement }) => [probe, measurement.probedPort]),
      [
        ['double-first', 4242],
        ['double-second', 4243],
      ],
    );
    assert.deepEqual([...findings], [], 'still held after they were given out');
  });
});

describe('a weak reader', () => {
  const UNKNOWN: Reading = { kind: 'unrecognised', why: 'neither A nor R' };
  const ANSWER: Reading = { kind: 'answer', facts: {} };
  const outcomes = (...given: Parameters<typeof concluded>): unknown => {
    const { findings, perProbe } = concluded(...given);
    return [
      Array.from(findings, ({ probe, report }) => `${probe} ${report}`),
      perProbe.map(({ exposures, notExposed }) => [exposures, notExposed]),
    ];
  };
  const first = { isWeak: true, reading: ANSWER };
  const second = { isWeak: false, reading: ANSWER };

  it('gives way to one that knows its protocol, at the same address and port', () => {
    assert.deepEqual(outcomes([4242, 4242], [first, second]), [
      ['double-second x_double'],
      [
        [0, { 'recognised-elsewhere': 1 }],
        [1, {}],
      ],
    ]);
  });

  it('does not call unidentified what a reader beside it knows', () => {
    assert.deepEqual(outcomes([4242, 4242], [{ isWeak: true, reading: UNKNOWN }, second]), [
      ['double-second x_double'],
      [
        [0, { 'recognised-elsewhere': 1 }],
        [1, {}],
      ],
    ]);
  });

  it('is heard where no other knows the answer, at its own port, and beside another weak one', () => {
    const both = ['double-first x_double', 'double-second x_double'];
    for (const [ports, answers, expected] of [
      [
        [4242, 4242],
        [first, { isWeak: false, reading: UNKNOWN }],
        ['double-first x_double', 'double-second x_unidentified'],
      ],
      [[4242, 4243], [first, second], both],
      [[4242, 4242], [first, first], both],
      [[4242, 4242], [second, second], both],
    ] as const)
      assert.deepEqual(
        Array.from(concluded(ports, answers).findings, ({ probe, report }) => `${probe} ${report}`),
        expected,
      );
  });

  it('reports last what no reader knows', () => {
    const unknown = [
      { isWeak: true, reading: UNKNOWN },
      { isWeak: false, reading: UNKNOWN },
    ] as const;
    assert.deepEqual(outcomes([4242, 4242], unknown), [
      ['double-second x_unidentified'],
      [
        [0, { 'unidentified-elsewhere': 1 }],
        [1, {}],
      ],
    ]);
  });
});

describe('the figures of a run', () => {
  const [one, two] = [1, 2].map((host) => sightingDouble({ probed: hostAt(host), firstSeenAt: 7000 }));
  assert.ok(one && two);

  it('count every request that left alone, whatever it was for, and every farewell', () => {
    const again = { kind: 'silent', exchanges: [exchange({}), exchange({ end: 'unsent' })] } as const;
    const result = figuresOf({
      sightings: [one, two],
      measured: createMeasured([
        [one, [exchange({ farewellBytes: 2 }), exchange({ end: 'silent' }), exchange({ end: 'unsent' })]],
        [two, [exchange({ end: 'unsent' })]],
        [sightingDouble({ probed: hostAt(3) }), []],
      ]),
      rechecked: new Map([['f', again]]),
      canaries: [{ address: HOST, asks: { probe: FIRST, port: 4242 }, outcome: again }],
    });
    assert.deepEqual([result.measurementRequests, result.farewells, result.measured], [2 + 1 + 1, 1, 2]);
  });

  it('estimate the loss by those that did not answer the same question again', () => {
    for (const [ends, lossEstimate] of [
      [[], undefined],
      [[['unsent', 'quiet']], undefined],
      [[['quiet', 'silent'], ['silent', 'quiet'], ['quiet'], ['capped']], 0.25],
      [[['silent'], ['capped'], ['unsent'], [], ['silent'], ['silent']], 0.75],
    ] as const) {
      const entries = ends.map(
        (each, host) =>
          [sightingDouble({ probed: hostAt(host) }), each.map((end) => exchange({ end }))] as const,
      );
      assert.equal(figuresOf({ measured: createMeasured(entries) }).lossEstimate, lossEstimate);
    }
  });

  it('note what a cap ended, and what came late, at its place in the sweep where that is known', () => {
    const capped = exchange({ caveats: ['capped'], requestedAt: 9000 });
    const undated = { ...capped, requestedAt: undefined } as unknown as Exchange;
    const result = figuresOf({
      sightings: [one, two],
      measured: createMeasured([
        [one, [capped, exchange({})]],
        [two, [undated]],
        [sightingDouble({ probed: hostAt(3) }), [exchange({})]],
      ]),
      isLate: ({ probed }) => probed === one.probed,
      positionOf: ({ probed }) => (probed === one.probed ? 5 : undefined),
    });
    assert.deepEqual([result.cappedMeasurements, result.lateResponders], [2, 1]);
    const positions = { from: 5, to: 6 };
    assert.deepEqual(result.events, [
      { kind: 'capped', count: 1, probe: 'double-first', first: 9000, positions },
      { kind: 'capped', count: 1, probe: 'double-first', first: 7000 },
      { kind: 'late_replies', count: 1, probe: 'double-first', first: 7000, positions },
    ]);
  });

  it('are lower bounds where the sockets of that probe lost replies', () => {
    const sockets = [
      { probe: 'double-first', socket: { drops: 0 } },
      { probe: 'double-second', socket: { drops: 3 } },
      { probe: 'double-first', socket: {} },
    ];
    const sightings = [0, 1].map((probe) => sightingDouble({ probe, bytes: 500 }));
    const { findings } = figuresOf({ sightings, counters: { sockets, sent: [] } });
    assert.deepEqual(
      Array.from(findings, ({ probe, reported }) => [probe, reported.caveats]),
      [
        ['double-first', []],
        ['double-second', ['lossy']],
      ],
    );
  });

  it('say of each probe what it sent and found, and why the rest is no finding', () => {
    const refused = sightingDouble({
      probed: hostAt(3),
      firstReading: { kind: 'refusal', reason: 'refused' },
    });
    const result = figuresOf({
      sightings: [one, two, refused],
      counters: { sockets: [], sent: [{ sent: 9, sentBytes: 18 }] },
      allows: (address) => address !== two.probed,
    });
    assert.deepEqual(result.perProbe, [
      {
        sent: 9,
        sentBytes: 18,
        responders: 3,
        exposures: 1,
        notExposed: { 'excluded-during-run': 1, refused: 1 },
      },
      { sent: 0, sentBytes: 0, responders: 0, exposures: 0, notExposed: {} },
    ]);
  });

  it('leave out of what is unknown what was excluded since, and say why the run was stopped', () => {
    const unknown = (probe: number): readonly Address[] => (probe === 0 ? [hostAt(1), hostAt(2)] : []);
    const result = figuresOf({ unknown, allows: (address) => address !== hostAt(2), stoppedBy: 'expiry' });
    assert.deepEqual(
      result.unknown.map(({ addresses }) => addresses),
      [1, 0],
    );
    assert.equal(result.stoppedBy, 'expiry');
    assert.equal('stoppedBy' in figuresOf({}), false);
  });
});

describe('an answer from another target', () => {
  const [probed, other] = [hostAt(1), hostAt(2)];
  const from = sightingDouble({ probed, responder: other, bytes: 500 });
  const measured = createMeasured([
    [from, [exchange({ received: trafficOf(500, 4), responder: { address: other, port: 4242 } })]],
  ]);
  const own = (more: object): Sighting => sightingDouble({ probed: other, ...more });
  const refusal = { kind: 'refusal', reason: 'refused' } as const;
  const position = {
    positionOf: ({ probed: asked }: Sighting): number | undefined => (asked === other ? 5 : undefined),
  };

  for (const [claim, run, how] of [
    [
      'is one of its own where that refused',
      { sightings: [from, own({ firstReading: refusal })] },
      'other-address',
    ],
    ['is undecided where that answered', { sightings: [from, own({})] }, 'forwarder-or-other-address'],
    [
      'is undecided where that said nothing known',
      { sightings: [from, own({ firstReading: { kind: 'unrecognised', why: '' } })] },
      'forwarder-or-other-address',
    ],
    [
      'is undecided where that was answered from elsewhere',
      { sightings: [from, own({ firstReading: refusal, responder: hostAt(9) })] },
      'forwarder-or-other-address',
    ],
    ['is one of its own where that was silent', { ...position }, 'other-address'],
    ['is undecided where that was not asked', {}, 'forwarder-or-other-address'],
    [
      'is undecided in a run that was stopped',
      { ...position, stoppedBy: 'signal' },
      'forwarder-or-other-address',
    ],
    [
      'is undecided where something of it was lost',
      { ...position, unknown: () => [probed, other] },
      'forwarder-or-other-address',
    ],
    [
      'is one of its own where something of others was lost',
      { ...position, unknown: () => [probed] },
      'other-address',
    ],
    [
      'is one of its own where another protocol was answered from there',
      { sightings: [from, { ...from, probe: 1 }], protocol: 'another' },
      'other-address',
    ],
    [
      'is undecided where another probe of the protocol was',
      { sightings: [from, { ...from, probe: 1 }] },
      'forwarder-or-other-address',
    ],
  ] as const)
    it(claim, () => {
      const { findings } = figuresOf({ sightings: [from], measured, ...run });
      const [finding] = findings;
      assert.equal(finding?.exposure.tags.at(-1), how);
    });
});

interface Heard {
  readonly isWeak: boolean;
  readonly reading: Reading;
}

/** A run in which one host answered two probes with 500 bytes, of no protocol unless said, and nothing was measured. */
function concluded(ports: readonly [number, number], heard: readonly Heard[] = []): ScanResult {
  const sightings = ports.map((port, probe) =>
    sightingDouble({
      probed: HOST,
      probe,
      bytes: 500,
      firstReading: heard[probe]?.reading ?? { kind: 'unrecognised', why: 'neither A nor R' },
      responderPort: port,
    }),
  );
  return figuresOf({ sightings, ports, weak: heard.map(({ isWeak }) => isWeak) });
}

interface Run {
  readonly sightings?: readonly Sighting[];
  readonly measured?: Measured;
  readonly rechecked?: ScanKnowledge['rechecked'];
  readonly canaries?: readonly object[];
  readonly counters?: { readonly sockets: readonly object[]; readonly sent: readonly object[] };
  readonly isLate?: ScanKnowledge['isLate'];
  readonly positionOf?: ScanKnowledge['positionOf'];
  readonly unknown?: ScanKnowledge['unknown'];
  readonly allows?: (address: Address) => boolean;
  readonly stoppedBy?: 'signal' | 'expiry';
  readonly ports?: readonly number[];
  readonly weak?: readonly boolean[];
  /** Of the second probe. */
  readonly protocol?: string;
}

/** What a run of two probes comes to, and what it notes in the log of losses. */
function figuresOf({
  sightings = [],
  allows = () => true,
  ports = [4242, 4242],
  weak = [],
  protocol = 'double',
  counters = { sockets: [], sent: [] },
  ...more
}: Run): ScanResult & { readonly events: readonly object[] } {
  const events: object[] = [];
  const probes = [FIRST, SECOND].map((probe, index) => ({
    probe: { ...probe, ...(weak[index] === true && { strength: 'weak' }), ...(index === 1 && { protocol }) },
    port: ports[index],
    options: [],
  }));
  const result = conclude({
    plan: {
      scope: { allows, networkOf: () => undefined },
      probes,
      originOf: () => ({}),
      known: [],
      responders: {},
    },
    canaries: [],
    addresses: 1,
    ledger: createLedger(2, sightings),
    measured: createMeasured(),
    counters: () => counters,
    lossLog: { note: (event: object) => events.push(event) },
    positionOf: () => undefined,
    isLate: () => false,
    unknown: () => [],
    isTarget: () => true,
    rechecked: new Map(),
    ...more,
  } as unknown as ScanKnowledge);
  return { ...result, events };
}

function hostAt(number: number): Address {
  return ipv4(0x0a00_0000 + number);
}

function exchange(more: Partial<Exchange>): Exchange {
  return {
    form: 'form 0',
    purpose: 'measure',
    seenIn: 'measurement',
    request: Uint8Array.of(0x51, 0),
    requestedAt: 0,
    end: 'quiet',
    sent: trafficOf(2, 4),
    received: trafficOf(100, 4),
    replies: [{ payloadBytes: 100, reading: { kind: 'answer', facts: {} } }],
    responder: { address: HOST, port: 4242 },
    offPath: { datagrams: 0, payloadBytes: 0 },
    caveats: [],
    ...more,
  };
}
