/**
 * Does this Armagetron Advanced server describe itself to anybody? (src/network/nServerInfo.cpp)
 *
 *     sent      0034 0000 0000 0000                            52: the small server information; 8 bytes
 *     received  0032 0000 0005 11b6 0000 0000 0000 0000 0000   50: the port, 4534, and transaction 0; 18 bytes
 *     sent      0035 0000 0000 0000                            53: the big one
 *     received  0033 0000 005b 11b6 … 0000                     51: name, users, version, options, web page; some 180 bytes
 *
 * An idle server is silent to 53, and answers five of anybody's after each 52. So 52 is what every target is sent, and 53
 * alone would find a server by chance. More than 10 in a few seconds make it ban the asker, then everybody: one of each is
 * sent, seconds apart.
 */
import type { Exchange, Facts } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Reading, type RequestForm } from '../probe.js';
import { layFields, showHex, showPrintable, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import { emulatedServers } from './emulated-servers.js';
import { DESCRIPTOR, DESCRIPTOR_NAMES, paddedBytes, readMessage, textOf, writeMessage } from './message.js';
import { texts, textsFor } from './texts.js';

const PORT = 4534;
const { smallServerInformation, bigServerInformation } = DESCRIPTOR;
const small: RequestForm = {
  name: 'small-server-information',
  encode: () => writeMessage(DESCRIPTOR.requestSmallServerInformation),
};
const big: RequestForm = {
  name: 'big-server-information',
  encode: () => writeMessage(DESCRIPTOR.requestBigServerInformation),
};

export const armagetron = defineProbe({
  id: 'armagetron',
  protocol: 'armagetron',
  port: PORT,
  standard: 'Armagetron Advanced 0.2.9, src/network/nServerInfo.cpp',
  severity: 'medium',
  inDefault: 'no: game',
  group: 'games',
  quietGapMs: 2000,
  report: 'x_armagetron',
  texts,
  textsFor,
  sweepForms: [small],
  read,
  next: forms(big),
  judge,
  dissect,
  emulatedServers,
});

/** The small one is all zeros behind the port: 18 bytes exactly. */
const SMALL_WORDS = 5;

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const message = readMessage(payload);
  const asked = readMessage(request)?.descriptor;
  if (message?.descriptor === smallServerInformation && asked === DESCRIPTOR.requestSmallServerInformation) {
    // The port that the server has itself, behind a NAT another one than ours.
    if (message.data.length === 2 * SMALL_WORDS && message.data.subarray(2).every((byte) => byte === 0))
      return { kind: 'answer', facts: { information: 'small' } };
  }
  if (message?.descriptor === bigServerInformation && asked === DESCRIPTOR.requestBigServerInformation) {
    const facts = bigFacts(message.data);
    if (facts !== undefined) return { kind: 'answer', facts };
  }
  return { kind: 'unrecognised', why: 'no server information of Armagetron' };
}

/** A text and where its padded bytes lie in the data; undefined where they do not fit. */
function readText(reader: Reader): string | undefined {
  const length = reader.u16();
  const bytes = length === undefined ? undefined : reader.take(paddedBytes(length));
  return bytes && textOf(bytes);
}

/** Of 32 bits, the less significant half first. */
function readNumber(reader: Reader): number | undefined {
  const low = reader.u16();
  const high = reader.u16();
  return low === undefined || high === undefined ? undefined : high * 65_536 + low;
}

/** Port, address, name, users, lowest and highest version of the protocol, release, most users; more follows. */
function bigFacts(data: Uint8Array): Facts | undefined {
  const reader = new Reader(data);
  readNumber(reader);
  readText(reader);
  const name = readText(reader);
  const users = readNumber(reader);
  readNumber(reader);
  readNumber(reader);
  const release = readText(reader);
  const most = readNumber(reader);
  if (!reader.ok || name === undefined || users === undefined || release === undefined || most === undefined)
    return undefined;
  return { information: 'big', name, users, release, most_users: most };
}

function judge(done: readonly Exchange[]): Judgement {
  const answers = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  const found = answers.find(({ information }) => information === 'big') ?? answers[0];
  if (found === undefined) return { kind: 'nothing' };
  const { information, users, most_users: most, release, name } = found;
  return information === 'small'
    ? { kind: 'exposure', tags: ['armagetron'], detail: 'the small server information alone' }
    : {
        kind: 'exposure',
        tags: ['armagetron'],
        version: `Armagetron ${String(release)}`,
        detail: `${String(users)} of at most ${String(most)} users`,
        facts: { name: String(name), users: Number(users), most_users: Number(most) },
      };
}

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

const word = ([high = 0, low = 0]: Uint8Array): number => high * 256 + low;
const NUMBER = (name: string): FieldShape => [
  4,
  name,
  (bytes) => String(word(bytes.subarray(2)) * 65_536 + word(bytes)),
];

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield [2, 'descriptor', (bytes) => `${word(bytes)} (${DESCRIPTOR_NAMES[word(bytes)] ?? 'unknown'})`];
  yield [2, 'message id'];
  yield [2, 'words of data'];
  const message = readMessage(payload);
  if (message === undefined) return;
  if (message.descriptor === smallServerInformation) {
    yield NUMBER('port');
    if (message.data.length > 4) yield [message.data.length - 4, 'zeros', showHex];
  } else if (message.descriptor === bigServerInformation) yield* bigShapes(message.data);
  else if (message.data.length > 0) yield [message.data.length, 'data', showHex];
  yield [2, 'sender'];
}

/** What follows the most users has texts of players in it, and is not shown. */
function* bigShapes(data: Uint8Array): Generator<FieldShape> {
  const reader = new Reader(data);
  function* text(
    name: string,
    show: FieldShape[2] = (bytes) => showPrintable(Buffer.from(textOf(bytes), 'latin1')),
  ): Generator<FieldShape> {
    const length = reader.u16();
    yield [2, `length of the ${name}`];
    const bytes = paddedBytes(length ?? 0);
    if (length !== undefined && length > 0 && reader.skip(bytes)) yield [bytes, name, show];
  }
  function* number(name: string): Generator<FieldShape> {
    if (reader.skip(4)) yield NUMBER(name);
  }
  yield* number('port');
  yield* text('address', 'masked');
  yield* text('name');
  yield* number('users');
  yield* number('lowest version');
  yield* number('highest version');
  yield* text('release');
  yield* number('most users');
  if (reader.ok && reader.remaining > 0) yield [reader.remaining, 'players, options and web page', 'masked'];
}
