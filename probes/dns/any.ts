/**
 * How much does this DNS server send to anyone who asks? (RFC 1035 §4, EDNS of RFC 6891)
 *
 *     sent      4a 5b 01 00 00 01 00 00 00 00 00 01      id, RD; one question, one additional record
 *               03 66 61 74 04 74 65 73 74 00            fat.test
 *               00 ff 00 01                              ANY IN
 *               00 00 29 10 00 00 00 80 00 00 00         OPT: 4,096 bytes, DO
 *     received  4a 5b 81 80 00 01 00 42 00 00 00 01 …    RA; 66 answers: 3,072 bytes from an open resolver
 *     or        4a 5b 83 80 00 01 00 00 00 00 00 01 …    TC: come again over TCP; as long as the request
 *     or        4a 5b 81 05 00 00 00 00 00 00 00 00      REFUSED, with the bare header from Unbound
 *
 * The names are the scope's, for an answer that its owner knows says most; without any, ANY and DNSKEY for the
 * root. First with EDNS 4096 and DO, the largest answer there is; then, for the strongest name alone, with 1232
 * bytes (where most servers stop since 2020) and without EDNS (512 bytes).
 */
import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import { reportedExchange } from '../../src/domain/measurement.js';
import type { Exchange, Facts, Judgement, NonEmpty, Reading, RequestForm } from '../probe.js';
import { defineConfigurableProbe } from '../probe.js';
import { CLASS_IN, TYPE, rcodeName, readDnsMessage, sameQuestion, typeName } from './message.js';
import type { DnsMessage } from './message.js';
import { dnsSettings } from './names.js';
import type { Edns } from './query.js';
import { encodeQuery } from './query.js';
import { twins } from './twin.js';
import { words } from './words.js';

export const dnsAny = defineConfigurableProbe({
  id: 'dns-any',
  protocol: 'dns',
  port: 53,
  standard: 'RFC 1035 §4, RFC 6891 §6, RFC 8482',
  published: { factor: '28-54', source: 'US-CERT TA14-017A' },
  severity: 'medium',
  byDefault: true,
  quietGapMs: 2000,
  report: 'x_dns_any',
  words,
  settings: { key: 'dns', schema: dnsSettings },
  twins,
  configure: ({ names }) => {
    const plan = planOf(names);
    return {
      sweepForms: [plan[0].full],
      nonce: { bits: 16, echoed },
      read,
      next: (done) => {
        const form = nextForm(plan, done);
        return form && { form, purpose: 'measure' };
      },
      judge,
    };
  },
});

/** One name and type, and the three ways to ask for it. */
interface Subject {
  /** EDNS 4096 and DO. */
  readonly full: RequestForm;
  /** EDNS 1232 and DO. */
  readonly capped: RequestForm;
  readonly withoutEdns: RequestForm;
}

function planOf([first, ...further]: readonly string[]): NonEmpty<Subject> {
  if (first === undefined) return [subject('ANY', '.'), subject('DNSKEY', '.')];
  return [subject('ANY', first), ...further.map((name) => subject('ANY', name))];
}

function subject(type: 'ANY' | 'DNSKEY', name: string): Subject {
  const form = (how: string, edns?: Edns): RequestForm => {
    const template = encodeQuery(0, name, type, edns);
    return {
      name: `${type.toLowerCase()}${how} ${name}`,
      encode: (nonce) => {
        const query = template.slice();
        // The ID is the first two octets.
        query.set([nonce >> 8, nonce & 255]);
        return query;
      },
    };
  };
  return {
    full: form('-edns4096-do', { udpSize: 4096, dnssecOk: true }),
    capped: form('-edns1232-do', { udpSize: 1232, dnssecOk: true }),
    withoutEdns: form(''),
  };
}

/** The message's ID, for anything that a DNS server could have sent in answer to a query. */
function echoed(payload: Uint8Array): number | undefined {
  const [idHigh, idLow, flagsHigh] = payload;
  if (payload.length < 12 || idHigh === undefined || idLow === undefined || flagsHigh === undefined)
    return undefined;
  // QR set and opcode 0: a response to a standard query.
  return (flagsHigh & 0xf8) === 0x80 ? idHigh * 256 + idLow : undefined;
}

/** Every name once; then the smaller sizes for the strongest, if anything was answered at all. */
function nextForm(plan: NonEmpty<Subject>, done: readonly Exchange[]): RequestForm | undefined {
  const asked = (form: RequestForm): boolean => done.some(({ form: name }) => name === form.name);
  const unasked = plan.find(({ full }) => !asked(full));
  if (unasked) return unasked.full;
  const strongest = strongestSubject(plan, done);
  if (strongest) return [strongest.capped, strongest.withoutEdns].find((form) => !asked(form));
  // A server from before EDNS says so (RFC 6891 §7), and may well answer the plain query.
  const beforeEdns = plan.find(({ full }) =>
    done.some(
      (exchange) => exchange.form === full.name && refusalsIn(exchange).some((reason) => NO_EDNS.has(reason)),
    ),
  );
  return beforeEdns && !asked(beforeEdns.withoutEdns) ? beforeEdns.withoutEdns : undefined;
}

const NO_EDNS: ReadonlySet<string> = new Set(['formerr', 'notimp', 'badvers']);

function strongestSubject(plan: NonEmpty<Subject>, done: readonly Exchange[]): Subject | undefined {
  let best: { readonly subject: Subject; readonly wireBytes: number } | undefined;
  for (const candidate of plan) {
    for (const exchange of done) {
      if (exchange.form !== candidate.full.name || answersIn(exchange).length === 0) continue;
      const { wireBytes } = exchange.received;
      if (best === undefined || wireBytes > best.wireBytes) best = { subject: candidate, wireBytes };
    }
  }
  return best?.subject;
}

/** Exported for the tests of every bad input; everyone else comes through the probe. */
export function read(payload: Uint8Array, request: Uint8Array): Reading {
  const asked = readDnsMessage(request);
  if (asked?.question === undefined || asked.response) return alien('the request is no DNS query');
  const message = readDnsMessage(payload);
  if (message === undefined) return alien('no DNS header and question');
  if (!message.response) return alien('a query, not a response');
  if (message.opcode !== asked.opcode) return alien(`opcode ${message.opcode}`);
  if (message.id !== asked.id) return alien('another id');
  if (message.question === undefined) {
    // Unbound refuses with the bare header. Nobody answers so.
    return payload.length === 12 && message.rcode !== 0
      ? { kind: 'refusal', reason: rcodeName(message.rcode) }
      : alien('no question echoed');
  }
  if (message.questions !== 1 || !sameQuestion(message.question, asked.question))
    return alien('another question');
  return readingOf(message);
}

/**
 * A refusal is what carries nothing: an error without answer records, or NOERROR without any. A referral has no
 * answer records either, but a server that refers anyone to the root servers amplifies with their names.
 */
function readingOf(message: DnsMessage): Reading {
  const referral = message.answers === 0 && isReferral(message);
  if (message.answers === 0 && message.rcode !== 0)
    return { kind: 'refusal', reason: rcodeName(message.rcode) };
  if (message.answers === 0 && !message.truncated && !referral) return { kind: 'refusal', reason: 'empty' };
  return {
    kind: 'answer',
    facts: {
      rcode: rcodeName(message.rcode),
      aa: message.authoritative,
      ra: message.recursionAvailable,
      tc: message.truncated,
      answers: message.records.filter(({ section }) => section === 'answer').length,
      ...(message.ednsSize !== undefined && { edns_size: message.ednsSize }),
      ...(referral && { referral }),
      ...(isMinimalAny(message) && { minimal_any: true }),
      ...(!message.complete && { complete: false }),
    },
  };
}

function isReferral({ records }: DnsMessage): boolean {
  return (
    records.some(({ section, type }) => section === 'authority' && type === TYPE.NS) &&
    !records.some(({ section, type }) => section === 'authority' && type === TYPE.SOA)
  );
}

/**
 * RFC 8482: §4.2 a HINFO record that names the RFC; §4.1 one record set in place of all. The latter can only be
 * told at the top of a zone, by its authoritative server: SOA and NS are always both there.
 */
function isMinimalAny({ question, records, authoritative, truncated }: DnsMessage): boolean {
  if (question?.type !== TYPE.ANY || truncated) return false;
  const answer = records.filter(({ section, type }) => section === 'answer' && type !== TYPE.RRSIG);
  const types = new Set(answer.map(({ type }) => type));
  if (types.size !== 1) return false;
  if (types.has(TYPE.HINFO)) return answer.some(({ rdata }) => startsWith(rdata, RFC8482));
  return authoritative && (types.has(TYPE.SOA) || types.has(TYPE.NS));
}

/** HINFO's first character-string, the CPU: its length, then `RFC8482`. */
const RFC8482 = [7, 0x52, 0x46, 0x43, 0x38, 0x34, 0x38, 0x32];

function startsWith(bytes: Uint8Array, head: readonly number[]): boolean {
  return head.every((octet, i) => bytes[i] === octet);
}

/** Refusals and empty answers alone make no exposure. A server that only truncates reflects at a factor of 1. */
function judge(done: readonly Exchange[]): Judgement {
  const measuring = done.filter(({ purpose }) => purpose === 'measure');
  const strongest = reportedExchange(measuring.filter((exchange) => answersIn(exchange).length > 0));
  if (strongest === undefined) {
    const [reason] = measuring.flatMap(refusalsIn);
    return reason === undefined ? { kind: 'nothing' } : { kind: 'refusal', reason };
  }
  const all = measuring.flatMap(answersIn);
  const [facts] = answersIn(strongest);
  return {
    kind: 'exposure',
    tags: [
      ...(all.some(({ ra }) => ra === true) ? ['recursion-available'] : []),
      ...(all.some(({ aa }) => aa === true) ? ['authoritative'] : []),
      ...(all.every(({ tc }) => tc === true) ? ['truncated'] : []),
      ...(all.some(({ minimal_any }) => minimal_any === true) ? ['minimal-any'] : []),
      ...(all.some(({ referral }) => referral === true) ? ['referral'] : []),
    ],
    detail: `strongest: ${describe(strongest.request)}, ${strongest.received.payloadBytes} bytes${flagsOf(facts)}`,
    ...(facts && { facts }),
  };
}

/** From the request's own bytes, so that it is true of every request, also of a captured one. */
function describe(request: Uint8Array): string {
  const query = readDnsMessage(request);
  if (query?.question === undefined) return 'no DNS query';
  const { labels, type, class: questionClass } = query.question;
  const name = labels.length === 0 ? '.' : labels.join('.');
  const ofClass = questionClass === CLASS_IN ? '' : ` (class ${questionClass})`;
  const edns = query.ednsSize === undefined ? 'no EDNS' : `EDNS ${query.ednsSize}`;
  return `${typeName(type)} ${name}${ofClass}, ${edns}`;
}

function flagsOf(facts: Facts | undefined): string {
  const flags = [facts?.aa === true && 'AA', facts?.tc === true && 'TC', facts?.ra === true && 'RA'];
  const set = flags.filter((flag) => flag !== false);
  return set.length > 0 ? `; ${set.join(' ')}` : '';
}

function alien(why: string): Reading {
  return { kind: 'alien', why };
}
