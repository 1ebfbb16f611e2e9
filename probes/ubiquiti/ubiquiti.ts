/**
 * Does this device of Ubiquiti describe itself to anybody? (discovery protocol, version 1)
 *
 *     sent      01 00 00 00                     version 1, command 0, no data
 *     received  01 00  00 8e  02 00 0a …        the same, the length of what follows, and of each item type, length, value
 *
 * Ubiquiti has published no description; that of Nmap's ubiquiti-discovery and BSI's page on open discovery services agree.
 * What answers version 2 alone (02 08 00 00) is not found. Nothing in the answer echoes anything.
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
import { layFields, showHex, showNumber, showText, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import { emulatedServers } from './emulated-servers.js';
import { texts } from './texts.js';

const [VERSION, COMMAND] = [1, 0];
const HEAD_BYTES = 4;
const ITEM_HEAD_BYTES = 3;
const MAC_BYTES = 6;

/** Of what is read; a device says the second once for each of its addresses, which are not kept. */
const [MAC, MAC_AND_ADDRESS, UPTIME] = [0x01, 0x02, 0x0a];
/** By type: the column of scan_ubiquiti, and what the field is called. */
const TEXTS: ReadonlyMap<number, readonly [column: string, name: string]> = new Map([
  [0x03, ['firmware', 'firmware']],
  [0x0b, ['radioname', 'name']],
  [0x0c, ['modelshort', 'model, short']],
  [0x0d, ['essid', 'ESSID']],
  [0x14, ['modelfull', 'model']],
]);

export const ubiquiti = defineProbe({
  id: 'ubiquiti',
  protocol: 'ubiquiti',
  port: 10_001,
  standard: 'Nmap, ubiquiti-discovery; BSI, CERT-Bund HowTo',
  severity: 'high',
  inDefault: 'no: unmeasured',
  measuredOn: 'published figures',
  quietGapMs: 2000,
  report: 'scan_ubiquiti',
  texts,
  textsFor: ({ facts }) => (facts === undefined ? {} : { detail: detailOf(facts) }),
  sweepForms: [{ name: 'discovery-v1', encode: () => Uint8Array.of(VERSION, COMMAND, 0, 0) }],
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

function read(payload: Uint8Array): Reading {
  const reader = new Reader(payload);
  const [version, command, length] = [reader.u8(), reader.u8(), reader.u16()];
  if (version !== VERSION || command !== COMMAND || length !== reader.remaining || length === 0)
    return { kind: 'unrecognised', why: 'no answer of discovery, version 1' };
  const facts: Record<string, string | number> = {};
  while (reader.ok && reader.remaining > 0) {
    const type = reader.u8() ?? 0;
    const value = reader.take(reader.u16() ?? 0);
    if (value === undefined) break;
    const [column] = TEXTS.get(type) ?? [];
    if (column !== undefined) facts[column] ??= Buffer.from(value).toString();
    else if ((type === MAC || type === MAC_AND_ADDRESS) && value.length >= MAC_BYTES)
      facts['mac'] ??= Buffer.from(value.subarray(0, MAC_BYTES)).toString('hex');
    else if (type === UPTIME && value.length === 4) facts['uptime'] ??= Number(showNumber(value));
  }
  if (!reader.ok) return { kind: 'unrecognised', why: 'an item that is longer than the answer' };
  return Object.keys(facts).length > 0
    ? { kind: 'answer', facts }
    : { kind: 'unrecognised', why: 'no item of a device of Ubiquiti' };
}

function judge(done: readonly Exchange[]): Judgement {
  const [facts] = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  if (!facts) return { kind: 'nothing' };
  const { firmware } = facts;
  return {
    kind: 'exposure',
    tags: ['ubiquiti', 'iot'],
    ...(firmware !== undefined && { version: String(firmware) }),
    detail: detailOf(facts).en,
    facts,
  };
}

function detailOf({ modelfull, modelshort, radioname, essid }: Facts): Texts {
  const model = modelfull ?? modelshort;
  return joined([
    ...(model === undefined ? [] : [{ en: `model ${String(model)}`, ja: `機種：${String(model)}` }]),
    ...(radioname === undefined
      ? []
      : [{ en: `name "${String(radioname)}"`, ja: `名前「${String(radioname)}」` }]),
    ...(essid === undefined ? [] : [{ en: `ESSID "${String(essid)}"`, ja: `ESSID「${String(essid)}」` }]),
  ]);
}

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield [1, 'version'];
  yield [1, 'command'];
  yield [2, 'length'];
  for (let at = HEAD_BYTES; at < payload.length;) {
    const [type = 0, high = 0, low = 0] = payload.subarray(at, at + ITEM_HEAD_BYTES);
    const bytes = high * 256 + low;
    yield [1, 'type', showHex];
    yield [2, 'length'];
    const [, name] = TEXTS.get(type) ?? [];
    if (type === MAC_AND_ADDRESS && bytes >= MAC_BYTES) {
      yield [MAC_BYTES, 'MAC', showHex];
      yield [bytes - MAC_BYTES, 'address', 'masked'];
    } else if (type === MAC) yield [bytes, 'MAC', showHex];
    else if (type === UPTIME) yield [bytes, 'seconds since the start', bytes === 4 ? showNumber : showHex];
    else if (name !== undefined) yield [bytes, name, showText];
    else yield [bytes, 'value', showHex];
    at += ITEM_HEAD_BYTES + bytes;
  }
}
