/**
 * Does this host tell its Windows names to anybody? (RFC 1002)
 *
 *     sent      4d 3a  00 00  00 01 …  20 CKAAAA… 00  00 21 00 01    node status of `*`; 50 bytes
 *     received  4d 3a  84 00  00 00 00 01 …  00 21 00 01 …           the same id, one record of statistics:
 *               05  LABHOST         00 04 00 …  MAC address …        five names of 18 bytes each: 193 bytes from nmbd
 *
 * What `nmblookup -A` and `nbtstat -A` ask. It registers no name and releases none.
 */
import type { Exchange } from '../../src/domain/exchange.js';
import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Reading } from '../probe.js';
import { latin1, layFields, showHex, showText, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import { emulatedServers } from './emulated-servers.js';
import { describe, texts, textsFor } from './texts.js';

/** RFC 1001 §14.1: each half byte of the name as a letter from A on; `*` and 15 zeros. */
const ANY_NAME = `CK${'A'.repeat(30)}`;
const HEADER_BYTES = 12;
const NODE_STATUS = 0x21;
const INTERNET = 1;
const NAME_BYTES = 15;
/** RFC 1002 §4.2.18: a name of a group. */
const GROUP = 0x8000;
/** What the last byte of a name says: a computer, and whoever is to be told of messages. */
const [WORKSTATION, MESSENGER] = [0x00, 0x03];

export const netbios = defineProbe({
  id: 'netbios',
  protocol: 'netbios',
  port: 137,
  standard: 'RFC 1002 §4.2.17',
  published: { factor: '3.8', source: 'US-CERT TA14-017A' },
  severity: 'high',
  inDefault: 'yes: reported',
  quietGapMs: 2000,
  report: 'scan_netbios',
  texts,
  textsFor,
  sweepForms: [
    {
      name: 'node-status',
      encode(id) {
        const request = new Uint8Array(HEADER_BYTES + 1 + ANY_NAME.length + 1 + 4);
        const view = new DataView(request.buffer);
        view.setUint16(0, id);
        view.setUint16(2, 0); // a query, no flags
        view.setUint16(4, 1); // one question
        request[HEADER_BYTES] = ANY_NAME.length;
        request.set(new TextEncoder().encode(ANY_NAME), HEADER_BYTES + 1);
        view.setUint16(request.length - 4, NODE_STATUS);
        view.setUint16(request.length - 2, INTERNET);
        return request;
      },
    },
  ],
  nonce: { bits: 16, echoed: idOf },
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

/** A response: its first flag says so. */
function idOf(payload: Uint8Array): number | undefined {
  const reader = new Reader(payload);
  const [id, flags = 0] = [reader.u16(), reader.u16()];
  return reader.ok && payload.length >= HEADER_BYTES && flags >= 0x8000 ? id : undefined;
}

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const reader = new Reader(payload);
  const [id, flags = 0, questions, answers] = [reader.u16(), reader.u16(), reader.u16(), reader.u16()];
  reader.skip(4);
  if (!reader.ok || id !== new Reader(request).u16() || flags < 0x8000 || questions !== 0)
    return unrecognised('no response with the id of the request');
  // RFC 1002 §4.2.1.1: opcode 0 is a query; the last four bits say how it went.
  if (((flags >> 11) & 15) !== 0) return unrecognised('no response to a query');
  if ((flags & 15) !== 0) return { kind: 'refusal', reason: `error ${flags & 15}` };
  const nameLength = reader.u8();
  const name = reader.take(ANY_NAME.length + 1);
  const [type, group, , length] = [reader.u16(), reader.u16(), reader.u32(), reader.u16()];
  if (answers !== 1 || nameLength !== ANY_NAME.length || name?.at(-1) !== 0)
    return unrecognised('no record of one name');
  if (type !== NODE_STATUS || group !== INTERNET || length !== reader.remaining)
    return unrecognised('no node status');
  const names = readNames(reader);
  const mac = reader.take(6);
  if (names === undefined || mac === undefined) return unrecognised('a node status that is cut short');
  const nameOf = (suffix: number, isGroup: boolean, other?: string): string | undefined =>
    names.find((each) => each.suffix === suffix && each.isGroup === isGroup && each.name !== other)?.name;
  const machine = nameOf(WORKSTATION, false);
  const workgroup = nameOf(WORKSTATION, true);
  const user = nameOf(MESSENGER, false, machine);
  return {
    kind: 'answer',
    facts: {
      names: names.length,
      ...(machine !== undefined && { machine_name: machine }),
      ...(workgroup !== undefined && { workgroup }),
      ...(user !== undefined && { username: user }),
      // Samba has none to tell.
      ...(mac.some((byte) => byte !== 0) && { mac_address: showHex(mac).replaceAll(' ', '-') }),
    },
  };
}

function unrecognised(why: string): Reading {
  return { kind: 'unrecognised', why };
}

interface NodeName {
  readonly name: string;
  readonly suffix: number;
  readonly isGroup: boolean;
}

/** RFC 1002 §4.2.18: their number, and 18 bytes each. */
function readNames(reader: Reader): readonly NodeName[] | undefined {
  const count = reader.u8() ?? 0;
  const names: NodeName[] = [];
  for (let i = 0; i < count; i++) {
    const [name, suffix, flags] = [reader.take(NAME_BYTES), reader.u8(), reader.u16()];
    if (name === undefined || suffix === undefined || flags === undefined) return undefined;
    names.push({ name: latin1(name).trimEnd(), suffix, isGroup: (flags & GROUP) !== 0 });
  }
  return names;
}

function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose }) => purpose === 'measure');
  const [facts] = measured.flatMap(answersIn);
  if (facts) return { kind: 'exposure', tags: ['netbios'], detail: describe(facts).en, facts };
  const [reason] = measured.flatMap(refusalsIn);
  return reason === undefined ? { kind: 'nothing' } : { kind: 'refusal', reason };
}

const HEADER: readonly FieldShape[] = [
  [2, 'transaction id'],
  [2, 'flags', showHex],
  [2, 'questions'],
  [2, 'answers'],
  [2, 'authorities'],
  [2, 'additional'],
  [34, 'name', showText],
  [2, 'type', showHex],
  [2, 'class', showHex],
];

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield* HEADER;
  yield [4, 'time to live'];
  yield [2, 'length'];
  yield [1, 'names'];
  const [count = 0] = payload.subarray(56);
  for (let i = 0; i < count; i++) {
    yield [NAME_BYTES, 'name', showText];
    yield [1, 'suffix', showHex];
    yield [2, 'flags', showHex];
  }
  yield [6, 'MAC address', showHex];
  yield [40, 'statistics', showHex];
}
