import type { Reading } from '../probe.js';
import { MODE7_ERRORS, MONLIST_CODE, readMode7 } from './mode7.js';
import { isTimeRequest, stratumInAnswer } from './time-packet.js';

/**
 * What one datagram of an answer tells. The addresses in the items belong to third parties: they are counted
 * here and go no further. A type and no interface, so that it passes for Facts.
 */
export type MonlistAnswer = {
  readonly implementation: number;
  /** The datagram's place in the answer, and whether another follows. */
  readonly sequence: number;
  readonly more: boolean;
  /** Entries of the list; 0 where the server has none to give (error 4). */
  readonly entries: number;
  readonly entryBytes: number;
};

/** What the answer to the request for the time tells: that the server has seen us. */
export type TimeAnswer = { readonly stratum: number };

/** The refusal that makes the older implementation worth asking. */
export const IMPLEMENTATION_UNKNOWN = 'implementation unknown';

/** Why a server declines, by its error. */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [MODE7_ERRORS.implementation, IMPLEMENTATION_UNKNOWN],
  [MODE7_ERRORS.request, 'request unknown'],
  [MODE7_ERRORS.format, 'format error'],
  [MODE7_ERRORS.authentication, 'authentication required'],
]);

/** What one datagram says in answer to a monlist request, or to one for the time. Total: any bytes give a Reading. */
export function readMonlist(payload: Uint8Array, request: Uint8Array): Reading {
  if (isTimeRequest(request)) return readTime(payload, request);
  const asked = readMode7(request);
  const answer = readMode7(payload);
  if (!answer) return unrecognised('no NTP mode 7 packet');
  if (!answer.response) return unrecognised('a mode 7 request, not a response');
  if (asked?.code !== MONLIST_CODE || answer.code !== asked.code)
    return unrecognised('another mode 7 request code');
  if (answer.implementation !== asked.implementation) return unrecognised('another mode 7 implementation');
  // ntpd sends the items without padding, and no MAC behind them to an unauthenticated request.
  if (answer.data.length !== answer.items * answer.itemBytes)
    return unrecognised('a length that is not that of its items');
  if (answer.error === 0 || answer.error === MODE7_ERRORS.noData)
    return answerOf({
      implementation: answer.implementation,
      sequence: answer.sequence,
      more: answer.more,
      entries: answer.items,
      entryBytes: answer.itemBytes,
    });
  return { kind: 'refusal', reason: REFUSALS.get(answer.error) ?? `error ${answer.error}` };
}

function readTime(payload: Uint8Array, request: Uint8Array): Reading {
  const stratum = stratumInAnswer(payload, request);
  return stratum === undefined
    ? unrecognised('no answer to our request for the time')
    : answerOf({ stratum });
}

function answerOf(facts: MonlistAnswer | TimeAnswer): Reading {
  return { kind: 'answer', facts };
}

function unrecognised(why: string): Reading {
  return { kind: 'unrecognised', why };
}
