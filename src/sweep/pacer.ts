/** How often a pacer looks at its clock. */
export const PACER_TICK_MS = 5;

/**
 * When the next packet may leave. Times are monotonic milliseconds, given by the caller; nothing here sleeps
 * or looks at a clock.
 */
export interface Pacer {
  /** Milliseconds to wait before the next packet; 0 when it may leave now. */
  waitMs(nowMs: number): number;
  /** Notes that a packet left now. */
  spend(nowMs: number): void;
}

/** A limit that may change while it holds. */
export interface Adjustable {
  /** What is spent from now on counts by this many a second; what was spent stays spent. */
  setLimit(perSecond: number): void;
}

/**
 * At most `perSecond` packets a second, evenly spaced: a theoretical arrival time per packet (the generic cell
 * rate algorithm, ITU-T I.371). Who comes late may make up for `tickMs` and no more, so in any window W there
 * are never more than perSecond × (W + tickMs) + 1 packets, and after a pause nothing is caught up.
 * @param tickMs how late a timer may be before rate is lost: at 5 ms and 1,000 packets/s a batch is 5 packets.
 */
export function createPacer(perSecond: number, tickMs: number): Pacer & Adjustable {
  let intervalMs = 1000 / perSecond;
  // A property changes in place; a variable would be another number on the heap for each packet.
  const due = { ms: -Infinity };
  return {
    waitMs: (nowMs) => Math.max(0, due.ms - nowMs),
    spend(nowMs) {
      due.ms = Math.max(due.ms, nowMs - tickMs) + intervalMs;
    },
    setLimit(limit) {
      intervalMs = 1000 / limit;
    },
  };
}

/** A worker's share of the rate: all shares together cover 0 to 1, and none overlaps another. */
export interface RateShare {
  readonly from: number;
  readonly to: number;
}

/**
 * The same for one of several threads, which share nothing but the clock. Time has a slot every 1 / perSecond, and
 * each slot one owner: multiples of the golden ratio deal them out, so every row of slots has each share, evenly
 * spread (Weyl 1916). A slot may be used up to `tickMs` late and is void then, so all workers together let out no
 * more than perSecond × (W + tickMs) + 1 packets in any window W, as one would.
 * @param perSecond of all threads together.
 */
export function createPacerOfShare(
  perSecond: number,
  tickMs: number,
  { from, to }: RateShare,
): Pacer & Adjustable {
  let intervalMs = 1000 / perSecond;
  let unused = -Infinity;
  const nextSlot = (nowMs: number): number => {
    let slot = Math.max(unused, Math.ceil((nowMs - tickMs) / intervalMs));
    for (let at = placeOf(slot); at < from || at >= to; at = placeOf(slot)) slot++;
    return slot;
  };
  return {
    waitMs: (nowMs) => Math.max(0, nextSlot(nowMs) * intervalMs - nowMs),
    spend(nowMs) {
      unused = nextSlot(nowMs) + 1;
    },
    setLimit(limit) {
      // What was used up of time stays used up.
      unused = Math.ceil((unused * intervalMs * limit) / 1000);
      intervalMs = 1000 / limit;
    },
  };
}

function placeOf(slot: number): number {
  const turns = slot * GOLDEN;
  return turns - Math.floor(turns);
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** When the packets of a round of the sweep may leave: rounds are 1 / per_subnet apart. */
export interface RoundPacer {
  /** Milliseconds to wait before a packet of this round; 0 when it may leave now. */
  waitMs(nowMs: number, round: number): number;
  /** Notes that a packet of this round left now. */
  spend(nowMs: number, round: number): void;
}

/**
 * Rounds have their places in a time grid. A packet may be late by one interval and the grid stays, so a timer
 * that wakes late costs no rate; one that is later moves the grid. So every packet leaves within one interval
 * after its round's place, and a subnet, asked once a round, has at most per_subnet + 1 packets in any second.
 * Every packet is noted and not only a round's first, for a pause may come in the middle of a round.
 */
export function createRoundPacer(perSubnet: number): RoundPacer {
  const intervalMs = 1000 / perSubnet;
  const last = { round: 0, gridMs: -Infinity };
  const dueMs = (round: number): number => last.gridMs + (round - last.round) * intervalMs;
  return {
    waitMs: (nowMs, round) => Math.max(0, dueMs(round) - nowMs),
    spend(nowMs, round) {
      last.gridMs = Math.max(dueMs(round), nowMs - intervalMs);
      last.round = round;
    },
  };
}

/**
 * A budget for what the replies cost the line, in wire bits. Replies are charged as they arrive, and nothing
 * is sent while in debt; what a request is expected to bring is reserved before it leaves.
 */
export interface ReplyBudget {
  waitMs(nowMs: number): number;
  charge(nowMs: number, bits: number): void;
}

export function createReplyBudget(limit: number): ReplyBudget & Adjustable {
  let bitsPerSecond = limit;
  let paidOffMs = -Infinity;
  return {
    waitMs: (nowMs) => Math.max(0, paidOffMs - nowMs),
    charge(nowMs, bits) {
      paidOffMs = Math.max(paidOffMs, nowMs) + (bits / bitsPerSecond) * 1000;
    },
    setLimit(lower) {
      bitsPerSecond = lower;
    },
  };
}

/**
 * The same for several threads: one debt for all of them, so that the limit is that of the whole.
 * @param paidOffNs one element of shared memory: when the debt is paid off, in nanoseconds of a clock that the
 *   threads share.
 */
export function createSharedReplyBudget(limit: number, paidOffNs: BigInt64Array): ReplyBudget & Adjustable {
  let bitsPerSecond = limit;
  return {
    waitMs: (nowMs) => Math.max(0, Number(Atomics.load(paidOffNs, 0)) / 1e6 - nowMs),
    charge(nowMs, bits) {
      const now = BigInt(Math.round(nowMs * 1e6));
      const cost = BigInt(Math.ceil((bits / bitsPerSecond) * 1e9));
      for (let before = Atomics.load(paidOffNs, 0); ;) {
        const after = (before > now ? before : now) + cost;
        const found = Atomics.compareExchange(paidOffNs, 0, before, after);
        if (found === before) return;
        before = found;
      }
    },
    setLimit(lower) {
      bitsPerSecond = lower;
    },
  };
}
