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
  pass(to: Address, reservedBits: number, gap?: Gap): Promise<boolean>;
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
  /** What the sweep before has used up of the limits. Absent: there was none. */
  readonly sweep?: SweepBefore;
  /** Hears of each request that is let out, after it is. */
  readonly onPass?: (to: Address) => void;
  /** Keeps everything that waits from leaving. */
  readonly signal: AbortSignal;
}

/** The end of a sweep, in monotonic time. */
export interface SweepBefore {
  /** Before this nothing may leave: the sweep's last packets have used up the rate and every subnet's cap until then. */
  freeMs(): number;
  /** When it asked this host last, at the latest. */
  askedMs(host: Address): number;
}

interface Request {
  readonly to: Address;
  readonly reservedBits: number;
  readonly gapMs: number;
  readonly answer: (mayLeave: boolean) => void;
}

/** The requests to one subnet whose hosts may be asked. */
interface Line {
  readonly requests: Request[];
  /** When the subnet's cap allows the first of them. */
  freeMs: number;
}

/**
 * A request waits for its host, then in the line of its subnet, whose first one waits for the cap and then with those
 * of other subnets for the rate and the reply budget. Each wait is one entry of the clock's schedule. One closure, for
 * all three waits look at what was let out.
 */
export function createRequestGate(options: RequestGateOptions): RequestGate {
  const { pacer, budget, clock, hostGapMs, perSubnet, sweep, onPass, signal } = options;
  const askedMs = new Map<Address, number>();
  const lines = new Map<Address, Line>();
  /** Lines whose first request waits for nothing but the rate and the budget. */
  const ready: Line[] = [];
  let isLettingOut = false;
  const waiting = new Set<Request>();
  const cancels = new Set<() => void>();

  const later = (dueMs: number, action: () => void): void => {
    const cancel = clock.schedule(dueMs, () => {
      cancels.delete(cancel);
      action();
    });
    cancels.add(cancel);
  };
  const enter = (request: Request): void => {
    if (isKeptByHost(request, clock.monotonicMs())) return;
    const subnet = subnetOf(request.to).first;
    const line = lines.get(subnet) ?? { requests: [], freeMs: -Infinity };
    lines.set(subnet, line);
    line.requests.push(request);
    if (line.requests.length === 1) approach(line);
  };
  const isKeptByHost = (request: Request, now: number): boolean => {
    const { to, gapMs } = request;
    const freeMs = Math.max(askedMs.get(to) ?? -Infinity, sweep?.askedMs(to) ?? -Infinity) + gapMs;
    if (freeMs <= now) return false;
    later(freeMs, () => {
      enter(request);
    });
    return true;
  };
  const approach = (line: Line): void => {
    if (line.freeMs > clock.monotonicMs()) {
      later(line.freeMs, () => {
        approach(line);
      });
      return;
    }
    ready.push(line);
    letOut();
  };
  const letOut = (): void => {
    if (isLettingOut) return;
    isLettingOut = true;
    for (let line = ready[0]; line !== undefined; line = ready[0]) {
      const now = clock.monotonicMs();
      const waitMs = Math.max((sweep?.freeMs() ?? -Infinity) - now, pacer.waitMs(now), budget.waitMs(now));
      if (waitMs > 0) {
        later(now + waitMs, () => {
          isLettingOut = false;
          letOut();
        });
        return;
      }
      ready.shift();
      const request = line.requests.shift();
      if (request === undefined) continue;
      // Another request to the same host may have left since it came into the line.
      if (!isKeptByHost(request, now)) leave(request, line, now);
      if (line.requests.length > 0) approach(line);
    }
    isLettingOut = false;
  };
  const leave = ({ to, reservedBits, answer }: Request, line: Line, now: number): void => {
    askedMs.set(to, now);
    line.freeMs = now + 1000 / perSubnet;
    pacer.spend(now);
    budget.charge(now, reservedBits);
    answer(true);
    onPass?.(to);
  };
  signal.addEventListener('abort', () => {
    for (const cancel of cancels) cancel();
    for (const { answer } of waiting) answer(false);
  });

  return {
    pass(to, reservedBits, { afterMs = 0, isInBurst = false } = {}) {
      if (signal.aborted) return Promise.resolve(false);
      return new Promise((resolve) => {
        const request: Request = {
          to,
          reservedBits,
          gapMs: isInBurst ? 0 : Math.max(hostGapMs, afterMs),
          answer(mayLeave) {
            waiting.delete(request);
            resolve(mayLeave);
          },
        };
        waiting.add(request);
        enter(request);
      });
    },
    charge(bits) {
      budget.charge(clock.monotonicMs(), bits);
    },
  };
}
