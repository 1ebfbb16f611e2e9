import type { Address } from '../domain/address.js';
import { errorCode } from '../domain/error-code.js';
import type { Origin } from '../domain/finding.js';
import { UsageError } from '../domain/usage-error.js';
import { decodeUtf8 } from '../domain/utf8.js';
import { readBytes } from '../read-bytes.js';
import type { AsnMapFormat } from './detect.js';
import { detectFormat } from './detect.js';
import { gunzip } from './gunzip.js';
import { readIp2asn } from './ip2asn.js';
import { mapLines } from './map-lines.js';
import { openMmdb } from './mmdb.js';
import { readOperatorMap } from './operator-map.js';
import type { OriginTable } from './origin-table.js';
import { createOriginTable } from './origin-table.js';
import { readPfx2as } from './pfx2as.js';

/** One source of origins: which AS announces an address, and whose it is. */
export interface AsnMap {
  /** As the user wrote it: the name in run.json and in errors. */
  readonly name: string;
  readonly format: AsnMapFormat;
  /** Distinct networks or ranges in it. */
  readonly prefixes: number;
  /** What its author should know of how it was read: names of columns that were taken for others. */
  readonly notes: readonly string[];
  /** By longest match, with the `prefix` that matched. Undefined where the map does not say. */
  lookup(address: Address): Origin | undefined;
}

/** The largest known map unpacks to some 50 MiB; Node's own limit would be 4 GiB. */
const MAX_UNPACKED_BYTES = 2 ** 30;

/**
 * Opens an AS map, plain or gzip, and tells its format from its content.
 * @param name stands in errors.
 * @throws UsageError when it is no AS map or is damaged: with file and line where it has lines.
 */
export function openAsnMap(bytes: Uint8Array, name: string): AsnMap {
  const content = gunzip(bytes, name, MAX_UNPACKED_BYTES);
  const format = detectFormat(content, mapLines(content, name), name);
  return { name, format, ...openTable(content, format, name) };
}

/**
 * Reads and opens the AS map at this path.
 * @throws UsageError as openAsnMap, and when it cannot be read; what `stop` says when it comes first.
 */
export async function readAsnMap(path: string, stop?: AbortSignal): Promise<AsnMap> {
  let bytes: Uint8Array;
  try {
    bytes = await readBytes(path, stop);
  } catch (error) {
    stop?.throwIfAborted();
    const why = errorCode(error);
    throw new UsageError(`${path}: cannot be read: ${why}`, 'name a readable file with --asn-map');
  }
  return openAsnMap(bytes, path);
}

function openTable(
  content: Uint8Array,
  format: AsnMapFormat,
  name: string,
): OriginTable & Pick<AsnMap, 'notes'> {
  switch (format) {
    case 'mmdb':
      return { ...openMmdb(content, name), notes: [] };
    case 'operator-map': {
      const { ranges, notes } = readOperatorMap(decodeUtf8(content, name), name);
      return { ...createOriginTable(ranges), notes };
    }
    case 'pfx2as':
      return { ...createOriginTable(readPfx2as(mapLines(content, name), name)), notes: [] };
    case 'ip2asn':
      return { ...createOriginTable(readIp2asn(mapLines(content, name), name)), notes: [] };
  }
}
