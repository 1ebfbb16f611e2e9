import type { Address } from '../domain/address.js';
import { subnetOf } from '../domain/address.js';
import type { Clock } from '../domain/time.js';

/** Structurally the sweep's pacer and reply budget: the two stages share them. */
export interface Pace {
  waitMs(nowMs: number): number;
  spend(nowMs: number): void;
}
export interface Budget {
  waitMs(nowMs: number): number;
  charge(nowMs: number, bits: number): void;
}

export interface Gap {
  readonly afterMs?: number | undefined;
  readonly isInBurst?: boolean;
}

/** Lets measurement requests out one by one, within every limit that holds for the sweep. */
export interface RequestGate {
  /**
   * Resolves with true when a request to this address may leave now, and counts it as sent.
   * @param reservedBits what its replies are expected to cost the line: taken from the budget at once.
   * @param gap after the request before to this address: the host gap, or a longer one; none inside a burst.
   * @returns false when the signal aborted first: then nothing may be sent.
   */
  pass(to: Address, reservedBits: number, signal: AbortSignal, gap?: Gap): Promise<boolean>;
  /** Charges replies beyond what was reserved. */
  charge(bits: number): void;
}

export interface RequestGateOptions {
  readonly pacer: Pace;
  readonly budget: Budget;
  readonly clock: Clock;
  /** Between two requests to one host: the longer of the form gap and 1 / per_host. */
  readonly hostGapMs: number;
  readonly perSubnet: number;
  /** What must lie between the sweep's last packet and the first request. */
  readonly restMs: number;
  /** When the sweep's last packet left (monotonic). */
  readonly sweepEndedMs: () => number;
}

export function createRequestGate({
  pacer,
  budget,
  clock,
  hostGapMs,
  perSubnet,
  restMs,
  sweepEndedMs,
}: RequestGateOptions): RequestGate {
  const hostAskedMs = new Map<Address, number>();
  const subnetDueMs = new Map<Address, number>();
  return {
    async pass(to, reservedBits, signal, { afterMs = 0, isInBurst = false } = {}) {
      const gapMs = isInBurst ? 0 : Math.max(hostGapMs, afterMs);
      const subnet = subnetOf(to).first;
      for (;;) {
        if (signal.aborted) return false;
        const now = clock.monotonicMs();
        const waitMs = Math.max(
          sweepEndedMs() + restMs - now,
          (hostAskedMs.get(to) ?? -Infinity) + gapMs - now,
          (subnetDueMs.get(subnet) ?? -Infinity) - now,
          pacer.waitMs(now),
          budget.waitMs(now),
        );
        if (waitMs <= 0) {
          hostAskedMs.set(to, now);
          subnetDueMs.set(subnet, now + 1000 / perSubnet);
          pacer.spend(now);
          budget.charge(now, reservedBits);
          return true;
        }
        await clock.sleep(waitMs, signal);
      }
    },
    charge(bits) {
      budget.charge(clock.monotonicMs(), bits);
    },
  };
}
