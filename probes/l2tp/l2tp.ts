/**
 * Does this host open a tunnel for anybody? (RFC 2661)
 *
 *     sent      c8 02 00 3c  00 00 00 00 00 00 00 00   control message of 60 bytes, no tunnel yet
 *               …  SCCRQ, version 1.0, host name, framing, our tunnel id
 *     received  c8 02 00 63  92 34 …  SCCRP            to our tunnel, with the id of theirs; 99 bytes from xl2tpd, and
 *                                                      again after 1, 3, 7 and 15 s
 *               c8 02 00 2d  92 34 …  StopCCN          at 31 s, that it gives up; 45 bytes, five times as well
 *
 * The first message of a tunnel: no user, no session, nothing of PPP. A server keeps a tunnel that is half open until it
 * gives up (xl2tpd: 31 s); StopCCN with its id ends that sooner where it is still open when the line falls quiet.
 * Five attributes are mandatory (§6.1), so it can be no shorter; a tunnel id of 0, as some scanners send, is against §4.4.3.
 */
import type { Exchange, Facts } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Nonce, type Reading } from '../probe.js';
import { layFields, latin1, showHex, showNumber, showText, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import { emulatedServers } from './emulated-servers.js';
import {
  ATTRIBUTE,
  ATTRIBUTE_HEADER_BYTES,
  MESSAGE,
  MESSAGE_NAMES,
  attributeOf,
  encodeControl,
  numberOf,
  readControl,
  u16,
  type Attribute,
} from './message.js';
import { describe, texts, textsFor } from './texts.js';

/** So none of ours is 0, which stands for no tunnel. */
const OURS = 0x8000;

export const l2tp = defineProbe({
  id: 'l2tp',
  protocol: 'l2tp',
  port: 1701,
  standard: 'RFC 2661',
  severity: 'medium',
  inDefault: 'no: state',
  quietGapMs: 2000,
  report: 'x_l2tp',
  texts,
  textsFor,
  sweepForms: [
    {
      name: 'sccrq',
      encode: (nonce) =>
        encodeControl({
          tunnelId: 0,
          sent: 0,
          expected: 0,
          attributes: [
            attribute(ATTRIBUTE.messageType, u16(MESSAGE.startRequest)),
            attribute(ATTRIBUTE.protocolVersion, [1, 0]),
            attribute(ATTRIBUTE.hostName, new TextEncoder().encode('ampscope')),
            attribute(ATTRIBUTE.framingCapabilities, [0, 0, 0, 3]), // synchronous and asynchronous
            attribute(ATTRIBUTE.assignedTunnelId, u16(OURS | nonce)),
          ],
        }),
    },
  ],
  nonce: { bits: 15, echoed: nonceOf },
  farewell,
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

function attribute(type: number, value: Iterable<number>): Attribute {
  return { type, value: Uint8Array.from(value) };
}

/** A message to our tunnel. */
function nonceOf(payload: Uint8Array): Nonce | undefined {
  const { tunnelId = 0 } = readControl(payload) ?? {};
  return tunnelId >= OURS ? tunnelId - OURS : undefined;
}

/** To the tunnel that the answer assigned; the request was message 0, and the answer theirs. */
function farewell(answer: Uint8Array, request: Uint8Array): Uint8Array | undefined {
  const [reply, asked] = [readControl(answer), readControl(request)];
  const theirs = reply && numberOf(reply, ATTRIBUTE.assignedTunnelId);
  const ours = asked && attributeOf(asked, ATTRIBUTE.assignedTunnelId);
  if (!reply || !theirs || !ours || numberOf(reply, ATTRIBUTE.messageType) !== MESSAGE.startReply)
    return undefined;
  const attributes = [
    attribute(ATTRIBUTE.messageType, u16(MESSAGE.stop)),
    attribute(ATTRIBUTE.assignedTunnelId, ours),
    attribute(ATTRIBUTE.resultCode, u16(REQUESTER_SHUTS_DOWN)),
  ];
  return encodeControl({ tunnelId: theirs, sent: 1, expected: reply.sent + 1, attributes });
}

/** RFC 2661 §4.4.2: result code 6 of StopCCN, "Requester is being shut down". */
const REQUESTER_SHUTS_DOWN = 6;

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const message = readControl(payload);
  const asked = readControl(request);
  if (message === undefined) return unrecognised('no control message of version 2');
  if (asked === undefined || message.tunnelId !== numberOf(asked, ATTRIBUTE.assignedTunnelId))
    return unrecognised('a message to another tunnel');
  if (message.attributes.length === 0) return { kind: 'answer', facts: { message: 'acknowledgement' } };
  const type = numberOf(message, ATTRIBUTE.messageType);
  if (type !== MESSAGE.startReply && type !== MESSAGE.stop)
    return unrecognised('no answer to a first message');
  const text = (of: number): string =>
    latin1((attributeOf(message, of) ?? NONE).subarray(0, MOST_TEXT_BYTES));
  const facts: Record<string, string | number> = { message: MESSAGE_NAMES[type] ?? '' };
  const result = numberOf(message, ATTRIBUTE.resultCode);
  const revision = numberOf(message, ATTRIBUTE.firmwareRevision);
  if (result !== undefined) facts['result_code'] = result;
  if (text(ATTRIBUTE.hostName) !== '') facts['host_name'] = text(ATTRIBUTE.hostName);
  if (text(ATTRIBUTE.vendorName) !== '') facts['vendor_name'] = text(ATTRIBUTE.vendorName);
  if (revision !== undefined) facts['firmware_revision'] = revision;
  return { kind: 'answer', facts };
}

const NONE = new Uint8Array();
const MOST_TEXT_BYTES = 200;

function unrecognised(why: string): Reading {
  return { kind: 'unrecognised', why };
}

/** It answers anybody, whether it accepts the tunnel or says why not: each is sent again until it is acknowledged. */
function judge(done: readonly Exchange[]): Judgement {
  const answers = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  const facts = answers.find(isAccepted) ?? answers.find(isStopped) ?? answers[0];
  if (!facts) return { kind: 'nothing' };
  const vendor = facts['vendor_name'];
  return {
    kind: 'exposure',
    tags: isAccepted(facts) ? ['l2tp', 'l2tp-tunnel'] : ['l2tp'],
    ...(vendor !== undefined && { version: String(vendor) }),
    detail: describe(facts).en,
    facts,
  };
}

const isAccepted = ({ message }: Facts): boolean => message === 'SCCRP';
const isStopped = ({ message }: Facts): boolean => message === 'StopCCN';

const HEADER: readonly FieldShape[] = [
  [2, 'flags and version', showHex],
  [2, 'length'],
  [2, 'tunnel id'],
  [2, 'session id'],
  [2, 'sequence number'],
  [2, 'expected next'],
];

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield* HEADER;
  const reader = new Reader(payload, 12);
  while (reader.remaining > 0) {
    const head = reader.u16();
    reader.skip(2);
    const type = reader.u16();
    const length = ((head ?? 0) & 0x03ff) - ATTRIBUTE_HEADER_BYTES;
    if (type === undefined || !reader.skip(length)) return;
    yield [ATTRIBUTE_HEADER_BYTES, 'attribute', () => `${type}, ${length} bytes`];
    if (length > 0) yield [length, NAMES[type] ?? 'value', showerOf(type)];
  }
}

const NAMES: Readonly<Record<number, string>> = {
  0: 'message type',
  1: 'result code',
  2: 'protocol version',
  3: 'framing capabilities',
  4: 'bearer capabilities',
  6: 'firmware revision',
  7: 'host name',
  8: 'vendor name',
  9: 'assigned tunnel id',
  10: 'receive window size',
  11: 'challenge',
};

function showerOf(type: number): FieldShape[2] {
  if (type === ATTRIBUTE.messageType)
    return (bytes) => `${showNumber(bytes)} ${MESSAGE_NAMES[Number(showNumber(bytes))] ?? ''}`.trim();
  if (type === ATTRIBUTE.hostName || type === ATTRIBUTE.vendorName) return showText;
  return type === ATTRIBUTE.assignedTunnelId ? showNumber : showHex;
}
