/**
 * Does this media proxy take orders from anybody? (rtpengine's ng control protocol, docs/ng_control_protocol.md there)
 *
 *     sent      2f000001 d7:command10:statisticse                          a cookie, and a command in bencoding: 33 bytes
 *     received  2f000001 d10:statisticsd17:currentstatistics…6:result2:oke   7,562 bytes from an idle rtpengine 10.5
 *
 * Reading alone. Beside it the protocol has commands that open and close calls, without a password: they are never sent.
 * rtpengine counts the commands of each address, ours too, and each address makes the answer a kilobyte longer. The same
 * cookie brings the same answer from its memory, so no two requests have one.
 */
import type { Exchange } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Nonce, type Reading } from '../probe.js';
import { latin1, layFields, showText, type FieldShape } from '../wire/fields.js';
import { emulatedServers } from './emulated-servers.js';
import { describe, texts, textsFor } from './texts.js';

const COOKIE_DIGITS = 8;

export const rtpengineNg = defineProbe({
  id: 'rtpengine-ng',
  protocol: 'rtpengine',
  port: 2223,
  standard: 'rtpengine, ng_control_protocol.md',
  severity: 'medium',
  inDefault: 'no: specific',
  quietGapMs: 2000,
  report: 'x_rtpengine_ng',
  texts,
  textsFor,
  sweepForms: [
    {
      name: 'statistics',
      encode: (nonce) =>
        new TextEncoder().encode(
          `${nonce.toString(16).padStart(COOKIE_DIGITS, '0')} d7:command10:statisticse`,
        ),
    },
  ],
  nonce: { bits: 30, echoed },
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

/** A cookie of ours, and a dictionary. */
const ANSWER = /^[0-9a-f]{8} d/;

function echoed(payload: Uint8Array): Nonce | undefined {
  const head = latin1(payload.subarray(0, COOKIE_DIGITS + 2));
  const nonce = Number.parseInt(head.slice(0, COOKIE_DIGITS), 16);
  return ANSWER.test(head) && nonce < 2 ** 30 ? nonce : undefined;
}

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const cookie = latin1(request.subarray(0, request.indexOf(0x20) + 1));
  const head = latin1(payload.subarray(0, cookie.length + 1));
  if (cookie.length < 2 || head !== `${cookie}d`)
    return unrecognised('no answer with the cookie of the request');
  const text = latin1(payload);
  const result = /6:result(?:2:(ok)|4:(pong)|5:(error))/.exec(text);
  if (!result || !text.endsWith('e')) return unrecognised('no dictionary with a result');
  const sessions = /13:sessionstotali(\d{1,15})e/.exec(text)?.[1];
  const uptime = /6:uptime\d{1,2}:(\d{1,10})/.exec(text)?.[1];
  return {
    kind: 'answer',
    facts: {
      result: result[1] ?? result[2] ?? result[3] ?? '',
      ...(sessions !== undefined && { sessions: Number(sessions), askers: text.split('5:proxy').length - 1 }),
      ...(uptime !== undefined && { uptime: Number(uptime) }),
    },
  };
}

function unrecognised(why: string): Reading {
  return { kind: 'unrecognised', why };
}

function judge(done: readonly Exchange[]): Judgement {
  const [facts] = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  if (!facts) return { kind: 'nothing' };
  return { kind: 'exposure', tags: ['rtpengine-ng'], detail: describe(facts).en, facts };
}

/** From here on: the addresses of all who gave it commands, and its own. */
const ADDRESSES_FROM = '17:controlstatistics';

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  const space = payload.subarray(0, 64).indexOf(0x20);
  if (space < 0) return;
  if (space > 0) yield [space, 'cookie', showText];
  yield [1, 'end of the cookie', () => ''];
  const rest = payload.length - space - 1;
  const shown = Buffer.from(payload.buffer, payload.byteOffset + space + 1, rest).indexOf(ADDRESSES_FROM);
  if (shown !== 0) yield [shown < 0 ? rest : shown, 'dictionary', showText];
  if (shown >= 0) yield [rest - shown, 'control statistics and interfaces, not shown', 'masked'];
}
