/**
 * Does this host answer as a node of the BitTorrent DHT? (BEP 5)
 *
 *     sent      d1:ad2:id20:… 6:target20:… e1:q9:find_node2:roi1e1:t4:…1:y1:qe    101 bytes; ro: we are no node (BEP 43)
 *     received  d1:rd2:id20:… 5:nodes208:… e1:t4:…1:y1:re                          the eight nodes nearest to the target
 *
 * `get_peers` is asked of who answers: its answer has a token too, and is the larger one. It is asked for a torrent that
 * does not exist, so no peer stands in it. Nothing is announced. A node may ask back all the same, ro or not: such
 * questions (y = q) are no answer.
 */
import type { Exchange } from '../../src/domain/exchange.js';
import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import {
  defineProbe,
  forms,
  type Field,
  type Judgement,
  type Nonce,
  type Reading,
  type RequestForm,
} from '../probe.js';
import { layFields, showPrintable, showText, type FieldShape } from '../wire/fields.js';
import { readBencoded, textIn, valueIn, writeBencoded, type Bencoded } from './bencode.js';
import { emulatedServers } from './emulated-servers.js';
import { texts, textsFor } from './texts.js';

/** 20 bytes, as every id has. Whoever finds it in a log finds us; it stands for no torrent, and no node has it. */
const OWN_ID = 'ampscope-measurement';
const NONCE_BYTES = 4;
/** A compact node (BEP 5): id (20), address (4), port (2); of IPv6 (BEP 32) with 16 bytes of address. */
const NODE_BYTES = { nodes: 26, nodes6: 38 } as const;

export const bittorrentDht = defineProbe({
  id: 'bittorrent-dht',
  protocol: 'bittorrent-dht',
  port: 6881,
  standard: 'BEP 5',
  published: { factor: '3.8', source: 'US-CERT TA14-017A; Rossow, NDSS 2014' },
  severity: 'medium',
  inDefault: 'no: others-send',
  quietGapMs: 2000,
  report: 'x_bittorrent_dht',
  texts,
  textsFor,
  sweepForms: [query('find_node', 'target')],
  nonce: { bits: 30, echoed: (payload) => nonceIn(payload, readBencoded(payload)) },
  asksBack: (payload) => typeIn(payload, readBencoded(payload)) === 'q',
  read,
  next: forms(query('get_peers', 'info_hash')),
  judge,
  dissect,
  emulatedServers,
});

/** A question about one id: keys in their order, as BEP 3 has it. */
function query(method: string, about: string): RequestForm {
  return {
    name: method,
    encode(nonce) {
      const transaction = Buffer.alloc(NONCE_BYTES);
      transaction.writeUInt32BE(nonce);
      // id < target, but info_hash > id: sorted either way.
      return writeBencoded({ a: { id: OWN_ID, [about]: OWN_ID }, q: method, ro: 1, t: transaction, y: 'q' });
    },
  };
}

function nonceIn(payload: Uint8Array, message: Bencoded | undefined): Nonce | undefined {
  const transaction = textIn(payload, message, 't');
  if (transaction?.length !== NONCE_BYTES) return undefined;
  const nonce = Buffer.from(transaction).readUInt32BE();
  return nonce < 2 ** 30 ? nonce : undefined;
}

/** `q` for a question, `r` for an answer, `e` for an error. */
function typeIn(payload: Uint8Array, message: Bencoded | undefined): string | undefined {
  const type = textIn(payload, message, 'y');
  return type && showText(type);
}

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const message = readBencoded(payload);
  const type = typeIn(payload, message);
  if (type !== 'r' && type !== 'e') return unrecognised('no answer in bencoding');
  const transaction = textIn(payload, message, 't');
  const asked = textIn(request, readBencoded(request), 't');
  if (!transaction || !asked || Buffer.compare(transaction, asked) !== 0)
    return unrecognised('not the transaction that was asked');
  if (type === 'e') return { kind: 'refusal', reason: errorIn(message) };
  if (textIn(payload, message, 'r', 'id')?.length !== OWN_ID.length)
    return unrecognised('an answer without an id');
  const count = (key: keyof typeof NODE_BYTES): number =>
    Math.floor((textIn(payload, message, 'r', key)?.length ?? 0) / NODE_BYTES[key]);
  const client = textIn(payload, message, 'v');
  return {
    kind: 'answer',
    facts: {
      nodes: count('nodes') + count('nodes6'),
      token: valueIn(message, 'r', 'token') !== undefined,
      ...(client && { client: clientOf(client) }),
    },
  };
}

function unrecognised(why: string): Reading {
  return { kind: 'unrecognised', why };
}

/** BEP 5: a list of a code and a text. */
function errorIn(message: Bencoded | undefined): string {
  const error = valueIn(message, 'e');
  const [code] = error?.kind === 'list' ? error.items : [];
  return code?.kind === 'number' ? `error ${code.value}` : 'error';
}

/** BEP 20 and usage: two letters, then two bytes of a version. */
const CLIENTS: Readonly<Record<string, string>> = {
  A2: 'aria2',
  LT: 'libtorrent',
  TR: 'Transmission',
  UT: 'µTorrent',
  lt: 'libTorrent (rTorrent)',
};
const MOST_CLIENT_BYTES = 8;

function clientOf(version: Uint8Array): string {
  const letters = showPrintable(version.subarray(0, 2));
  return CLIENTS[letters] ?? showPrintable(version.subarray(0, MOST_CLIENT_BYTES));
}

function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose }) => purpose === 'measure');
  const answers = measured.flatMap(answersIn);
  if (answers.length === 0) {
    const [reason] = measured.flatMap(refusalsIn);
    return reason === undefined ? { kind: 'nothing' } : { kind: 'refusal', reason };
  }
  const nodes = Math.max(...answers.map((one) => Number(one['nodes'])));
  const client = answers.map((one) => one['client']).find((name) => name !== undefined && name !== '');
  return {
    kind: 'exposure',
    tags: ['bittorrent-dht'],
    ...(client !== undefined && { version: String(client) }),
    detail: `names ${nodes} other node${nodes === 1 ? '' : 's'}`,
    facts: { nodes },
  };
}

/** What holds addresses: of nodes, of peers, and of whoever asked (BEP 42). */
const ADDRESSES: ReadonlySet<string> = new Set(['nodes', 'nodes6', 'values', 'ip']);

function dissect(payload: Uint8Array): readonly Field[] {
  const message = readBencoded(payload);
  return layFields(payload, message === undefined ? [] : shapesOf(message, 'message', false), {
    rest: 'no bencoding',
  });
}

/** Of a text, its length and colon stand in its field. */
function* shapesOf(value: Bencoded, name: string, isMasked: boolean): Generator<FieldShape> {
  const bytes = value.end - value.at;
  switch (value.kind) {
    case 'number':
      yield [bytes, name, showText];
      break;
    case 'text':
      yield [bytes, name, isMasked ? 'masked' : showText];
      break;
    case 'list':
      yield [1, `${name}: a list`, showText];
      for (const item of value.items) yield* shapesOf(item, name, isMasked);
      yield [1, 'end', showText];
      break;
    case 'dictionary':
      yield [1, `${name}: a dictionary`, showText];
      for (const entry of value.entries) {
        yield [entry.key.end - entry.key.at, 'key', showText];
        yield* shapesOf(entry.value, nameOf(entry.name), isMasked || ADDRESSES.has(entry.name));
      }
      yield [1, 'end', showText];
  }
}

const NAMES: Readonly<Record<string, string>> = {
  a: 'arguments',
  e: 'error',
  q: 'method',
  r: 'answer',
  ro: 'read-only',
  t: 'transaction',
  v: 'client',
  y: 'type',
};

/** A key names its value as far as it is known; any other is only that. */
function nameOf(key: string): string {
  return NAMES[key] ?? (/^[a-z_0-9]+$/.test(key) ? key : 'value');
}
