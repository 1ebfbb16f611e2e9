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
export const LINE_FEED = 0x0a;
const FEWEST_CHARACTERS = 8;
const LEAST_SHARE = 0.9;

function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e;
}

/** To the next character of ASCII, or from the end of a ring to its beginning. */
function isStep(from: number, to: number): boolean {
  return to === from + 1 || (from >= 0x7d && to <= 0x21);
}
