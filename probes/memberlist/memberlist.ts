/**
 * Does this node of a cluster answer pings of anybody? (HashiCorp memberlist: Serf, Consul, Nomad and others)
 *
 *     sent      00  81 a5 SeqNo ce xxxxxxxx                  ping: MessagePack, a map with the number alone; 13 bytes
 *     received  09  82 a4 Algo 00 a3 Buf da 00b1 …            compressed (LZW): compound of the acknowledgement and of
 *                                                            gossip about nodes; 192 bytes from Serf, 117 without gossip
 *
 * A ping may name the node that it means, and an address and port that the answer is to go to: neither is ever sent, nor is
 * a ping that asks the node to ping another one. A cluster with a key (gossip encryption) is silent. What the gossip says of
 * nodes is not read. Each answer carries waiting gossip away with it, so a later one may be smaller.
 */
import type { Exchange } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Reading } from '../probe.js';
import { layFields, showHex, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import { emulatedServers } from './emulated-servers.js';
import { COMPRESSED, PING, readAck, readFields, TYPES } from './messages.js';
import { describe, texts, textsFor } from './texts.js';

const NONCE_BITS = 30;
/** Set in every number: MessagePack writes a smaller one in fewer bytes, and so would the answer. */
const LARGE = 2 ** NONCE_BITS;

export const memberlist = defineProbe({
  id: 'memberlist',
  protocol: 'memberlist',
  port: 7946,
  standard: 'github.com/hashicorp/memberlist, net.go',
  severity: 'medium',
  inDefault: 'no: specific',
  quietGapMs: 2000,
  report: 'x_memberlist',
  texts,
  textsFor,
  sweepForms: [
    {
      name: 'ping',
      encode(nonce) {
        const request = Buffer.alloc(13);
        request.writeUInt8(PING, 0);
        request.writeUInt8(0x81, 1); // a map of one
        request.write('\u00a5SeqNo', 2, 'latin1'); // a text of five bytes
        request.writeUInt8(0xce, 8); // 32 bits
        request.writeUInt32BE(LARGE + nonce, 9);
        return Uint8Array.from(request);
      },
    },
  ],
  nonce: {
    bits: NONCE_BITS,
    echoed(payload) {
      const { sequence = 0 } = readAck(payload) ?? {};
      return sequence >= LARGE && sequence < 2 * LARGE ? sequence - LARGE : undefined;
    },
  },
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const ack = readAck(payload);
  const asked = readFields(new Reader(request, 1))?.find(({ name }) => name === 'SeqNo')?.value ?? 0;
  if (ack?.sequence !== asked)
    return { kind: 'unrecognised', why: 'no acknowledgement with the number of the ping' };
  return {
    kind: 'answer',
    facts: {
      compressed: ack.isCompressed,
      payload_bytes: ack.payloadBytes,
      gossip: ack.others.map((type) => TYPES[type] ?? String(type)).join('; '),
    },
  };
}

function judge(done: readonly Exchange[]): Judgement {
  const [facts] = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  return facts === undefined
    ? { kind: 'nothing' }
    : { kind: 'exposure', tags: ['memberlist'], detail: describe(facts).en, facts };
}

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

/** What is compressed is shown as one field without its bytes: it may hold names and addresses of other nodes. */
function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield [1, 'message', ([type = 0]) => [type, TYPES[type] ?? ''].join(' ').trim()];
  const fields = readFields(new Reader(payload, 1));
  if (fields === undefined) return;
  yield [1, 'map', showHex];
  for (const { name, bytes, value } of fields) {
    const isHidden = payload[0] === COMPRESSED ? name === 'Buf' : typeof value === 'object';
    const shown = /^[A-Za-z]+$/.test(name) ? name : 'field of another name';
    yield [bytes, shown, isHidden ? 'masked' : () => (typeof value === 'number' ? String(value) : '')];
  }
}
