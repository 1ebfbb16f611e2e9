import type { Facts } from '../src/domain/exchange.js';

/** A banner is to be recognised, not archived; a spreadsheet's cell ends at 32,767 characters. */
export const LONGEST_TEXT = 1000;

/**
 * Text that came from the network or from another's file, made safe to print on a terminal, in a cell or
 * on a page: control characters and line separators become one space, whatever is invisible or turns the
 * direction of writing goes, half surrogate pairs become U+FFFD, the ends are trimmed and the rest is cut after
 * 1,000 characters. Empty is unknown: undefined.
 */
export function cleanText(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const clean = text
    // What is cut off anyway need not be cleaned: a datagram holds 64 KiB, an answer of many far more.
    .slice(0, 8 * LONGEST_TEXT)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu, '')
    .replace(/\p{Cs}/gu, '\ufffd')
    .trim();
  if (clean === '') return undefined;
  if (clean.length <= LONGEST_TEXT) return clean;
  // Half of a surrogate pair where the cut fell between the two.
  return `${clean.slice(0, LONGEST_TEXT - 1).replace(/\p{Cs}$/u, '')}…`;
}

/** The same for every text among a probe's facts. */
export function cleanFacts(facts: Facts): Facts {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name,
      typeof value === 'string' ? (cleanText(value) ?? '') : value,
    ]),
  );
}
