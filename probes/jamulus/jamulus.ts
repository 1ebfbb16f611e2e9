/**
 * Does this Jamulus directory hand its list of servers to anybody? (src/protocol.cpp; docs/JAMULUS_PROTOCOL.md)
 *
 *     sent      0000 ef03 00 0000 18cb              tag, message 1007 (CLM_REQ_SERVER_LIST), counter, no data, CRC; 9 bytes
 *     received  0000 fa03 00 6000 … crc             1018: the list with names alone
 *               0000 ee03 00 ab00 … crc             1006: the whole list; always both
 *     received  0000 f103 00 0000 ea00              1009, from the address of each server in the list: the directory tells
 *                                                   them to open their NAT for the asker. Not its answer, and counted apart.
 *
 * Nothing of the request comes back. A server that is no directory is silent. Some 26 bytes a server come with both lists; a
 * public directory was seen to send 2,724 and 5,108 bytes (jamulussoftware/jamulus#1957).
 */
import type { Exchange } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Reading } from '../probe.js';
import { layFields, showNumber, showText, type FieldShape } from '../wire/fields.js';
import { emulatedServers } from './emulated-servers.js';
import { entriesOf, HEADER_BYTES, MESSAGE, messageName, readMessage, writeMessage } from './message.js';
import { texts, textsFor } from './texts.js';

export const jamulus = defineProbe({
  id: 'jamulus',
  protocol: 'jamulus',
  port: 22_124,
  standard: 'Jamulus 3.9, src/protocol.cpp',
  severity: 'medium',
  inDefault: 'no: others-send',
  quietGapMs: 2000,
  report: 'x_jamulus',
  texts,
  textsFor,
  sweepForms: [{ name: 'server-list', encode: () => writeMessage(MESSAGE.requestServerList) }],
  // A server that opens its NAT for whoever asked its directory answers nothing that we asked it.
  asksBack: (payload) => readMessage(payload)?.id === MESSAGE.empty,
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

function read(payload: Uint8Array): Reading {
  const message = readMessage(payload);
  if (message?.id !== MESSAGE.serverList && message?.id !== MESSAGE.reducedServerList)
    return { kind: 'unrecognised', why: 'no list of servers in a frame of Jamulus' };
  let entries = 0;
  for (const entry of entriesOf(message.id, message.data)) entries += entry.textBytes.length > 0 ? 1 : 0;
  // The first one is the directory itself.
  if (entries === 0) return { kind: 'unrecognised', why: 'a list without the directory itself' };
  return {
    kind: 'answer',
    facts: { list: message.id === MESSAGE.serverList ? 'whole' : 'names', servers: entries - 1 },
  };
}

function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose }) => purpose === 'measure');
  const answers = measured.flatMap(answersIn);
  if (answers.length === 0) return { kind: 'nothing' };
  const servers = Math.max(...answers.map((one) => Number(one['servers'])));
  return {
    kind: 'exposure',
    tags: ['jamulus-directory'],
    detail: `a directory of ${servers} server${servers === 1 ? '' : 's'}`,
    facts: { servers },
    incomplete: measured.some(lacksWholeList),
  };
}

/** The names come first, and the whole list always behind them; the sweep keeps the first datagram alone. */
function lacksWholeList(exchange: Exchange): boolean {
  const lists = answersIn(exchange).map(({ list }) => list);
  return exchange.seenIn === 'measurement' && lists.includes('names') && !lists.includes('whole');
}

/** Least significant byte first, as all numbers of Jamulus. */
const littleEndian = (bytes: Uint8Array): string => showNumber(Uint8Array.from(bytes).reverse());

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield [2, 'tag'];
  yield [2, 'message id', ([low = 0, high = 0]) => messageName(low + 256 * high)];
  yield [1, 'counter'];
  yield [2, 'length of the data', littleEndian];
  const message = readMessage(payload);
  if (message?.id === MESSAGE.serverList || message?.id === MESSAGE.reducedServerList) {
    const isWhole = message.id === MESSAGE.serverList;
    const length: FieldShape = [isWhole ? 2 : 1, 'length', littleEndian];
    let at = HEADER_BYTES;
    for (const { fixedBytes, textBytes } of entriesOf(message.id, message.data)) {
      yield [4, 'address of a server', 'masked'];
      yield [2, 'port', littleEndian];
      if (isWhole) {
        yield [2, 'country', littleEndian];
        yield [1, 'musicians at most'];
        yield [1, 'permanent'];
      }
      at += fixedBytes;
      for (const [i, bytes] of textBytes.entries()) {
        yield length;
        if (bytes > 0) yield [bytes, ['name', 'spare text', 'city'][i] ?? 'text', showText];
        at += length[0] + bytes;
      }
    }
    if (at < payload.length - 2) yield [payload.length - 2 - at, 'unread', 'masked'];
  } else if (message !== undefined && message.data.length > 0) yield [message.data.length, 'data', 'masked'];
  if (message !== undefined) yield [2, 'CRC', littleEndian];
}
