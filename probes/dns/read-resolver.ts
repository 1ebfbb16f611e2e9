import { formatAddress, ipv4, ipv6 } from '../../src/domain/address.js';
import type { Reading } from '../probe.js';
import type { DnsQuestion } from './message.js';
import { CLASS_IN, TYPE } from './message.js';
import { nameAt } from './name.js';
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
  const outcome = check === undefined ? rootServersIn(reply, payload) : addressIn(reply, check);
  return { kind: 'answer', facts: { ...factsOf(reply), ...(outcome && { check: outcome }) } };
}

type Outcome = 'right' | 'wrong' | undefined;

/** Behind any CNAME, and whatever else is beside it: one right address is enough. */
function addressIn({ message, question }: DnsReply, check: Check): Outcome {
  if (!asksFor(question, check.name, check.address.includes(':') ? TYPE.AAAA : TYPE.A)) return undefined;
  const given = message.records.flatMap(({ section, type, class: recordClass, rdata }) =>
    section === 'answer' && type === question.type && recordClass === CLASS_IN
      ? [addressOf(type, rdata)]
      : [],
  );
  return outcomeOf(given.map((address) => address === check.address));
}

/** The root's name servers are a.root-servers.net to m.root-servers.net, and have been since 1995. */
function rootServersIn({ message, question }: DnsReply, payload: Uint8Array): Outcome {
  if (!asksFor(question, '.', TYPE.NS)) return undefined;
  const given = message.records.flatMap(({ section, type, class: recordClass, rdataAt }) =>
    section === 'answer' && type === TYPE.NS && recordClass === CLASS_IN
      ? [nameAt(payload, rdataAt) ?? '']
      : [],
  );
  return outcomeOf(given.map((name) => /^[a-m]\.root-servers\.net$/.test(name)));
}

function outcomeOf(areRight: readonly boolean[]): Outcome {
  if (areRight.length === 0) return undefined;
  return areRight.includes(true) ? 'right' : 'wrong';
}

function asksFor(question: DnsQuestion, name: string, type: number): boolean {
  const asked = question.labels.length === 0 ? '.' : question.labels.join('.').toLowerCase();
  return asked === name && question.type === type && question.class === CLASS_IN;
}

/** Undefined for what has not the length of an address of this type. */
function addressOf(type: number, rdata: Uint8Array): string | undefined {
  if (rdata.length !== (type === TYPE.A ? 4 : 16)) return undefined;
  const value = rdata.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  return formatAddress(type === TYPE.A ? ipv4(Number(value)) : ipv6(value));
}
