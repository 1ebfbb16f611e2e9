import type { Order } from './order.js';
import type { Asked } from './attribution.js';
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

/** What a probe's passes have sent, as attribution needs it. @param sinceMs the beginning of the cooldown. */
export function sentRanks(passes: readonly Pass[], channel: number, sinceMs: number): readonly SentRanks[] {
  return passes.flatMap(({ channels }) => {
    const own = channels[channel];
    if (own === undefined) return [];
    const { first, until, log, asked } = own;
    return { first, since: log.latestMs < sinceMs ? until : log.rankBefore(sinceMs), until, asked };
  });
}

/**
 * When a request left that was answered, monotonic, at most 50 ms too early. Undefined where it left too long ago or in an
 * earlier session, and where several passes asked the same and no nonce tells which of them was answered.
 */
export function sentMsOf(
  passes: readonly Pass[],
  { index, ranks }: ProbeChannel,
  { position, rank }: Pick<Asked, 'position' | 'rank'>,
): number | undefined {
  const [pass, ...others] = passes.filter((each) =>
    rank === undefined
      ? position < each.position && each.channels[index]?.asked?.(position) !== false
      : each.index === Math.floor(rank / ranks),
  );
  return others.length > 0 ? undefined : pass?.log.msOf(position);
}
