import assert from 'node:assert/strict';
import type { Field, Probe } from '../../probes/probe.js';
import type { Exchange, Reading } from '../../src/domain/exchange.js';
import { MOST_ASKS } from '../../src/measure/measure-responder.js';
import { requestsOf } from '../../src/measure/interview.js';
import { exchangeWith } from '../probes/exchanges.js';

/** What is asked of a probe with one payload, by name: each is held to the law on its own. */
export interface Call {
  readonly name: 'read' | 'echoed' | 'judge' | 'next' | 'dissect';
  readonly run: () => unknown;
}

/** All of them; what is judged is this one datagram as the answer to the probe's first question. */
export function callsOf(probe: Probe, payload: Uint8Array, request: Uint8Array): readonly Call[] {
  const done = [exchangeOfReadings(probe, request, [[payload.length, probe.read(payload, request)]])];
  return [
    { name: 'read', run: () => probe.read(payload, request) },
    { name: 'echoed', run: () => probe.nonce?.echoed(payload) },
    { name: 'judge', run: () => probe.judge(done) },
    { name: 'next', run: () => probe.next(done) },
    { name: 'dissect', run: () => probe.dissect(payload) },
  ];
}

export function exchangeOfReadings(
  probe: Probe,
  request: Uint8Array,
  readings: readonly (readonly [payloadBytes: number, reading: Reading])[],
): Exchange {
  return exchangeWith({
    form: probe.sweepForms[0].name,
    request,
    replies: readings.map(([payloadBytes, reading]) => ({ payloadBytes, reading })),
  });
}

/** Texts that a reading keeps: four characters a byte (`::` is masked by a word), and a sentence of its own. */
const SPARE_CHARACTERS = 2000;
const MOST_FACTS = 64;

/** @throws AssertionError for a reading that is none, or that keeps more than the payload could say. */
export function assertReading(reading: Reading, payloadBytes: number): void {
  if (reading.kind !== 'answer') {
    const text = reading.kind === 'refusal' ? reading.reason : reading.why;
    assert.ok(text !== '' && text.length <= SPARE_CHARACTERS, `${text.length} characters of a reason`);
    return;
  }
  let characters = 0;
  let facts = 0;
  for (const name in reading.facts) {
    const value = reading.facts[name];
    assert.ok(value !== undefined && typeof value !== 'object', name);
    if (typeof value === 'string') characters += value.length;
    facts++;
  }
  assert.ok(
    characters <= 4 * payloadBytes + SPARE_CHARACTERS,
    `${characters} characters of ${payloadBytes} bytes`,
  );
  assert.ok(facts <= MOST_FACTS, `${facts} facts`);
}

/** @throws AssertionError for a nonce that has more bits than the probe says. */
export function assertNonce(nonce: number | undefined, bits: number): void {
  if (nonce !== undefined) assert.ok(Number.isInteger(nonce) && nonce >= 0 && nonce < 2 ** bits, `${nonce}`);
}

/** @throws AssertionError for fields with a gap, an overlap, or an end that is not the payload's. */
export function assertCovered(fields: readonly Field[], payloadBytes: number): void {
  let end = 0;
  for (const { at, bytes, name } of fields) {
    if (at !== end || bytes <= 0) assert.fail(`${name}: ${bytes} bytes at ${at}, behind ${end}`);
    end += bytes;
  }
  assert.equal(end, payloadBytes, 'the fields do not cover it');
}

/** @throws AssertionError where a probe that always hears the same goes on asking. */
export function assertEnds(probe: Probe, first: Exchange): readonly Exchange[] {
  const done = [first];
  for (let asks = 1, ask = probe.next(done); ask; ask = probe.next(done), asks++) {
    assert.ok(asks < MOST_ASKS, `still asking after ${MOST_ASKS} questions`);
    for (let sent = requestsOf(ask); sent > 0; sent--)
      done.push({ ...first, form: ask.form.name, purpose: ask.purpose });
  }
  return done;
}
