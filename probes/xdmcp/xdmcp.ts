/**
 * Does this display manager offer a login to anybody? (X Display Manager Control Protocol 1.1, "Query")
 *
 *     sent      00 01  00 02  00 01  00                    version 1, Query, one byte: no names of authentication
 *     received  00 01  00 05  00 19  00 00 00 02 vm 00 11 Willing to manage    Willing: host and status
 *
 * A Query opens no session. Nothing in the answer echoes anything. A server looks up the name of whoever asks first: where
 * its resolver is silent the answer comes after 6 s.
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
import { latin1, layFields, showHex, showText, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import { emulatedServers } from './emulated-servers.js';
import { texts } from './texts.js';

const VERSION = 1;
const OPCODES: ReadonlyMap<number, string> = new Map([
  [5, 'Willing'],
  [6, 'Unwilling'],
]);
const WILLING = 5;

export const xdmcp = defineProbe({
  id: 'xdmcp',
  protocol: 'xdmcp',
  port: 177,
  standard: 'X Display Manager Control Protocol 1.1',
  severity: 'high',
  inDefault: 'yes: reported',
  quietGapMs: 2000,
  report: 'scan_xdmcp',
  texts,
  textsFor: ({ facts }) => (facts === undefined ? {} : { detail: detailOf(facts) }),
  sweepForms: [
    {
      name: 'query',
      encode: () =>
        Uint8Array.of(
          ...[0x00, VERSION], // version
          ...[0x00, 0x02], // Query
          ...[0x00, 0x01], // length of what follows
          0x00, // how many names of authentication
        ),
    },
  ],
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

function read(payload: Uint8Array): Reading {
  const reader = new Reader(payload);
  const [version, opcode, length] = [reader.u16(), reader.u16(), reader.u16()];
  const name = OPCODES.get(opcode ?? 0);
  if (version !== VERSION || name === undefined || length !== reader.remaining)
    return { kind: 'unrecognised', why: 'neither Willing nor Unwilling of XDMCP' };
  if (opcode === WILLING) array(reader); // the name of the authentication
  const [hostname, status] = [array(reader), array(reader)];
  if (hostname === undefined || status === undefined || reader.remaining > 0)
    return { kind: 'unrecognised', why: `${name} that does not hold what it says` };
  return {
    kind: 'answer',
    facts: { opcode: name, reported_hostname: latin1(hostname), status: latin1(status) },
  };
}

/** ARRAY8: two bytes of length, and so many bytes. */
function array(reader: Reader): Uint8Array | undefined {
  const length = reader.u16();
  return length === undefined ? undefined : reader.take(length);
}

function judge(done: readonly Exchange[]): Judgement {
  const [facts] = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  if (!facts) return { kind: 'nothing' };
  return {
    kind: 'exposure',
    tags: ['xdmcp', ...(facts['opcode'] === 'Unwilling' ? ['unwilling'] : [])],
    detail: detailOf(facts).en,
    facts,
  };
}

function detailOf({ opcode, reported_hostname: hostname, status }: Facts): Texts {
  return joined([
    {
      en: `${String(opcode)}: host "${String(hostname)}"`,
      ja: `${String(opcode)}：ホスト名「${String(hostname)}」`,
    },
    { en: `status "${String(status)}"`, ja: `状態「${String(status)}」` },
  ]);
}

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield [2, 'version'];
  yield [2, 'opcode'];
  yield [2, 'length'];
  const reader = new Reader(payload, 2);
  const opcode = reader.u16();
  if (opcode === 2) yield [1, 'names of authentication'];
  if (!OPCODES.has(opcode ?? 0)) return;
  reader.skip(2);
  for (const name of [...(opcode === WILLING ? ['authentication'] : []), 'host', 'status']) {
    const bytes = reader.u16();
    if (bytes === undefined) return;
    yield [2, `length of ${name}`];
    if (bytes > 0) yield [bytes, name, name === 'authentication' ? showHex : showText];
    reader.skip(bytes);
  }
}
