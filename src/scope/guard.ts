import type { Address } from '../domain/address.js';
import type { Ranges } from '../domain/ranges.js';
import type { Instant } from '../domain/time.js';
import { membership } from './address-set.js';

/** What a guard goes by: plain data, so that every thread builds the same guard from it. */
export interface GuardRules {
  /** What the scope allows, exclusions taken out; sorted and merged. */
  readonly allowed: Ranges;
  /** The last instant of the authorisation. */
  readonly validUntilEnd: Instant;
  /** Whether the scope can no longer be trusted. */
  readonly isRevoked: boolean;
}

/** The one verdict on whether a request may leave. It is asked before every send, in every thread. */
export interface Guard {
  /** @param now wall-clock time at the moment of sending: a machine that slept over the last day sends nothing more. */
  mayAsk(address: Address, now: Instant): boolean;
  /** Whether no request to any address may leave any more. */
  isOver(now: Instant): boolean;
}

export interface LiveGuard extends Guard {
  readonly rules: GuardRules;
  /** From now on these rules hold; a revocation is for good. */
  follow(rules: GuardRules): void;
}

export function createGuard(initial: GuardRules): LiveGuard {
  let rules = initial;
  let isAllowed = membership({ ranges: rules.allowed });
  const isOver = (now: Instant): boolean => rules.isRevoked || now > rules.validUntilEnd;
  return {
    get rules() {
      return rules;
    },
    mayAsk: (address, now) => !isOver(now) && isAllowed(address),
    isOver,
    follow(next) {
      rules = { ...next, isRevoked: rules.isRevoked || next.isRevoked };
      isAllowed = membership({ ranges: rules.allowed });
    },
  };
}
