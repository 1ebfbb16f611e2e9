import { parseAddress } from '../domain/address.js';
import { UsageError } from '../domain/usage-error.js';
import { refuseUtf16 } from '../domain/utf8.js';
import type { MapLine } from './map-lines.js';
import { lineError } from './map-lines.js';
import { METADATA_MARKER } from './mmdb.js';
import { KNOWN_COLUMNS, readHeader } from './map-columns.js';
import { beginsOperatorMap, fieldsOf } from './operator-map.js';

/** Who wrote the file, and how. Stands in run.json. */
export type AsnMapFormat = 'operator-map' | 'pfx2as' | 'ip2asn' | 'mmdb';

const HINT =
  'known are CSV (prefix,asn,as_name,customer), CAIDA pfx2as, iptoasn.com TSV and MaxMind .mmdb, plain or gzip';

/**
 * Tells the format of an unpacked AS map from its content, for file names say little: a MaxMind database by the
 * marker of its metadata, text by its first line of data.
 * @throws UsageError when it is none of them, or empty.
 */
export function detectFormat(bytes: Uint8Array, lines: Iterable<MapLine>, file: string): AsnMapFormat {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // "Database Metadata": the last occurrence of the marker, in the last 128 KiB of the file.
  if (buffer.subarray(-METADATA_SEARCH_BYTES).includes(METADATA_MARKER)) return 'mmdb';
  refuseUtf16(bytes, file);
  if (buffer.subarray(0, BINARY_SEARCH_BYTES).includes(0))
    throw new UsageError(`${file}: neither text nor a MaxMind database`, HINT);
  for (const line of lines) {
    const format = formatOfLine(line.text);
    if (format === undefined) throw unknownFormat(line, file);
    return format;
  }
  throw new UsageError(`${file}: holds no line of data`, HINT);
}

const METADATA_SEARCH_BYTES = 128 * 1024;
const BINARY_SEARCH_BYTES = 4096;

function formatOfLine(text: string): AsnMapFormat | undefined {
  const [first = '', second = '', ...rest] = text.split('\t');
  if (rest.length > 0 && parseAddress(first) !== undefined)
    return parseAddress(second) === undefined ? 'pfx2as' : 'ip2asn';
  return beginsOperatorMap(fieldsOf(text)) ? 'operator-map' : undefined;
}

const SEPARATORS = [
  { sign: ';', name: 'semicolons' },
  { sign: '\t', name: 'tabs' },
  { sign: '|', name: 'vertical bars' },
];

function unknownFormat(line: MapLine, file: string): UsageError {
  const other = SEPARATORS.find(
    ({ sign }) =>
      beginsOperatorMap(fieldsOf(line.text, sign)) || line.text.trim().toLowerCase() === `sep=${sign}`.trim(),
  );
  if (other !== undefined)
    return lineError(
      file,
      line,
      `${other.name} stand between the fields, not commas`,
      'save it as CSV with commas: a spreadsheet asks for the separator, or takes it from the region of the system',
    );
  const fields = fieldsOf(line.text);
  const { places } = readHeader(fields);
  if (Object.keys(places).length > 0)
    return lineError(
      file,
      line,
      `no column is called prefix: there are ${fields.map((name) => `"${name}"`).join(', ')}`,
      `known are ${KNOWN_COLUMNS}`,
    );
  return lineError(file, line, 'no known kind of AS map begins so', HINT);
}
