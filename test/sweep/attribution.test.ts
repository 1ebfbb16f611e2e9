import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Address, Range } from '../../src/domain/address.js';
import { ipv4, ipv6 } from '../../src/domain/address.js';
import type { Asked, Heard } from '../../src/sweep/attribution.js';
import { attribute } from '../../src/sweep/attribution.js';
import { createOrder } from '../../src/sweep/order.js';
import type { ProbeChannel } from '../../src/sweep/probe-channel.js';
import { createProbeChannels } from '../../src/sweep/probe-channel.js';
import { formOfRequest, probeDouble, replyDouble } from '../probe-double.js';

const KEY = Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const PORT = 4242;
const HOST = ipv4(0x0a00_0005);
const SIX = ipv6((0x2001_0db8n << 96n) + 5n);
const OUTSIDE = ipv4(0x0b00_0001);
const OUTSIDE_SIX = ipv6((0x2001_0db9n << 96n) + 5n);
/** 10.0.0.0/28 and 2001:db8::/124. */
const RANGES: readonly Range[] = [
  { first: ipv4(0x0a00_0000), last: ipv4(0x0a00_000f) },
  { first: ipv6(0x2001_0db8n << 96n), last: ipv6((0x2001_0db8n << 96n) + 15n) },
];
/** One form without a nonce, then two with one. */
const PROBES = [
  { probe: probeDouble({ id: 'double-plain', hasNonce: false, forms: 1 }), port: PORT },
  { probe: probeDouble({ id: 'double-echoing', hasNonce: true, forms: 2 }), port: PORT },
];
const ORDER = createOrder({ ranges: RANGES, forms: 3, pad: 1, key: KEY });
const [PLAIN, ECHOING] = channelsOf(PROBES);

describe('a datagram of a protocol without a nonce', () => {
  const asked: Asked = {
    probed: HOST,
    form: 0,
    request: Uint8Array.of(0x51, 0),
    position: ORDER.positionOf(HOST, 0) ?? NaN,
    passes: [0],
  };

  it('answers the request to its sender, from another port too where it is of the protocol', () => {
    for (const [text, port, expected] of [
      ['A', PORT, asked],
      ['X', PORT, asked],
      ['A', PORT + 1, asked],
      ['X', PORT + 1, 'unsolicited'],
    ] as const)
      assert.deepEqual(attributed(PLAIN, { payload: bytesOf(text), from: HOST, port }), expected);
  });

  it('answers those passes that have asked its sender by now, and is unsolicited where none has', () => {
    const heard = { payload: bytesOf('A'), from: HOST };
    assert.deepEqual(attributed(PLAIN, heard, { passes: [0, 1] }), { ...asked, passes: [0, 1] });
    assert.equal(attributed(PLAIN, heard, { passes: [] }), 'unsolicited');
  });

  it('is unsolicited from an address that is no target', () => {
    assert.equal(attributed(PLAIN, { payload: bytesOf('A'), from: OUTSIDE }), 'unsolicited');
  });
});

describe('a datagram that echoes a nonce', () => {
  it('answers the request that carried it, of whatever form, address and port it comes from', () => {
    for (const probed of [HOST, SIX])
      for (const form of [0, 1]) {
        const { request, position } = requestTo(probed, form);
        assert.equal(formOfRequest(request), form);
        const payload = replyDouble('unrecognised', request, 60);
        const expected: Asked = { probed, form, request, position, passes: [0] };
        const outside = probed === HOST ? OUTSIDE : OUTSIDE_SIX;
        for (const from of [probed, outside])
          assert.deepEqual(attributed(ECHOING, { payload, from, port: 33_000 }), expected);
      }
  });

  it('names the pass, whose requests have nonces of their own', () => {
    const { request, position } = requestTo(HOST, 1, ECHOING.ranks);
    const sent = { ranks: [0, 1].map((pass) => allOf(ECHOING, pass)) };
    const heard = { payload: replyDouble('answer', request, 60), from: OUTSIDE };
    assert.deepEqual(attributed(ECHOING, heard, sent), {
      probed: HOST,
      form: 1,
      request,
      position,
      passes: [1],
    });
  });

  it('is ambiguous where requests to several addresses carried it, but for one of these', () => {
    const { probe } = ECHOING;
    assert.ok(probe.nonce !== undefined);
    const ofFourBits = { probe: { ...probe, nonce: { ...probe.nonce, bits: 4 } }, port: PORT };
    // At one packet a second a socket is enough, so 16 nonces stand for 64 requests.
    const [few] = channelsOf([ofFourBits], 1);
    const { request, position } = requestTo(HOST, 0, 0, few);
    const payload = replyDouble('answer', request, 60);
    const sent = { ranks: [{ ...allOf(few), since: few.ranks }] };
    assert.equal(attributed(few, { payload, from: OUTSIDE }, sent), 'ambiguous');
    const own = attributed(few, { payload, from: HOST }, sent);
    assert.deepEqual(own, { probed: HOST, form: 0, request, position, passes: [0] });
  });

  it('is no answer to a request that left from the socket of the other family', () => {
    const payload = replyDouble('answer', requestTo(HOST, 1).request, 60);
    assert.equal(attributed(ECHOING, { payload, from: OUTSIDE_SIX }), 'unsolicited');
    const bySender = attributed(ECHOING, { payload, from: SIX });
    assert.ok(typeof bySender === 'object');
    assert.deepEqual([bySender.probed, bySender.form], [SIX, 0], 'it is known by its address');
  });

  it('that no request carried, or echoes none, answers the first form of its sender', () => {
    const { position } = requestTo(HOST, 0);
    const { request: unsent } = requestTo(HOST, 1);
    for (const [payload, ranks] of [
      [bytesOf('?'), [allOf(ECHOING)]],
      [replyDouble('answer', unsent, 60), []],
    ] as const) {
      const asked = attributed(ECHOING, { payload, from: HOST }, { ranks });
      assert.ok(typeof asked === 'object');
      assert.deepEqual([asked.probed, asked.form, asked.position, asked.passes], [HOST, 0, position, [0]]);
      assert.equal(formOfRequest(asked.request), 0);
      assert.equal(attributed(ECHOING, { payload, from: OUTSIDE }, { ranks }), 'unsolicited');
    }
  });
});

type Sent = Parameters<typeof attribute>[3];

/** What a datagram answers where one pass has asked everything, unless said otherwise. */
function attributed(
  channel: ProbeChannel,
  { port = PORT, socket = 0, ...heard }: Pick<Heard, 'payload' | 'from'> & Partial<Heard>,
  {
    ranks = [allOf(channel)],
    passes = [0],
  }: { readonly ranks?: Sent['ranks']; readonly passes?: number[] } = {},
): ReturnType<typeof attribute> {
  return attribute(ORDER, channel, { ...heard, port, socket }, { ranks, passesAt: () => passes });
}

function allOf({ ranks }: ProbeChannel, pass = 0): Sent['ranks'][number] {
  return { first: pass * ranks, since: pass * ranks, until: (pass + 1) * ranks };
}

/** The request of this form to an address. @param firstRank of the pass. */
function requestTo(
  to: Address,
  form: number,
  firstRank = 0,
  channel = ECHOING,
): { readonly request: Uint8Array; readonly position: number } {
  const { first, end } = channel.forms;
  const position = ORDER.positionOf(to, first + form) ?? NaN;
  const rank = firstRank + ORDER.rankOf(position, first, end);
  return { position, request: channel.requestOf(first + form, rank) };
}

function channelsOf(probes: typeof PROBES, rate = 1000): readonly [ProbeChannel, ProbeChannel] {
  const settings = { order: ORDER, rate, cooldownMs: 8000, tokenKey: KEY };
  return createProbeChannels({ ...settings, probes }) as unknown as [ProbeChannel, ProbeChannel];
}

function bytesOf(first: string): Uint8Array {
  return new Uint8Array(30).fill(first.charCodeAt(0));
}
