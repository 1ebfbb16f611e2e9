/**
 * Does this game server tell its state to anybody? (the out-of-band messages of Quake III Arena, which ioquake3 and
 * DarkPlaces and the games on them still speak)
 *
 *     sent      ff ff ff ff  getstatus                        13 bytes
 *     received  ff ff ff ff  statusResponse ␊ \key\value … ␊  all variables that the server shows, then a line a player
 *     sent      ff ff ff ff  getinfo                          11 bytes, to those that answered
 *     received  ff ff ff ff  infoResponse ␊ \key\value …      some of them
 *
 * A server copies a word behind either question into its answer. It is left out, for it makes the request longer than that
 * of an attacker. One limit counts both questions: ioquake3 answers 10 of an address at once, then one a second,
 * DarkPlaces one a second. They are asked no faster than that, and one that stays silent takes nothing from the other.
 */
import type { Exchange, Facts } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Reading, type RequestForm } from '../probe.js';
import { latin1, layFields, showHex, showText, type FieldShape } from '../wire/fields.js';
import { detailOf } from './detail.js';
import { emulatedServers } from './emulated-servers.js';
import { texts, textsFor } from './texts.js';

const MARK: readonly number[] = [0xff, 0xff, 0xff, 0xff];

/** The questions, and the word that begins the answer to each. */
const ANSWERS: Readonly<Record<string, string>> = { getstatus: 'statusResponse', getinfo: 'infoResponse' };

const question = (name: string): RequestForm => ({
  name,
  encode: () => Uint8Array.from([...MARK, ...new TextEncoder().encode(name)]),
});

export const quake3 = defineProbe({
  id: 'quake3',
  protocol: 'quake3',
  port: 27960,
  standard: 'ioquake3, code/server/sv_main.c',
  published: { factor: '63.9', source: 'US-CERT TA14-017A; Rossow, NDSS 2014' },
  severity: 'medium',
  inDefault: 'no: game',
  group: 'games',
  quietGapMs: 2000,
  report: 'x_quake3',
  texts,
  textsFor,
  sweepForms: [question('getstatus')],
  read,
  next: forms(question('getinfo')),
  judge,
  dissect,
  emulatedServers,
});

/** What of the variables is reported; a getinfo names two of them otherwise. */
const REPORTED: Readonly<Record<string, string>> = {
  version: 'version',
  sv_hostname: 'hostname',
  hostname: 'hostname',
  gamename: 'gamename',
  mapname: 'mapname',
  protocol: 'protocol',
  com_protocol: 'protocol',
  sv_maxclients: 'maxclients',
};
/** BIG_INFO_STRING of q_shared.h: no server sends more variables. */
const MOST_BYTES_READ = 8192;

function read(payload: Uint8Array, request: Uint8Array): Reading {
  if (!MARK.every((byte, at) => payload[at] === byte)) return unrecognised('no out-of-band message');
  const text = latin1(payload.subarray(MARK.length, MOST_BYTES_READ));
  const [word = '', variables = '', ...players] = text.split('\n');
  const [asked = ''] = latin1(request.subarray(MARK.length)).split(' ');
  if (!Object.hasOwn(ANSWERS, asked) || word !== ANSWERS[asked])
    return unrecognised('no answer to this question');
  if (!variables.startsWith('\\')) return unrecognised('an answer without variables');
  const facts: Record<string, string | number> = { answer: word };
  const [, ...words] = variables.split('\\');
  for (let at = 0; at + 1 < words.length; at += 2) {
    const name = words[at] ?? '';
    const fact = Object.hasOwn(REPORTED, name) ? REPORTED[name] : undefined;
    if (fact !== undefined && words[at + 1] !== '') facts[fact] ??= words[at + 1] ?? '';
    // Only the engine DarkPlaces has this one; it names no version.
    if (name === 'qcstatus') facts['engine'] = 'DarkPlaces';
  }
  if (word === 'statusResponse') facts['players'] = players.filter((line) => line !== '').length;
  return { kind: 'answer', facts };
}

function unrecognised(why: string): Reading {
  return { kind: 'unrecognised', why };
}

function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose, end }) => purpose === 'measure' && end !== 'unsent');
  const answers = measured.flatMap(answersIn);
  if (answers.length === 0) return { kind: 'nothing' };
  const all = Object.assign({}, ...answers.toReversed()) as Facts;
  const known = Object.fromEntries(Object.entries(all).filter(([name]) => name !== 'answer'));
  const answered = new Set(answers.map(({ answer }) => answer));
  const silent = measured.find(
    ({ form, received }) =>
      ANSWERS[form] !== undefined && !answered.has(ANSWERS[form]) && received.datagrams === 0,
  );
  const facts = { ...known, ...(silent && { silent: silent.form }) };
  const { version, engine } = all;
  return {
    kind: 'exposure',
    tags: ['quake3'],
    ...((version ?? engine) !== undefined && { version: String(version ?? engine) }),
    detail: detailOf(facts).en,
    facts,
  };
}

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield [MARK.length, 'out-of-band mark', showHex];
  const lines: readonly FieldShape[1][] = ['message', 'variables'];
  for (let at = MARK.length, line = 0; at < Math.min(payload.length, MOST_BYTES_READ); line++) {
    const lineEnd = payload.indexOf(0x0a, at);
    const end = lineEnd < 0 ? payload.length : lineEnd + 1;
    // A line of a player is their score, their ping and the name that they chose.
    yield [end - at, lines[line] ?? 'player', line < lines.length ? showText : 'masked'];
    at = end;
  }
}
