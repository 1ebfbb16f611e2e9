/**
 * Does this router tell its outer address to anybody? (NAT-PMP, RFC 6886 §3.2)
 *
 *     sent      00 00                                version 0, the question for the public address
 *     received  00 80  00 00  00 00 00 fc  c0 00 02 07    the answer to it, success, seconds since its start, the address
 *
 * The question changes nothing; the other one of the protocol makes a port reachable from outside, and is never asked.
 * RFC 6886 §3 has a router answer its inner side alone. Nothing in the answer echoes anything.
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
import { layFields, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import { emulatedServers } from './emulated-servers.js';
import { texts } from './texts.js';

const VERSION = 0;
const ANSWER = 128;
const ANSWER_BYTES = 12;
/** RFC 6886 §3.5. */
const RESULTS: ReadonlyMap<number, string> = new Map([
  [0, 'success'],
  [1, 'unsupported version'],
  [2, 'refused'],
  [3, 'network failure'],
  [4, 'out of resources'],
  [5, 'unsupported opcode'],
]);

export const natPmp = defineProbe({
  id: 'nat-pmp',
  protocol: 'nat-pmp',
  port: 5351,
  standard: 'RFC 6886 §3.2',
  severity: 'high',
  inDefault: 'yes: reported',
  quietGapMs: 2000,
  report: 'scan_nat_pmp',
  texts,
  textsFor: ({ facts }) => (facts === undefined ? {} : { detail: detailOf(facts) }),
  sweepForms: [{ name: 'public-address', encode: () => Uint8Array.of(VERSION, 0) }],
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

function read(payload: Uint8Array): Reading {
  const reader = new Reader(payload);
  const [version, opcode, result, uptime] = [reader.u8(), reader.u8(), reader.u16(), reader.u32()];
  const address = reader.take(4);
  const name = RESULTS.get(result ?? -1);
  if (version !== VERSION || opcode !== ANSWER || name === undefined)
    return { kind: 'unrecognised', why: 'no answer of NAT-PMP' };
  if (payload.length !== ANSWER_BYTES || uptime === undefined || !address)
    return { kind: 'unrecognised', why: 'an answer of NAT-PMP of another length' };
  return {
    kind: 'answer',
    facts: {
      version,
      opcode,
      uptime,
      result: name,
      // RFC 6886 §3.2: of an answer that is no success the field means nothing.
      ...(result === 0 && { external_ip: address.join('.') }),
    },
  };
}

function judge(done: readonly Exchange[]): Judgement {
  const [facts] = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  if (!facts) return { kind: 'nothing' };
  return { kind: 'exposure', tags: ['nat-pmp'], detail: detailOf(facts).en, facts };
}

const RESULTS_JA: Readonly<Record<string, string>> = {
  success: '成功',
  'unsupported version': '未対応のバージョン',
  refused: '拒否',
  'network failure': 'ネットワーク障害',
  'out of resources': '資源不足',
  'unsupported opcode': '未対応の要求',
};

function detailOf({ result, uptime }: Facts): Texts {
  return joined([
    { en: `result: ${String(result)}`, ja: `結果：${RESULTS_JA[String(result)] ?? String(result)}` },
    { en: `${String(uptime)} s since its start`, ja: `起動から${String(uptime)}秒` },
  ]);
}

const REQUEST: readonly FieldShape[] = [
  [1, 'version'],
  [1, 'opcode'],
];
const RESPONSE: readonly FieldShape[] = [
  ...REQUEST,
  [2, 'result'],
  [4, 'seconds since the start'],
  [4, 'public address', (bytes) => bytes.join('.')],
];

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, (payload[1] ?? 0) < ANSWER ? REQUEST : RESPONSE);
}
