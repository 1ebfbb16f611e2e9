import { compareAddresses, familyOf, parseAddress } from '../domain/address.js';
import type { MapLine } from './map-lines.js';
import { lineError } from './map-lines.js';
import type { OwnedRange } from './owner.js';
import { ownerPool, parseAsn } from './owner.js';

const HINT = 'iptoasn.com writes start, end, AS number, country and name with tabs between them';

/**
 * The TSV files of iptoasn.com (`ip2asn-v4.tsv`, `-v6`, `-combined`): first address, last address, AS number,
 * country and name with tabs between them. Ranges, not prefixes; AS 0 means that they are not announced, and
 * such lines are passed over.
 * @throws UsageError with file and line.
 */
export function* readIp2asn(lines: Iterable<MapLine>, file: string): Generator<OwnedRange, void, undefined> {
  const owner = ownerPool((text) => {
    const [asn = '', ...name] = text.split('\t');
    const asName = name.join(' ').trim();
    return { asn: Number(asn), ...(asName !== '' && { asName }) };
  });
  for (const line of lines) {
    const [firstText = '', lastText = '', asnText = '', , ...name] = line.text.split('\t');
    const first = parseAddress(firstText);
    if (first === undefined) throw lineError(file, line, `"${firstText}" is not an IP address`, HINT);
    const last = parseAddress(lastText);
    if (last === undefined) throw lineError(file, line, `"${lastText}" is not an IP address`, HINT);
    if (familyOf(first) !== familyOf(last) || compareAddresses(first, last) > 0)
      throw lineError(file, line, `"${lastText}" does not come after "${firstText}"`, HINT);
    const asn = parseAsn(asnText);
    if (asn === undefined) throw lineError(file, line, `"${asnText}" is not an AS number`, HINT);
    if (asn !== 0) yield { first, last, owner: owner([asn, ...name].join('\t')) };
  }
}
