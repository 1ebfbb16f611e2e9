import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ScanKnowledge } from '../../src/engine/conclude.js';
import { conclude } from '../../src/engine/conclude.js';
import type { ScanResult } from '../../src/engine/scan-plan.js';
import { ipv4 } from '../../src/domain/address.js';
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
        [0, { 'unidentified, reported by another probe': 1 }],
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

/** A run in which one host answered two probes with 500 bytes of nobody's protocol, and nothing was measured. */
function concluded(ports: readonly [number, number]): ScanResult {
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
      firstReading: { kind: 'unrecognised', why: 'neither A nor R' } as const,
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
  const probes = [FIRST, SECOND].map((probe, index) => ({ probe, port: ports[index], options: [] }));
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
    counted: () => ({ sockets: [], sent: [] }),
    lossLog: { note: () => undefined },
    positionOf: () => undefined,
    isLate: () => false,
    unknown: () => [],
    isTarget: () => true,
    rechecked: new Map(),
  } as unknown as ScanKnowledge);
}
