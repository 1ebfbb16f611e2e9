import type { MapLine } from './map-lines.js';
import { lineError } from './map-lines.js';
import { parseNetworkParts } from './network.js';
import type { OwnedRange } from './owner.js';
import { ownerPool, parseAsn } from './owner.js';

const HINT = 'CAIDA writes prefix, length and AS number with tabs between them: 192.0.2.0<TAB>24<TAB>64496';

/**
 * CAIDA's prefix-to-AS files (`routeviews-rv2-…pfx2as`, `routeviews-rv6-…`): address, length and origin with
 * tabs between them. `30_10_20` are several origins, the most visible first; `10,20` is an AS set (RFC 4271
 * §4.3), whose members count as origins too. The first is the one that stands, all are kept. AS 0 is no origin
 * (RFC 7607).
 * @throws UsageError with file and line.
 */
export function* readPfx2as(lines: Iterable<MapLine>, file: string): Generator<OwnedRange, void, undefined> {
  let current: MapLine | undefined;
  const owner = ownerPool((text) => {
    const numbers = text.split(/[_,]/).map(parseAsn);
    if (current && numbers.includes(undefined))
      throw lineError(file, current, `"${text}" is not an AS number or a list of them`, HINT);
    const asns = [...new Set(numbers.filter((asn) => asn !== undefined && asn !== 0))] as number[];
    const [asn] = asns;
    return { ...(asn !== undefined && { asn }), ...(asns.length > 1 && { asns }) };
  });
  for (const line of lines) {
    current = line;
    const [address = '', length = '', origin = '', ...rest] = line.text.split('\t');
    if (rest.length > 0) throw lineError(file, line, 'more than three columns', HINT);
    const network = parseNetworkParts(address, length);
    if (typeof network === 'string') throw lineError(file, line, network, HINT);
    const owned = owner(origin.trim());
    if (owned.asn !== undefined) yield { ...network, owner: owned };
  }
}
