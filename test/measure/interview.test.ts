import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Probe } from '../../probes/probe.js';
import { NO_TRAFFIC, addTraffic, trafficOf } from '../../src/domain/exchange.js';
import { interview, requestsOf } from '../../src/measure/interview.js';
import { MOST_ASKS } from '../../src/measure/measure-responder.js';
import { formOfRequest, probeDouble, replyDouble } from '../probe-double.js';

const TWO = probeDouble({ id: 'double-two', hasNonce: true, forms: 2 });
const [FORM] = TWO.sweepForms;
const SILENT = { reply: () => [] };

describe('an interview', () => {
  it('asks the forms of the sweep, then what the probe asks until it has enough, each with a nonce of its own', () => {
    const probe: Probe = {
      ...TWO,
      next: (done) => (done.length < 4 ? { form: FORM, purpose: 'prove' } : undefined),
    };
    const { asks, exchanges } = interview(probe, SILENT);
    const expected = [
      ['form 0', 'measure'],
      ['form 1', 'measure'],
      ['form 0', 'prove'],
      ['form 0', 'prove'],
    ];
    assert.deepEqual(
      asks.map(({ form, purpose }) => [form.name, purpose]),
      expected,
    );
    assert.deepEqual(
      exchanges.map(({ form, purpose }) => [form, purpose]),
      expected,
    );
    assert.equal(new Set(exchanges.map(({ request }) => request.join())).size, 4);
  });

  it('is heard like a measurement without loss: every datagram, read against its request', () => {
    const { exchanges } = interview(TWO, {
      reply: (request) =>
        formOfRequest(request) === 0
          ? [replyDouble('answer', request, 100), replyDouble('refusal', request, 2000)]
          : [],
    });
    const heard = {
      purpose: 'measure',
      seenIn: 'measurement',
      requestedAt: 0,
      sent: trafficOf(4, 4),
      offPath: { datagrams: 0, payloadBytes: 0 },
      caveats: [],
    };
    assert.deepEqual(exchanges, [
      {
        ...heard,
        form: 'form 0',
        request: Uint8Array.of(0x51, 0, 0, 0),
        end: 'quiet',
        received: addTraffic(trafficOf(100, 4), trafficOf(2000, 4)),
        replies: [
          { afterMs: 1, payloadBytes: 100, reading: { kind: 'answer', facts: { length: 100 } } },
          { afterMs: 2, payloadBytes: 2000, reading: { kind: 'refusal', reason: 'refused' } },
        ],
      },
      {
        ...heard,
        form: 'form 1',
        request: Uint8Array.of(0x51, 1, 0, 1),
        end: 'silent',
        received: NO_TRAFFIC,
        replies: [],
      },
    ]);
  });

  it('counts a burst as one question and as many requests, and ends after forty questions', () => {
    const burst = { form: FORM, purpose: 'rate-check', burst: { repeat: 3, withinMs: 100 } } as const;
    const { asks, exchanges } = interview({ ...TWO, next: () => burst }, SILENT);
    assert.equal(asks.length, MOST_ASKS);
    assert.equal(exchanges.length, 2 + (MOST_ASKS - 2) * 3);
    assert.deepEqual([requestsOf(burst), requestsOf({ form: FORM, purpose: 'prove' })], [3, 1]);
  });
});
