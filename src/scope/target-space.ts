import type { Address, Family, Range } from '../domain/address.js';
import { addressesIn, addressPlus, familyOf, formatAddress, formatPrefix } from '../domain/address.js';
import type { LeftOutReason } from '../domain/reasons.js';
import type { RunRecord } from '../domain/run-record.js';
import type { Ranges } from '../domain/ranges.js';
import { rangeAt, rangeCount } from '../domain/ranges.js';
import { UsageError } from '../domain/usage-error.js';
import type { AddressSet } from './address-set.js';
import {
  addressSet,
  difference,
  holds,
  intersection,
  isEmpty,
  lastNotAbove,
  rangeIndex,
  rangeOf,
  sizeOf,
  toPrefixes,
  touches,
} from './address-set.js';
import type { GivenRange, GivenRanges } from './parse-range.js';
import { rangesIn, textsIn } from './parse-range.js';
import { quote } from './quote.js';
import type { Scope } from './scope.js';
import { whyNeverProbed } from './special-purpose.js';

/**
 * What a run probes: (given ranges ∩ scope) − exclusions − what is never probed, as an indexed set. Its size
 * in memory is that of its ranges; there is no list of addresses anywhere.
 */
export interface TargetSpace {
  readonly set: AddressSet;
  /** How many addresses are to be probed; at least one. */
  readonly size: number;
  /** How many of the given addresses the exclusions took away. */
  readonly excludedAddresses: number;
  /** Networks of the scope that a run without targets does not cover. */
  readonly leftOut: RunRecord['targets']['left_out'];
  /** The targets as the user wrote them; empty when all of the scope was meant. */
  readonly given: Iterable<string>;
  /** The place of an address in the order of addresses, from 0; undefined when it is no target. */
  indexOf(address: Address): number | undefined;
  /** @throws RangeError when `index` is no integer from 0 to size − 1. */
  addressAt(index: number): Address;
}

/** The shortest IPv6 prefix that is swept: a sweep of a /64 alone would take longer than a lifetime. */
const SHORTEST_IPV6 = 112;
const MOST_IPV6_ADDRESSES = 2 ** (128 - SHORTEST_IPV6);
const TOO_WIDE = `an IPv6 prefix shorter than /${SHORTEST_IPV6} holds too many addresses to sweep`;
const MOST_NAMED = 3;

/** What the user asked for, and what stands in the way of it. */
export interface TargetSpaceParameters {
  readonly scope: Scope;
  /** None means all networks of the scope that can be swept. */
  readonly targets: GivenRanges;
  /** Of the source address, where the user named one: it reaches no other family. */
  readonly sourceFamily?: Family | undefined;
}

/**
 * @throws UsageError for a target any part of which is outside the scope or never probed, for a wholly
 *   excluded one, for an IPv6 prefix shorter than /112, for one that the source address can not reach, and when
 *   nothing is left to probe.
 */
export function createTargetSpace({ scope, targets, sourceFamily }: TargetSpaceParameters): TargetSpace {
  for (const target of targets) refuseBadTarget(target, scope, sourceFamily);
  const isWholeScope = targets.length === 0;
  const leftOut = isWholeScope ? leftOutOf(scope, sourceFamily) : [];
  const wanted = addressSet(
    isWholeScope
      ? scope.networks
          .map(({ prefix }) => rangeOf(prefix))
          .filter((range) => whyNotSwept(range, sourceFamily) === undefined)
      : rangesIn(targets),
  );
  const space = intersection(wanted, scope.allowed);
  if (isEmpty(space)) throw nothingLeft(scope, isEmpty(wanted) ? { sourceFamily } : undefined);

  return {
    set: space,
    size: Number(sizeOf(space)),
    excludedAddresses: Number(sizeOf(intersection(wanted, scope.excluded))),
    leftOut,
    given: textsIn(targets),
    ...indexed(space.ranges),
  };
}

/** The target space of a run that goes on: what it was made of when it began. */
export function targetSpaceOf(
  made: Pick<TargetSpace, 'set' | 'excludedAddresses' | 'leftOut' | 'given'>,
): TargetSpace {
  return { ...made, size: Number(sizeOf(made.set)), ...indexed(made.set.ranges) };
}

/** Two-way arithmetic over running totals: two binary searches, nothing allocated. */
function indexed(ranges: Ranges): Pick<TargetSpace, 'indexOf' | 'addressAt'> {
  const placeOf = rangeIndex(ranges);
  // Totals reach 2^32 and more, which 32 bits do not hold.
  const totals = new Float64Array(rangeCount(ranges));
  let size = 0;
  const { firsts4, lasts4, firsts6, lasts6 } = ranges;
  firsts4.forEach((first, i) => {
    totals[i] = size;
    size += (lasts4[i] ?? first) - first + 1;
  });
  firsts6.forEach((first, i) => {
    totals[firsts4.length + i] = size;
    size += addressesIn({ first, last: lasts6[i] ?? first });
  });
  return {
    indexOf: (address) => {
      const i = placeOf(address);
      const [range, before] = [rangeAt(ranges, i), totals[i]];
      if (range === undefined || before === undefined) return undefined;
      return before + Number(BigInt(address) - BigInt(range.first));
    },
    addressAt: (index) => {
      const i = Number.isInteger(index) && index < size ? lastNotAbove(totals, index) : -1;
      const [range, before] = [rangeAt(ranges, i), totals[i]];
      if (range === undefined || before === undefined) throw new RangeError(`no target ${index} of ${size}`);
      return addressPlus(range.first, index - before);
    },
  };
}

function refuseBadTarget(target: GivenRange, scope: Scope, sourceFamily: Family | undefined): void {
  const { range } = target;
  const refuse = (problem: string, hint: string): never => {
    // Made only now, for there may be a million of them.
    const { text, place } = target;
    throw new UsageError(`${place === undefined ? '' : `${place}: `}${quote(text)} ${problem}`, hint);
  };
  const reason = whyNeverProbed(range);
  if (reason !== undefined)
    refuse(`is never probed: ${reason}`, 'leave it out; no scope can open that part of the address space');
  const obstacle = whyNotSwept(range, sourceFamily);
  if (obstacle !== undefined) refuse(`can not be probed: ${obstacle.reason}`, obstacle.hint);

  const advice = `add it to the networks of ${scope.name} if you are authorised to probe it, or leave it out`;
  if (!touches(scope.authorised, range)) refuse('is outside the scope', advice);
  if (!holds(scope.authorised, range)) {
    const outside = difference(addressSet([range]), scope.authorised);
    refuse(`is not all in the scope: ${named(outside)} outside`, advice);
  }
  if (!touches(scope.allowed, range))
    refuse('is wholly excluded', `leave it out, or lift the exclusion in ${scope.name} or --exclude`);
}

function named(set: AddressSet): string {
  const prefixes = toPrefixes(set);
  const shown = prefixes.slice(0, MOST_NAMED).map((prefix) => {
    const isOneAddress = prefix.length === (familyOf(prefix.first) === 4 ? 32 : 128);
    return isOneAddress ? formatAddress(prefix.first) : formatPrefix(prefix);
  });
  const more = prefixes.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${more} more are`;
  const last = shown.pop() ?? '';
  return shown.length === 0 ? `${last} is` : `${shown.join(', ')} and ${last} are`;
}

/** Why this run can not cover a range that it may well be authorised to, and what to do about it. */
function whyNotSwept(
  range: Range,
  sourceFamily: Family | undefined,
): { readonly code: LeftOutReason; readonly reason: string; readonly hint: string } | undefined {
  const family = familyOf(range.first);
  if (family === 6 && addressesIn(range) > MOST_IPV6_ADDRESSES)
    return {
      code: { reason: 'ipv6-too-wide', shortest: SHORTEST_IPV6 },
      reason: TOO_WIDE,
      hint: `name the addresses in use, or prefixes of /${SHORTEST_IPV6} or longer: --targets takes a list of them`,
    };
  if (sourceFamily !== undefined && family !== sourceFamily)
    return {
      code: { reason: 'source-family', family: sourceFamily },
      reason: `the source address is IPv${sourceFamily}`,
      hint: 'scan IPv4 and IPv6 in two runs, each with a --source of its own, or leave --source out',
    };
  return undefined;
}

function leftOutOf(scope: Scope, sourceFamily: Family | undefined): TargetSpace['leftOut'] {
  return scope.networks.flatMap(({ prefix }) => {
    const obstacle = whyNotSwept(rangeOf(prefix), sourceFamily);
    return obstacle === undefined ? [] : [{ prefix: formatPrefix(prefix), ...obstacle.code }];
  });
}

/** @param unswept what stood in the way, where no network at all could be swept. */
function nothingLeft(
  scope: Scope,
  unswept: { readonly sourceFamily: Family | undefined } | undefined,
): UsageError {
  const [first] = scope.networks;
  const obstacle = unswept && first && whyNotSwept(rangeOf(first.prefix), unswept.sourceFamily);
  if (first !== undefined && obstacle !== undefined)
    return new UsageError(
      `${scope.name}: no network in it can be swept: ${formatPrefix(first.prefix)}: ${obstacle.reason}`,
      `name targets inside the networks: addresses, or IPv6 prefixes of /${SHORTEST_IPV6} or longer`,
    );
  return new UsageError(
    `${scope.name}: everything in the scope is excluded`,
    `lift an exclusion in ${scope.name} or --exclude`,
  );
}
