/** What an operator's map says of a prefix, in the order of a file without a header. */
export const COLUMNS = ['prefix', 'asn', 'as_name', 'customer'] as const;
export type Column = (typeof COLUMNS)[number];

/** What the same columns are called elsewhere, in lower case and without blanks, dots, dashes and underscores. */
const ALIASES: Readonly<Record<Column, readonly string[]>> = {
  prefix: ['network', 'net', 'subnet', 'cidr', 'ipprefix', 'route', 'ネットワーク', 'プレフィックス'],
  asn: ['as', 'originas', 'origin', 'originasn', 'asnumber', 'autonomoussystem', 'as番号'],
  as_name: ['name', 'asdescription', 'asorg', 'asorganisation', 'asorganization', 'as名'],
  customer: ['customerid', 'customername', 'client', 'tenant', 'kunde', '顧客', '顧客名'],
};

export interface MapHeader {
  /** Where each column stands; absent where the header has none of its names. */
  readonly places: Readonly<Partial<Record<Column, number>>>;
  /** Names that were taken for another: `origin_as` for `asn`. */
  readonly aliases: readonly { readonly written: string; readonly column: Column }[];
  readonly unknown: readonly string[];
  /** A column that two names mean. */
  readonly twice?: { readonly column: Column; readonly names: readonly [string, string] };
}

/**
 * Reads a line as a header. The column's own name goes before its aliases, so `name` beside `as_name` is a column
 * of its own that is not known here.
 */
export function readHeader(fields: readonly string[]): MapHeader {
  const plain = fields.map((field) => field.toLowerCase().replaceAll(/[\s._-]/g, ''));
  const places: Partial<Record<Column, number>> = {};
  const aliases: { written: string; column: Column }[] = [];
  const taken = new Set<number>();
  let twice: MapHeader['twice'];
  for (const column of COLUMNS) {
    const own = plain.flatMap((name, i) => (name === column.replace('_', '') ? [i] : []));
    const found =
      own.length > 0 ? own : plain.flatMap((name, i) => (ALIASES[column].includes(name) ? [i] : []));
    const [first, second] = found;
    if (first === undefined) continue;
    places[column] = first;
    found.forEach((i) => taken.add(i));
    const written = fields[first] ?? '';
    if (second !== undefined) twice ??= { column, names: [written, fields[second] ?? ''] };
    if (own.length === 0) aliases.push({ written, column });
  }
  const unknown = fields.filter((field, i) => field !== '' && !taken.has(i));
  return { places, aliases, unknown, ...(twice && { twice }) };
}

/** For hints: every column with the other names that it may have. */
export const KNOWN_COLUMNS = COLUMNS.map(
  (column) => `${column} (or ${ALIASES[column].slice(0, 3).join(', ')})`,
).join(', ');
