import type { Instant } from '../domain/time.js';
import type { AddressSet } from './address-set.js';
import { difference, intersection, membership } from './address-set.js';
import type { Scope } from './scope.js';

/** A scope that may shrink while a run is under way, and never grows. */
export interface LiveScope extends Scope {
  /**
   * From now on only what was allowed and is still allowed by `next` gets a packet; its last day counts.
   * Whose an address is stays as it was when the run began.
   * @returns what was allowed until now.
   */
  narrow(next: Scope): AddressSet;
}

/**
 * What `narrow` takes away is asked nothing from that moment on, for the guard follows it, and the order of the sweep
 * need not know. An exclusion that is lifted again is lifted for the next run: a host that was passed over in this one
 * cannot be told from one that was asked.
 */
export function createLiveScope(initial: Scope): LiveScope {
  let { allowed, excluded } = initial;
  let validUntilEnd: Instant = initial.validUntilEnd;
  let isAllowed = membership(allowed);
  return {
    ...initial,
    allows: (address) => isAllowed(address),
    get allowed() {
      return allowed;
    },
    get excluded() {
      return excluded;
    },
    get validUntilEnd() {
      return validUntilEnd;
    },
    narrow(next) {
      const remaining = intersection(allowed, next.allowed);
      const taken = difference(allowed, remaining);
      allowed = remaining;
      isAllowed = membership(remaining);
      ({ excluded, validUntilEnd } = next);
      return taken;
    },
  };
}
