/**
 * Does this memcached give its statistics over UDP without authentication? (doc/protocol.txt, "UDP protocol")
 *
 *     sent      4d 3a 00 00 00 01 00 00  stats␍␊      a frame: request id, sequence 0, one datagram, zero; 15 bytes
 *     received  4d 3a 00 00 00 02 00 00  STAT pid …   the frame with the same id, 0 of 2 datagrams: 1,400 bytes, then 835
 *
 * Only `stats` is asked: it reads no key and leaves nothing behind. The published factor is that of values which an
 * attacker stores first: 1 MB came back from this server for 15 bytes, and nothing in an audit stores values.
 */
import type { Exchange, Facts } from '../../src/domain/exchange.js';
import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Nonce, type Reading } from '../probe.js';
import { latin1, layFields, showText, type FieldShape } from '../wire/fields.js';
import { emulatedServers } from './emulated-servers.js';
import { statisticsText, texts, textsFor } from './texts.js';

const COMMAND = new TextEncoder().encode('stats\r\n');
const FRAME_BYTES = 8;

export const memcached = defineProbe({
  id: 'memcached',
  protocol: 'memcached',
  port: 11211,
  standard: 'memcached 1.6, doc/protocol.txt',
  published: {
    factor: '10,000-51,000',
    source: 'US-CERT TA14-017A',
    note: {
      en: 'of a stored value, which is never asked for',
      ja: '保存された値の場合（この調査では要求しません）',
    },
  },
  severity: 'high',
  inDefault: 'yes: reported',
  quietGapMs: 2000,
  report: 'scan_memcached',
  texts,
  textsFor,
  sweepForms: [
    {
      name: 'stats',
      encode(nonce) {
        const request = new Uint8Array(FRAME_BYTES + COMMAND.length);
        const view = new DataView(request.buffer);
        view.setUint16(0, nonce); // request id
        view.setUint16(2, 0); // sequence number
        view.setUint16(4, 1); // datagrams in all
        view.setUint16(6, 0); // reserved
        request.set(COMMAND, FRAME_BYTES);
        return request;
      },
    },
  ],
  nonce: { bits: 16, echoed: (payload) => frameOf(payload)?.id },
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

interface Frame {
  readonly id: Nonce;
  readonly sequence: number;
  readonly total: number;
}

function frameOf(payload: Uint8Array): Frame | undefined {
  if (payload.length <= FRAME_BYTES) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset);
  const [id, sequence, total] = [view.getUint16(0), view.getUint16(2), view.getUint16(4)];
  return view.getUint16(6) === 0 && sequence < total ? { id, sequence, total } : undefined;
}

/** What of the statistics is reported: the columns of Shadowserver's scan_memcached. */
const REPORTED: ReadonlySet<string> = new Set(
  'version,pid,pointer_size,uptime,time,curr_connections,total_connections'.split(','),
);
/** Of a larger datagram than memcached sends (1,400 bytes) so much is read, and taken apart into lines. */
const MOST_BYTES_READ = 4096;

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const frame = frameOf(payload);
  if (!frame || frame.id !== frameOf(request)?.id) return unrecognised('no frame with the id of the request');
  const text = latin1(payload.subarray(FRAME_BYTES, MOST_BYTES_READ));
  const error = /^(?:ERROR|CLIENT_ERROR|SERVER_ERROR)(?= |\r\n)/.exec(text);
  if (error) return { kind: 'refusal', reason: error[0].toLowerCase().replace('_', ' ') };
  if (/[^\t\r\n\x20-\x7e]/.test(text)) return unrecognised('a frame around bytes that are no text');
  if (frame.sequence === 0 && !text.startsWith('STAT ')) return unrecognised('a frame without statistics');
  const facts: Record<string, string | number> = { sequence: frame.sequence, datagrams: frame.total };
  for (const line of text.split('\r\n')) {
    const [word, name = '', value = ''] = line.split(' ', 3);
    if (word === 'STAT' && REPORTED.has(name) && value !== '') facts[name] = value;
  }
  return { kind: 'answer', facts };
}

function unrecognised(why: string): Reading {
  return { kind: 'unrecognised', why };
}

function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose }) => purpose === 'measure');
  const answers = measured.flatMap(answersIn);
  const first = answers.find(({ sequence }) => sequence === 0);
  if (!first) {
    const [reason] = measured.flatMap(refusalsIn);
    return reason === undefined ? { kind: 'nothing' } : { kind: 'refusal', reason };
  }
  const facts = Object.fromEntries(Object.entries(first).filter(([name]) => name !== 'sequence'));
  const total = Number(facts['datagrams']);
  const { version } = facts;
  return {
    kind: 'exposure',
    tags: ['memcached'],
    ...(version !== undefined && { version: `memcached ${version}` }),
    detail: statisticsText(total).en,
    facts,
    incomplete: measured.some((exchange) => isPart(answersIn(exchange))),
  };
}

/** Whether datagrams of an answer are missing, as its frames number them. */
function isPart(answers: readonly Facts[]): boolean {
  const came = new Set(answers.map(({ sequence }) => sequence));
  return answers.length > 0 && came.size < Number(answers[0]?.['datagrams']);
}

const FRAME: readonly FieldShape[] = [
  [2, 'request id'],
  [2, 'sequence number'],
  [2, 'datagrams in all'],
  [2, 'reserved'],
];

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield* FRAME;
  for (let at = FRAME_BYTES; at < Math.min(payload.length, MOST_BYTES_READ);) {
    const lineEnd = payload.indexOf(0x0a, at);
    const end = lineEnd < 0 ? payload.length : lineEnd + 1;
    yield [end - at, 'line', showText];
    at = end;
  }
}
