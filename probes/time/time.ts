/**
 * Does this host tell the time as a number over UDP? (RFC 868)
 *
 *     sent      0a                           the data of the request are ignored
 *     received  ee ab 39 83                  seconds since 1900, UTC: 4 bytes from xinetd and openbsd-inetd
 *               ee ab 39 a4 00 00 00 00      8 bytes from inetutils-inetd
 *
 * Nothing in these bytes says what they are. They are taken for a time where their number lies between 2020 and 2036
 * (the last second of RFC 868), as that of one in eight random ones does; a clock that is years slow is not recognised.
 */
import { answersIn } from '../../src/domain/exchange.js';
import { LOOP_RISK } from '../../src/domain/finding.js';
import { formatInstant } from '../../src/domain/time.js';
import {
  defineProbe,
  forms,
  type Exchange,
  type Field,
  type Judgement,
  type Reading,
  type RequestForm,
} from '../probe.js';
import { twins } from './twin.js';
import { words, wordsFor } from './words.js';

const newline: RequestForm = { name: 'newline', encode: () => Uint8Array.of(0x0a) };

export const time = defineProbe({
  id: 'time',
  protocol: 'time',
  port: 37,
  standard: 'RFC 868',
  severity: 'medium',
  byDefault: false,
  quietGapMs: 2000,
  report: 'x_time',
  words,
  wordsFor,
  sweepForms: [newline],
  read,
  next: forms(),
  judge,
  dissect,
  twins,
});

/** 1970 in seconds since 1900. */
const EPOCH_SECONDS = 2_208_988_800;
/** 2020-01-01: no clock that is kept says less. */
const EARLIEST_SECONDS = EPOCH_SECONDS + 1_577_836_800;

function read(payload: Uint8Array): Reading {
  const seconds = secondsIn(payload);
  return seconds !== undefined && seconds >= EARLIEST_SECONDS
    ? { kind: 'answer', facts: { says: instantText(seconds), bytes: payload.length } }
    : { kind: 'unrecognised', why: 'no 4 or 8 bytes of a time between 2020 and 2036' };
}

/** Of 8 bytes the later four are zero. */
function secondsIn(payload: Uint8Array): number | undefined {
  const [a = 0, b = 0, c = 0, d = 0, ...rest] = payload.subarray(0, 9);
  const isTime = payload.length === 4 || (payload.length === 8 && rest.every((byte) => byte === 0));
  return isTime ? ((a * 256 + b) * 256 + c) * 256 + d : undefined;
}

function judge(done: readonly Exchange[]): Judgement {
  const [answer] = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  if (!answer) return { kind: 'nothing' };
  const { says = '' } = answer;
  return {
    kind: 'exposure',
    tags: ['time', 'loop-risk'],
    detail: `4 bytes that read as ${String(says)}; nothing else in the answer says that it is a time`,
    facts: answer,
    atLeast: LOOP_RISK,
  };
}

function dissect(payload: Uint8Array): readonly Field[] {
  const seconds = secondsIn(payload);
  if (payload.length === 0) return [];
  if (seconds === undefined)
    return [{ at: 0, bytes: payload.length, name: 'data', value: `${payload.length} bytes` }];
  const value = `${seconds} s since 1900: ${instantText(seconds)}`;
  return [
    { at: 0, bytes: 4, name: 'time', value },
    ...(payload.length > 4 ? [{ at: 4, bytes: payload.length - 4, name: 'zero', value: '' }] : []),
  ];
}

function instantText(seconds: number): string {
  return formatInstant((seconds - EPOCH_SECONDS) * 1000);
}
