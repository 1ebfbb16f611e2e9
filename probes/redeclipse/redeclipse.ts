/**
 * Does this Red Eclipse server tell what is played there to anybody? (its server browser asks so: src/game/server.cpp)
 *
 *     sent      81 6f 00 00 01                              an integer that is not 0, in Cube's five bytes: ours to choose
 *     received  81 6f 00 00 01  00 0f  80 e6 00 …  64 65 …  the request whole, players, 15 integers, map, description
 *
 * One byte is answered as well, with four bytes less: 32 bytes for 1 are 32x, and 1.2x on the wire, where both requests
 * fill the smallest frame. Five bytes carry a nonce and bring more there. An integer 0 would ask for the list of players
 * of Sauerbraten, which this server leaves unanswered. The information port is the game's and one more; the port of the
 * LAN, 28799, answers too, from 28802.
 */
import type { Exchange, Facts } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import {
  defineProbe,
  forms,
  joined,
  type Field,
  type Judgement,
  type Reading,
  type Texts,
} from '../probe.js';
import { layFields, showHex, showText, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import { emulatedServers } from './emulated-servers.js';
import { texts } from './texts.js';

const REQUEST_BYTES = 5;
/** Cube writes an integer that does not fit in three bytes as this byte and four more. */
const FOUR_BYTES = 0x81;
const TWO_BYTES = 0x80;
/** No nonce makes the integer 0. */
const NOT_ZERO = 0x40000000;

export const redeclipse = defineProbe({
  id: 'redeclipse',
  protocol: 'redeclipse',
  port: 28802,
  standard: 'Red Eclipse 1.6, src/game/server.cpp',
  severity: 'medium',
  inDefault: 'no: game',
  group: 'games',
  quietGapMs: 2000,
  report: 'x_redeclipse',
  texts,
  textsFor: ({ facts }) => (facts === undefined ? {} : { detail: detailOf(facts) }),
  sweepForms: [
    {
      name: 'five-bytes',
      encode(nonce) {
        const request = new Uint8Array(REQUEST_BYTES);
        request[0] = FOUR_BYTES;
        new DataView(request.buffer).setUint32(1, NOT_ZERO + nonce);
        return request;
      },
    },
  ],
  nonce: {
    bits: 30,
    echoed(payload) {
      if (payload.length <= REQUEST_BYTES || payload[0] !== FOUR_BYTES) return undefined;
      return new DataView(payload.buffer, payload.byteOffset).getUint32(1) % 2 ** 30;
    },
  },
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

/** The integers before the map, in wire order; the second says how many follow it. */
const ATTRIBUTES = [
  'players',
  'how many integers follow',
  'protocol',
  'game mode',
  'mutators',
  'seconds left',
  'maxclients',
  'master mode',
  'variables',
  'modifications',
  'version, major',
  'version, minor',
  'version, patch',
  'platform',
  'architecture',
  'game state',
  'seconds left in this state',
] as const;
const COUNTED_FROM = ATTRIBUTES.indexOf('protocol');

function read(payload: Uint8Array, request: Uint8Array): Reading {
  if (request.length === 0 || !request.every((byte, at) => payload[at] === byte))
    return { kind: 'unrecognised', why: 'not the request first' };
  const reader = new Reader(payload, request.length);
  const values = new Map(ATTRIBUTES.map((name) => [name, integer(reader)] as const));
  if (!reader.ok || values.get('how many integers follow') !== ATTRIBUTES.length - COUNTED_FROM)
    return { kind: 'unrecognised', why: 'not the 15 integers of a Red Eclipse server' };
  const [map, description] = [text(reader), text(reader)];
  if (map === undefined) return { kind: 'unrecognised', why: 'no name of a map' };
  const version = (['version, major', 'version, minor', 'version, patch'] as const).map((part) =>
    values.get(part),
  );
  return {
    kind: 'answer',
    facts: {
      version: version.join('.'),
      players: values.get('players') ?? 0,
      maxclients: values.get('maxclients') ?? 0,
      mapname: map,
      ...(description !== undefined && description !== '' && { description }),
    },
  };
}

/** A signed byte; two bytes behind 0x80, four behind 0x81, little-endian. */
function integer(reader: Reader): number | undefined {
  const first = reader.u8();
  if (first === undefined) return undefined;
  if (first !== TWO_BYTES && first !== FOUR_BYTES) return (first << 24) >> 24;
  const bytes = reader.take(first === TWO_BYTES ? 2 : 4);
  return bytes && Buffer.from(bytes).readIntLE(0, bytes.length);
}

/** MAXSTRLEN of Red Eclipse; a byte a character, up to a zero. */
const LONGEST_TEXT = 512;

function text(reader: Reader): string | undefined {
  let found = '';
  for (let character = reader.u8(); found.length < LONGEST_TEXT; character = reader.u8()) {
    if (character === undefined) return undefined;
    if (character === 0) return found;
    found += String.fromCharCode(character);
  }
  return undefined;
}

function judge(done: readonly Exchange[]): Judgement {
  const [facts] = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  if (!facts) return { kind: 'nothing' };
  return {
    kind: 'exposure',
    tags: ['redeclipse'],
    version: `Red Eclipse ${String(facts['version'])}`,
    detail: detailOf(facts).en,
    facts,
  };
}

function detailOf({ description, mapname, players, maxclients }: Facts): Texts {
  return joined([
    ...(description === undefined
      ? []
      : [{ en: `server "${String(description)}"`, ja: `サーバー名「${String(description)}」` }]),
    { en: `map ${String(mapname)}`, ja: `マップ：${String(mapname)}` },
    {
      en: `${String(players)} of ${String(maxclients)} players`,
      ja: `プレイヤー数：${String(players)}/${String(maxclients)}`,
    },
  ]);
}

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield [lengthAt(payload, 0), 'integer of the request', showHex];
  let at = lengthAt(payload, 0);
  for (const name of ATTRIBUTES) {
    yield [lengthAt(payload, at), name, showInteger];
    at += lengthAt(payload, at);
  }
  for (const name of ['map', 'description']) {
    const end = payload.indexOf(0, at);
    const bytes = (end < 0 ? payload.length : end + 1) - at;
    yield [bytes, name, (field) => showText(field, 0, field.length - 1)];
    at += bytes;
  }
}

function lengthAt(payload: Uint8Array, at: number): number {
  return payload[at] === FOUR_BYTES ? 5 : payload[at] === TWO_BYTES ? 3 : 1;
}

function showInteger(bytes: Uint8Array): string {
  return String(integer(new Reader(bytes)) ?? '');
}
