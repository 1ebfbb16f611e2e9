import type { Origin } from '../domain/finding.js';

/** Who answers in the place of the address that was asked. Each is a documented tag. */
export type Elsewhere =
  /** Another host: only the destination of our packets was rewritten on the way. */
  | 'transparent-forwarder'
  /** The same host, which answers from another of its addresses. */
  | 'other-address'
  /** Nothing that was seen tells the two apart. */
  | 'forwarder-or-other-address';

/** What the responder did when it was asked itself, in the same run with the same probe. */
export type Directly = 'answered' | 'refused' | 'silent' | 'unknown';

/**
 * A packet of which only the destination was rewritten looks to the responder like one that we sent there. So a
 * responder that refuses us, or is silent, when asked itself cannot be a forwarder's resolver, but for a filter on our
 * own way to it; one that answers may be either, and then the owners of the two addresses decide. No address outside the
 * scope is asked, and another host is taken for the likelier case, unless a second protocol was answered from there too.
 */
export function elsewhereOf(seen: {
  readonly isInScope: boolean;
  readonly directly: Directly;
  /** Whether another protocol, asked at the probed address, was answered from the same other one. */
  readonly answersOtherProtocols: boolean;
  readonly probed: Origin;
  readonly responder: Origin;
}): Elsewhere {
  const { isInScope, directly } = seen;
  if (seen.answersOtherProtocols || (isInScope && directly === 'refused')) return 'other-address';
  if (!isInScope || haveDifferentOwners(seen.probed, seen.responder)) return 'transparent-forwarder';
  return directly === 'silent' ? 'other-address' : 'forwarder-or-other-address';
}

/** As far as both are known: no host of one customer has an address of another. */
function haveDifferentOwners(a: Origin, b: Origin): boolean {
  const differ = <T>(one: T | undefined, other: T | undefined): boolean =>
    one !== undefined && other !== undefined && one !== other;
  return differ(a.asn, b.asn) || differ(a.customer, b.customer);
}
