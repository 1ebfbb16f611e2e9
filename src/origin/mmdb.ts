import { Reader } from 'mmdb-lib';
import type { Response } from 'mmdb-lib';
import type { Address } from '../domain/address.js';
import { formatAddress, formatPrefix, ipv4, ipv6, prefixOf } from '../domain/address.js';
import type { Origin } from '../domain/finding.js';
import { UsageError } from '../domain/usage-error.js';
import { parseAsn } from './owner.js';
import type { OriginTable } from './origin-table.js';

/** The bytes before the metadata: MaxMind DB File Format 2.0, "Database Metadata". */
export const METADATA_MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');

const HINT = 'fetch the file again: GeoLite2-ASN, DB-IP ASN Lite and IPinfo Lite are known to work';

/**
 * A database in MaxMind's format, with the keys of GeoLite2-ASN and DB-IP (`autonomous_system_number`,
 * `autonomous_system_organization`) or of IPinfo (`asn` as "AS64496", `as_name`). Every record is read once
 * when it is opened, so that a damaged file ends a run before its first packet and not after its last.
 * @throws UsageError when it is damaged, or holds no AS numbers.
 */
export function openMmdb(bytes: Uint8Array, file: string): OriginTable {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const reader = new Reader<Response>(buffer);
    const { prefixes, withAsn } = readEverything(reader, buffer);
    if (withAsn === 0)
      throw new UsageError(`${file}: a MaxMind database without AS numbers`, 'give the ASN edition of it');
    return { prefixes, lookup: (address) => lookUp(reader, address) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${file}: a damaged MaxMind database: ${why}`, HINT);
  }
}

function lookUp(reader: Reader<Response>, address: Address): Origin | undefined {
  // mmdb-lib would walk the 32 levels of an IPv4 tree with the first bits of an IPv6 address.
  if (typeof address === 'bigint' && reader.metadata.ipVersion === 4) return undefined;
  const [record, length] = reader.getWithPrefixLength(formatAddress(address));
  const origin = originOf(record);
  return origin && { ...origin, prefix: formatPrefix(prefixOf(address, length)) };
}

function originOf(record: unknown): Origin | undefined {
  const fields = new Map<string, unknown>(Object.entries(record ?? {}));
  const number = fields.get('autonomous_system_number') ?? fields.get('asn');
  const asn = typeof number === 'number' ? number : typeof number === 'string' ? parseAsn(number) : undefined;
  if (asn === undefined || asn === 0) return undefined;
  const name = fields.get('autonomous_system_organization') ?? fields.get('as_name');
  return { asn, ...(typeof name === 'string' && name !== '' && { asName: name }) };
}

/**
 * Walks the search tree, each node once ("Binary Search Tree Section": two records a node; above the node count
 * a record points to data), counts its networks and reads each of their records once.
 */
function readEverything(reader: Reader<Response>, buffer: Buffer): { prefixes: number; withAsn: number } {
  const { nodeCount, recordSize, searchTreeSize, ipVersion } = reader.metadata;
  const bits = ipVersion === 4 ? 32 : 128;
  if (!(nodeCount > 0) || searchTreeSize > buffer.length) throw new Error('the search tree is cut short');
  const seenNodes = new Uint8Array(nodeCount);
  const seenRecords = new Set<number>();
  let prefixes = 0;
  let withAsn = 0;
  const visit = (node: number, path: bigint, depth: number): void => {
    if (depth >= bits) throw new Error('the search tree is too deep');
    seenNodes[node] = 1;
    for (const side of [0, 1] as const) {
      const record = recordAt(buffer, recordSize, node, side);
      const branch = (path << 1n) | BigInt(side);
      if (record < nodeCount) {
        // Databases let ::ffff:0:0/96 and 2002::/16 share the nodes of IPv4.
        if (seenNodes[record] === 0) visit(record, branch, depth + 1);
      } else if (record > nodeCount) {
        prefixes++;
        if (seenRecords.has(record)) continue;
        seenRecords.add(record);
        const first = branch << BigInt(bits - depth - 1);
        const address = bits === 32 ? ipv4(Number(first)) : ipv6(first);
        if (originOf(reader.get(formatAddress(address)))) withAsn++;
      }
    }
  };
  visit(0, 0n, 0);
  return { prefixes, withAsn };
}

/** One of the two records of a node, of 24, 28 or 32 bits ("Node Layout"). */
function recordAt(buffer: Buffer, recordSize: number, node: number, side: 0 | 1): number {
  const offset = (node * recordSize) / 4;
  if (recordSize === 24) return buffer.readUIntBE(offset + 3 * side, 3);
  if (recordSize === 32) return buffer.readUInt32BE(offset + 4 * side);
  // 28 bits: the byte in the middle holds the highest four bits of both.
  const middle = buffer.readUInt8(offset + 3);
  const high = side === 0 ? middle >>> 4 : middle & 15;
  return high * 2 ** 24 + buffer.readUIntBE(offset + 4 * side, 3);
}
