import { formatAddress, ipv6 } from '../../src/domain/address.js';

/** One Ethernet frame as it was captured, as far as the tests look into it. */
export interface Frame {
  /** Microseconds since the Unix epoch. */
  readonly tsMicros: number;
  /** On the link, with the frame check sequence that a capture does not show and padded to 64 bytes. */
  readonly wireBytes: number;
  /** For ARP the addresses of sender and target. Undefined for what is neither IP nor ARP. */
  readonly packet?: {
    readonly kind: 'ipv4' | 'ipv6' | 'arp';
    readonly source: string;
    readonly destination: string;
    /** The IP protocol number, behind a fragment header where there is one; 0 for ARP. */
    readonly protocol: number;
  };
}

/** One UDP datagram, put together from its fragments. */
export interface CapturedDatagram {
  /** When its first fragment was seen. */
  readonly tsMicros: number;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  /** The UDP payload, in as many bytes as were captured. */
  readonly payload: Uint8Array;
  /** Fragments counted. */
  readonly ipPackets: number;
  readonly wireBytes: number;
  /** Whether every fragment was seen, and exactly once. */
  readonly complete: boolean;
}

export interface Pcap {
  readonly frames: readonly Frame[];
  /** In the order of their first fragments. */
  readonly datagrams: readonly CapturedDatagram[];
}

interface Fragment {
  readonly tsMicros: number;
  readonly wireBytes: number;
  readonly source: string;
  readonly destination: string;
  readonly identification: number;
  readonly offset: number;
  readonly more: boolean;
  readonly bytes: Uint8Array;
}

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const ETHERNET_HEADER = 14;
const UDP_HEADER = 8;
const IPV6_HEADER = 40;
const FRAGMENT_HEADER = 8;
/** The number of the fragment header in the field before it. */
const FRAGMENT = 44;
const UDP = 17;

/**
 * Reads a capture file of tcpdump's (little-endian, microseconds, Ethernet or loopback, whole packets). A file
 * that is still being written may end in the middle of a record: that record is left out.
 * @throws Error for any other kind of file, and for a frame that was not captured whole.
 */
export function readPcap(file: Uint8Array): Pcap {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < FILE_HEADER) return { frames: [], datagrams: [] };
  if (view.getUint32(0, true) !== 0xa1b2c3d4)
    throw new Error('no little-endian capture file with microseconds');
  if (view.getUint32(20, true) !== 1)
    throw new Error(`not captured on Ethernet: link type ${view.getUint32(20, true)}`);
  const frames: Frame[] = [];
  const fragments: Fragment[] = [];
  for (let at = FILE_HEADER; at + RECORD_HEADER <= file.length;) {
    const captured = view.getUint32(at + 8, true);
    const length = view.getUint32(at + 12, true);
    if (at + RECORD_HEADER + captured > file.length) break;
    if (captured !== length) throw new Error(`a frame of ${length} bytes was captured as ${captured}`);
    const tsMicros = view.getUint32(at, true) * 1e6 + view.getUint32(at + 4, true);
    readFrame(tsMicros, file.subarray(at + RECORD_HEADER, at + RECORD_HEADER + captured), frames, fragments);
    at += RECORD_HEADER + captured;
  }
  return { frames, datagrams: assemble(fragments) };
}

/** Ethernet II, then IPv4 (RFC 791 §3.1), IPv6 (RFC 8200 §3) or ARP (RFC 826). */
function readFrame(tsMicros: number, frame: Uint8Array, frames: Frame[], fragments: Fragment[]): void {
  const wireBytes = Math.max(64, frame.length + 4);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const type = frame.length >= ETHERNET_HEADER + 20 ? view.getUint16(12) : 0;
  if (type === 0x0806) {
    const [source, destination] = [dotted(frame, ETHERNET_HEADER + 14), dotted(frame, ETHERNET_HEADER + 24)];
    frames.push({ tsMicros, wireBytes, packet: { kind: 'arp', source, destination, protocol: 0 } });
    return;
  }
  if (type === 0x86dd && frame.length >= ETHERNET_HEADER + IPV6_HEADER) {
    readIpv6(tsMicros, frame, frames, fragments);
    return;
  }
  if (type !== 0x0800) {
    frames.push({ tsMicros, wireBytes });
    return;
  }
  const ip = ETHERNET_HEADER;
  const protocol = view.getUint8(ip + 9);
  const [source, destination] = [dotted(frame, ip + 12), dotted(frame, ip + 16)];
  frames.push({ tsMicros, wireBytes, packet: { kind: 'ipv4', source, destination, protocol } });
  if (protocol !== UDP) return;
  const headerBytes = (view.getUint8(ip) & 0x0f) * 4;
  const flags = view.getUint16(ip + 6);
  fragments.push({
    tsMicros,
    wireBytes,
    source,
    destination,
    identification: view.getUint16(ip + 4),
    offset: (flags & 0x1fff) * 8,
    more: (flags & 0x2000) !== 0,
    // The total length, not the frame's end: short frames may carry padding.
    bytes: frame.subarray(ip + headerBytes, ip + view.getUint16(ip + 2)),
  });
}

/** RFC 8200 §3 and §4.5: no other extension header but the fragment header comes before the UDP of a test. */
function readIpv6(tsMicros: number, frame: Uint8Array, frames: Frame[], fragments: Fragment[]): void {
  const wireBytes = Math.max(64, frame.length + 4);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const ip = ETHERNET_HEADER;
  const end = ip + IPV6_HEADER + view.getUint16(ip + 4);
  const isFragment = view.getUint8(ip + 6) === FRAGMENT && frame.length >= ip + IPV6_HEADER + FRAGMENT_HEADER;
  const header = ip + IPV6_HEADER;
  const protocol = isFragment ? view.getUint8(header) : view.getUint8(ip + 6);
  const [source, destination] = [groupsOf(frame, ip + 8), groupsOf(frame, ip + 24)];
  frames.push({ tsMicros, wireBytes, packet: { kind: 'ipv6', source, destination, protocol } });
  if (protocol !== UDP) return;
  const place = isFragment ? view.getUint16(header + 2) : 0;
  fragments.push({
    tsMicros,
    wireBytes,
    source,
    destination,
    identification: isFragment ? view.getUint32(header + 4) : 0,
    offset: place & 0xfff8,
    more: (place & 1) !== 0,
    bytes: frame.subarray(isFragment ? header + FRAGMENT_HEADER : header, end),
  });
}

/** Fragments of one datagram share source, destination and identification; once it is whole, the next begins. */
function assemble(fragments: readonly Fragment[]): CapturedDatagram[] {
  const groups: Fragment[][] = [];
  const open = new Map<string, Fragment[]>();
  for (const fragment of fragments) {
    const key = `${fragment.source} ${fragment.destination} ${fragment.identification}`;
    const group = open.get(key) ?? [];
    if (group.length === 0) {
      groups.push(group);
      open.set(key, group);
    }
    group.push(fragment);
    if (isWhole(group)) open.delete(key);
  }
  return groups.map(datagramOf).filter((datagram) => datagram !== undefined);
}

function isWhole(group: readonly Fragment[]): boolean {
  const sorted = [...group].sort((a, b) => a.offset - b.offset);
  let end = 0;
  for (const { offset, bytes } of sorted) {
    if (offset !== end) return false;
    end += bytes.length;
  }
  return sorted.at(-1)?.more === false;
}

/** Undefined where the fragment with the ports is missing: that can be no datagram of a test's. */
function datagramOf(group: readonly Fragment[]): CapturedDatagram | undefined {
  const sorted = [...group].sort((a, b) => a.offset - b.offset);
  const [first] = sorted;
  const [seenFirst] = group;
  if (first === undefined || seenFirst === undefined || first.offset !== 0 || first.bytes.length < UDP_HEADER)
    return undefined;
  const bytes = Buffer.concat(sorted.map((fragment) => fragment.bytes));
  return {
    tsMicros: seenFirst.tsMicros,
    source: first.source,
    sourcePort: bytes.readUInt16BE(0),
    destination: first.destination,
    destinationPort: bytes.readUInt16BE(2),
    payload: bytes.subarray(UDP_HEADER),
    ipPackets: group.length,
    wireBytes: group.reduce((sum, { wireBytes }) => sum + wireBytes, 0),
    complete: isWhole(group) && bytes.readUInt16BE(4) === bytes.length,
  };
}

function dotted(bytes: Uint8Array, at: number): string {
  return bytes.subarray(at, at + 4).join('.');
}

function groupsOf(bytes: Uint8Array, at: number): string {
  return formatAddress(ipv6(BigInt(`0x${Buffer.from(bytes.subarray(at, at + 16)).toString('hex')}`)));
}
