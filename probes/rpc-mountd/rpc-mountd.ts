/**
 * Does this NFS server list its exports, and which clients have mounted them, to anybody? (RFC 1813, appendix I)
 *
 *     sent to 111   xid 0 2 100000 2 3  AUTH_NONE ×2  100005 3 17 0    GETPORT of mountd over UDP (RFC 1833 §3); 56 bytes
 *     received      xid 1 0 AUTH_NONE 0  20048                         the port; 0 where it is not registered
 *     sent to that  xid 0 2 100005 3 5  AUTH_NONE ×2                   EXPORT of MOUNT version 3, as `showmount -e`; 40 bytes
 *     received      xid 1 0 AUTH_NONE 0  1 "/srv/exp8" 1 "192.0.2.0/24" … 0
 *
 * Then DUMP (2) brings the list of who has mounted what. Nothing is mounted. rpc.mountd has a port of its own for each
 * version, and answers every version on each: one exposure, found by the port of version 3. Names and addresses of
 * clients belong to others: they are counted, and not kept.
 */
import type { Exchange, Facts } from '../../src/domain/exchange.js';
import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import { defineProbe, type Field, type Judgement, type Reading, type RequestForm } from '../probe.js';
import { latin1, layFields, showText, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import {
  encodeRpcCall,
  encodeXdrWords,
  readRpcCall,
  readRpcReply,
  readXdrOpaque,
  rpcShapes,
} from '../wire/rpc.js';
import { emulatedServers } from './emulated-servers.js';
import { describe, texts, textsFor } from './texts.js';

const [PORTMAP, GETPORT] = [100_000, 3];
const [MOUNTD, DUMP, EXPORT] = [100_005, 2, 5];
const [VERSION, UDP] = [3, 17];
const NONCE_BITS = 30;
/** RFC 1813 appendix I: MNTPATHLEN, MNTNAMLEN. */
const [MOST_PATH_BYTES, MOST_NAME_BYTES] = [1024, 255];
/** So many exports stand in the text; all are counted. */
const MOST_EXPORTS_SHOWN = 20;

const getPort: RequestForm = {
  name: 'getport-mountd',
  encode: (xid) =>
    Uint8Array.from([
      ...encodeRpcCall({ xid, program: PORTMAP, version: 2, procedure: GETPORT }),
      ...encodeXdrWords(MOUNTD, VERSION, UDP, 0),
    ]),
};
const mount = (name: string, procedure: number): RequestForm => ({
  name,
  encode: (xid) => encodeRpcCall({ xid, program: MOUNTD, version: VERSION, procedure }),
});
const QUESTIONS = [mount('export-v3', EXPORT), mount('dump-v3', DUMP)];

export const rpcMountd = defineProbe({
  id: 'rpc-mountd',
  protocol: 'rpc-mountd',
  port: 111,
  portFrom: 'portmap',
  standard: 'RFC 1813, appendix I',
  severity: 'medium',
  inDefault: 'no: specific',
  quietGapMs: 2000,
  report: 'x_rpc_mountd',
  texts,
  textsFor,
  sweepForms: [getPort],
  nonce: {
    bits: NONCE_BITS,
    echoed: (payload) => {
      const reply = readRpcReply(new Reader(payload));
      return reply && reply.xid % 2 ** NONCE_BITS;
    },
  },
  read,
  next(done) {
    const port = done.flatMap(answersIn).flatMap(({ port: named }) => named ?? [])[0];
    const form = QUESTIONS.find(({ name }) => !done.some((exchange) => exchange.form === name));
    // Where mountd is silent or refuses there is nothing more to hear.
    const isSilent = done.some(
      (exchange) => exchange.purpose === 'measure' && answersIn(exchange).length === 0,
    );
    return form === undefined || typeof port !== 'number' || isSilent
      ? undefined
      : { form, purpose: 'measure', port };
  },
  judge,
  dissect,
  emulatedServers,
});

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const call = readRpcCall(new Reader(request));
  const reader = new Reader(payload);
  const reply = readRpcReply(reader);
  if (call === undefined || reply?.xid !== call.xid)
    return unrecognised('no RPC reply with the id of the call');
  if (reply.outcome === 'system error') return { kind: 'refusal', reason: reply.outcome, transient: true };
  if (reply.outcome !== 'success') return { kind: 'refusal', reason: reply.outcome };
  if (call.program === PORTMAP) return call.procedure === GETPORT ? readPort(reader) : OTHER;
  if (call.program !== MOUNTD) return OTHER;
  const facts =
    call.procedure === EXPORT
      ? readExports(reader)
      : call.procedure === DUMP
        ? readMounts(reader)
        : undefined;
  if (call.procedure !== EXPORT && call.procedure !== DUMP) return OTHER;
  return facts === undefined ? unrecognised('a list that is cut short') : { kind: 'answer', facts };
}

function unrecognised(why: string): Reading {
  return { kind: 'unrecognised', why };
}

const OTHER = unrecognised('the reply to another procedure');

function readPort(reader: Reader): Reading {
  const port = reader.u32();
  if (port === undefined || port > 65_535) return unrecognised('no port');
  return port === 0
    ? { kind: 'refusal', reason: 'mountd is not registered' }
    : { kind: 'answer', facts: { port } };
}

/** A list of paths, and for each a list of the groups of clients that may mount it: none where all may. */
function readExports(reader: Reader): Facts | undefined {
  const shown: string[] = [];
  let [exports, clients, forAll] = [0, 0, 0];
  for (let follows = reader.u32(); follows !== 0; follows = reader.u32()) {
    const path = follows === 1 ? readXdrOpaque(reader, MOST_PATH_BYTES) : undefined;
    if (path === undefined) return undefined;
    exports++;
    if (shown.length < MOST_EXPORTS_SHOWN) shown.push(latin1(path));
    let groups = 0;
    for (let another = reader.u32(); another !== 0; another = reader.u32()) {
      if (another !== 1 || !readXdrOpaque(reader, MOST_NAME_BYTES)) return undefined;
      groups++;
    }
    clients += groups;
    if (groups === 0) forAll++;
  }
  return { exports, export_clients: clients, exports_for_all: forAll, export_paths: shown.join('; ') };
}

/** A list of clients, and what each has mounted. */
function readMounts(reader: Reader): Facts | undefined {
  let mounts = 0;
  for (let follows = reader.u32(); follows !== 0; follows = reader.u32()) {
    if (follows !== 1) return undefined;
    const [client, path] = [readXdrOpaque(reader, MOST_NAME_BYTES), readXdrOpaque(reader, MOST_PATH_BYTES)];
    if (client === undefined || path === undefined) return undefined;
    mounts++;
  }
  return { mounts };
}

function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose }) => purpose === 'measure');
  const lists = measured.flatMap(answersIn).filter((facts) => 'exports' in facts || 'mounts' in facts);
  if (lists.length > 0) {
    const facts = lists.reduce<Facts>((all, more) => ({ ...all, ...more }), {});
    const tags = ['rpc-mountd', ...(Number(facts['exports_for_all'] ?? 0) > 0 ? ['exports-for-all'] : [])];
    return { kind: 'exposure', tags, detail: describe(facts).en, facts };
  }
  const [reason] = [...measured, ...done].flatMap(refusalsIn);
  if (reason !== undefined) return { kind: 'refusal', reason };
  return measured.some(({ form, end }) => form === QUESTIONS[0]?.name && end === 'silent')
    ? { kind: 'refusal', reason: 'silent at the port that is registered' }
    : { kind: 'nothing' };
}

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

/** What follows a call for a port (RFC 1833 §3.1). */
const GETPORT_SHAPES: readonly FieldShape[] = [
  [4, 'program asked for'],
  [4, 'version asked for'],
  [4, 'protocol asked for'],
  [4, 'port'],
];

/**
 * A reply does not say to which procedure: a list of exports begins with a path, which begins with a slash, and one of
 * mounts with a client.
 */
function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  if ((yield* rpcShapes(payload)) === 'call') return yield* GETPORT_SHAPES;
  if (payload.length === 28) {
    yield [4, 'port, or no entry follows'];
    return;
  }
  const reader = new Reader(payload, 24);
  const hasPaths = payload[32] === 0x2f;
  while (reader.u32() === 1) {
    yield [4, 'entry follows'];
    if (!hasPaths) {
      if (!(yield* textShape(reader, 'client', 'masked'))) return;
      if (!(yield* textShape(reader, 'path'))) return;
      continue;
    }
    if (!(yield* textShape(reader, 'path'))) return;
    while (reader.u32() === 1) {
      yield [4, 'client follows'];
      if (!(yield* textShape(reader, 'client', 'masked'))) return;
    }
    if (!reader.ok) return;
    yield [4, 'no client follows'];
  }
  if (reader.ok) yield [4, 'no entry follows'];
}

/** @returns whether it was whole. */
function* textShape(reader: Reader, name: string, show?: 'masked'): Generator<FieldShape, boolean> {
  const from = reader.offset;
  const text = readXdrOpaque(reader, name === 'path' ? MOST_PATH_BYTES : MOST_NAME_BYTES);
  if (text === undefined) return false;
  yield [reader.offset - from, name, show ?? ((bytes) => showText(bytes, 4, 4 + text.length))];
  return true;
}
