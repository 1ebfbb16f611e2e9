import { isIP } from 'node:net';
import IPCIDR from 'ip-cidr';
import type { Prefix, Range } from '../domain/address.js';
import { bitsOf, familyOf, formatPrefix, lastOf, parseAddress, prefixOf } from '../domain/address.js';
import { UsageError } from '../domain/usage-error.js';
import { quote } from './quote.js';

/** The shortest prefix that is taken, of either family: the whole Internet is never a target. */
export const SHORTEST_PREFIX = 8;

/** What is wrong with a text, and what to write instead; the place is the caller's to add. */
export interface RangeProblem {
  readonly problem: string;
  readonly hint: string;
}

/** A range as it was written, and where: `targets.txt:3`, or nowhere for an argument. */
export interface GivenRange {
  readonly text: string;
  readonly range: Range;
  readonly place?: string;
}

/** Ranges as they were written, in that order; each is made when it is needed, for a list may hold a million. */
export interface GivenRanges extends Iterable<GivenRange> {
  readonly length: number;
}

export function* rangesIn(given: GivenRanges): Generator<Range, void, undefined> {
  for (const { range } of given) yield range;
}

/** What was written, as often as it is asked for. */
export function textsIn(given: GivenRanges): Iterable<string> {
  return {
    *[Symbol.iterator]() {
      for (const { text } of given) yield text;
    },
  };
}

/** One after the other. */
export function together(...lists: readonly GivenRanges[]): GivenRanges {
  return {
    length: lists.reduce((sum, { length }) => sum + length, 0),
    *[Symbol.iterator]() {
      for (const list of lists) yield* list;
    },
  };
}

/**
 * Reads one address or prefix as people type it: `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/48`.
 *
 * ip-cidr reads it behind a check of our own, and its answer counts only where our own arithmetic agrees: by
 * itself it reads `exclude:10.0.0.0/8` as the
 * target 10.0.0.0/8, `10.0.0.0/08` as /8, `::ffff:192.0.2.1` as IPv4, and lets zone identifiers pass.
 * Its messages can repeat foreign text, so none of them is ever shown.
 */
export function parseRange(text: string): { readonly range: Range; readonly prefix: Prefix } | RangeProblem {
  const match = /^([0-9a-fA-F:.]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text);
  const [, written = '', slash] = match ?? [];
  const address = parseAddress(written);
  if (address === undefined) return unreadable(text);
  const family = familyOf(address);
  const bits = bitsOf(family);
  const length = slash === undefined ? bits : Number(slash);
  if (length > bits)
    return {
      problem: `${quote(text)} has a prefix length above ${bits}`,
      hint: `an IPv${family} prefix length is at most ${bits}`,
    };
  if (length < SHORTEST_PREFIX)
    return {
      problem: `${quote(text)} is shorter than /${SHORTEST_PREFIX}`,
      hint: `list the networks themselves, each as /${SHORTEST_PREFIX} or longer; this holds for IPv4 and IPv6`,
    };

  const prefix = prefixOf(address, length);
  if (firstOf(`${written}/${length}`) !== BigInt(prefix.first)) return unreadable(text);
  if (address !== prefix.first)
    return {
      problem: `${quote(text)} has host bits set`,
      hint: `write ${formatPrefix(prefix)} for the network, or ${written}/${bits} for the one address`,
    };
  return { range: { first: prefix.first, last: lastOf(prefix) }, prefix };
}

/**
 * The same for callers with nothing to add but a place.
 * @throws UsageError with the place in front of the message.
 */
export function givenRange(text: string, place?: string): GivenRange {
  const parsed = parseRange(text);
  if ('problem' in parsed)
    throw new UsageError(place === undefined ? parsed.problem : `${place}: ${parsed.problem}`, parsed.hint);
  return { text, range: parsed.range, ...(place !== undefined && { place }) };
}

function firstOf(cidr: string): bigint {
  return new IPCIDR(cidr).start<bigint>({ type: 'bigInteger' });
}

function unreadable(text: string): RangeProblem {
  return { problem: `${quote(text)} is not an address or a prefix`, hint: whatToWrite(text) };
}

/** The likeliest mistakes first; for any other the hint shows what good input looks like. */
function whatToWrite(text: string): string {
  const [address = ''] = text.split('/');
  if (text !== text.trim() && text.trim() !== '') return 'remove the blanks around it';
  if (/^[0-9a-f:./]+[\s,;]+[0-9a-f]*[.:]/i.test(text)) return 'write one address or prefix a line';
  if (address.includes('%')) return 'leave out the zone, the part from % on';
  if (isIP(address) === 6 && address.includes('.'))
    return 'write the IPv4 address itself, or the IPv6 address in hexadecimal groups alone';
  if (isIP(address) !== 0)
    return 'write one plain decimal prefix length, without a sign or leading zeros: 192.0.2.0/24';
  if (/^\d+(\.\d+){3}$/.test(address)) return 'write four decimal octets from 0 to 255 without leading zeros';
  if (/^[\d.]+$/.test(address)) return 'write all four octets: 10.0.0.0/8, not 10/8';
  if (/^[0-9a-f:.]+-[0-9a-f:.]+$/i.test(address))
    return 'write a range as prefixes: 192.0.2.0/25, 192.0.2.128/26';
  if (/\.[a-z]{2,}$/i.test(address)) return 'write the address; names are not looked up';
  return 'write an address such as 192.0.2.7 or 2001:db8::7, or a prefix such as 192.0.2.0/24';
}
