/**
 * Does this DTLS server begin a handshake with anybody who has not shown that its address is its own? (RFC 6347 §4.2.1)
 *
 *     sent      16 fe ff 00 00 …  01 00 00 5e …  ClientHello without a cookie: 119 bytes
 *     received  16 fe ff 00 00 …  03 00 00 17 …  HelloVerifyRequest: 48 bytes, a cookie to be sent back first; a refusal
 *     or        16 fe fd 00 00 …  02 00 00 4e …  ServerHello, certificate and what follows, at once: 697 bytes from
 *                                                gnutls-serv --nocookie, and again after 1, 4, 10 and 22 s
 *
 * The cookie is never sent back. Nothing that every server echoes could carry a nonce: the sequence number of the record
 * should come back with the cookie (§4.2.1), and coturn answers with 0. A handshake that has begun is ended with
 * close_notify (RFC 5246 §7.2.1), for a server keeps it until its own time-out.
 */
import type { Exchange, Facts } from '../../src/domain/exchange.js';
import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Judgement, type ProbeDefinition, type Reading } from '../probe.js';
import { emulatedServersAs } from './emulated-servers.js';
import { dissectDtls, readFlight } from './message.js';
import { describe, texts, textsFor } from './texts.js';

export const dtls = dtlsOn('dtls', 443);
/** CoAP over DTLS (RFC 7252 §9): the same question at its port. */
export const dtlsCoap = dtlsOn('dtls-coap', 5684);

function dtlsOn<const Id extends 'dtls' | 'dtls-coap'>(id: Id, port: number): ProbeDefinition<Id> {
  return defineProbe({
    id,
    protocol: 'dtls',
    port,
    standard: 'RFC 6347 §4.2.1',
    published: {
      factor: '35',
      source: 'Link11, 2020',
      note: { en: 'Citrix ADC without HelloVerifyRequest', ja: 'HelloVerifyRequestが無効のCitrix ADC' },
    },
    severity: 'medium',
    inDefault: 'no: specific',
    quietGapMs: 2000,
    report: id === 'dtls' ? 'x_dtls' : 'x_dtls_coap',
    texts,
    textsFor,
    sweepForms: [{ name: 'client-hello', encode: () => CLIENT_HELLO }],
    farewell,
    read,
    next: forms(),
    judge,
    dissect: dissectDtls,
    emulatedServers: emulatedServersAs(id),
  });
}

/** RFC 5246 §6.2.1. */
const [ALERT, HANDSHAKE] = [21, 22];
const CLIENT_HELLO = clientHello();

/** RFC 6347 §4.2.1 and RFC 5246 §7.4.1.2: what most servers can take, in few bytes; without a name, for none is known. */
function clientHello(): Uint8Array {
  const suites = [
    0xc02b, // ECDHE, ECDSA, AES-128-GCM
    0xc02f, // ECDHE, RSA, AES-128-GCM
    0xc02c, // the same two with AES-256
    0xc030,
    0xc013, // ECDHE, RSA, AES-128-CBC: for DTLS 1.0
    0x009c, // RSA, AES-128-GCM
    0x002f, // RSA, AES-128-CBC
    0xc0ae, // ECDHE, ECDSA, AES-128-CCM-8, and
    0xc0a8, // PSK, AES-128-CCM-8: those of CoAP (RFC 7252 §9.1.3)
  ];
  const extensions = [
    ...extension(10, withLength([0x001d, 0x0017, 0x0018].flatMap(u16))), // x25519, P-256, P-384
    ...extension(11, [1, 0]), // points are not compressed
    ...extension(13, withLength([0x0403, 0x0804, 0x0401, 0x0501, 0x0201].flatMap(u16))), // signatures
  ];
  const body = [
    ...u16(0xfefd), // DTLS 1.2
    ...new TextEncoder().encode('ampscope'.repeat(4)), // 32 bytes that are random where a handshake is meant to end
    0, // no session
    0, // no cookie
    ...withLength(suites.flatMap(u16)),
    ...[1, 0], // no compression
    ...withLength(extensions),
  ];
  const message = [1, 0, ...u16(body.length), ...u16(0), 0, 0, 0, 0, ...u16(body.length), ...body];
  return record(HANDSHAKE, 0xfeff, 0, message);
}

/** A record of epoch 0. */
function record(type: number, version: number, sequence: number, body: readonly number[]): Uint8Array {
  return Uint8Array.of(type, ...u16(version), ...u16(0), ...[0, 0, 0, 0, 0, sequence], ...withLength(body));
}

function extension(type: number, body: readonly number[]): readonly number[] {
  return [...u16(type), ...withLength(body)];
}

function withLength(body: readonly number[]): readonly number[] {
  return [...u16(body.length), ...body];
}

function u16(value: number): readonly number[] {
  return [value >> 8, value & 0xff];
}

function read(payload: Uint8Array): Reading {
  const flight = readFlight(payload);
  if (flight === undefined) return { kind: 'unrecognised', why: 'no records of a DTLS handshake' };
  const { messages, isAlert, chosen } = flight;
  if (messages.includes('ClientHello')) return { kind: 'unrecognised', why: 'a ClientHello' };
  if (messages.includes('HelloVerifyRequest')) return { kind: 'refusal', reason: 'cookie' };
  if (isAlert && messages.length === 0) return { kind: 'refusal', reason: 'alert' };
  return {
    kind: 'answer',
    facts: {
      messages: messages.join(', '),
      ...(chosen && { dtls_version: chosen.version, cipher_suite: suiteText(chosen.suite) }),
    },
  };
}

/** As the registry of IANA writes it: `0xC0,0x2B`. */
function suiteText(suite: number): string {
  return u16(suite)
    .map((byte) => `0x${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join(',');
}

function farewell(answer: Uint8Array): Uint8Array | undefined {
  const reading = read(answer);
  return reading.kind === 'answer' ? record(ALERT, 0xfefd, 1, [1, 0]) : undefined;
}

function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose }) => purpose === 'measure');
  const answered = measured.map(answersIn).filter(({ length }) => length > 0);
  if (answered.length === 0) {
    const [reason] = measured.flatMap(refusalsIn);
    return reason === undefined ? { kind: 'nothing' } : { kind: 'refusal', reason };
  }
  const facts = factsOf(answered);
  return {
    kind: 'exposure',
    tags: ['dtls', ...(Number(facts['times']) > 1 ? ['resends'] : [])],
    detail: describe(facts).en,
    facts,
  };
}

/** Each message once, in the order in which they first came, and how often one request brought a ServerHello. */
function factsOf(answered: readonly (readonly Facts[])[]): Facts {
  const all = answered.flat();
  const messages = new Set(all.flatMap((facts) => String(facts['messages']).split(', ')));
  const hello = all.find((facts) => facts['dtls_version'] !== undefined);
  const times = Math.max(...answered.map((facts) => facts.filter(holdsServerHello).length));
  return {
    messages: [...messages].join(', '),
    times,
    ...(hello && { dtls_version: hello['dtls_version'] ?? '', cipher_suite: hello['cipher_suite'] ?? '' }),
  };
}

function holdsServerHello({ dtls_version }: Facts): boolean {
  return dtls_version !== undefined;
}
