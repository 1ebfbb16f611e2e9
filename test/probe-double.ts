import type { NonEmpty, Probe, RequestForm } from '../probes/probe.js';

/**
 * A probe of a protocol that does not exist, as simple as can be: a request is `Q`, the form's number and, where
 * the protocol has a nonce, its two bytes; an answer is `A` and a refusal `R`, then the nonce, then anything.
 */
export function probeDouble({ id, hasNonce, forms }: ProbeDoubleOptions): Probe {
  const sweepForms = Array.from({ length: forms }, (_, form) => formDouble(form, hasNonce));
  const [first, ...rest] = sweepForms;
  if (first === undefined) throw new RangeError('a probe has at least one form');
  const all: NonEmpty<RequestForm> = [first, ...rest];
  return {
    id,
    protocol: 'double',
    port: 4242,
    standard: 'none',
    published: { factor: '1', source: 'none' },
    severity: 'medium',
    inDefault: 'yes: reported',
    quietGapMs: 2000,
    report: 'x_double',
    texts: { title: WORDS, risk: WORDS, remedy: WORDS, check: WORDS },
    sweepForms: all,
    ...(hasNonce && { nonce: { bits: 16, echoed: echoedNonce } }),
    read(payload) {
      if (payload[0] === A) return { kind: 'answer', facts: { length: payload.length } };
      if (payload[0] === R) return { kind: 'refusal', reason: 'refused' };
      return { kind: 'unrecognised', why: 'neither A nor R' };
    },
    next: () => undefined,
    dissect: (payload) =>
      payload.length === 0 ? [] : [{ at: 0, bytes: payload.length, name: 'double', value: '' }],
    judge(done) {
      const readings = done.flatMap(({ replies }) => replies.map(({ reading }) => reading));
      if (readings.some(({ kind }) => kind === 'answer')) return { kind: 'exposure', tags: ['double'] };
      const refusal = readings.find((reading) => reading.kind === 'refusal');
      return refusal ?? { kind: 'nothing' };
    },
  };
}

export interface ProbeDoubleOptions {
  readonly id: string;
  readonly hasNonce: boolean;
  readonly forms: number;
}

/** A reply to this request of a double, with its nonce where it has one. @param bytes its length in all. */
export function replyDouble(
  kind: 'answer' | 'refusal' | 'unrecognised',
  request: Uint8Array,
  bytes: number,
): Uint8Array {
  const reply = new Uint8Array(bytes);
  reply[0] = { answer: A, refusal: R, unrecognised: 0x58 }[kind];
  reply.set(request.subarray(2, 4), 1);
  return reply;
}

/** The form's number, as the request says it. */
export function formOfRequest(request: Uint8Array): number {
  return request[1] ?? -1;
}

const WORDS = { en: 'double', ja: 'double' };
const [A, R] = [0x41, 0x52];

function formDouble(form: number, hasNonce: boolean): RequestForm {
  return {
    name: `form ${form}`,
    encode: (nonce) => Uint8Array.of(0x51, form, ...(hasNonce ? [nonce >>> 8, nonce & 255] : [])),
  };
}

/** Unrecognised bytes echo too, like a packet of the same protocol that makes no sense otherwise; `?` alone does not. */
function echoedNonce(payload: Uint8Array): number | undefined {
  const [kind, high, low] = payload;
  return kind === 0x3f || high === undefined || low === undefined ? undefined : high * 256 + low;
}
