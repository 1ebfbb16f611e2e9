/**
 * Does this host list its RPC services to anybody? (RFC 1833)
 *
 *     sent      xid  0  2  100000  2  4  AUTH_NONE ×2     DUMP of version 2, as `rpcinfo -p` asks; 40 bytes
 *     received  xid  1  0  AUTH_NONE  0                   accepted, and then for each service
 *               1  100000 4 17 111  …  0                  program, version, protocol, port; 148 bytes from rpcbind
 *
 * Who has answered is asked the same in version 3, whose entries hold addresses and owners as text: 692 bytes for the
 * same list, 1,788 where NFS runs. Nothing is registered, and no call goes through it to another program (CALLIT).
 */
import type { Exchange, Facts } from '../../src/domain/exchange.js';
import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Reading, type RequestForm } from '../probe.js';
import { latin1, layFields, showText, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import { encodeRpcCall, readRpcCall, readRpcReply, readXdrOpaque, rpcShapes } from '../wire/rpc.js';
import { emulatedServers } from './emulated-servers.js';
import { describe, texts, textsFor } from './texts.js';

const PROGRAM = 100_000;
const DUMP = 4;
/** NFS, and what mounts it. */
const [NFS, MOUNTD] = [100_003, 100_005];
/** RFC 1833 §3.1. */
const PROTOCOLS: Readonly<Record<number, string>> = { 6: 'tcp', 17: 'udp' };
const NONCE_BITS = 30;

const dumpOf = (version: 2 | 3): RequestForm => ({
  name: `dump-v${version}`,
  encode: (xid) => encodeRpcCall({ xid, program: PROGRAM, version, procedure: DUMP }),
});

export const portmap = defineProbe({
  id: 'portmap',
  protocol: 'portmap',
  port: 111,
  standard: 'RFC 1833',
  published: { factor: '7-28', source: 'US-CERT TA14-017A' },
  severity: 'medium',
  inDefault: 'yes: reported',
  quietGapMs: 2000,
  report: 'scan_portmapper',
  texts,
  textsFor,
  sweepForms: [dumpOf(2)],
  nonce: {
    bits: NONCE_BITS,
    echoed: (payload) => {
      const reply = readRpcReply(new Reader(payload));
      return reply && reply.xid % 2 ** NONCE_BITS;
    },
  },
  read,
  next: forms(dumpOf(3)),
  judge,
  dissect,
  emulatedServers,
});

interface Entry {
  readonly program: number;
  readonly version: number;
  readonly protocol: string;
  readonly port: number | undefined;
}

/** So many entries stand in the text of the programs; all are counted. */
const MOST_ENTRIES_SHOWN = 60;
const MOST_TEXT_BYTES = 255;

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const call = readRpcCall(new Reader(request));
  const reader = new Reader(payload);
  const reply = readRpcReply(reader);
  if (call === undefined || reply?.xid !== call.xid)
    return unrecognised('no RPC reply with the id of the call');
  if (reply.outcome === 'system error') return { kind: 'refusal', reason: reply.outcome, transient: true };
  if (reply.outcome !== 'success') return { kind: 'refusal', reason: reply.outcome };
  if (call.procedure !== DUMP) return unrecognised('the reply to another procedure');
  const shown: Entry[] = [];
  let entries = 0;
  let mountd: number | undefined;
  let hasNfs = false;
  for (let follows = reader.u32(); follows !== 0; follows = reader.u32()) {
    if (follows !== 1) return unrecognised('a list that is cut short');
    const entry = call.version === 2 ? readMapping(reader) : readBinding(reader);
    if (entry === undefined) return unrecognised('a list that is cut short');
    entries++;
    if (shown.length < MOST_ENTRIES_SHOWN) shown.push(entry);
    hasNfs ||= entry.program === NFS;
    if (entry.program === MOUNTD && entry.protocol === 'udp') mountd ??= entry.port;
  }
  const programs = shown.map(
    ({ program, version, protocol, port = '' }) => `${program} ${version} ${port}/${protocol}`,
  );
  return {
    kind: 'answer',
    facts: {
      programs: programs.join('; '),
      entries,
      nfs: hasNfs,
      ...(mountd !== undefined && { mountd_port: mountd }),
    },
  };
}

function unrecognised(why: string): Reading {
  return { kind: 'unrecognised', why };
}

/** An entry of version 2: four numbers (RFC 1833 §3.1). */
function readMapping(reader: Reader): Entry | undefined {
  const [program, version, protocol, port] = [reader.u32(), reader.u32(), reader.u32(), reader.u32()];
  if (program === undefined || version === undefined || protocol === undefined || port === undefined)
    return undefined;
  return { program, version, protocol: PROTOCOLS[protocol] ?? String(protocol), port };
}

/** An entry of versions 3 and 4: two numbers, and network, universal address and owner as text (§2.1). */
function readBinding(reader: Reader): Entry | undefined {
  const [program, version] = [reader.u32(), reader.u32()];
  const [network, address, owner] = [0, 1, 2].map(() => readXdrOpaque(reader, MOST_TEXT_BYTES));
  if (program === undefined || version === undefined || !network || !address || !owner) return undefined;
  return { program, version, protocol: latin1(network), port: portIn(latin1(address)) };
}

/** RFC 5665 §5.2.3.3: the last two numbers of `192.0.2.1.0.111` are the port; a local one has a path. */
function portIn(address: string): number | undefined {
  const [high, low] = address.split('.').slice(-2).map(Number);
  const port = (high ?? NaN) * 256 + (low ?? NaN);
  return Number.isInteger(port) && port >= 0 && port < 65_536 ? port : undefined;
}

function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose }) => purpose === 'measure');
  const [facts] = measured.flatMap(answersIn);
  if (facts) return { kind: 'exposure', tags: tagsOf(facts), detail: describe(facts).en, facts };
  const [reason] = measured.flatMap(refusalsIn);
  return reason === undefined ? { kind: 'nothing' } : { kind: 'refusal', reason };
}

function tagsOf({ nfs }: Facts): readonly string[] {
  return nfs === true ? ['portmapper', 'nfs'] : ['portmapper'];
}

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

const MAPPING_SHAPES: readonly FieldShape[] = [
  [4, 'entry follows'],
  [4, 'program'],
  [4, 'version'],
  [4, 'protocol', (bytes) => PROTOCOLS[new Reader(bytes).u32() ?? 0] ?? ''],
  [4, 'port'],
];

/** A list of version 2 has 20 bytes an entry, and a last zero; anything else is one of version 3 or 4. */
function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  if ((yield* rpcShapes(payload)) === 'call') return;
  const isMapping =
    (payload.length - 28) % 20 === 0 && payload.length > 28 && protocolAt(36, payload) !== undefined;
  const reader = new Reader(payload, 24);
  while (reader.u32() === 1) {
    if (isMapping) {
      if (!reader.skip(16)) return;
      yield* MAPPING_SHAPES;
      continue;
    }
    if (!reader.skip(8)) return;
    yield* MAPPING_SHAPES.slice(0, 3);
    for (const name of ['network', 'address', 'owner']) {
      const from = reader.offset;
      const text = readXdrOpaque(reader, MOST_TEXT_BYTES);
      if (text === undefined) return;
      yield [reader.offset - from, name, (bytes) => showText(bytes, 4, 4 + text.length)];
    }
  }
  yield [4, 'no entry follows'];
}

function protocolAt(at: number, payload: Uint8Array): string | undefined {
  return PROTOCOLS[new Reader(payload, at).u32() ?? 0];
}
