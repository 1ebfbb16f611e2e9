import type { Field } from '../probe.js';
import { layFields, showPrintable, type FieldShape } from '../wire/fields.js';

/**
 * Whether a datagram is what character generators send: the printable ASCII characters in their order, over and
 * over. RFC 864 only recommends the pattern, and servers differ: the ring has 95 characters (openbsd-inetd) or
 * 93 (xinetd), it starts anywhere, lines have 72 characters and begin one character later each, CR and LF may
 * be missing, the last line may be short. One rule covers them all: nine of ten characters are followed by
 * their successor on the ring. Fewer than eight characters prove nothing.
 */
export function looksGenerated(payload: Uint8Array): boolean {
  // One pass and no copies: a responder may send thousands of these.
  let characters = 0;
  let steps = 0;
  let previous: number | undefined;
  for (const byte of payload) {
    if (byte === CARRIAGE_RETURN || byte === LINE_FEED) continue;
    if (!isPrintable(byte)) return false;
    if (previous !== undefined && isStep(previous, byte)) steps++;
    previous = byte;
    characters++;
  }
  return characters >= FEWEST_CHARACTERS && steps >= LEAST_SHARE * (characters - 1);
}

const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
const FEWEST_CHARACTERS = 8;
const LEAST_SHARE = 0.9;

function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e;
}

/** To the next character of ASCII, or from the end of a ring to its beginning. */
function isStep(from: number, to: number): boolean {
  return to === from + 1 || (from >= 0x7d && to <= 0x21);
}

/** Lines, as the pattern of RFC 864 has them; what ends without one too. The request's data is ignored. */
export function linesOf(payload: Uint8Array): readonly Field[] {
  return layFields(payload, lineShapes(payload));
}

function* lineShapes(payload: Uint8Array): Generator<FieldShape> {
  for (let at = 0; at < payload.length;) {
    const lineEnd = payload.indexOf(LINE_FEED, at);
    const end = lineEnd < 0 ? payload.length : lineEnd + 1;
    yield [end - at, 'characters', showPrintable];
    at = end;
  }
}

/** RFC 864: each line has this many characters and begins one character later than the line before. */
const LINE_CHARACTERS = 72;

/**
 * As many whole lines as fit, and a shorter one that fills the rest. A real server begins where its last answer
 * ended; an emulated one has no memory and begins with the first character each time.
 */
export function generate(ring: {
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
}): Uint8Array {
  const characters = ring.last - ring.first + 1;
  const datagram: number[] = [];
  for (let line = 0; datagram.length < ring.bytes; line++) {
    const width = Math.min(LINE_CHARACTERS, ring.bytes - datagram.length - 2);
    for (let i = 0; i < width; i++) datagram.push(ring.first + ((line + i) % characters));
    datagram.push(0x0d, 0x0a);
  }
  return Uint8Array.from(datagram);
}
