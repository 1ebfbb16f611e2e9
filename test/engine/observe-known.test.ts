import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KnownKnowledge } from '../../src/engine/observe-known.js';
import { observeKnown } from '../../src/engine/observe-known.js';
import type { Address } from '../../src/domain/address.js';
import { ipv4 } from '../../src/domain/address.js';
import type { Exchange, Reading } from '../../src/domain/exchange.js';
import { answersIn, NO_TRAFFIC, trafficOf } from '../../src/domain/exchange.js';
import type { Observation } from '../../src/history/verdict.js';
import { createLedger } from '../../src/sweep/ledger.js';
import type { Probe } from '../../probes/probe.js';
import { probeDouble } from '../probe-double.js';

const HOST = ipv4(0x0a00_0005);
const PROBE: Probe = {
  ...probeDouble({ id: 'double', hasNonce: false, forms: 2 }),
  judge: (done) => ({
    kind: 'refusal',
    reason: 'no answer that exposes',
    ...(done.flatMap(answersIn).every(({ harmless }) => harmless === true) && { exposesNothing: true }),
  }),
};
const HARMLESS: Reading = { kind: 'answer', facts: { harmless: true } };
const ANSWER: Reading = { kind: 'answer', facts: {} };
const UNRECOGNISED: Reading = { kind: 'unrecognised', why: 'noise' };
const REFUSAL: Reading = { kind: 'refusal', reason: 'no' };
const FAILURE: Reading = { kind: 'refusal', reason: 'not now', transient: true };

describe('a known exposure that a run did not see', () => {
  it('is closed where it said no for good to everything that it was asked alone', () => {
    assert.deepEqual(observed([REFUSAL, REFUSAL]), { kind: 'closed', evidence: 'refused' });
  });

  it('is not closed by a failure, by a no to half of the question, or by what the sweep alone heard', () => {
    for (const alone of [[REFUSAL, FAILURE], [REFUSAL], [REFUSAL, undefined], []])
      assert.deepEqual(observed(alone), { kind: 'answers-otherwise' });
    assert.deepEqual(observed([], { stoppedBy: 'signal' }), { kind: 'not-asked' });
  });

  it('is closed where it answers all of the question, and the probe knows that the answers expose nothing', () => {
    assert.deepEqual(observed([HARMLESS, HARMLESS]), { kind: 'closed', evidence: 'answered' });
    assert.deepEqual(observed([HARMLESS, REFUSAL]), { kind: 'closed', evidence: 'answered' });
    for (const alone of [[HARMLESS], [HARMLESS, FAILURE], [HARMLESS, UNRECOGNISED], [ANSWER, HARMLESS]])
      assert.deepEqual(observed(alone), { kind: 'answers-otherwise' });
  });

  it('is not closed by what another port says', () => {
    assert.deepEqual(observed([REFUSAL, REFUSAL], { port: 4243 }), { kind: 'not-asked' });
  });

  it('has no row where the address that the row names is excluded by now', () => {
    const allows = (address: Address): boolean => address === HOST;
    assert.deepEqual(observed([REFUSAL, REFUSAL], { ip: '10.0.0.9', allows }), { kind: 'no-target' });
  });
});

/** A run whose sweep heard a refusal, and whose measurement heard this of each form; undefined: silence. */
function observed(
  alone: readonly (Reading | undefined)[],
  {
    port = 4242,
    ip = '10.0.0.5',
    allows = (): boolean => true,
    stoppedBy,
  }: {
    readonly port?: number;
    readonly ip?: string;
    readonly allows?: (address: Address) => boolean;
    readonly stoppedBy?: 'signal';
  } = {},
): Observation | undefined {
  const sighting = {
    probed: HOST,
    probe: 0,
    forms: new Set([0, 1]),
    form: 0,
    request: Uint8Array.of(0x51, 0),
    firstReading: REFUSAL,
    firstPayloadBytes: 4,
    responder: HOST,
    responderPort: port,
    firstSeenAt: 0,
    generation: 0,
    ...trafficOf(4, 4),
    offPathDatagrams: 0,
    offPathBytes: 0,
  };
  const exchanges = alone.map((reading, index): Exchange => ({
    form: PROBE.sweepForms[index]?.name ?? '',
    purpose: 'measure',
    seenIn: 'measurement',
    request: sighting.request,
    requestedAt: 0,
    end: reading ? 'quiet' : 'silent',
    sent: trafficOf(2, 4),
    received: reading ? trafficOf(4, 4) : NO_TRAFFIC,
    replies: reading ? [{ payloadBytes: 4, reading }] : [],
    offPath: NO_TRAFFIC,
    caveats: [],
  }));
  const known = { finding_id: 'f-1', ip, probe: PROBE.id, probed_ip: '10.0.0.5', probed_port: 4242 };
  return observeKnown(
    {
      plan: {
        scope: { allows, networkOf: () => undefined },
        probes: [{ probe: PROBE, port, options: [] }],
        known: [known],
        responders: {},
        originOf: () => ({}),
      },
      canaries: [],
      ledger: createLedger(1, [sighting]),
      measured: new Map([[sighting, exchanges]]),
      unknown: () => [],
      isTarget: () => true,
      rechecked: new Map(),
      ...(stoppedBy && { stoppedBy }),
    } as unknown as KnownKnowledge,
    [],
  ).observed.get('f-1')?.observation;
}
