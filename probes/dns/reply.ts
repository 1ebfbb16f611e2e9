/** What both DNS probes ask of a reply before they read what it says. */
import type { Facts, Nonce, Reading } from '../probe.js';
import { formatExtendedError } from './extended-error.js';
import type { DnsMessage, DnsQuestion } from './message.js';
import { CLASS_CH, TYPE, rcodeName, rdataOf, readDnsMessage, sameQuestion, textOf } from './message.js';
import { nameReader } from './name.js';

/** A reply with an answer in it, or with as much as a hint at where to ask: to be read further. */
export interface DnsReply {
  readonly kind: 'reply';
  readonly message: DnsMessage;
  readonly question: DnsQuestion;
  /** It names other servers and answers nothing itself. */
  readonly referral: boolean;
}

/** The message's ID, for anything that a DNS server could have sent in answer to a query. */
export const idEchoed = { bits: 16, echoed } as const;

function echoed(payload: Uint8Array): Nonce | undefined {
  const [idHigh, idLow, flagsHigh] = payload;
  if (payload.length < 12 || idHigh === undefined || idLow === undefined || flagsHigh === undefined)
    return undefined;
  // QR set and opcode 0: a response to a standard query.
  return (flagsHigh & 0xf8) === 0x80 ? idHigh * 256 + idLow : undefined;
}

/**
 * A refusal is what carries nothing: an error without answer records, or NOERROR without any. A referral has no
 * answer records either, but a server that refers anyone to the root servers amplifies with their names.
 */
export function readReply(payload: Uint8Array, request: Uint8Array): DnsReply | Exclude<Reading, Answer> {
  const asked = readDnsMessage(request);
  if (asked?.question === undefined || asked.response) return unrecognised('the request is no DNS query');
  const message = readDnsMessage(payload);
  if (message === undefined) return unrecognised('no DNS header and question');
  if (!message.response) return unrecognised('a query, not a response');
  if (message.opcode !== asked.opcode) return unrecognised(`opcode ${message.opcode}`);
  if (message.id !== asked.id) return unrecognised('another id');
  // Unbound refuses with the bare header.
  if (message.question === undefined && payload.length === 12 && message.rcode !== 0) return refusal(message);
  const question =
    message.question ?? (answersItsName(message, payload, asked.question) ? asked.question : undefined);
  if (question === undefined) return unrecognised('no question echoed');
  if (message.questions > 1 || !sameQuestion(question, asked.question))
    return unrecognised('another question');
  const referral = message.answers === 0 && isReferral(message);
  if (message.answers === 0 && (message.rcode !== 0 || !(message.truncated || referral)))
    return refusal(message);
  return { kind: 'reply', message, question, referral };
}

/**
 * RFC 1035 §4.1.1 lets QDCOUNT be 0, and some servers leave the question out of their answer. The answer then names what
 * it answers: the owner of its first record is the name that was asked.
 */
function answersItsName(
  { answers, records: [first] }: DnsMessage,
  payload: Uint8Array,
  asked: DnsQuestion,
): boolean {
  const name = asked.labels.length === 0 ? '.' : asked.labels.join('.').toLowerCase();
  return answers > 0 && first?.section === 'answer' && nameReader(payload)(first.at) === name;
}

type Answer = Extract<Reading, { kind: 'answer' }>;

/** What every answer tells, whatever was asked. */
export function factsOf({ message, question, referral }: DnsReply): Facts {
  const [error] = message.extendedErrors;
  const version = question.class === CLASS_CH ? versionIn(message) : undefined;
  return {
    rcode: rcodeName(message.rcode),
    aa: message.authoritative,
    ra: message.recursionAvailable,
    tc: message.truncated,
    answers: message.records.filter(({ section }) => section === 'answer').length,
    ...(message.ednsSize !== undefined && { edns_size: message.ednsSize }),
    ...(referral && { referral }),
    ...(error && { extended_error: formatExtendedError(error) }),
    ...(version !== undefined && { version }),
    ...(!message.complete && { complete: false }),
  };
}

/** The first word of a refusal's reason: the RCODE, or `empty`. What follows is the server's own explanation. */
export function rcodeOf(reason: string): string {
  return reason.split(' ', 1)[0] ?? reason;
}

function refusal({ rcode, extendedErrors: [error] }: DnsMessage): Reading & { readonly kind: 'refusal' } {
  const word = rcode === 0 ? 'empty' : rcodeName(rcode);
  return {
    kind: 'refusal',
    reason: error ? `${word} (${formatExtendedError(error)})` : word,
    ...(!FOR_GOOD.has(rcode) && { transient: true as const }),
  };
}

/**
 * RFC 1035 §4.1.1, RFC 2136 §2.2: NOTIMP, REFUSED, NOTAUTH are what a server is set to say. SERVFAIL, NXDOMAIN and
 * an empty answer come from an open resolver too, when the name or the way to it is broken.
 */
const FOR_GOOD: ReadonlySet<number> = new Set([4, 5, 9]);

function isReferral({ records }: DnsMessage): boolean {
  return (
    records.some(({ section, type }) => section === 'authority' && type === TYPE.NS) &&
    !records.some(({ section, type }) => section === 'authority' && type === TYPE.SOA)
  );
}

/** What a server calls itself in class CHAOS. */
function versionIn({ records, payload }: DnsMessage): string | undefined {
  const record = records.find(({ section, type }) => section === 'answer' && type === TYPE.TXT);
  return (record && textOf(rdataOf(payload, record))) || undefined;
}

function unrecognised(why: string): Reading & { readonly kind: 'unrecognised' } {
  return { kind: 'unrecognised', why };
}
