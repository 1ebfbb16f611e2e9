/**
 * Does this Steam game server tell its state to anybody who has not shown that its address is its own? (A2S_INFO)
 *
 *     sent      ff ff ff ff  54 Source Engine Query 00      25 bytes
 *     received  ff ff ff ff  49 11 name 00 map 00 …         the state, at once: Source; of GoldSource 6d for 49
 *     or        ff ff ff ff  41 4b a1 d5 22                 9 bytes, a challenge to be sent back first
 *
 * Servers have asked for the challenge since December 2020, and then a forged address never sees the state: a refusal.
 * It is never sent back. The lists of players and of rules have needed one for longer, and are not asked.
 */
import type { Exchange, Facts } from '../../src/domain/exchange.js';
import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
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

const MARK: readonly number[] = [0xff, 0xff, 0xff, 0xff];
const QUESTION = 'Source Engine Query\0';
/** The letter of each message: A2S_INFO, S2A_INFO of Source and of GoldSource, S2C_CHALLENGE. */
const [INFO, SOURCE, GOLDSOURCE, CHALLENGE] = [0x54, 0x49, 0x6d, 0x41] as const;
const CHALLENGE_BYTES = 9;

export const steamA2s = defineProbe({
  id: 'steam-a2s',
  protocol: 'steam',
  port: 27015,
  standard: 'Valve Developer Community, Server queries',
  published: {
    factor: '5.5',
    source: 'US-CERT TA14-017A; Rossow, NDSS 2014',
  },
  severity: 'medium',
  inDefault: 'no: unmeasured',
  measuredOn: 'published figures',
  group: 'games',
  quietGapMs: 2000,
  report: 'x_steam_a2s',
  texts,
  textsFor: ({ facts }) => (facts === undefined ? {} : { detail: detailOf(facts) }),
  sweepForms: [
    {
      name: 'info',
      encode: () => Uint8Array.from([...MARK, INFO, ...new TextEncoder().encode(QUESTION)]),
    },
  ],
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

function read(payload: Uint8Array): Reading {
  if (!MARK.every((byte, at) => payload[at] === byte)) return unrecognised('no message of one packet');
  const kind = payload[MARK.length];
  if (kind === CHALLENGE && payload.length === CHALLENGE_BYTES)
    return { kind: 'refusal', reason: 'challenge' };
  if (kind !== SOURCE && kind !== GOLDSOURCE) return unrecognised('no information about a server');
  const reader = new Reader(payload, MARK.length + 1);
  // The protocol of Source; of GoldSource the address that the server takes for its own, which is not kept.
  if (kind === SOURCE) reader.u8();
  else text(reader);
  const [name, map, , game] = [text(reader), text(reader), text(reader), text(reader)];
  if (kind === SOURCE) reader.skip(2); // the number of the application
  const [players, most] = [reader.u8(), reader.u8()];
  if (kind === SOURCE) reader.skip(5); // bots, kind of server, system, password, VAC
  const version = kind === SOURCE ? text(reader) : undefined;
  if (!reader.ok || name === undefined || map === undefined || game === undefined)
    return unrecognised('information about a server, cut short');
  return {
    kind: 'answer',
    facts: {
      engine: kind === SOURCE ? 'Source' : 'GoldSource',
      hostname: name,
      mapname: map,
      gamename: game,
      players: players ?? 0,
      maxclients: most ?? 0,
      ...(version !== undefined && version !== '' && { version }),
    },
  };
}

function unrecognised(why: string): Reading {
  return { kind: 'unrecognised', why };
}

/** Of a longer one the reader reads no further; a packet of Steam has 1,400 bytes at most. */
const LONGEST_TEXT = 1400;

function text(reader: Reader): string | undefined {
  const bytes: number[] = [];
  for (let byte = reader.u8(); byte !== undefined && bytes.length < LONGEST_TEXT; byte = reader.u8()) {
    if (byte === 0) return Buffer.from(bytes).toString();
    bytes.push(byte);
  }
  return undefined;
}

function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose }) => purpose === 'measure');
  const [facts] = measured.flatMap(answersIn);
  if (!facts) {
    const [reason] = measured.flatMap(refusalsIn);
    return reason === undefined ? { kind: 'nothing' } : { kind: 'refusal', reason };
  }
  const { gamename, version } = facts;
  return {
    kind: 'exposure',
    tags: ['steam-a2s'],
    version: [gamename, version].filter((part) => part !== undefined).join(' '),
    detail: detailOf(facts).en,
    facts,
  };
}

function detailOf({ hostname, mapname, players, maxclients }: Facts): Texts {
  return joined([
    { en: `server "${String(hostname)}"`, ja: `サーバー名「${String(hostname)}」` },
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

const NUMBERS: readonly FieldShape[] = [
  [2, 'application', showHex],
  [1, 'players'],
  [1, 'most players'],
  [1, 'bots'],
  [1, 'kind of server', showText],
  [1, 'system', showText],
  [1, 'password'],
  [1, 'VAC'],
];

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield [MARK.length, 'mark of one packet', showHex];
  yield [1, 'message', showText];
  let at = MARK.length + 1;
  const line = (name: string, show: FieldShape[2] = showText): FieldShape => {
    const end = payload.indexOf(0, at);
    const bytes = (end < 0 ? payload.length : end + 1) - at;
    at += bytes;
    return [bytes, name, show];
  };
  const kind = payload[MARK.length];
  if (kind === CHALLENGE) yield [4, 'challenge', showHex];
  if (kind === INFO) yield line('question');
  if (kind !== SOURCE && kind !== GOLDSOURCE) return;
  if (kind === SOURCE) {
    yield [1, 'protocol'];
    at++;
  } else yield line('address', 'masked');
  for (const name of ['name', 'map', 'folder', 'game']) yield line(name);
  if (kind === GOLDSOURCE) {
    yield* NUMBERS.slice(1, 3);
    return;
  }
  yield* NUMBERS;
  at += 9;
  yield line('version');
}
