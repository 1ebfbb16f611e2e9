/**
 * Does this SQL Server Browser list its database instances to anybody? (MC-SQLR §2.2.2)
 *
 *     sent      03                          CLNT_UCAST_EX: the instances of this machine
 *     received  05  length  ServerName;DB01;InstanceName;SQLEXPRESS;IsClustered;No;Version;…;tcp;49180;;…
 *
 * One byte, answered by about a hundred for each instance. 02 is the same question for a broadcast; 04 and 0f ask for one
 * instance and for the port of its administrators, and are never sent. Nothing in the answer echoes anything.
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
import { latin1, layFields, showText, type FieldShape } from '../wire/fields.js';
import { emulatedServers } from './emulated-servers.js';
import { texts } from './texts.js';

const CLNT_UCAST_EX = 0x03;
const SVR_RESP = 0x05;
const HEAD_BYTES = 3;
/** What an instance begins with. */
const FIRST_KEY = 'ServerName;';
const END = ';;';
const NEXT = END + FIRST_KEY;
/** Of a longer answer the rest stays one field: an instance has about a hundred bytes. */
const MOST_BYTES_SHOWN = 4096;
/** MC-SQLR §2.2.5: an answer about one has 1,024 bytes at most. */
const LONGEST_INSTANCE = 1024;
/** The columns of scan_mssql that are texts, and the keys of MC-SQLR §2.2.5. */
const TEXTS = {
  server_name: 'ServerName',
  instance_name: 'InstanceName',
  version: 'Version',
  named_pipe: 'np',
};

export const mssql = defineProbe({
  id: 'mssql',
  protocol: 'mssql',
  port: 1434,
  standard: 'MC-SQLR §2.2.2',
  published: {
    factor: '25',
    source: 'Akamai PLXsert, 2015',
    note: {
      en: 'of whole IP packets: 719 bytes for 29',
      ja: 'IPパケット全体での比。29バイトに対して719バイト',
    },
  },
  severity: 'high',
  inDefault: 'no: unmeasured',
  measuredOn: 'published figures',
  quietGapMs: 2000,
  report: 'scan_mssql',
  texts,
  textsFor: ({ facts }) => (facts === undefined ? {} : { detail: detailOf(facts) }),
  sweepForms: [{ name: 'instances', encode: () => Uint8Array.of(CLNT_UCAST_EX) }],
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

function read(payload: Uint8Array): Reading {
  if (payload[0] !== SVR_RESP) return { kind: 'unrecognised', why: 'no SVR_RESP' };
  if (lengthIn(payload) !== payload.length - HEAD_BYTES)
    return { kind: 'unrecognised', why: 'an SVR_RESP of another length than it says' };
  const text = latin1(payload.subarray(HEAD_BYTES));
  const end = text.indexOf(END);
  if (!text.startsWith(FIRST_KEY) || end < 0)
    return { kind: 'unrecognised', why: 'an SVR_RESP without an instance' };
  const parts = text.slice(0, Math.min(end, LONGEST_INSTANCE)).split(';');
  const values = new Map<string, string>();
  for (let at = 0; at + 1 < parts.length; at += 2) values.set(parts[at] ?? '', parts[at + 1] ?? '');
  const port = /^\d{1,5}$/.exec(values.get('tcp') ?? '');
  return {
    kind: 'answer',
    facts: {
      ...Object.fromEntries(
        Object.entries(TEXTS).flatMap(([name, key]) => {
          const value = values.get(key);
          return value === undefined ? [] : [[name, value]];
        }),
      ),
      ...(port && { tcp_port: Number(port[0]) }),
      instances: instancesIn(text),
    },
  };
}

function instancesIn(text: string): number {
  let count = 1;
  for (let at = text.indexOf(NEXT); at >= 0; at = text.indexOf(NEXT, at + NEXT.length)) count++;
  return count;
}

/** Little-endian. */
function lengthIn(bytes: Uint8Array, at = 1): number {
  return (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0);
}

function judge(done: readonly Exchange[]): Judgement {
  const [facts] = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  if (!facts) return { kind: 'nothing' };
  const { version } = facts;
  return {
    kind: 'exposure',
    tags: ['mssql'],
    ...(version !== undefined && { version: `SQL Server ${String(version)}` }),
    detail: detailOf(facts).en,
    facts,
  };
}

function detailOf({ server_name: name, instances }: Facts): Texts {
  return joined([
    { en: `server "${String(name)}"`, ja: `サーバー名「${String(name)}」` },
    {
      en: `${String(instances)} ${instances === 1 ? 'instance' : 'instances'}`,
      ja: `インスタンス${String(instances)}件`,
    },
  ]);
}

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield [1, 'message'];
  yield [2, 'length', (bytes) => String(lengthIn(bytes, 0))];
  for (let at = HEAD_BYTES; at < Math.min(payload.length, MOST_BYTES_SHOWN);) {
    const semicolon = payload.indexOf(0x3b, at);
    const end = semicolon < 0 ? payload.length : semicolon + 1;
    yield [end - at, 'text', showText];
    at = end;
  }
}
