import type { Prefix } from '../../src/domain/address.js';

type Value = string | number | { readonly [key: string]: Value };
type Node = [Branch, Branch];
type Branch = Node | { readonly data: number } | undefined;

/**
 * Writes a small database in MaxMind's format (MaxMind DB File Format Specification 2.0), to test its reader by.
 * IPv4 networks lie at ::/96 of an IPv6 tree, and ::ffff:0:0/96 shares their nodes as in GeoLite2.
 */
export function writeMmdb(
  networks: readonly { readonly prefix: Prefix; readonly record: Value }[],
  { ipVersion, recordSize }: { readonly ipVersion: 4 | 6; readonly recordSize: 24 | 28 | 32 },
): Buffer {
  const root: Node = [undefined, undefined];
  const data: Buffer[] = [];
  const offsets = new Map<string, number>();
  let dataBytes = 0;
  for (const { prefix, record } of networks) {
    const key = JSON.stringify(record);
    let offset = offsets.get(key);
    if (offset === undefined) {
      offset = dataBytes;
      const bytes = encode(record);
      data.push(bytes);
      dataBytes += bytes.length;
      offsets.set(key, offset);
    }
    insert(root, bitsOf(prefix, ipVersion), { data: offset });
  }
  if (ipVersion === 6) {
    const ipv4 = branchAt(root, '0'.repeat(96));
    if (ipv4) insert(root, '0'.repeat(80) + '1'.repeat(16), ipv4);
  }
  const nodes = numbered(root);
  const count = nodes.size;
  const pointer = (branch: Branch): number =>
    branch === undefined
      ? count
      : Array.isArray(branch)
        ? (nodes.get(branch) ?? count)
        : count + 16 + branch.data;
  const tree = [...nodes.keys()].map(([left, right]) => nodeBytes(pointer(left), pointer(right), recordSize));
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_700_000_000,
    database_type: 'Test-ASN',
    ip_version: ipVersion,
    node_count: count,
    record_size: recordSize,
  });
  const marker = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
  return Buffer.concat([...tree, Buffer.alloc(16), ...data, marker, metadata]);
}

function bitsOf({ first, length }: Prefix, ipVersion: 4 | 6): string {
  const bits = first
    .toString(2)
    .padStart(typeof first === 'number' ? 32 : 128, '0')
    .slice(0, length);
  return ipVersion === 6 && typeof first === 'number' ? '0'.repeat(96) + bits : bits;
}

function insert(root: Node, bits: string, leaf: Branch): void {
  let node = root;
  for (const bit of bits.slice(0, -1)) {
    const side = bit === '1' ? 1 : 0;
    const next = node[side];
    if (next !== undefined && !Array.isArray(next)) throw new Error('networks must not overlap');
    const below: Node = next ?? [undefined, undefined];
    node[side] = below;
    node = below;
  }
  node[bits.endsWith('1') ? 1 : 0] = leaf;
}

function branchAt(root: Node, bits: string): Branch {
  let branch: Branch = root;
  for (const bit of bits) branch = Array.isArray(branch) ? branch[bit === '1' ? 1 : 0] : undefined;
  return branch;
}

function numbered(root: Node): Map<Node, number> {
  const nodes = new Map<Node, number>();
  const visit = (branch: Branch): void => {
    if (!Array.isArray(branch) || nodes.has(branch)) return;
    nodes.set(branch, nodes.size);
    branch.forEach(visit);
  };
  visit(root);
  return nodes;
}

function nodeBytes(left: number, right: number, recordSize: 24 | 28 | 32): Buffer {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  if (recordSize !== 28) return Buffer.from(hex(left, recordSize / 4) + hex(right, recordSize / 4), 'hex');
  const [l, r] = [hex(left, 7), hex(right, 7)];
  return Buffer.from(l.slice(1) + l.slice(0, 1) + r.slice(0, 1) + r.slice(1), 'hex');
}

/** Maps (type 7), UTF-8 strings (2) of at most 284 bytes, and unsigned 32-bit integers (6). */
function encode(value: Value): Buffer {
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    // From 29 bytes on, the size is 29 plus the byte that follows.
    const size = bytes.length < 29 ? [(2 << 5) | bytes.length] : [(2 << 5) | 29, bytes.length - 29];
    return Buffer.concat([Buffer.from(size), bytes]);
  }
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([Buffer.of((6 << 5) | 4), bytes]);
  }
  const entries = Object.entries(value);
  return Buffer.concat([
    Buffer.of((7 << 5) | entries.length),
    ...entries.flatMap(([key, part]) => [encode(key), encode(part)]),
  ]);
}
