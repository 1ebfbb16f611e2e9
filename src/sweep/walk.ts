import type { Address } from '../domain/address.js';
import type { Cursor, Order } from './order.js';
import type { Pacer, ReplyBudget } from './pacer.js';
import { createRoundPacer } from './pacer.js';
import type { ChannelPass, Pass } from './pass.js';
import { beginAt } from './pass.js';
import type { ProbeChannel } from './probe-channel.js';
import type { Span } from './spans.js';

/**
 * Which request is next, and when it may leave: the order, the limits and what is left out, without a socket or a
 * clock. One mutable value, so that a sweep allocates nothing for a packet.
 */
export interface Walk {
  /**
   * Goes on to the next position that is to be asked.
   * @returns milliseconds to wait before its request may leave, 0 when it may leave now; undefined when all is asked.
   */
  waitMs(nowMs: number): number | undefined;
  /** The request at hand, after `waitMs` gave a number. */
  readonly channel: ProbeChannel;
  readonly address: Address;
  /** In the order's numbering. */
  readonly form: number;
  readonly rank: number;
  /** The request is dealt with, and counts against every limit. */
  spend(nowMs: number): void;
}

export interface WalkOptions {
  readonly order: Order;
  readonly channels: readonly ProbeChannel[];
  /** Is moved along. */
  readonly pass: Pass;
  /** The positions to walk over, sorted. */
  readonly spans: readonly Span[];
  readonly pacer: Pacer;
  readonly budget: ReplyBudget;
  readonly perSubnet: number;
  /** Whether the request at the cursor need not be sent. Absent: all are. */
  readonly skips?: ((channel: ProbeChannel, slot: Cursor) => boolean) | undefined;
}

/** So many in a row that need no request, then others get a turn. */
const SKIPPED_IN_A_ROW = 4096;
const TURN_MS = 1;

export function createWalk(options: WalkOptions): Walk {
  const { order, channels, pass, spans, pacer, budget, skips } = options;
  const rounds = createRoundPacer(options.perSubnet);
  const channelOfForm = channels.flatMap((channel) => channel.probe.sweepForms.map(() => channel));
  let spanIndex = -1;
  let end = 0;
  let cursor: Cursor = order.cursor(0);
  let channel = channelOfForm[0];
  let own: ChannelPass | undefined;

  const isAtRequest = (): boolean => {
    while (pass.position >= end) {
      const span = spans[++spanIndex];
      if (span === undefined) return false;
      end = span.to;
      beginAt(pass, span.from, channels, order);
      cursor = order.cursor(span.from);
    }
    if (cursor.position < pass.position) cursor.advance();
    channel = channelOfForm[cursor.form];
    own = channel && pass.channels[channel.index];
    return true;
  };
  const goOn = (): void => {
    if (own !== undefined) own.until++;
    pass.position++;
  };
  return {
    waitMs(nowMs) {
      for (let skipped = 0; isAtRequest(); skipped++) {
        if (channel === undefined || skips?.(channel, cursor) !== true)
          return Math.max(rounds.waitMs(nowMs, cursor.round), pacer.waitMs(nowMs), budget.waitMs(nowMs));
        if (skipped === SKIPPED_IN_A_ROW) return TURN_MS;
        goOn();
      }
      return undefined;
    },
    get channel() {
      if (channel === undefined) throw new RangeError(`no probe for form ${cursor.form}`);
      return channel;
    },
    get address() {
      return cursor.address;
    },
    get form() {
      return cursor.form;
    },
    get rank() {
      return own?.until ?? 0;
    },
    spend(nowMs) {
      rounds.spend(nowMs, cursor.round);
      pacer.spend(nowMs);
      pass.log.note(nowMs, pass.position);
      own?.log.note(nowMs, own.until);
      goOn();
    },
  };
}
