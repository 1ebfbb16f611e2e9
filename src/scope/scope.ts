import type { Address, Range } from '../domain/address.js';
import { compareAddresses, lastOf, predecessor, successor } from '../domain/address.js';
import { toRanges } from '../domain/ranges.js';
import type { Instant } from '../domain/time.js';
import { endOfDay } from '../domain/time.js';
import { UsageError } from '../domain/usage-error.js';
import type { AddressSet } from './address-set.js';
import { addressSet, difference, membership, rangeIndex, rangeOf } from './address-set.js';
import type { ScopeFile, ScopeNetwork } from './scope-file.js';
import { neverProbed } from './special-purpose.js';

/** What may be probed, and whose it is. */
export interface Scope {
  /** What its file is called in messages. */
  readonly name: string;
  /** Whether a packet may be sent there: asked before every one. Deny wins. */
  allows(address: Address): boolean;
  /**
   * The network of the scope file that an address lies in, whether it is excluded or not; undefined outside.
   * The most specific prefix wins. What it leaves out is inherited from the networks around it, key by key,
   * but for the name of an AS, which is inherited only together with its number.
   */
  networkOf(address: Address): ScopeNetwork | undefined;
  /** As listed in the file. */
  readonly networks: readonly ScopeNetwork[];
  /** All addresses of the networks. */
  readonly authorised: AddressSet;
  /** All exclusions, inside the networks or not. */
  readonly excluded: AddressSet;
  /** Authorised, not excluded, not among what is never probed: exactly what `allows` says yes to. */
  readonly allowed: AddressSet;
  /** The last millisecond of the authorisation. */
  readonly validUntilEnd: Instant;
}

/** @param extraExclusions further ranges that are never probed: the user's `--exclude`. */
export function createScope(file: ScopeFile, extraExclusions: Iterable<Range> = []): Scope {
  const authorised = addressSet(file.networks.map(({ prefix }) => rangeOf(prefix)));
  const excluded = addressSet(
    (function* () {
      for (const { range } of file.exclude) yield range;
      yield* extraExclusions;
    })(),
  );
  const allowed = difference(difference(authorised, neverProbed), excluded);
  return {
    name: file.name,
    allows: membership(allowed),
    networkOf: paint(file.networks),
    networks: file.networks,
    authorised,
    excluded,
    allowed,
    validUntilEnd: lastInstant(file),
  };
}

const DAY_MS = 86_400_000;
const WARNING_DAYS = 30;

/**
 * Whether the authorisation still holds, with a warning in its last 30 days.
 * @throws UsageError after its last day (UTC).
 */
export function checkValidity(file: ScopeFile, now: Instant): { readonly warning?: string } {
  const end = lastInstant(file);
  const place = `${file.name}:${file.validUntilLine}`;
  if (now > end)
    throw new UsageError(
      `${place}: the authorisation ended with ${file.validUntil} (UTC)`,
      'have the authorisation renewed, then set valid_until to its new last day',
    );
  const days = Math.floor((end - now) / DAY_MS);
  if (days > WARNING_DAYS) return {};
  const when = days === 0 ? 'today' : days === 1 ? 'tomorrow' : `in ${days} days`;
  return { warning: `${place}: the authorisation ends ${when}, with ${file.validUntil} (UTC)` };
}

function lastInstant({ validUntil }: ScopeFile): Instant {
  const end = endOfDay(validUntil);
  if (end === undefined) throw new RangeError(`no day: ${validUntil}`);
  return end;
}

interface Painted {
  readonly network: ScopeNetwork;
  readonly last: Address;
}

/**
 * Compiles nested networks into disjoint ranges, each with its one network, so that a look-up is one binary
 * search. Prefixes nest or are disjoint: sorted by first address, the wider first, those around the current
 * one are a stack.
 */
function paint(networks: readonly ScopeNetwork[]): (address: Address) => ScopeNetwork | undefined {
  const ranges: Range[] = [];
  const painted: ScopeNetwork[] = [];
  const around: Painted[] = [];
  /** The first address not painted yet; undefined behind the last one of a family. */
  let next: Address | undefined;

  const paintUpTo = (last: Address | undefined, network: ScopeNetwork): void => {
    if (next === undefined || last === undefined || compareAddresses(next, last) > 0) return;
    ranges.push({ first: next, last });
    painted.push(network);
    next = successor(last);
  };
  const leaveThoseBefore = (first: Address | undefined): void => {
    for (let top = around.at(-1); top; top = around.at(-1)) {
      if (first !== undefined && compareAddresses(top.last, first) >= 0) return;
      paintUpTo(top.last, top.network);
      around.pop();
    }
  };

  const sorted = networks.toSorted(
    (a, b) => compareAddresses(a.prefix.first, b.prefix.first) || a.prefix.length - b.prefix.length,
  );
  for (const network of sorted) {
    const { first } = network.prefix;
    leaveThoseBefore(first);
    const outer = around.at(-1)?.network;
    if (outer) paintUpTo(predecessor(first), outer);
    next = first;
    around.push({ network: inherit(network, outer), last: lastOf(network.prefix) });
  }
  leaveThoseBefore(undefined);

  const indexOf = rangeIndex(toRanges(ranges));
  return (address) => painted[indexOf(address)];
}

/** The AS name belongs to its number: another AS's name would be worse than none. */
function inherit(network: ScopeNetwork, outer: ScopeNetwork | undefined): ScopeNetwork {
  if (!outer) return network;
  const isOtherAs = network.asn !== undefined && network.asn !== outer.asn;
  const { asn, asName, customer } = outer;
  return {
    ...(asn !== undefined && { asn }),
    ...(asName !== undefined && !isOtherAs && { asName }),
    ...(customer !== undefined && { customer }),
    ...network,
  };
}
