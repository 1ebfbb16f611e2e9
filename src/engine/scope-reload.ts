import { createHash } from 'node:crypto';
import { formatPrefix } from '../domain/address.js';
import type { ScopeReloadRecord } from '../domain/run-record.js';
import type { Clock, Instant } from '../domain/time.js';
import { formatInstant } from '../domain/time.js';
import { UsageError } from '../domain/usage-error.js';
import type { AddressSet } from '../scope/address-set.js';
import { difference, intersection, isEmpty, sizeOf, toPrefixes } from '../scope/address-set.js';
import type { Guard, GuardRules } from '../scope/guard.js';
import { createGuard } from '../scope/guard.js';
import type { LiveScope } from '../scope/live-scope.js';
import type { ScopeLimits } from '../scope/scope-file.js';
import type { ReadScope } from './read-scope.js';

/** What may change while a run is under way. */
export interface RunControl {
  /** Aborts when the scope can no longer be trusted: nothing more may be sent. */
  readonly revoked: AbortSignal;
  /** Asked before each packet by every socket of this thread; other threads build theirs from its rules. */
  readonly guard: Guard & { readonly rules: GuardRules };
  /**
   * Calls the listener with what holds from now on, until the returned function is called, and at once where something
   * has changed before; a change is said to hold when all of them have resolved. `revoked`: nothing more may be sent.
   */
  onChange(listener: (limits: LiveLimits | 'revoked') => Promise<void>): () => void;
}

export interface LiveLimits {
  /** Packets per second; never more than when the run began. */
  readonly rate: number;
  readonly replyBandwidthBps: number;
  readonly validUntilEnd: Instant;
}

export interface ScopeReload extends RunControl {
  /** Reads the scope again; calls while it reads are answered by one more reading after it. */
  reload(): Promise<void>;
  /** Of the whole run, in the order in which they came. */
  records(): readonly ScopeReloadRecord[];
}

export interface ScopeReloadOptions {
  readonly scope: LiveScope;
  /** What the run probes. */
  readonly targets: AddressSet;
  /** The run's own, and its share of the scope's limits: 1/N for a shard. */
  readonly pace: { readonly rate: number; readonly replyBandwidthBps: number; readonly share: number };
  /** The scope file's, as they were when the run began. */
  readonly limits: ScopeLimits;
  /** What earlier sessions of the run recorded. */
  readonly earlier?: readonly ScopeReloadRecord[] | undefined;
  /** @throws UsageError where the scope is unreadable, invalid or over. */
  readonly read: () => Promise<ReadScope>;
  readonly clock: Clock;
  readonly print: (kind: 'note' | 'error' | 'hint', text: string) => void;
}

/**
 * Exclusions that take effect at once. The guard is narrowed and the order stays, so what was asked and what is
 * still to be asked remain as they are. A scope that cannot be read stops the run, for the old one may be wrong. One
 * closure, for guard, records and listeners change together.
 */
export function createScopeReload(options: ScopeReloadOptions): ScopeReload {
  const { scope, targets, pace, clock, print } = options;
  const revoked = new AbortController();
  const guard = createGuard({
    allowed: scope.allowed.ranges,
    validUntilEnd: scope.validUntilEnd,
    isRevoked: false,
  });
  const records: ScopeReloadRecord[] = [...(options.earlier ?? [])];
  const listeners = new Set<Parameters<RunControl['onChange']>[0]>();
  let known = options.limits;
  /** What the last reading changed; undefined before there was one. */
  let changed: LiveLimits | 'revoked' | undefined;
  let reading: Promise<void> | undefined;
  let asked = 0;

  const readAgain = async (): Promise<void> => {
    const time = formatInstant(clock.now());
    try {
      const { scope: next, scopeFile, scopeText } = await options.read();
      const before = scope.authorised;
      const taken = intersection(scope.narrow(next), targets);
      guard.follow({
        allowed: scope.allowed.ranges,
        validUntilEnd: next.validUntilEnd,
        isRevoked: false,
      });
      const { limits } = scopeFile;
      const live: LiveLimits = {
        rate: Math.min(pace.rate, limits.rate * pace.share),
        replyBandwidthBps: Math.min(pace.replyBandwidthBps, limits.replyBandwidthBps * pace.share),
        validUntilEnd: next.validUntilEnd,
      };
      changed = live;
      await Promise.all(Array.from(listeners, (listener) => listener(live)));
      const later = forTheNextRun(known, limits, !isEmpty(difference(next.authorised, before)));
      known = limits;
      const addresses = Number(sizeOf(taken));
      records.push({
        time,
        scope_sha256: createHash('sha256').update(scopeText).digest('hex'),
        newly_excluded: toPrefixes(taken).map(formatPrefix),
        newly_excluded_addresses: addresses,
        rate: live.rate,
        reply_bandwidth_bps: live.replyBandwidthBps,
        valid_until: scopeFile.validUntil,
        ...(later.length > 0 && { next_run: later }),
      });
      print('note', `${scope.name} is read again: ${addresses} more addresses are excluded from now on`);
      print('note', `at most ${live.rate} packets/s, until ${scopeFile.validUntil} (UTC)`);
      if (later.length > 0) print('note', `takes effect with the next run: ${later.join(', ')}`);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      records.push({ time, problem });
      guard.follow({ ...guard.rules, isRevoked: true });
      revoked.abort();
      changed = 'revoked';
      // A thread that has ended by then sends nothing either.
      await Promise.allSettled(Array.from(listeners, (listener) => listener('revoked')));
      print('error', `${problem}; nothing more is sent, for the scope cannot be read again`);
      print('hint', error instanceof UsageError ? error.hint : 'mend the scope file, then scan anew');
    }
  };
  return {
    revoked: revoked.signal,
    guard,
    onChange(listener) {
      listeners.add(listener);
      // It fails where a worker has ended, and that ends the run anyway.
      if (changed !== undefined) listener(changed).catch(() => undefined);
      return () => listeners.delete(listener);
    },
    records: () => records,
    async reload() {
      asked++;
      if (reading !== undefined) return reading;
      reading = (async () => {
        for (let answered = 0; answered < asked;) {
          answered = asked;
          await readAgain();
        }
      })();
      await reading;
      reading = undefined;
    },
  };
}

/** What a run under way does not take over: its order is made for the limits that it began with. */
function forTheNextRun(before: ScopeLimits, now: ScopeLimits, hasMoreNetworks: boolean): readonly string[] {
  return [
    ...(now.perSubnet === before.perSubnet ? [] : ['per_subnet']),
    ...(now.perHost === before.perHost ? [] : ['per_host']),
    ...(now.rate > before.rate ? ['the higher rate'] : []),
    ...(now.replyBandwidthBps > before.replyBandwidthBps ? ['the higher reply_bandwidth'] : []),
    ...(hasMoreNetworks ? ['the networks that were added'] : []),
  ];
}
