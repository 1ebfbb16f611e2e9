/**
 * Does this GNUstep name server (gdomap) answer anybody? (gdomap.h: struct gdo_req)
 *
 *     sent      50 08 00 00  00000000  00000000 00000000 …    probe with two addresses of zeros; 264 bytes, less is ignored
 *     received  00 00 1a 02                                   its port, 538, in the byte order of its machine; 4 bytes
 *
 * Only a probe that leaves from port 538 is taken for another name server and changes its list: ours never does. An answer is
 * a sixty-sixth of the question, so this is no amplifier; the names of the network's services can be asked all the same.
 */
import type { Exchange } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Reading } from '../probe.js';
import { layFields, showHex, showText, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import { emulatedServers } from './emulated-servers.js';
import { texts } from './texts.js';

const REQUEST_BYTES = 264;
const ANSWER_BYTES = 4;
const PROBE = 0x50;
const ADDRESSES_BYTES = 8;
/** 538, as a big-endian machine and as a little-endian one writes it. */
const PORTS: ReadonlyMap<number, string> = new Map([
  [0x0000_021a, 'big-endian'],
  [0x0000_1a02, 'little-endian'],
]);

export const gdomap = defineProbe({
  id: 'gdomap',
  protocol: 'gdomap',
  port: 538,
  standard: 'GNUstep Base, gdomap.h',
  severity: 'medium',
  inDefault: 'no: small',
  quietGapMs: 2000,
  report: 'x_gdomap',
  texts,
  sweepForms: [
    {
      name: 'probe',
      encode() {
        const request = new Uint8Array(REQUEST_BYTES);
        request[0] = PROBE;
        request[1] = ADDRESSES_BYTES; // length of the name, which here are two addresses
        // No type of port, no port, and the addresses and the rest of the name zero.
        return request;
      },
    },
  ],
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

function read(payload: Uint8Array): Reading {
  const order = payload.length === ANSWER_BYTES ? PORTS.get(new Reader(payload).u32() ?? 0) : undefined;
  return order === undefined
    ? { kind: 'unrecognised', why: 'not the port of gdomap' }
    : { kind: 'answer', facts: { byte_order: order } };
}

function judge(done: readonly Exchange[]): Judgement {
  const [facts] = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  return facts === undefined ? { kind: 'nothing' } : { kind: 'exposure', tags: ['gdomap'], facts };
}

const REQUEST: readonly FieldShape[] = [
  [1, 'request', showText],
  [1, 'length of name'],
  [1, 'type of port'],
  [1, 'padding'],
  [4, 'port'],
  [ADDRESSES_BYTES, 'addresses', showHex],
];

function dissect(payload: Uint8Array): readonly Field[] {
  if (payload.length === REQUEST_BYTES) return layFields(payload, REQUEST, { rest: 'rest of the name' });
  return layFields(payload, [[ANSWER_BYTES, 'port', nameOf]]);
}

function nameOf(bytes: Uint8Array): string {
  const order = PORTS.get(new Reader(bytes).u32() ?? 0);
  return order === undefined ? showHex(bytes) : `538, ${order}`;
}
