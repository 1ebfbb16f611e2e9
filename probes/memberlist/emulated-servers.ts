import type { EmulatedServer } from '../probe.js';
import { encodeLzw } from '../wire/lzw.js';
import { Reader } from '../wire/reader.js';
import { PING, readFields } from './messages.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'serf-0.9.4',
    about: 'serf 0.9.4 of Debian 12, just started, so that its own arrival comes along: 192 bytes',
    reply: (request) => answer(request, [ALIVE]),
  },
  {
    name: 'serf-0.9.4-calm',
    about: 'the same after four answers: 117 bytes',
    reply: (request) => answer(request, []),
  },
  {
    name: 'memberlist-encrypted',
    about: 'a node of a cluster with a key, to which nothing without that key is a message: silence',
    reply: () => [],
  },
];

const NUMBER = 0xcb; // 64 bits of floating point
const text = (value: string): Uint8Array => Uint8Array.of(0xa0 + value.length, ...Buffer.from(value));
const float = (value: number): Uint8Array => {
  const bytes = Buffer.alloc(9, NUMBER);
  bytes.writeDoubleBE(value, 1);
  return bytes;
};

/** What Serf puts into an acknowledgement: where it lies in a space of round-trip times. */
const COORDINATES = Buffer.concat([
  Uint8Array.of(1, 0x84),
  text('Adjustment'),
  float(0),
  text('Error'),
  float(1.5),
  text('Height'),
  Buffer.from('cb3ee4f8b588e368f1', 'hex'), // 10 µs
  text('Vec'),
  Uint8Array.of(0x98),
  ...Array.from({ length: 8 }, () => float(0)),
]);

/** About the node itself, at an address of the capture's own link. */
const ALIVE = Buffer.concat([
  Uint8Array.of(4, 0x86),
  text('Addr'),
  Uint8Array.of(0xa4, 10, 99, 7, 1),
  text('Incarnation'),
  Uint8Array.of(1),
  text('Meta'),
  Uint8Array.of(0xa2, 0xff, 0x80),
  text('Node'),
  text('labnode'),
  text('Port'),
  Uint8Array.of(0xcd, 0x1f, 0x0a),
  text('Vsn'),
  Uint8Array.of(0xa6, 1, 5, 2, 2, 5, 5),
]);

function answer(request: Uint8Array, gossip: readonly Uint8Array[]): readonly Uint8Array[] {
  const fields = request[0] === PING ? readFields(new Reader(request, 1)) : undefined;
  const sequence = fields?.find(({ name }) => name === 'SeqNo')?.value ?? 0;
  if (fields === undefined || fields.length > 1 || typeof sequence !== 'number') return [];
  const ack = Buffer.concat([
    Uint8Array.of(2, 0x82),
    text('Payload'),
    Uint8Array.of(0xda, 0, COORDINATES.length),
    COORDINATES,
    text('SeqNo'),
    integer(sequence),
  ]);
  const messages = [ack, ...gossip];
  const lengths = messages.flatMap(({ length }) => [length >> 8, length & 0xff]);
  const whole =
    gossip.length === 0 ? ack : Buffer.concat([Uint8Array.of(7, messages.length, ...lengths), ...messages]);
  const packed = encodeLzw(whole);
  return [
    Buffer.concat([
      Uint8Array.of(9, 0x82),
      text('Algo'),
      Uint8Array.of(0),
      text('Buf'),
      Uint8Array.of(0xda, packed.length >> 8, packed.length & 0xff),
      packed,
    ]),
  ];
}

/** As short as MessagePack has it. */
function integer(value: number): Uint8Array {
  if (value < 0x80) return Uint8Array.of(value);
  if (value < 0x100) return Uint8Array.of(0xcc, value);
  if (value < 0x1_0000) return Uint8Array.of(0xcd, value >> 8, value & 0xff);
  const bytes = Buffer.alloc(5, 0xce);
  bytes.writeUInt32BE(value, 1);
  return bytes;
}
