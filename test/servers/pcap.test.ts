import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { trafficOf } from '../../src/domain/exchange.js';
import { readPcap } from './pcap.js';

describe('the capture reader', () => {
  it('puts fragments together to the datagram that was sent, in whatever order they came', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 9000 }),
        fc.integer({ min: 0, max: 1000 }),
        (payload, shuffle) => {
          for (const family of [framesOf, ipv6FramesOf]) {
            const frames = rotate(family(payload, { identification: 7 }), shuffle);
            const { datagrams } = readPcap(pcapOf(frames));
            assert.equal(datagrams.length, 1);
            assert.deepEqual(Buffer.from(datagrams[0]?.payload ?? []), Buffer.from(payload));
            assert.equal(datagrams[0]?.complete, true);
          }
        },
      ),
    );
  });

  it('counts the same IP packets and wire bytes as the formula of the domain, at every size around a fragment', () => {
    for (const size of [0, 1, 17, 18, 19, 1471, 1472, 1473, 2951, 2952, 2953, 44_808]) {
      const [datagram] = readPcap(pcapOf(framesOf(new Uint8Array(size), { identification: 1 }))).datagrams;
      const { ipPackets, wireBytes } = trafficOf(size, 4);
      assert.deepEqual([datagram?.ipPackets, datagram?.wireBytes], [ipPackets, wireBytes], `${size} bytes`);
    }
    for (const size of [0, 1, 1451, 1452, 1453, 2887, 2888, 2889, 44_808]) {
      const [datagram] = readPcap(
        pcapOf(ipv6FramesOf(new Uint8Array(size), { identification: 1 })),
      ).datagrams;
      const { ipPackets, wireBytes } = trafficOf(size, 6);
      assert.deepEqual([datagram?.ipPackets, datagram?.wireBytes], [ipPackets, wireBytes], `${size} bytes`);
    }
  });

  it('names the ends of a datagram and when its first fragment was seen', () => {
    const [datagram] = readPcap(pcapOf(framesOf(new Uint8Array(3000), { identification: 1 }))).datagrams;
    const { source, sourcePort, destination, destinationPort, tsMicros } = datagram ?? {};
    assert.deepEqual(
      [source, sourcePort, destination, destinationPort],
      ['192.0.2.10', 53, '192.0.2.1', 40_000],
    );
    assert.equal(tsMicros, 1_000_000);
  });

  it('names the ends of a datagram over IPv6', () => {
    const [datagram] = readPcap(pcapOf(ipv6FramesOf(new Uint8Array(3000), { identification: 1 }))).datagrams;
    const { source, sourcePort, destination, destinationPort } = datagram ?? {};
    assert.deepEqual(
      [source, sourcePort, destination, destinationPort],
      ['2001:db8::10', 53, '2001:db8::1', 40_000],
    );
  });

  it('keeps two datagrams apart that carry the same identification one after the other', () => {
    const frames = [
      ...framesOf(filled(3000, 1), { identification: 9 }),
      ...framesOf(filled(3000, 2), { identification: 9 }),
    ];
    const { datagrams } = readPcap(pcapOf(frames));
    assert.deepEqual(
      datagrams.map(({ payload, complete }) => [payload[0], payload.at(-1), complete]),
      [
        [1, 1, true],
        [2, 2, true],
      ],
    );
  });

  it('calls a datagram incomplete that lost a fragment, and does not show one without its ports', () => {
    const frames = framesOf(new Uint8Array(4000), { identification: 1 });
    assert.equal(readPcap(pcapOf(frames.slice(0, -1))).datagrams[0]?.complete, false);
    assert.equal(readPcap(pcapOf([...frames.slice(0, 1), ...frames.slice(2)])).datagrams[0]?.complete, false);
    assert.deepEqual(readPcap(pcapOf(frames.slice(1))).datagrams, []);
  });

  it('leaves out a record that is still being written, at every length', () => {
    const frames = framesOf(new Uint8Array(100), { identification: 1 });
    const one = pcapOf(frames);
    const two = pcapOf([...frames, ...frames]);
    for (let length = 0; length < two.length; length++) {
      const expected = length < one.length ? 0 : 1;
      assert.equal(readPcap(two.subarray(0, length)).frames.length, expected, `${length} bytes`);
    }
    assert.equal(readPcap(two).frames.length, 2);
  });

  it('refuses what is no whole capture on Ethernet', () => {
    const file = pcapOf(framesOf(new Uint8Array(10), { identification: 1 }));
    const changed = (at: number, value: number): Buffer => {
      const copy = Buffer.from(file);
      copy.writeUInt32LE(value, at);
      return copy;
    };
    assert.throws(() => readPcap(changed(0, 0x0a0d0d0a)), /no little-endian capture/);
    assert.throws(() => readPcap(changed(20, 113)), /link type 113/);
    assert.throws(() => readPcap(changed(24 + 12, 9999)), /captured as/);
  });

  it('shows the addresses of ARP requests, and other frames without any', () => {
    const arp = Buffer.alloc(60);
    arp.writeUInt16BE(0x0806, 12);
    arp.set([192, 0, 2, 10], 14 + 14);
    arp.set([203, 0, 113, 9], 14 + 24);
    const lldp = Buffer.alloc(60);
    lldp.writeUInt16BE(0x88cc, 12);
    const { frames } = readPcap(pcapOf([arp, lldp]));
    assert.deepEqual(frames[0]?.packet, {
      kind: 'arp',
      source: '192.0.2.10',
      destination: '203.0.113.9',
      protocol: 0,
    });
    assert.equal(frames[1]?.packet, undefined);
  });
});

/** The frames of one UDP datagram from 192.0.2.10:53 to 192.0.2.1:40000 on a link of 1,500 bytes. */
function framesOf(payload: Uint8Array, { identification }: { readonly identification: number }): Buffer[] {
  const segment = Buffer.alloc(8 + payload.length);
  segment.writeUInt16BE(53, 0);
  segment.writeUInt16BE(40_000, 2);
  segment.writeUInt16BE(segment.length, 4);
  segment.set(payload, 8);
  const frames: Buffer[] = [];
  for (let offset = 0; offset < segment.length; offset += 1480) {
    const piece = segment.subarray(offset, offset + 1480);
    const header = Buffer.alloc(34);
    header.writeUInt16BE(0x0800, 12);
    header.writeUInt8(0x45, 14);
    header.writeUInt16BE(20 + piece.length, 16);
    header.writeUInt16BE(identification, 18);
    header.writeUInt16BE(offset / 8 + (offset + 1480 < segment.length ? 0x2000 : 0), 20);
    header.writeUInt8(17, 23);
    header.set([192, 0, 2, 10], 26);
    header.set([192, 0, 2, 1], 30);
    frames.push(Buffer.concat([header, piece]));
  }
  return frames;
}

/** The same over IPv6, from [2001:db8::10]:53 to [2001:db8::1]:40000; a fragment header only where one is needed. */
function ipv6FramesOf(
  payload: Uint8Array,
  { identification }: { readonly identification: number },
): Buffer[] {
  const segment = Buffer.alloc(8 + payload.length);
  segment.writeUInt16BE(53, 0);
  segment.writeUInt16BE(40_000, 2);
  segment.writeUInt16BE(segment.length, 4);
  segment.set(payload, 8);
  const isWhole = segment.length <= 1460;
  const frames: Buffer[] = [];
  for (let offset = 0; offset < segment.length; offset += isWhole ? 1460 : 1448) {
    const piece = segment.subarray(offset, offset + (isWhole ? 1460 : 1448));
    const header = Buffer.alloc(isWhole ? 54 : 62);
    header.writeUInt16BE(0x86dd, 12);
    header.writeUInt8(0x60, 14);
    header.writeUInt16BE(piece.length + (isWhole ? 0 : 8), 18);
    header.writeUInt8(isWhole ? 17 : 44, 20);
    header.set(Buffer.from('20010db8000000000000000000000010', 'hex'), 22);
    header.set(Buffer.from('20010db8000000000000000000000001', 'hex'), 38);
    if (!isWhole) {
      header.writeUInt8(17, 54);
      header.writeUInt16BE(offset + (offset + 1448 < segment.length ? 1 : 0), 56);
      header.writeUInt32BE(identification, 58);
    }
    frames.push(Buffer.concat([header, piece]));
  }
  return frames;
}

/** A capture file with one frame a second, the first at second 1. */
function pcapOf(frames: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt32LE(1, 20);
  const records = frames.flatMap((frame, i) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(i + 1, 0);
    record.writeUInt32LE(frame.length, 8);
    record.writeUInt32LE(frame.length, 12);
    return [record, frame];
  });
  return Buffer.concat([header, ...records]);
}

function filled(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value);
}

function rotate<T>(list: readonly T[], by: number): T[] {
  const at = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
