/**
 * Does this host list its services to whoever asks? (RFC 6762 §5.5 and §6.7, RFC 6763 §9)
 *
 *     sent      ID, PTR _services._dns-sd._udp.local?     46 bytes, to the host itself
 *     received  ID, the same question, a PTR record for each kind of service: 155 bytes from Avahi with five
 *
 * From an ordinary port it is a legacy query: the answer comes back to it, and repeats its ID. By §11 a host answers
 * sources on its own link alone, and Avahi does: what answers through a router does not hold to that. A scan from the
 * same link, where an answer is as it should be, cannot be told apart by the bytes; the texts say it.
 */
import type { Exchange, Facts } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import { dissectDns } from '../dns/dissect.js';
import { TYPE } from '../dns/message.js';
import { nameReader } from '../dns/name.js';
import { idEchoed, readReply } from '../dns/reply.js';
import { defineProbe, forms, type Judgement, type Nonce, type Reading, type Texts } from '../probe.js';
import { emulatedServers } from './emulated-servers.js';
import { texts } from './texts.js';

export const mdns = defineProbe({
  id: 'mdns',
  protocol: 'mdns',
  port: 5353,
  standard: 'RFC 6762 §6.7, RFC 6763 §9',
  published: { factor: '2-10', source: 'US-CERT TA14-017A' },
  severity: 'medium',
  inDefault: 'no: own-link',
  quietGapMs: 2000,
  report: 'scan_mdns',
  texts,
  textsFor: ({ facts }) => (facts?.['services'] === undefined ? {} : { detail: detailOf(facts) }),
  sweepForms: [{ name: 'services', encode: writeQuery }],
  nonce: idEchoed,
  read,
  next: forms(),
  judge,
  dissect: dissectDns,
  emulatedServers,
});

/** RFC 6762 §18: what DNS has, but every flag is 0. Without the bit for a unicast answer: a legacy query needs none. */
function writeQuery(nonce: Nonce): Uint8Array {
  const labels = ['_services', '_dns-sd', '_udp', 'local'];
  return Uint8Array.of(
    ...[nonce >> 8, nonce & 0xff], // ID
    ...[0, 0], //                     flags
    ...[0, 1], //                     QDCOUNT
    ...[0, 0, 0, 0, 0, 0], //         ANCOUNT, NSCOUNT, ARCOUNT
    ...labels.flatMap((label) => [label.length, ...new TextEncoder().encode(label)]),
    0, //                             the root ends every name
    ...[0, TYPE.PTR], //              QTYPE
    ...[0, 1], //                     QCLASS: IN
  );
}

/** A datagram of 9,000 bytes, the longest of mDNS (§17), has room for hundreds; reports cut after 1,000 characters. */
const MOST_SERVICES = 50;

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const reply = readReply(payload, request);
  if (reply.kind !== 'reply') return reply;
  const nameAt = nameReader(payload);
  const services = reply.message.records
    .filter(({ section, type }) => section === 'answer' && type === TYPE.PTR)
    .slice(0, MOST_SERVICES)
    .flatMap(({ rdataAt }) => nameAt(rdataAt) ?? []);
  if (services.length === 0) return { kind: 'refusal', reason: 'no service', transient: true };
  return { kind: 'answer', facts: { services: services.map((name) => `${name}.;`).join(' ') } };
}

function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose }) => purpose === 'measure');
  const [facts] = measured.flatMap(answersIn);
  if (facts) return { kind: 'exposure', tags: ['mdns'], detail: detailOf(facts).en, facts };
  const refused = measured
    .flatMap(({ replies }) => replies)
    .flatMap(({ reading }) => (reading.kind === 'refusal' ? [reading] : []));
  return refused[0] ?? { kind: 'nothing' };
}

function detailOf({ services }: Facts): Texts {
  return { en: `lists ${String(services)}`, ja: `サービスの種類：${String(services)}` };
}
