/**
 * Does this Minetest (Luanti) server go on sending to whoever asked once? (doc/protocol.txt)
 *
 *     sent      4f 45 74 03 0000 00 01                    protocol id, a player without a number, channel 0, ORIGINAL
 *                                                         without a body: what the public server list sends; 8 bytes
 *     received  4f 45 74 03 0001 00 03 ffdc 00 01 0002    RELIABLE from the server (peer 1): "you are player 2"
 *               4f 45 74 03 0001 00 03 ffdd 00 02         and a PING more every five seconds
 *     sent      4f 45 74 03 0002 00 00 03                 when all is measured: player 2 leaves (DISCO)
 *
 * Whatever is RELIABLE is sent again every 0.5 s until it is acknowledged, or until the player is given up after 30 s: 210
 * datagrams of 12 to 14 bytes. No datagram is larger than 14 bytes, so lists made by size miss it. Since 5.9 nothing is
 * sent again to a player that has not used its number yet.
 */
import type { Exchange } from '../../src/domain/exchange.js';
import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Reading } from '../probe.js';
import { layFields, showHex, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import { emulatedServers } from './emulated-servers.js';
import { texts, textsFor } from './texts.js';

/** src/network/connection.h: PROTOCOL_ID, the peer ids of who has none yet and of the server. */
const PROTOCOL_ID = 0x4f457403;
const [NOBODY, SERVER] = [0, 1];
const [CONTROL, ORIGINAL, RELIABLE] = [0, 1, 3];
const [ACK, SET_PEER_ID, PING, DISCO] = [0, 1, 2, 3];
const TYPES: Readonly<Record<number, string>> = {
  [CONTROL]: 'CONTROL',
  [ORIGINAL]: 'ORIGINAL',
  2: 'SPLIT',
  [RELIABLE]: 'RELIABLE',
};
const CONTROLS: Readonly<Record<number, string>> = {
  [ACK]: 'ACK',
  [SET_PEER_ID]: 'SET_PEER_ID',
  [PING]: 'PING',
  [DISCO]: 'DISCO',
};

export const minetest = defineProbe({
  id: 'minetest',
  protocol: 'minetest',
  port: 30_000,
  standard: 'Minetest 5.6, doc/protocol.txt',
  severity: 'medium',
  inDefault: 'no: game',
  group: 'games',
  // What is not acknowledged comes again every 0.5 s by the server's own clock, which a busy machine slows down.
  quietGapMs: 5000,
  // The server gives a player up after 30 s.
  longestExchangeMs: 45_000,
  report: 'x_minetest',
  texts,
  textsFor,
  sweepForms: [{ name: 'server-check', encode: () => packet(NOBODY, ORIGINAL) }],
  farewell(answer) {
    const message = readMessage(answer);
    return message?.player === undefined ? undefined : packet(message.player, CONTROL, DISCO);
  },
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

/** Protocol id, peer id of the sender, channel 0, type, body. */
function packet(sender: number, ...typeAndBody: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(7 + typeAndBody.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, PROTOCOL_ID);
  view.setUint16(4, sender);
  bytes.set(typeAndBody, 7);
  return bytes;
}

interface Message {
  readonly control: number;
  /** The number that a player is given. */
  readonly player?: number | undefined;
}

/** A control message of a server, by itself or as what is RELIABLE; undefined for anything else. */
function readMessage(payload: Uint8Array): Message | undefined {
  const reader = new Reader(payload);
  const [protocol, sender, channel] = [reader.u32(), reader.u16(), reader.u8()];
  let type = reader.u8();
  if (type === RELIABLE) {
    reader.u16();
    type = reader.u8();
  }
  const control = reader.u8();
  const value = control === SET_PEER_ID || control === ACK ? reader.u16() : undefined;
  const isServers = protocol === PROTOCOL_ID && sender === SERVER && (channel ?? NaN) <= 2;
  if (!reader.ok || reader.remaining > 0 || !isServers || type !== CONTROL) return undefined;
  if (control === undefined || control > DISCO) return undefined;
  return { control, player: control === SET_PEER_ID ? value : undefined };
}

function read(payload: Uint8Array): Reading {
  const message = readMessage(payload);
  if (message === undefined) return { kind: 'unrecognised', why: 'no control message of a Minetest server' };
  if (message.control === DISCO) return { kind: 'refusal', reason: 'disconnects' };
  return { kind: 'answer', facts: { message: CONTROLS[message.control] ?? '' } };
}

function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose }) => purpose === 'measure');
  const answers = measured.map(answersIn).find(({ length }) => length > 0);
  if (answers === undefined) {
    const [reason] = measured.flatMap(refusalsIn);
    return reason === undefined ? { kind: 'nothing' } : { kind: 'refusal', reason };
  }
  const count = (message: string): number => answers.filter((one) => one['message'] === message).length;
  const [welcomes, pings] = [count('SET_PEER_ID'), count('PING')];
  return {
    kind: 'exposure',
    tags: ['minetest'],
    detail: `a player's number came ${welcomes} times, a ping ${pings} times`,
    facts: { welcomes, pings },
  };
}

const HEADER: readonly FieldShape[] = [
  [4, 'protocol id', showHex],
  [2, 'peer id of the sender', ([high = 0, low = 0]) => peerName(high * 256 + low)],
  [1, 'channel'],
];

function peerName(id: number): string {
  return id === NOBODY ? 'none yet' : id === SERVER ? 'the server' : String(id);
}

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload), { rest: 'body' });
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield* HEADER;
  let at = 7;
  if (payload[at] === RELIABLE) {
    yield named('type', TYPES);
    yield [2, 'sequence number'];
    at += 3;
  }
  yield named('type', TYPES);
  if (payload[at] !== CONTROL) return;
  yield named('control', CONTROLS);
  const control = payload[at + 1];
  if (control === ACK) yield [2, 'sequence number acknowledged'];
  if (control === SET_PEER_ID) yield [2, 'peer id of the player'];
}

function named(name: string, names: Readonly<Record<number, string>>): FieldShape {
  return [1, name, ([code = 0]) => `${code}${names[code] === undefined ? '' : ` (${names[code]})`}`];
}
