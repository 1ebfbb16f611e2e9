import type { Address } from '../domain/address.js';

/** What a line of a map says of its addresses. Unknown is absent. */
export interface Owner {
  readonly asn?: number;
  readonly asName?: string;
  readonly customer?: string;
  /** All origins where there are several, the first among them. */
  readonly asns?: readonly number[];
}

/** One line of a map: these addresses, both ends included and of one family, are theirs. */
export interface OwnedRange {
  readonly first: Address;
  readonly last: Address;
  readonly owner: Owner;
}

const LAST_ASN = 0xffff_ffff;

/** Reads `64496` or `AS64496` (RFC 5396 §2, asplain). Undefined for anything else. */
export function parseAsn(text: string): number | undefined {
  const digits = /^(?:AS)?(\d{1,10})$/i.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const asn = Number(digits);
  return asn <= LAST_ASN ? asn : undefined;
}

/**
 * Keeps one Owner for each distinct text that describes one, for 400,000 lines name some 80,000 owners. `make`
 * says what a new text means; it sees a copy that is safe to keep.
 */
export function ownerPool(make: (text: string) => Owner): (text: string) => Owner {
  const pool = new Map<string, Owner>();
  return (text) => {
    let owner = pool.get(text);
    if (owner === undefined) {
      // A piece that V8 cuts from a longer string keeps all of that string alive: without a copy, a table of
      // names would hold the whole file it was read from.
      const copy = Buffer.from(text).toString();
      owner = make(copy);
      pool.set(copy, owner);
    }
    return owner;
  };
}
