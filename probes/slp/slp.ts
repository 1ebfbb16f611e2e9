/**
 * Does this host list the types of its services to anybody? (Service Location Protocol 2, RFC 2608 §10.1, §10.2)
 *
 *     sent      02 09 00001d 0000 000000 xxxx 0002 en  0000 ffff 0007 default    SrvTypeRqst; 29 bytes
 *     received  02 0a 00004e 0000 000000 xxxx 0002 en  0000 003a service:…       SrvTypeRply: error code, list of types
 *
 * The list holds no addresses. Nothing is registered (SrvReg): the factor of 2,200 that was published needs services that
 * an attacker registered first. An agent that does not know the question answers with an error code, and answers all
 * the same.
 */
import type { Exchange, Facts } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Reading } from '../probe.js';
import { latin1, layFields, showHex, showText, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import { emulatedServers } from './emulated-servers.js';
import { describe, texts, textsFor } from './texts.js';

const VERSION = 2;
/** Service Type Reply (RFC 2608 §8). */
const REPLY = 10;
const REQUEST_BYTES = 29;
const XID_AT = 10;
/** RFC 2608 §7: by code. */
const ERRORS: readonly string[] = [
  'No error',
  'Language not supported',
  'Parse error',
  'Invalid registration',
  'Scope not supported',
  'Authentication unknown',
  'Authentication absent',
  'Authentication failed',
  '',
  'Version not supported',
  'Internal error',
  'DA busy now',
  'Option not understood',
  'Invalid update',
  'Message not supported',
  'Refresh rejected',
];
/** Two characters a byte, and four for three of these: beyond 1,000 characters every report cuts a text. */
const MOST_RAW_BYTES = 375;
const [MOST_TEXT_BYTES, MOST_SHOWN_BYTES] = [1000, 400];

export const slp = defineProbe({
  id: 'slp',
  protocol: 'slp',
  port: 427,
  standard: 'RFC 2608 §10.1',
  published: {
    factor: '1.6-12',
    source: 'Bitsight, Curesec: CVE-2023-29552',
    note: {
      en: 'up to 2,200 where an attacker has registered services first, which this probe never does',
      ja: '攻撃者が先にサービスを登録した場合は最大2,200（この検査は登録を行いません）',
    },
  },
  severity: 'high',
  measuredOn: 'published figures',
  inDefault: 'no: unmeasured',
  quietGapMs: 2000,
  report: 'scan_slp',
  texts,
  textsFor,
  sweepForms: [
    {
      name: 'service-types',
      encode: (nonce) =>
        Uint8Array.of(
          VERSION,
          0x09, // Service Type Request
          ...[0x00, 0x00, REQUEST_BYTES], // length of all
          ...[0x00, 0x00], // flags: neither overflow, fresh nor multicast
          ...[0x00, 0x00, 0x00], // no extension
          ...[nonce >> 8, nonce & 0xff], // XID
          ...[0x00, 0x02, ...Buffer.from('en')], // language tag
          ...[0x00, 0x00], // nobody has answered before
          ...[0xff, 0xff], // of all naming authorities
          ...[0x00, 0x07, ...Buffer.from('default')], // the scope that an agent has unless it is told another (§6.4.1)
        ),
    },
  ],
  nonce: {
    bits: 16,
    echoed: (payload) => headerOf(new Reader(payload))?.xid,
  },
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

interface Header {
  readonly flags: number;
  readonly extension: number;
  readonly xid: number;
  readonly language: Uint8Array;
}

/** Of a Service Type Reply (RFC 2608 §8); undefined for anything else. The length of the message is not relied on. */
function headerOf(reader: Reader): Header | undefined {
  if (reader.u8() !== VERSION || reader.u8() !== REPLY || !reader.skip(3)) return undefined;
  const [flags, high, low, xid, length] = [
    reader.u16(),
    reader.u8(),
    reader.u16(),
    reader.u16(),
    reader.u16(),
  ];
  const language = length === undefined ? undefined : reader.take(length);
  if (flags === undefined || high === undefined || low === undefined || xid === undefined || !language)
    return undefined;
  return { flags, extension: high * 65_536 + low, xid, language };
}

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const reader = new Reader(payload);
  const header = headerOf(reader);
  const error = reader.u16();
  if (header === undefined || error === undefined || header.xid !== new Reader(request, XID_AT).u16())
    return { kind: 'unrecognised', why: 'no Service Type Reply with the XID of the request' };
  // With an error code the rest may be left out (§7).
  const length = reader.u16();
  const types = length === undefined ? undefined : reader.take(length);
  if (error === 0 && types === undefined)
    return { kind: 'unrecognised', why: 'a list of types that is cut short' };
  return {
    kind: 'answer',
    facts: {
      version: VERSION,
      function: REPLY,
      function_text: 'Service type reply',
      flags: `0x${header.flags.toString(16).padStart(4, '0')}`,
      next_extension_offset: header.extension,
      xid: header.xid,
      language_tag_length: header.language.length,
      language_tag: textOf(header.language),
      error_code: error,
      error_code_text: ERRORS[error] ?? '',
      service_types: textOf(types ?? Uint8Array.of()),
      ...(payload.length <= MOST_RAW_BYTES && {
        raw_response: Buffer.from(Buffer.from(payload).toString('hex')).toString('base64'),
      }),
    },
  };
}

function textOf(bytes: Uint8Array): string {
  return latin1(bytes.subarray(0, MOST_TEXT_BYTES));
}

function judge(done: readonly Exchange[]): Judgement {
  const [facts] = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  return facts === undefined
    ? { kind: 'nothing' }
    : { kind: 'exposure', tags: tagsOf(facts), detail: describe(facts).en, facts };
}

function tagsOf({ error_code: error }: Facts): readonly string[] {
  return error === 0 ? ['slp'] : ['slp', 'slp-error'];
}

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield [1, 'version'];
  yield [1, 'function'];
  yield [3, 'length'];
  yield [2, 'flags', showHex];
  yield [3, 'next extension offset'];
  yield [2, 'XID'];
  const reader = new Reader(payload, 12);
  yield* textShapes(reader, 'language tag');
  if (payload[1] === REPLY) {
    yield [2, 'error code', (bytes) => named(new Reader(bytes).u16() ?? 0)];
    reader.skip(2);
    return yield* textShapes(reader, 'service types');
  }
  yield* textShapes(reader, 'previous responders');
  yield [2, 'naming authority', showHex];
  reader.skip(2);
  yield* textShapes(reader, 'scopes');
}

function* textShapes(reader: Reader, name: string): Generator<FieldShape, undefined> {
  yield [2, `length of ${name}`];
  const length = reader.u16() ?? 0;
  if (length > 0) yield [length, name, (bytes) => showText(bytes, 0, MOST_SHOWN_BYTES)];
  reader.skip(length);
  return undefined;
}

function named(error: number): string {
  return `${error} ${ERRORS[error] ?? ''}`.trim();
}
