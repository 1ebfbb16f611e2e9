import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Address } from '../../src/domain/address.js';
import { ipv4 } from '../../src/domain/address.js';
import type { Order } from '../../src/sweep/order.js';
import { createOrder } from '../../src/sweep/order.js';
import { createSentLog } from '../../src/sweep/sent-log.js';
import type { Tokens } from '../../src/sweep/tokens.js';
import { createTokens } from '../../src/sweep/tokens.js';

const KEY = Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const FIRST = 0x0a00_0000;
const OFF_PATH = ipv4(0x0b00_0001);

describe('a token of 16 bits on one socket', () => {
  // 10.0.0.0/14: four times as many requests as there are nonces.
  const order = orderOver(4 * 65_536);
  const tokens = createTokens({ order, forms: { first: 0, end: 1 }, bits: 16, sockets: 1, key: KEY });

  it('is another for each of 65,536 requests in a row, then comes around', () => {
    const seen = new Set(Array.from({ length: 65_536 }, (_, rank) => tokens.nonceOf(rank + 1000)));
    assert.equal(seen.size, 65_536);
    assert.equal(tokens.nonceOf(65_536), tokens.nonceOf(0));
    assert.equal(tokens.socketOf(65_536 * 3), 0);
  });

  it('names the request of the sender itself, however long ago it was', () => {
    for (const rank of [0, 1, 65_535, 65_536, 200_000]) {
      const from = order.slotAt(rank).address;
      const match = matchAt(tokens, { from, rank, since: 200_001, until: 200_001 });
      assert.deepEqual(match, { position: rank, rank, own: true, passes: [0] });
    }
  });

  it('names the latest request that carried it when another address answers within the cooldown', () => {
    const match = matchAt(tokens, { from: OFF_PATH, rank: 70_000, since: 60_000, until: 100_000 });
    assert.deepEqual(match, { position: 70_000, rank: 70_000, own: false, passes: [0] });
    const asked = order.slotAt(5).address;
    const forAnother = matchAt(tokens, { from: asked, rank: 70_000, since: 60_000, until: 100_000 });
    assert.deepEqual(forAnother, { position: 70_000, rank: 70_000, own: false, passes: [0] });
  });

  it('is ambiguous where it could answer several requests, all older than the cooldown', () => {
    assert.equal(
      matchAt(tokens, { from: OFF_PATH, rank: 70_000, since: 80_000, until: 100_000 }),
      'ambiguous',
    );
    assert.equal(matchAt(tokens, { from: OFF_PATH, rank: 4464, since: 80_000, until: 100_000 }), 'ambiguous');
  });

  it('names the only request that ever carried it, however late', () => {
    const match = matchAt(tokens, { from: OFF_PATH, rank: 40_000, since: 80_000, until: 100_000 });
    assert.deepEqual(match, { position: 40_000, rank: 40_000, own: false, passes: [0] });
  });

  it('names none where no request has carried it yet, the next one included', () => {
    for (const rank of [100, 101, 65_535]) {
      assert.equal(matchAt(tokens, { from: OFF_PATH, rank, since: 0, until: 100 }), undefined);
      const from = order.slotAt(rank).address;
      assert.equal(matchAt(tokens, { from, rank, since: 0, until: 100 }), undefined);
    }
    assert.ok(matchAt(tokens, { from: OFF_PATH, rank: 99, since: 0, until: 100 }));
  });

  it('is none when it has more bits than were ever sent', () => {
    for (const nonce of [65_536, 2 ** 31, -1, Number.NaN])
      assert.equal(
        tokens.match({ from: OFF_PATH, nonce, socket: 0, sent: [{ first: 0, since: 0, until: 200_000 }] }),
        undefined,
      );
  });
});

describe('tokens on several sockets', () => {
  const order = orderOver(16 * 4);
  const tokens = createTokens({ order, forms: { first: 0, end: 1 }, bits: 4, sockets: 3, key: KEY });

  it('tell as many requests apart as the nonces of all sockets together', () => {
    const carried = Array.from(
      { length: 48 },
      (_, rank) => `${tokens.socketOf(rank)} ${tokens.nonceOf(rank)}`,
    );
    assert.equal(new Set(carried).size, 48);
    assert.equal(`${tokens.socketOf(48)} ${tokens.nonceOf(48)}`, carried[0]);
  });

  it('name the one request for every socket and nonce, by exhaustion', () => {
    for (let until = 1; until <= 64; until++) {
      for (let rank = 0; rank < until; rank++) {
        const later = rank + 48 < until ? rank + 48 : rank;
        const match = matchAt(tokens, { from: OFF_PATH, rank, since: Math.max(0, until - 48), until });
        assert.deepEqual(match, { position: later, rank: later, own: false, passes: [0] });
      }
    }
  });

  it('are no answer on a socket they did not leave from', () => {
    const from = order.slotAt(3).address;
    const match = tokens.match({
      from,
      nonce: tokens.nonceOf(3),
      socket: 1,
      sent: [{ first: 0, since: 0, until: 10 }],
    });
    assert.equal(match, undefined);
  });
});

describe('tokens of a second pass', () => {
  // 10.0.0.0/22, so the second pass has the ranks from 1,024 on.
  const order = orderOver(1024);
  const tokens = createTokens({ order, forms: { first: 0, end: 1 }, bits: 16, sockets: 1, key: KEY });
  const from = order.slotAt(7).address;
  const reply = (rank: number, of: Address): Parameters<Tokens['match']>[0] => ({
    from: of,
    nonce: tokens.nonceOf(rank),
    socket: 0,
    sent: [
      { first: 0, since: 1024, until: 1024 },
      { first: 1024, since: 1024, until: 1034 },
    ],
  });

  it('name the address and the pass, for the asked address and for an off-path sender', () => {
    for (const rank of [7, 1024 + 7]) {
      assert.deepEqual(tokens.match(reply(rank, from)), {
        position: 7,
        rank,
        own: true,
        passes: [rank < 1024 ? 0 : 1],
      });
      assert.deepEqual(tokens.match(reply(rank, OFF_PATH)), {
        position: 7,
        rank,
        own: false,
        passes: [rank < 1024 ? 0 : 1],
      });
    }
    assert.equal(tokens.match(reply(1024 + 10, OFF_PATH)), undefined);
  });

  it('are ambiguous where a request of each pass carried the same one within the cooldown', () => {
    const few = createTokens({ order, forms: { first: 0, end: 1 }, bits: 8, sockets: 1, key: KEY });
    const sent = [
      { first: 0, since: 0, until: 10 },
      { first: 1024, since: 1024, until: 1034 },
    ];
    const nonce = few.nonceOf(5);
    assert.equal(few.match({ from: OFF_PATH, nonce, socket: 0, sent }), 'ambiguous');
    // The asked address itself is known, and the form: only the pass is not.
    const own = few.match({ from: order.slotAt(5).address, nonce, socket: 0, sent });
    assert.deepEqual(own, { position: 5, rank: 5, own: true, passes: [0, 1] });
    const asked = (position: number): boolean => position !== 5;
    const leftOut = sent.map((ranks, pass) => (pass === 1 ? { ...ranks, asked } : ranks));
    assert.deepEqual(few.match({ from: OFF_PATH, nonce, socket: 0, sent: leftOut }), {
      position: 5,
      rank: 5,
      own: false,
      passes: [0],
    });
  });
});

describe('tokens of a probe among others', () => {
  it('count the requests of its own forms only', () => {
    const order = createOrder({
      ranges: [{ first: ipv4(FIRST), last: ipv4(FIRST + 299) }],
      forms: 4,
      pad: 3,
      key: KEY,
    });
    const tokens = createTokens({ order, forms: { first: 1, end: 3 }, bits: 16, sockets: 1, key: KEY });
    let rank = 0;
    for (const cursor = order.cursor(); cursor.advance();) {
      if (cursor.form === 0 || cursor.form === 3) continue;
      const expected = { position: cursor.position, rank, passes: [0] };
      const { address: from } = cursor;
      assert.deepEqual(matchAt(tokens, { from, rank, since: 0, until: 600 }), { ...expected, own: true });
      assert.deepEqual(matchAt(tokens, { from: OFF_PATH, rank, since: 0, until: 600 }), {
        ...expected,
        own: false,
      });
      rank++;
    }
    assert.equal(rank, 600);
  });
});

describe('the log of what was sent when', () => {
  it('finds a rank at or before the first that left after a moment, to a quarter second', () => {
    const log = createSentLog(8000);
    for (let rank = 0; rank < 60_000; rank++) log.note(rank, rank);
    for (const ms of [52_000, 55_555, 59_999]) {
      const rank = log.rankBefore(ms);
      assert.ok(rank <= ms && rank > ms - 251, `${ms}: ${rank}`);
    }
  });

  it('stays small however long the sweep', () => {
    const log = createSentLog(1000);
    for (let rank = 0; rank < 1_000_000; rank++) log.note(rank * 10, rank);
    // Marks older than the cooldown are gone: the oldest that is left is asked for with the oldest moment.
    assert.ok(log.rankBefore(0) > 999_000 - 100 * 100);
  });

  it('counts what left before a pause as left before it', () => {
    const log = createSentLog(8000);
    for (let rank = 0; rank < 100; rank++) log.note(rank, rank);
    log.note(3_600_000, 100);
    assert.equal(log.rankBefore(3_600_000), 100);
    assert.ok(log.rankBefore(3_599_000) <= 100);
  });

  it('knows rank 0 before anything was sent', () => {
    assert.equal(createSentLog(8000).rankBefore(5), 0);
  });
});

function orderOver(addresses: number): Order {
  const ranges = [{ first: ipv4(FIRST), last: ipv4(FIRST + addresses - 1) }];
  return createOrder({ ranges, forms: 1, pad: 1, key: KEY });
}

/** A reply to the request of this rank, from this address, on the socket it belongs to. */
function matchAt(
  tokens: Tokens,
  reply: { readonly from: Address; readonly rank: number; readonly since: number; readonly until: number },
): ReturnType<Tokens['match']> {
  const { from, rank, since, until } = reply;
  return tokens.match({
    from,
    nonce: tokens.nonceOf(rank),
    socket: tokens.socketOf(rank),
    sent: [{ first: 0, since, until }],
  });
}
