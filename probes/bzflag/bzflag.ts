/**
 * Does this BZFlag server answer pings of anybody? (include/Protocol.h, src/net/Ping.cxx)
 *
 *     sent      0002 0404 xxxx                                        two bytes of data, MsgPingCodeRequest; 6 bytes
 *     received  0038 0303 "BZFS0221" … our address … rules, teams     MsgPingCodeReply: 60 bytes whatever is played
 *
 * The two bytes of data are ignored and do not come back. The answer holds the address of the server as it knows itself, and
 * that of the asker.
 */
import type { Exchange } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Reading } from '../probe.js';
import { latin1, layFields, showHex, showText, type FieldShape } from '../wire/fields.js';
import { emulatedServers } from './emulated-servers.js';
import { texts } from './texts.js';

const REQUEST = Uint8Array.from([
  ...[0x00, 0x02], // bytes of data
  ...[0x04, 0x04], // MsgPingCodeRequest
  ...[0x00, 0x00], // ignored
]);
const ANSWER_BYTES = 60;
const HEADER_BYTES = 4;
const VERSION_BYTES = 8;

export const bzflag = defineProbe({
  id: 'bzflag',
  protocol: 'bzflag',
  port: 5154,
  standard: 'BZFlag 2.4, include/Protocol.h',
  severity: 'medium',
  inDefault: 'no: game',
  group: 'games',
  quietGapMs: 2000,
  report: 'x_bzflag',
  texts,
  sweepForms: [{ name: 'ping', encode: () => REQUEST.slice() }],
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

/** `BZFS0221`: the version of the protocol. */
function versionIn(payload: Uint8Array): string | undefined {
  if (payload.length !== ANSWER_BYTES) return undefined;
  const head = Buffer.from(payload.subarray(0, HEADER_BYTES)).readUInt32BE();
  if (head !== 0x0038_0303) return undefined;
  return /^BZFS(\d{4})$/.exec(latin1(payload.subarray(HEADER_BYTES, HEADER_BYTES + VERSION_BYTES)))?.[1];
}

function read(payload: Uint8Array): Reading {
  const protocol = versionIn(payload);
  return protocol === undefined
    ? { kind: 'unrecognised', why: 'no reply to a ping of BZFlag' }
    : { kind: 'answer', facts: { protocol } };
}

function judge(done: readonly Exchange[]): Judgement {
  const [found] = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  if (found === undefined) return { kind: 'nothing' };
  const protocol = String(found['protocol']);
  return {
    kind: 'exposure',
    tags: ['bzflag'],
    version: `BZFlag, protocol ${protocol}`,
    facts: { protocol },
  };
}

const QUESTION: readonly FieldShape[] = [
  [2, 'bytes of data'],
  [2, 'code', showHex],
  [2, 'data', showHex],
];
const ANSWER: readonly FieldShape[] = [
  [2, 'bytes of data'],
  [2, 'code', showHex],
  [VERSION_BYTES, 'version', showText],
  [4, 'address of the server', 'masked'],
  [2, 'port'],
  [2, 'number'],
  [1, 'length of the address'],
  [4, 'address of the asker', 'masked'],
];

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, payload.length <= REQUEST.length ? QUESTION : ANSWER, {
    rest: 'rules and teams',
  });
}
