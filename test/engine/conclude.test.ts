import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ScanKnowledge } from '../../src/engine/conclude.js';
import { conclude } from '../../src/engine/conclude.js';
import type { ScanResult } from '../../src/engine/scan-plan.js';
import { ipv4 } from '../../src/domain/address.js';
import type { Reading } from '../../src/domain/exchange.js';
import { trafficOf } from '../../src/domain/exchange.js';
import { createLedger } from '../../src/sweep/ledger.js';
import { probeDouble } from '../probe-double.js';

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

interface Heard {
  readonly isWeak: boolean;
  readonly reading: Reading;
}

/** A run in which one host answered two probes with 500 bytes, of no protocol unless said, and nothing was measured. */
function concluded(ports: readonly [number, number], heard: readonly Heard[] = []): ScanResult {
  assert.ok(FIRST && SECOND);
  const { datagrams, payloadBytes, ipPackets, wireBytes } = trafficOf(500, 4);
  const ledger = createLedger(
    2,
    ports.map((port, probe) => ({
      probed: HOST,
      probe,
      forms: new Set([0]),
      form: 0,
      request: Uint8Array.of(0x51, 0),
      firstReading: heard[probe]?.reading ?? { kind: 'unrecognised', why: 'neither A nor R' },
      firstPayloadBytes: 500,
      responder: HOST,
      responderPort: port,
      firstSeenAt: 0,
      generation: 0,
      datagrams,
      payloadBytes,
      ipPackets,
      wireBytes,
      offPathDatagrams: 0,
      offPathBytes: 0,
    })),
  );
  const probes = [FIRST, SECOND].map((probe, index) => ({
    probe: { ...probe, ...(heard[index]?.isWeak === true && { strength: 'weak' }) },
    port: ports[index],
    options: [],
  }));
  return conclude({
    plan: {
      scope: { allows: () => true, networkOf: () => undefined },
      probes,
      originOf: () => ({}),
      known: [],
      responders: {},
    },
    canaries: [],
    addresses: 1,
    ledger,
    measured: new Map(),
    counters: () => ({ sockets: [], sent: [] }),
    lossLog: { note: () => undefined },
    positionOf: () => undefined,
    isLate: () => false,
    unknown: () => [],
    isTarget: () => true,
    rechecked: new Map(),
  } as unknown as ScanKnowledge);
}
