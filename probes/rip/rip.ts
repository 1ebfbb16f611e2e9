/**
 * Does this router hand its routing table to anybody? (RIP version 1, RFC 1058 §3.4.1, and version 2, RFC 2453 §3.9.1)
 *
 *     sent      01 01 00 00  00 00 … 00 00 00 10            a request with one entry of family 0 and metric 16: the whole table
 *     received  02 01 00 00  00 02 00 00 c6 12 01 00 …      25 routes of 20 bytes: 504 bytes, and so on
 *
 * Reading alone: the request announces no route. Nothing in the answer echoes anything, so each version is a probe: FRR
 * answers both unless told otherwise, and `version 2` closes the first alone.
 */
import type { Exchange, Facts } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import { reportedExchange } from '../../src/domain/factors.js';
import {
  defineProbe,
  forms,
  type Field,
  type Judgement,
  type ProbeDefinition,
  type Reading,
} from '../probe.js';
import { layFields, showHex, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import { emulatedServersOf } from './emulated-servers.js';
import { describe, textsFor, textsOf } from './texts.js';

const [REQUEST, RESPONSE] = [1, 2];
const [HEADER_BYTES, ENTRY_BYTES, MOST_ENTRIES] = [4, 20, 25];
const [INTERNET, AUTHENTICATION] = [2, 0xffff];
/** RFC 1058 §3.4: no way there. */
const INFINITY = 16;

export const rip = ripOf('rip', 1);
export const ripV2 = ripOf('rip-v2', 2);

type Version = 1 | 2;

function ripOf<const Id extends string>(id: Id, version: Version): ProbeDefinition<Id> {
  return defineProbe({
    id,
    protocol: 'rip',
    port: 520,
    standard: version === 1 ? 'RFC 1058 §3.4.1' : 'RFC 2453 §3.9.1',
    ...(version === 1 && { published: { factor: '131.24', source: 'US-CERT TA14-017A' } }),
    severity: 'medium',
    inDefault: 'no: specific',
    quietGapMs: 2000,
    report: version === 1 ? 'x_rip' : 'x_rip_v2',
    texts: textsOf(version),
    textsFor,
    sweepForms: [
      {
        name: 'whole-table',
        encode: () =>
          Uint8Array.of(
            ...[REQUEST, version, 0, 0], // and two bytes that must be 0
            ...[0, 0, 0, 0], // family 0: no address, and two bytes that must be 0
            ...[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], // no address, and eight bytes that must be 0
            ...[0, 0, 0, INFINITY], // metric
          ),
      },
    ],
    read: (payload) => read(payload, version),
    next: forms(),
    judge,
    dissect: (payload): readonly Field[] => layFields(payload, shapesOf(payload)),
    emulatedServers: emulatedServersOf(version),
  });
}

function read(payload: Uint8Array, asked: Version): Reading {
  const reader = new Reader(payload);
  const [command, version] = [reader.u8(), reader.u8()];
  reader.skip(2);
  if (command !== RESPONSE || version !== asked) return unrecognised('no response of this version of RIP');
  let routes = 0;
  for (let entries = 0; reader.remaining > 0; entries++) {
    const [family, tag] = [reader.u16(), reader.u16()];
    reader.skip(4); // the network: of the customer, and counted alone
    const [mask, gateway, metric] = [reader.u32(), reader.u32(), reader.u32()];
    if (metric === undefined || entries >= MOST_ENTRIES) return unrecognised('not 1 to 25 whole entries');
    // RFC 2453 §4.1: the first entry may be a password.
    if (version === 2 && family === AUTHENTICATION && entries === 0) continue;
    // RFC 1058 §3.1: three fields must be 0, which are tag, mask and next hop since.
    const isRoute = family === INTERNET && metric >= 1 && metric <= INFINITY;
    if (!isRoute || (version === 1 && (tag !== 0 || mask !== 0 || gateway !== 0)))
      return unrecognised('an entry that is no route');
    routes++;
  }
  return routes === 0 ? unrecognised('no routes') : { kind: 'answer', facts: { routes } };
}

function unrecognised(why: string): Reading {
  return { kind: 'unrecognised', why };
}

function judge(done: readonly Exchange[]): Judgement {
  const answered = done.filter(
    (exchange) => exchange.purpose === 'measure' && answersIn(exchange).length > 0,
  );
  const reported = reportedExchange(answered);
  if (!reported) return { kind: 'nothing' };
  const routes = answersIn(reported).reduce((sum, facts) => sum + Number(facts['routes']), 0);
  const facts: Facts = { routes };
  return { kind: 'exposure', tags: ['rip'], detail: describe(facts).en, facts };
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield [1, 'command'];
  yield [1, 'version'];
  yield [2, 'must be 0'];
  for (let at = HEADER_BYTES; at < payload.length; at += ENTRY_BYTES) {
    yield [2, 'address family'];
    yield [2, 'tag'];
    yield [4, 'network', 'masked'];
    yield [4, 'mask', showHex];
    yield [4, 'next hop', 'masked'];
    yield [4, 'metric'];
  }
}
