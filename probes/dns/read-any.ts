import type { Reading } from '../probe.js';
import type { DnsMessage } from './message.js';
import { TYPE, rdataOf, typeName } from './message.js';
import { factsOf, readReply } from './reply.js';

/** The facts of every reply, and whether ANY was answered with less than all there is. */
export function readAny(payload: Uint8Array, request: Uint8Array): Reading {
  const reply = readReply(payload, request);
  if (reply.kind !== 'reply') return reply;
  return { kind: 'answer', facts: { ...factsOf(reply), ...minimalFacts(reply.message) } };
}

/**
 * RFC 8482: §4.2 a HINFO record that names the RFC; §4.1 one record set in place of all. The latter is told at the
 * top of a zone, where SOA and NS are always both there; elsewhere, and in a cache, a single set may be all.
 */
function minimalFacts({
  question,
  records,
  payload,
  authoritative,
  truncated,
}: DnsMessage): Readonly<Record<string, string | boolean>> {
  if (question?.type !== TYPE.ANY || truncated) return {};
  const answer = records.filter(({ section, type }) => section === 'answer' && type !== TYPE.RRSIG);
  const [type, ...others] = new Set(answer.map((record) => record.type));
  if (type === undefined || others.length > 0) return {};
  if (type === TYPE.HINFO && answer.some((record) => startsWith(rdataOf(payload, record), RFC8482)))
    return { minimal_any: true };
  if (!authoritative) return {};
  return type === TYPE.SOA || type === TYPE.NS ? { minimal_any: true } : { only_type: typeName(type) };
}

/** HINFO's first character-string, the CPU: its length, then `RFC8482`. */
const RFC8482 = [7, 0x52, 0x46, 0x43, 0x38, 0x34, 0x38, 0x32];

function startsWith(bytes: Uint8Array, head: readonly number[]): boolean {
  return head.every((octet, i) => bytes[i] === octet);
}
