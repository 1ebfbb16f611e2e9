/**
 * Does this host speak QUIC, and how much does it send before whoever asked has proved its address? (RFC 9000)
 *
 *     sent      c0 1a 2a 3a 4a  08 …  08 …  00 …        a version that is kept free for this (§15), 1,200 bytes
 *     received  d1 00 00 00 00  08 …  08 …  00 00 00 01  Version Negotiation (§6): both ids, and the versions; 31 bytes
 *     sent      cd 00 00 00 01  08 …  08 …  00 44 b0 …   Initial with a ClientHello (§17.2.2), 1,200 bytes
 *     received  c5 00 00 00 01 …, e2 00 00 00 01 …       Initial and Handshake; at most 3,600 bytes by §8.1, whatever is sent
 *                                                        again; or Retry, a token to be sent back first
 *
 * A request is as long as every first packet of a client has to be (§14.1), so by itself QUIC is no amplifier. Only who
 * answered the first question with version 1 is asked the second; nothing of its answer is acknowledged, and the
 * connection is closed when the line has fallen quiet. Both ids hold the nonce.
 */
import type { Exchange, Facts } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import { reportedExchange } from '../../src/domain/factors.js';
import {
  defineProbe,
  type Ask,
  type Field,
  type Judgement,
  type Nonce,
  type Reading,
  type RequestForm,
} from '../probe.js';
import { layFields, showHex, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import { emulatedServers } from './emulated-servers.js';
import { CONNECTION_CLOSE, clientHelloFrame, clientKeys, initialPacket } from './initial.js';
import { describe, texts, textsFor } from './texts.js';

/** RFC 9000 §14.1 and §8.1. */
const [SMALLEST_BYTES, MOST_TIMES] = [1200, 3];
/** RFC 9000 §15: of the pattern 0x?a?a?a?a, which no version has. */
const RESERVED_VERSION = [0x1a, 0x2a, 0x3a, 0x4a];
const [ID_BYTES, MOST_ID_BYTES] = [8, 20];
const [CLIENT, SERVER] = ['ampC', 'ampS'];
/** RFC 9000 §17.2, bits 4 and 5 of the first octet. */
const PACKETS = ['Initial', '0-RTT', 'Handshake', 'Retry'] as const;
const VERSION_1 = 1;

const negotiation: RequestForm = {
  name: 'version-negotiation',
  encode(nonce) {
    const request = new Uint8Array(SMALLEST_BYTES);
    request.set([0xc0, ...RESERVED_VERSION, ID_BYTES, ...id(SERVER, nonce), ID_BYTES, ...id(CLIENT, nonce)]);
    return request;
  },
};
const initial: RequestForm = {
  name: 'initial',
  encode: (nonce) =>
    initialPacket(clientKeys(id(SERVER, nonce)), {
      destination: id(SERVER, nonce),
      source: id(CLIENT, nonce),
      number: 0,
      frames: clientHelloFrame(id(CLIENT, nonce)),
      bytes: SMALLEST_BYTES,
    }),
};

export const quic = defineProbe({
  id: 'quic',
  protocol: 'quic',
  port: 443,
  standard: 'RFC 9000 §6, §8.1',
  severity: 'info',
  inDefault: 'no: small',
  // A flight is sent again after 1 s (RFC 9002 §6.2.2), and the time doubles.
  quietGapMs: 3000,
  report: 'scan_quic',
  texts,
  textsFor,
  sweepForms: [negotiation],
  nonce: { bits: 30, echoed },
  farewell,
  read,
  next,
  judge,
  dissect: (payload): readonly Field[] => layFields(payload, shapesOf(payload)),
  emulatedServers,
});

function id(name: string, nonce: Nonce): Uint8Array {
  const bytes = new Uint8Array(ID_BYTES);
  bytes.set(new TextEncoder().encode(name));
  new DataView(bytes.buffer).setUint32(4, nonce);
  return bytes;
}

/** What every version has (RFC 8999 §5.1). */
interface LongHeader {
  readonly first: number;
  readonly version: number;
  readonly destination: Uint8Array;
  readonly source: Uint8Array;
  readonly rest: Uint8Array;
}

function readLongHeader(payload: Uint8Array): LongHeader | undefined {
  const reader = new Reader(payload);
  const [first = 0, version] = [reader.u8(), reader.u32()];
  const [destination, source] = [connectionId(reader), connectionId(reader)];
  if (first < 0x80 || version === undefined || !destination || !source) return undefined;
  return { first, version, destination, source, rest: payload.subarray(reader.offset) };
}

function connectionId(reader: Reader): Uint8Array | undefined {
  const length = reader.u8();
  return length === undefined || length > MOST_ID_BYTES ? undefined : reader.take(length);
}

/** To our own id; in a Version Negotiation that of the server is ours too. */
function echoed(payload: Uint8Array): Nonce | undefined {
  const { destination } = readLongHeader(payload) ?? {};
  if (destination?.length !== ID_BYTES) return undefined;
  const nonce = Buffer.from(destination).readUInt32BE(4);
  return nonce < 2 ** 30 && isSame(destination, id(CLIENT, nonce)) ? nonce : undefined;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const [header, asked] = [readLongHeader(payload), readLongHeader(request)];
  if (!header || !asked || !isSame(header.destination, asked.source))
    return unrecognised('no long header of QUIC to the id of the request');
  if (header.version === 0) {
    if (!isSame(header.source, asked.destination) || asked.version === VERSION_1)
      return unrecognised('a Version Negotiation that the request did not ask for');
    const versions = versionsIn(header.rest);
    if (!versions) return unrecognised('a Version Negotiation without whole versions');
    return { kind: 'answer', facts: { packet: 'Version Negotiation', versions: versions.join(' ') } };
  }
  const packet = PACKETS[(header.first >> 4) & 3];
  if (
    header.version !== VERSION_1 ||
    asked.version !== VERSION_1 ||
    header.first < 0xc0 ||
    packet === '0-RTT'
  )
    return unrecognised('no packet of a server of version 1');
  // Its keys are for whoever saw the request; what is inside is not read.
  return { kind: 'answer', facts: { packet: packet ?? '' } };
}

function unrecognised(why: string): Reading {
  return { kind: 'unrecognised', why };
}

const MOST_VERSIONS = 32;

/** Those that are not reserved, which some servers name to keep clients flexible (RFC 9000 §6.3). */
function versionsIn(rest: Uint8Array): readonly string[] | undefined {
  if (rest.length === 0 || rest.length % 4 !== 0 || rest.length > 4 * MOST_VERSIONS) return undefined;
  const versions = Array.from({ length: rest.length / 4 }, (_, i) => rest.subarray(4 * i, 4 * i + 4));
  return versions
    .filter((version) => !version.every((byte) => (byte & 0x0f) === 0x0a))
    .map((version) => `0x${Buffer.from(version).toString('hex')}`);
}

function next(done: readonly Exchange[]): Ask | undefined {
  const isAsked = done.some(({ form }) => form === initial.name);
  const versions = done.flatMap(answersIn).flatMap((facts) => String(facts['versions'] ?? '').split(' '));
  return !isAsked && versions.includes('0x00000001') ? { form: initial, purpose: 'measure' } : undefined;
}

/** In a packet of the least length that a client's may have, with the keys of the first one. */
function farewell(answer: Uint8Array, request: Uint8Array): Uint8Array | undefined {
  const [header, asked] = [readLongHeader(answer), readLongHeader(request)];
  const reading = read(answer, request);
  const isBegun =
    reading.kind === 'answer' && ['Initial', 'Handshake'].includes(String(reading.facts['packet']));
  if (!header || !asked || !isBegun) return undefined;
  return initialPacket(clientKeys(asked.destination), {
    destination: header.source,
    source: asked.source,
    number: 1,
    frames: CONNECTION_CLOSE,
    bytes: SMALLEST_BYTES,
  });
}

function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose }) => purpose === 'measure');
  const answers = measured.flatMap(answersIn);
  if (answers.length === 0) return { kind: 'nothing' };
  const versions = answers.map((facts) => facts['versions']).find((text) => text !== undefined);
  const handshake = measured.filter((exchange) =>
    answersIn(exchange).some((facts) => facts['versions'] === undefined),
  );
  const strongest = reportedExchange(handshake);
  const { sent, received } = strongest ?? {};
  const exceeds = sent && received && received.payloadBytes > MOST_TIMES * sent.payloadBytes;
  const hasRetry = answers.some(({ packet }) => packet === 'Retry');
  const facts: Facts = {
    ...columnsOf(String(versions ?? '')),
    ...(received && {
      handshake_bytes: received.payloadBytes,
      retry: hasRetry,
      exceeds_limit: exceeds === true,
    }),
  };
  return {
    kind: 'exposure',
    tags: ['quic', ...(exceeds === true ? ['quic-limit'] : []), ...(hasRetry ? ['quic-retry'] : [])],
    detail: describe(facts).en,
    facts,
    ...(exceeds === true && {
      atLeast: { level: 'medium', reason: 'it sends more than RFC 9000 allows before an address is proved' },
    }),
  };
}

/** Shadowserver has four columns. */
function columnsOf(versions: string): Facts {
  const named = versions.split(' ').filter(Boolean).slice(0, 4);
  return Object.fromEntries(named.map((version, i) => [`version_field_${i + 1}`, version]));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield [1, 'first octet', showHex];
  if ((payload[0] ?? 0) < 0x80) return;
  yield [4, 'version', showHex];
  const reader = new Reader(payload, 5);
  for (const name of ['destination', 'source']) {
    const length = reader.u8();
    if (length === undefined) return;
    yield [1, `length of the ${name} id`];
    if (length > 0) yield [length, `${name} id`, showHex];
    reader.skip(length);
  }
  const isNegotiation = payload.subarray(1, 5).every((byte) => byte === 0);
  for (let n = 0; isNegotiation && n < MOST_VERSIONS && reader.remaining >= 4; n++) {
    yield [4, 'supported version', showHex];
    reader.skip(4);
  }
}
