import type { Probe } from '../../probes/probe.js';

/** When an exchange is over. */
export interface ExchangeLimits {
  /** How long the first datagram may take. */
  readonly firstReplyMs: number;
  /** Silence after which no more are expected: at least, for the gap grows with the intervals that were seen. */
  readonly quietGapMs: number;
  /** The caps: what they cut off makes a lower bound. */
  readonly longestMs: number;
  readonly mostDatagrams: number;
  readonly mostBytes: number;
}

/** What the user has set of them; what is absent is decided by probe and host. */
export interface ChosenLimits {
  readonly quietGapMs?: number | undefined;
  readonly firstReplyMs?: number | undefined;
  readonly longestExchangeMs?: number | undefined;
}

/** What the network adds to the time that a host took before. */
const MARGIN_MS = 3000;
/** Of a host whose speed the sweep has seen: at least, and at most. */
const FIRST_REPLY_MS = { least: 5000, most: 15_000 };
/** Of any other: a server that looks up the name of its client takes 6 s (xdm) or 10 s (snmptrapd). */
const UNKNOWN_HOST_MS = 12_000;
const LONGEST_MS = 90_000;
const MOST = { mostDatagrams: 2000, mostBytes: 4 * 1024 * 1024 };

/**
 * When an exchange of this probe with this host is over.
 * @param tookMs the slowest reply of the host in the sweep; absent where no sweep has heard it.
 */
export function limitsFor(probe: Probe, chosen: ChosenLimits, tookMs?: number): ExchangeLimits {
  const { least, most } = FIRST_REPLY_MS;
  const waitMs = tookMs === undefined ? UNKNOWN_HOST_MS : Math.min(most, Math.max(least, tookMs + MARGIN_MS));
  return {
    firstReplyMs: chosen.firstReplyMs ?? waitMs,
    quietGapMs: chosen.quietGapMs ?? probe.quietGapMs,
    longestMs: chosen.longestExchangeMs ?? probe.longestExchangeMs ?? LONGEST_MS,
    ...MOST,
  };
}
