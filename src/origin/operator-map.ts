import { csvFields } from './csv-fields.js';
import type { MapLine } from './map-lines.js';
import { lineError } from './map-lines.js';
import { parseNetwork } from './network.js';
import type { OwnedRange } from './owner.js';
import { ownerPool, parseAsn } from './owner.js';

/** The columns, in the order they have in a file without a header. */
const COLUMNS = ['prefix', 'asn', 'as_name', 'customer'];

const HINT = 'write prefix,asn,as_name,customer: 192.0.2.0/24,64496,EXAMPLE-AS,C-1001';

/**
 * The operator's own map: CSV with the columns `prefix,asn,as_name,customer`, the last three of which may be
 * empty. A header may put them in another order; columns that it names beyond these are passed over. A field
 * with commas or quotes stands in double quotes, on one line.
 * @throws UsageError with file and line.
 */
export function* readOperatorMap(
  lines: Iterable<MapLine>,
  file: string,
): Generator<OwnedRange, void, undefined> {
  let columns: readonly string[] | undefined;
  const owner = ownerPool(ownerOf);
  for (const line of lines) {
    const fields = csvFields(line.text)?.map((field) => field.trim());
    if (!fields) throw lineError(file, line, 'a quoted field does not end', HINT);
    if (columns === undefined) {
      columns = isOperatorHeader(line.text) ? fields.map((name) => name.toLowerCase()) : COLUMNS;
      if (columns !== COLUMNS) continue;
    }
    if (fields.length > columns.length)
      throw lineError(file, line, `${fields.length} fields where ${columns.length} are known`, HINT);
    const [prefix = '', asn = '', asName = '', customer = ''] = COLUMNS.map(
      (name) => fields[columns?.indexOf(name) ?? -1],
    );
    const network = parseNetwork(prefix);
    if (typeof network === 'string') throw lineError(file, line, network, HINT);
    if (asn !== '' && parseAsn(asn) === undefined)
      throw lineError(file, line, `"${asn}" is not an AS number`, HINT);
    yield { ...network, owner: owner([asn, asName, customer].join(SEPARATOR)) };
  }
}

/** Whether a line is the header of an operator's map. */
export function isOperatorHeader(text: string): boolean {
  return csvFields(text)?.some((field) => field.trim().toLowerCase() === 'prefix') ?? false;
}

/** Parts what one owner's text is made of: no line of text holds it. */
const SEPARATOR = '\n';

function ownerOf(text: string): OwnedRange['owner'] {
  const [asnText = '', asName = '', customer = ''] = text.split(SEPARATOR);
  const asn = parseAsn(asnText);
  return { ...(asn && { asn }), ...(asName !== '' && { asName }), ...(customer !== '' && { customer }) };
}
