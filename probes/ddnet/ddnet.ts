/**
 * Does this DDNet or Teeworlds 0.6 server describe itself to anybody? (doc of libtw2: Teeworlds 0.6 connless packets)
 *
 *     sent      78 65 xxxx 0000 ffffffff 67696533 00           connless, 16 bits of token, "gie3", 8 bits more; 15 bytes
 *     received  ff…ff 69657874 "10596930␀0.6.4, 16.4␀lab␀…"    "iext", the token in decimal, version, name, map, players
 *
 * A server older than DDNet's extension sees eight bits of the token alone, and answers "inf3". Teeworlds 0.7 on the same
 * port is silent: it asks for a token in a request of 520 bytes first, and sends 12.
 */
import type { Exchange } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Reading } from '../probe.js';
import { latin1, layFields, showHex, showText, type FieldShape } from '../wire/fields.js';
import { emulatedServers } from './emulated-servers.js';
import { texts, textsFor } from './texts.js';

const REQUEST_BYTES = 15;
const [ASKED_AT, TOKEN_AT] = [10, 14];
const QUESTION = Buffer.from('gie3');
/** Before the texts of an answer: ten times ff, then which one it is. */
const ANSWER_HEAD_BYTES = 14;
/** Most of an answer that is read: no text before the players is longer. */
const MOST_BYTES_READ = 1024;

export const ddnet = defineProbe({
  id: 'ddnet',
  protocol: 'ddnet',
  port: 8303,
  standard: 'Teeworlds 0.6, DDNet 11 (iext)',
  severity: 'medium',
  inDefault: 'no: game',
  group: 'games',
  quietGapMs: 2000,
  report: 'x_ddnet',
  texts,
  textsFor,
  sweepForms: [
    {
      name: 'server-info',
      encode(nonce) {
        const request = Buffer.alloc(REQUEST_BYTES, 0xff);
        request.set([0x78, 0x65]); // connless by its flags, and the mark of the extension
        request.writeUInt16BE(nonce, 2); // token, first two bytes
        request.writeUInt16BE(0, 4); // reserved
        request.set(QUESTION, ASKED_AT);
        request.writeUInt8(0, TOKEN_AT); // token, last byte: all that a server without the extension sees
        return Uint8Array.from(request);
      },
    },
  ],
  nonce: {
    bits: 16,
    echoed(payload) {
      const answer = answerOf(payload);
      return answer?.kind === 'iext' && answer.token < 2 ** 24 ? answer.token >> 8 : undefined;
    },
  },
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

interface Answer {
  /** Extended, or as it was before DDNet. */
  readonly kind: 'iext' | 'inf3';
  readonly token: number;
  /** Behind the token. */
  readonly texts: readonly string[];
}

function answerOf(payload: Uint8Array): Answer | undefined {
  const kind = kindOf(payload);
  if (kind === undefined) return undefined;
  const [token = '', ...rest] = latin1(payload.subarray(ANSWER_HEAD_BYTES, MOST_BYTES_READ)).split('\0');
  return /^(0|[1-9]\d{0,7})$/.test(token) ? { kind, token: Number(token), texts: rest } : undefined;
}

function kindOf(payload: Uint8Array): Answer['kind'] | undefined {
  if (payload.length <= ANSWER_HEAD_BYTES) return undefined;
  if (!payload.subarray(0, ASKED_AT).every((byte) => byte === 0xff)) return undefined;
  const word = latin1(payload.subarray(ASKED_AT, ANSWER_HEAD_BYTES));
  return word === 'iext' || word === 'inf3' ? word : undefined;
}

/** Which of the texts behind the token is what: the extension has CRC and size of the map besides. */
const PLACES = {
  iext: { version: 0, name: 1, map: 2, game: 5, players: 7, most: 8 },
  inf3: { version: 0, name: 1, map: 2, game: 3, players: 5, most: 6 },
} as const;

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const answer = answerOf(payload);
  const [first = 0, second = 0, last = 0] = [request[2], request[3], request[TOKEN_AT]];
  const asked = { iext: (first << 16) | (second << 8) | last, inf3: last };
  if (!answer || answer.token !== asked[answer.kind])
    return { kind: 'unrecognised', why: 'no server information with the token of the request' };
  const { version, name, map, game, players, most } = PLACES[answer.kind];
  const [shown, count] = [answer.texts[version], answer.texts[players]];
  if (shown === undefined || count === undefined || !/^\d{1,4}$/.test(count))
    return { kind: 'unrecognised', why: 'server information without a version and a number of players' };
  return {
    kind: 'answer',
    facts: {
      information: answer.kind === 'iext' ? 'extended' : 'old',
      version: shown,
      name: answer.texts[name] ?? '',
      map: answer.texts[map] ?? '',
      game: answer.texts[game] ?? '',
      players: Number(count),
      most_players: Number(answer.texts[most]?.slice(0, 4)) || 0,
    },
  };
}

function judge(done: readonly Exchange[]): Judgement {
  const [found] = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  if (found === undefined) return { kind: 'nothing' };
  return {
    kind: 'exposure',
    tags: ['ddnet'],
    version: `Teeworlds ${String(found['version'])}`,
    detail: `${String(found['players'])} of at most ${String(found['most_players'])} players`,
    facts: found,
  };
}

const REQUEST: readonly FieldShape[] = [
  [2, 'flags and extension', showHex],
  [2, 'token, first two bytes'],
  [2, 'reserved'],
  [4, 'ff', showHex],
  [4, 'question', showText],
  [1, 'token, last byte'],
];
const NAMES = {
  iext: 'token,version,name,map,CRC of the map,size of the map,game,flags,players,most players,clients,most clients',
  inf3: 'token,version,name,map,game,flags,players,most players,clients,most clients',
} as const;

function dissect(payload: Uint8Array): readonly Field[] {
  const kind = kindOf(payload);
  return layFields(payload, kind === undefined ? REQUEST : shapesOf(payload, kind), { rest: 'players' });
}

/** Each text with its final zero. The texts behind these speak of players, and are one field. */
function* shapesOf(payload: Uint8Array, kind: Answer['kind']): Generator<FieldShape> {
  yield [ASKED_AT, 'ff', showHex];
  yield [ANSWER_HEAD_BYTES - ASKED_AT, 'answer', showText];
  let at = ANSWER_HEAD_BYTES;
  for (const name of NAMES[kind].split(',')) {
    const zero = payload.indexOf(0, at);
    const end = zero < 0 ? payload.length : zero + 1;
    yield [end - at, name, (bytes) => showText(bytes.at(-1) === 0 ? bytes.subarray(0, -1) : bytes)];
    at = end;
  }
}
