import { parseAddress } from '../domain/address.js';
import type { Address, Range } from '../domain/address.js';
import { bitsOf, familyOf, lastOf, prefixOf } from '../domain/address.js';
import { UsageError } from '../domain/usage-error.js';
import type { GivenRange, GivenRanges } from './parse-range.js';
import { givenRange, SHORTEST_PREFIX } from './parse-range.js';

/**
 * Reads a list of targets: one address or prefix a line, `#` begins a comment, empty lines do not count.
 * @param name what the list is called in messages: `targets.txt`.
 * @throws UsageError with the line for what is not an address or a prefix, and for a list without any: a run
 *   without targets would mean all of the scope, which an empty file is not meant to say.
 */
export function parseTargetList(text: string, name: string): GivenRanges {
  const targets = parseExclusionList(text, name);
  if (targets.length === 0)
    throw new UsageError(
      `${name}: no target in it`,
      'list one address or prefix a line, or give no targets at all for the whole scope',
    );
  return targets;
}

/**
 * The same for exclusions, of which a file may well hold none. A list of a million lines is kept as its text and
 * four numbers a line.
 * @throws UsageError with the line for what is not an address or a prefix.
 */
export function parseExclusionList(text: string, name: string): GivenRanges {
  const entries: Entries = { firsts: [], lasts: undefined, starts: [] };
  // A byte order mark is a blank to trim().
  for (let start = 0; start < text.length;) {
    const end = endOfLine(text, start);
    const written = entryOf(text.slice(start, end));
    if (written !== '') {
      const { first, last } = quickRange(written) ?? givenRange(written, placeIn(text, name, start)).range;
      if (first !== last) entries.lasts ??= [...entries.firsts];
      entries.firsts.push(first);
      entries.lasts?.push(last);
      entries.starts.push(start);
    }
    // Between CR and LF there is an empty line.
    start = end + 1;
  }
  const list = { text, name };
  return {
    length: entries.firsts.length,
    *[Symbol.iterator]() {
      const { firsts, lasts = firsts, starts } = entries;
      for (const [i, first] of firsts.entries())
        yield new ListedRange({ first, last: lasts[i] ?? first }, list, starts[i] ?? 0);
    },
  };
}

const LF = 0x0a;
const CR = 0x0d;

/** The lines that hold something. */
interface Entries {
  readonly firsts: Address[];
  /** Absent while all are single addresses, as in most long lists: then they are the first ones. */
  lasts: Address[] | undefined;
  /** Where the line begins in the text. */
  readonly starts: number[];
}

/** Makes its texts only where they are shown. */
class ListedRange implements GivenRange {
  constructor(
    readonly range: Range,
    private readonly list: { readonly text: string; readonly name: string },
    private readonly start: number,
  ) {}
  get text(): string {
    return entryOf(this.list.text.slice(this.start, endOfLine(this.list.text, this.start)));
  }
  get place(): string {
    return placeIn(this.list.text, this.list.name, this.start);
  }
}

/** Counts the lines before it: asked for where something is wrong with one of a million, and never of each. */
function placeIn(text: string, name: string, start: number): string {
  let line = 1;
  for (let at = 0; at < start; at++) {
    const code = text.charCodeAt(at);
    if (code === LF || (code === CR && text.charCodeAt(at + 1) !== LF)) line++;
  }
  return `${name}:${line}`;
}

function endOfLine(text: string, start: number): number {
  let end = start;
  while (end < text.length && text.charCodeAt(end) !== LF && text.charCodeAt(end) !== CR) end++;
  return end;
}

function entryOf(line: string): string {
  const comment = line.indexOf('#');
  return (comment < 0 ? line : line.slice(0, comment)).trim();
}

/**
 * What `parseRange` makes of an address or prefix in its plain form, twenty times as fast, for a million of them;
 * undefined for everything else, about which `parseRange` knows more. A test holds the two against each other.
 */
export function quickRange(text: string): Range | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined || slash < 0)
    return address === undefined ? undefined : { first: address, last: address };
  const digits = text.slice(slash + 1);
  if (!/^[1-9]\d{0,2}$/.test(digits)) return undefined;
  const length = Number(digits);
  if (length < SHORTEST_PREFIX || length > bitsOf(familyOf(address))) return undefined;
  const network = prefixOf(address, length);
  return network.first === address ? { first: address, last: lastOf(network) } : undefined;
}
