/**
 * Does this Plex Media Server announce itself to anybody? (G'Day Mate, UDP 32414)
 *
 *     sent      M-SEARCH * HTTP/1.1 CR LF CR LF                            what its players send: 23 bytes
 *     received  HTTP/1.0 200 OK, Content-Type: plex/media-server, Name: …   who it is: 253 bytes on average
 *
 * Plex has published no description; its open players and servers of others agree. Since 1.21.3.4014 (2021) it answers its
 * own network alone. Nothing in the answer echoes anything.
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
import { layFields, showText, type FieldShape } from '../wire/fields.js';
import { emulatedServers } from './emulated-servers.js';
import { texts } from './texts.js';

/** Of a longer answer the reader looks no further. */
const MOST_BYTES_READ = 4096;
const TYPE = 'plex/media-server';
/** By header: the column of scan_ssdp. Host writes an address into a name, and is not kept. */
const HEADERS: ReadonlyMap<string, string> = new Map([
  ['content-type', 'content_type'],
  ['name', 'instance'],
  ['port', 'server_port'],
  ['resource-identifier', 'resource_identifier'],
  ['updated-at', 'updated_at'],
  ['version', 'version'],
]);

export const plex = defineProbe({
  id: 'plex',
  protocol: 'plex',
  port: 32_414,
  standard: "G'Day Mate (GDM)",
  published: {
    factor: '4.68',
    source: 'NETSCOUT ASERT, 2021',
    note: {
      en: 'of whole IP packets, on average',
      ja: 'IPパケット全体での比の平均',
    },
  },
  severity: 'high',
  inDefault: 'no: unmeasured',
  measuredOn: 'published figures',
  quietGapMs: 2000,
  // Shadowserver counts it among those of SSDP.
  report: 'scan_ssdp',
  texts,
  textsFor: ({ facts }) => (facts === undefined ? {} : { detail: detailOf(facts) }),
  sweepForms: [{ name: 'm-search', encode: () => new TextEncoder().encode('M-SEARCH * HTTP/1.1\r\n\r\n') }],
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

function read(payload: Uint8Array): Reading {
  const [first = '', ...lines] = Buffer.from(payload.subarray(0, MOST_BYTES_READ)).toString().split('\r\n');
  if (!/^HTTP\/1\.[01] 200 OK$/.test(first)) return { kind: 'unrecognised', why: 'no answer of HTTP' };
  const facts: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = HEADERS.get(line.slice(0, Math.max(0, colon)).toLowerCase());
    if (name !== undefined) facts[name] ??= line.slice(colon + 1).trim();
  }
  const { server_port: port = '', ...texts } = facts;
  return facts['content_type'] === TYPE
    ? {
        kind: 'answer',
        facts: { header: first, ...texts, ...(/^\d{1,5}$/.test(port) && { server_port: Number(port) }) },
      }
    : { kind: 'unrecognised', why: `no answer of ${TYPE}` };
}

function judge(done: readonly Exchange[]): Judgement {
  const [facts] = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  if (!facts) return { kind: 'nothing' };
  const { version } = facts;
  return {
    kind: 'exposure',
    tags: ['plex'],
    ...(version !== undefined && { version: `Plex Media Server ${String(version)}` }),
    detail: detailOf(facts).en,
    facts,
  };
}

function detailOf({ instance, server_port: port }: Facts): Texts {
  const name = instance === undefined ? '' : String(instance);
  return joined([
    { en: `server "${name}"`, ja: `サーバー名「${name}」` },
    ...(port === undefined ? [] : [{ en: `port ${String(port)}`, ja: `ポート：${String(port)}` }]),
  ]);
}

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  for (let at = 0, name = 'first line'; at < Math.min(payload.length, MOST_BYTES_READ); name = 'header') {
    const lineEnd = payload.indexOf(0x0a, at);
    const end = lineEnd < 0 ? payload.length : lineEnd + 1;
    const isEmpty = end - at <= 2;
    yield [end - at, isEmpty ? 'end of the headers' : name, (line) => showText(line).replace(/\.{1,2}$/, '')];
    at = end;
  }
}
