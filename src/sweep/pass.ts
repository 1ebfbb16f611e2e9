import type { Order } from './order.js';
import type { ProbeChannel } from './probe-channel.js';
import type { SentLog } from './sent-log.js';
import { createSentLog } from './sent-log.js';
import type { SentRanks } from './tokens.js';

/**
 * What one pass over the order has sent so far: the first over all of it, the others over what did not answer. In
 * pass k positions and ranks are told from those of the others by k × (those of a pass).
 */
export interface Pass {
  readonly index: number;
  /** Where this session began it: what lies before was asked from other sockets. */
  readonly from: number;
  /** Every position before it is through: asked, or left out. */
  position: number;
  /** Handed to the kernel. */
  sent: number;
  /** Positions by the time at which they left. */
  readonly log: SentLog;
  /** By probe channel. */
  readonly channels: readonly ChannelPass[];
}

/** The requests of one probe in one pass: ranks from `first` to before `until`. */
export interface ChannelPass {
  readonly first: number;
  until: number;
  /** Ranks by the time at which they left. */
  readonly log: SentLog;
  /** Whether a position was asked in a pass that leaves some out; absent: it leaves none out. */
  asked?: ((position: number) => boolean) | undefined;
}

/** How long it is known when a request left: the row of a host that answers later than this has no such time. */
const LOG_KEPT_MS = 15 * 60_000;
/** Losses are looked for each second, so what was sent must be known for longer than a cooldown. */
const LOG_SLACK_MS = 5000;
/** What a run that goes on asks again for want of knowing better. */
const LOG_RESOLUTION_MS = 50;

/** @param position where it goes on. */
export function createPass(
  index: number,
  position: number,
  channels: readonly ProbeChannel[],
  { order, cooldownMs }: { readonly order: Order; readonly cooldownMs: number },
): Pass {
  const pass: Pass = {
    index,
    from: position,
    position,
    sent: 0,
    log: createSentLog(Math.max(LOG_KEPT_MS, cooldownMs + LOG_SLACK_MS), LOG_RESOLUTION_MS),
    channels: channels.map(({ ranks }) => ({
      first: index * ranks,
      until: index * ranks,
      log: createSentLog(cooldownMs),
    })),
  };
  beginAt(pass, position, channels, order);
  return pass;
}

/** Puts the pass, and every probe's rank in it, where this position has them. */
export function beginAt(pass: Pass, position: number, channels: readonly ProbeChannel[], order: Order): void {
  pass.position = position;
  for (const { index, forms, ranks } of channels) {
    const own = pass.channels[index];
    if (own === undefined) continue;
    const place =
      position === 0
        ? 0
        : position < order.positions
          ? order.rankOf(position, forms.first, forms.end)
          : ranks;
    own.until = own.first + place;
  }
}

/** The passes that have asked a position of a probe in this session. */
export function passesAt(passes: readonly Pass[], channel: number, position: number): readonly number[] {
  return passes.flatMap(({ index, from, position: next, channels }) => {
    const isAsked = from <= position && position < next && channels[channel]?.asked?.(position) !== false;
    return isAsked ? [index] : [];
  });
}

/** What a probe's passes have sent, as attribution needs it. @param sinceMs the beginning of the cooldown. */
export function sentRanks(passes: readonly Pass[], channel: number, sinceMs: number): readonly SentRanks[] {
  return passes.flatMap(({ channels }) => {
    const own = channels[channel];
    if (own === undefined) return [];
    const { first, until, log, asked } = own;
    return { first, since: log.latestMs < sinceMs ? until : log.rankBefore(sinceMs), until, asked };
  });
}
