import type { Address, Ipv4 } from './address.js';
import { ipv4, ipv6, parseAddress } from './address.js';

/** What stands where an address stood. */
export const MASK = '[address]';

/**
 * A text without the addresses of others, in every form in which addresses are usually written: IPv4 with points or,
 * as in host names, hyphens; IPv6 in full, shortened, with an IPv4 end, in any case; each also in brackets, before a
 * port, a prefix length or a zone, and as the name of a reverse look-up (`in-addr.arpa`, `ip6.arpa`). The shape
 * decides, so a version of four small numbers goes too: `2.6.32.8`. What names no host stays: `0.0.0.0`, `127.0.0.1`,
 * multicast, netmasks. The time it takes is linear in the text, and a
 * text of more than 256 addresses ends behind them.
 * @param mayStand whether an address may be named.
 */
export function maskAddresses(text: string, mayStand: (address: Address) => boolean): string {
  const stays = (address: Address | undefined): boolean =>
    address !== undefined && (!namesHost(address) || mayStand(address));
  if (!mayHoldAddress(text)) return text;
  let masked = text;
  if (NIBBLES_END.test(masked)) masked = maskNibbleNames(masked, stays);
  if (mayHoldIpv6(masked)) masked = maskIpv6(masked, stays);
  if (THREE_BY_POINTS.test(masked)) masked = maskQuads(masked, '.', stays);
  if (THREE_BY_HYPHENS.test(masked)) masked = maskQuads(masked, '-', stays);
  return masked;
}

/** Whether `maskAddresses` has to look: most of the thousand texts of one datagram are passed over at once. */
export function mayHoldAddress(text: string): boolean {
  if (!ANY_MARK.test(text)) return false;
  return (
    mayHoldIpv6(text) || THREE_BY_POINTS.test(text) || THREE_BY_HYPHENS.test(text) || NIBBLES_END.test(text)
  );
}

const ANY_MARK = /[.:-]/;
/** Of the four numbers of an address: `HTTP/1.1` has two. */
const THREE_BY_POINTS = /\d\.\d{1,3}\.\d/;
const THREE_BY_HYPHENS = /\d-\d{1,3}-\d/;

/** `::`, or as many colons as the shortest other form has: six groups and an IPv4 end. */
function mayHoldIpv6(text: string): boolean {
  let at = text.indexOf(':');
  if (at < 0) return false;
  if (text.includes('::')) return true;
  for (let colons = 1; colons < 6; colons++) {
    at = text.indexOf(':', at + 1);
    if (at < 0) return false;
  }
  return true;
}

/** Undefined for what cannot be read: it looks like an address, and nothing shows that it is one of the scope. */
type Stays = (address: Address | undefined) => boolean;

/** Behind the last of so many addresses a text ends: reading them all would cost more than the datagram did. */
const MOST_ADDRESSES = 256;

/** RFC 6890: neither "this host", nor loopback, nor multicast and what lies behind it. */
function namesHost(address: Address): boolean {
  if (typeof address === 'bigint') return address > 1n && address >> 120n !== 0xffn;
  const first = address >>> 24;
  return first !== 0 && first !== 127 && first < 224;
}

const NIBBLES = 32;
const LONGEST_NIBBLES = 2 * NIBBLES - 1;

const NIBBLES_END = /\.ip6\.arpa/i;
/** `b.a.9.8.(…).8.b.d.0.1.0.0.2.ip6.arpa` (RFC 3596 §2.5): the labels before the ending. */
function maskNibbleNames(text: string, stays: Stays): string {
  let masked = '';
  let [copied, found] = [0, 0];
  for (const { index } of text.matchAll(/\.ip6\.arpa/gi)) {
    const from = index - LONGEST_NIBBLES;
    const name = text.slice(Math.max(from, 0), index);
    if (!/[\da-f](?:\.[\da-f]){31}/i.test(name)) continue;
    if (stays(ipv6(BigInt(`0x${name.split('.').reverse().join('')}`)))) continue;
    masked += text.slice(copied, from) + MASK;
    if (++found === MOST_ADDRESSES) return masked;
    copied = index;
  }
  return masked + text.slice(copied);
}

const SHORTEST_IPV6 = '::1'.length;
/** Only saves work: a datagram of 65,507 bytes may be one run, and then masking takes half of the time. */
const LONGEST_IPV6 = '2001:0db8:0000:0000:0000:0000:255.255.255.255'.length;

function maskIpv6(text: string, stays: Stays): string {
  const runs = { of: DIGIT | HEX_LETTER | COLON | POINT, single: 0, least: SHORTEST_IPV6 };
  return replaceRuns(text, runs, (run, at) => {
    let [from, to] = [0, run.length];
    // `prefix:2001:db8::1`: what belongs to the word before is none of it.
    if (isWord(text.charCodeAt(at - 1))) from = run.indexOf(':') + 1;
    else if (run.startsWith(':') && run[1] !== ':') from = 1;
    while (run[to - 1] === '.' || (run[to - 1] === ':' && run[to - 2] !== ':')) to--;
    const core = run.slice(from, to);
    if (!looksLikeIpv6(core) || isWord(text.charCodeAt(at + run.length))) return undefined;
    return stays(ipv6In(core)) ? run : run.slice(0, from) + MASK + run.slice(to);
  });
}

/** Eight groups or `::`. Eight and more of two digits each are the bytes of something else: a MAC, an engine id. */
function looksLikeIpv6(text: string): boolean {
  if (text.includes('::')) return /[\da-f]/i.test(text);
  // Eight pieces at most: what has more has seven colons too.
  const colons = text.split(':', 8).length - 1;
  return colons >= (text.includes('.') ? 6 : 7) && !/^(?:[^:]{2}:)+[^:]{2}$/.test(text);
}

function ipv6In(text: string): Address | undefined {
  if (text.length > LONGEST_IPV6) return undefined;
  const colon = text.lastIndexOf(':');
  const end = text.slice(colon + 1);
  if (!end.includes('.')) return parseAddress(text);
  const quad = parseAddress(end);
  if (typeof quad !== 'number') return undefined;
  const groups = `${(quad >>> 16).toString(16)}:${(quad & 0xffff).toString(16)}`;
  const whole = parseAddress(text.slice(0, colon + 1) + groups);
  // RFC 4291 §2.5.5.2: the IPv4 address itself.
  return typeof whole === 'bigint' && whole >> 32n === 0xffffn ? quad : whole;
}

const SHORTEST_QUAD = '1.1.1.1'.length;
/** Only saves work, as above. */
const LONGEST_QUAD = '255.255.255.255'.length;

function maskQuads(text: string, mark: '.' | '-', stays: Stays): string {
  const markKind = kindOf(mark.charCodeAt(0));
  // Two marks side by side stand between two addresses: `198.51.100.1..198.51.100.9`.
  const runs = { of: DIGIT | markKind, single: markKind, least: SHORTEST_QUAD };
  return replaceRuns(text, runs, (run, at) => {
    let [from, to] = [0, run.length];
    while (run[from] === mark) from++;
    while (run[to - 1] === mark) to--;
    const end = at + run.length;
    if (mark === '.') {
      // `v1.2.3.4`, `4.2.8.1p3`: versions.
      if (from === 0 && isWord(text.charCodeAt(at - 1))) return undefined;
      if (to === run.length && isWord(text.charCodeAt(end))) return undefined;
    }
    const quad = quadIn(run, from, to);
    if (quad === undefined) return undefined;
    if (isInMac(run.slice(from, to), text.slice(at - 2, at), text.slice(end, end + 2))) return undefined;
    const isReversed = text.slice(end, end + REVERSED.length).toLowerCase() === REVERSED;
    return stays(isReversed ? reversed(quad) : quad) ? run : run.slice(0, from) + MASK + run.slice(to);
  });
}

const REVERSED = 'in-addr.arpa';

function reversed(quad: Ipv4): Ipv4 {
  return ipv4(
    ((quad & 255) * 256 + ((quad >>> 8) & 255)) * 65_536 + ((quad >>> 16) & 255) * 256 + (quad >>> 24),
  );
}

/** Four numbers of one to three digits, with a mark between each two. */
function quadIn(run: string, from: number, to: number): Ipv4 | undefined {
  if (to - from > LONGEST_QUAD) return undefined;
  let [value, octets, octet, digits] = [0, 0, 0, 0];
  for (let at = from; at <= to; at++) {
    const code = run.charCodeAt(at);
    if (kindOf(code) === DIGIT) {
      octet = octet * 10 + code - 48;
      digits++;
    } else if (digits > 3 || octet > 255) return undefined;
    else {
      value = value * 256 + octet;
      octets++;
      octet = 0;
      digits = 0;
    }
  }
  return octets === 4 ? ipv4(value) : undefined;
}

/** `00-1a-22-33-44-55` has four numbers in a row. */
function isInMac(quad: string, before: string, behind: string): boolean {
  const isByte = /[\da-f]{2}/i;
  return /^\d\d-\d\d-\d\d-\d\d$/.test(quad) && (isByte.test(before) || isByte.test(behind));
}

/**
 * Replaces each longest run of such characters, of this length at least, by what `replace` makes of it, which is
 * undefined where it is no address.
 * @param runs.of the kinds of characters. @param runs.single of these never two side by side.
 */
function replaceRuns(
  text: string,
  runs: { readonly of: number; readonly single: number; readonly least: number },
  replace: (run: string, at: number) => string | undefined,
): string {
  const { of, single, least } = runs;
  let replaced = '';
  let [copied, found] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const from = at;
    for (let before = 0; at < text.length; at++) {
      const kind = kindOf(text.charCodeAt(at));
      if ((kind & of) === 0 || (kind & before & single) !== 0) break;
      before = kind;
    }
    const other = at - from < least ? undefined : replace(text.slice(from, at), from);
    if (other === undefined) continue;
    replaced += text.slice(copied, from) + other;
    if (++found === MOST_ADDRESSES) return replaced;
    copied = at;
  }
  return replaced + text.slice(copied);
}

const DIGIT = 1;
const HEX_LETTER = 2;
const OTHER_WORD = 4;
const POINT = 8;
const COLON = 16;
const HYPHEN = 32;

const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/\d/.test(char)) return DIGIT;
  if (/[a-f]/i.test(char)) return HEX_LETTER;
  if (/\w/.test(char)) return OTHER_WORD;
  return char === '.' ? POINT : char === ':' ? COLON : char === '-' ? HYPHEN : 0;
});

/** Of what is no ASCII, and NaN, which stands before the beginning and behind the end: 0. */
function kindOf(code: number): number {
  return KINDS[code] ?? 0;
}

function isWord(code: number): boolean {
  return (kindOf(code) & (DIGIT | HEX_LETTER | OTHER_WORD)) !== 0;
}
