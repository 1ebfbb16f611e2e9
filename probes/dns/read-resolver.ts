import { parseAddress } from '../../src/domain/address.js';
import type { Reading } from '../probe.js';
import type { DnsQuestion, DnsRecord } from './message.js';
import { CLASS_IN, TYPE } from './message.js';
import { nameReader } from './name.js';
import type { DnsReply } from './reply.js';
import { factsOf, readReply } from './reply.js';
import type { Check } from './settings.js';

/**
 * The fact `check` is `right` or `wrong` where the answer section holds an answer to the check, and absent where it
 * holds none. Which address was wrong is kept nowhere: it is a third party's.
 */
export function readResolver(payload: Uint8Array, request: Uint8Array, check: Check | undefined): Reading {
  const reply = readReply(payload, request);
  if (reply.kind !== 'reply') return reply;
  const outcome = check === undefined ? rootServersIn(reply) : addressIn(reply, check);
  return { kind: 'answer', facts: { ...factsOf(reply), ...(outcome && { check: outcome }) } };
}

type Outcome = 'right' | 'wrong' | undefined;

/** Behind any CNAME, and whatever else is beside it: one right address is enough. */
function addressIn({ message, question }: DnsReply, check: Check): Outcome {
  if (!asksFor(question, check.name, check.address.includes(':') ? TYPE.AAAA : TYPE.A)) return undefined;
  const right = octetsOf(check.address);
  return outcomeOf(
    message.records,
    question.type,
    ({ rdataAt, rdataBytes }) =>
      rdataBytes === right.length && right.every((octet, i) => message.payload[rdataAt + i] === octet),
  );
}

/** The root's name servers are a.root-servers.net to m.root-servers.net, and have been since 1995. */
function rootServersIn({ message, question }: DnsReply): Outcome {
  if (!asksFor(question, '.', TYPE.NS)) return undefined;
  const nameAt = nameReader(message.payload);
  return outcomeOf(message.records, TYPE.NS, ({ rdataAt }) =>
    /^[a-m]\.root-servers\.net$/.test(nameAt(rdataAt) ?? ''),
  );
}

function outcomeOf(
  records: readonly DnsRecord[],
  wanted: number,
  isRight: (record: DnsRecord) => boolean,
): Outcome {
  const given = records.filter(
    ({ section, type, class: recordClass }) =>
      section === 'answer' && type === wanted && recordClass === CLASS_IN,
  );
  if (given.length === 0) return undefined;
  return given.some(isRight) ? 'right' : 'wrong';
}

function asksFor(question: DnsQuestion, name: string, type: number): boolean {
  const asked = question.labels.length === 0 ? '.' : question.labels.join('.').toLowerCase();
  return asked === name && question.type === type && question.class === CLASS_IN;
}

/** An address as RDATA has it (RFC 1035 §3.4.1, RFC 3596 §2.2). */
function octetsOf(address: string): readonly number[] {
  const value = parseAddress(address);
  const octets = typeof value === 'number' ? 4 : 16;
  const digits = (value ?? 0).toString(16).padStart(2 * octets, '0');
  return Array.from({ length: octets }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}
