import type { Reading } from '../probe.js';
import { latin1 } from '../wire/fields.js';
import { MODE6_ERRORS, READ_VARIABLES, readMode6 } from './mode6.js';
import { withoutAddresses } from './variables.js';

/** One fragment of an answer: its place in the whole text, and the text. A type, so that it passes for Facts. */
export type ReadvarAnswer = {
  readonly offset: number;
  readonly bytes: number;
  readonly more: boolean;
  /** One character a byte; addresses of third parties are masked. */
  readonly text: string;
};

/** What one datagram says in answer to a request for variables. Total: any bytes give a Reading. */
export function readReadvar(payload: Uint8Array, request: Uint8Array): Reading {
  const asked = readMode6(request);
  const answer = readMode6(payload);
  if (!answer) return unrecognised('no NTP mode 6 packet');
  if (!answer.response) return unrecognised('a mode 6 request, not a response');
  if (asked?.opcode !== READ_VARIABLES || answer.opcode !== asked.opcode)
    return unrecognised('another mode 6 opcode');
  if (answer.sequence !== asked.sequence) return unrecognised('another sequence number');
  if (answer.association !== asked.association) return unrecognised('another association');
  if (answer.error) {
    const code = answer.status >> 8;
    return { kind: 'refusal', reason: MODE6_ERRORS.get(code) ?? `error ${code}` };
  }
  const { offset, more, data } = answer;
  if (!data.every((byte) => byte >= 0x20 || WHITE_SPACE.has(byte)))
    return unrecognised('variables that are no text');
  const text = withoutAddresses(textOf(data));
  const facts: ReadvarAnswer = { offset, bytes: data.length, more, text };
  return { kind: 'answer', facts };
}

/** Tab, line feed, carriage return. */
const WHITE_SPACE: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d]);

/**
 * A fragment holds 468 octets (RFC 9327 §2). Of one far longer, which no ntpd sends, the rest is let go, and a comma
 * ends the variable that was cut: thousands of such fragments may come.
 */
const LONGEST_TEXT = 4096;

function textOf(data: Uint8Array): string {
  return data.length <= LONGEST_TEXT ? latin1(data) : `${latin1(data.subarray(0, LONGEST_TEXT))},`;
}

/** The sequence number of a response to our question, an error too. */
export function sequenceIn(payload: Uint8Array): number | undefined {
  const packet = readMode6(payload);
  return packet?.response === true && packet.opcode === READ_VARIABLES ? packet.sequence : undefined;
}

function unrecognised(why: string): Reading {
  return { kind: 'unrecognised', why };
}
