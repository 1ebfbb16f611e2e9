/** UDP over IPv4 carries no more. */
export const LARGEST_PAYLOAD = 65_507;

/** How far into a message fields are looked for that say where it ends. */
const HEADER_BYTES = 96;

/**
 * The message up to `at`, and the token over and over until it has so many bytes; where a field of its head said
 * where the message ends, it says where it ends now. So a reader that believes lengths, counts or elements reads all
 * of it. What is such a field is told by its value alone, whatever the protocol: a number of two or four octets of
 * either order that is the length from there or from any octet before, and the lengths of BER elements that reach to
 * the end, which become long ones.
 */
export function grown(message: Uint8Array, at: number, token: Uint8Array, bytes: number): Uint8Array {
  const head = withLongElements(message, at);
  const total = Math.min(LARGEST_PAYLOAD, Math.max(bytes, head.length));
  const result = new Uint8Array(total);
  result.set(head);
  fill(result, head.length, token);
  fixNumbers(message, result);
  fixElements(result, head.length);
  return result;
}

/** Repeats the token from there to the end. */
export function fill(into: Uint8Array, from: number, token: Uint8Array): void {
  const first = Math.min(token.length, into.length - from);
  into.set(token.subarray(0, first), from);
  for (let done = first; from + done < into.length; done *= 2)
    into.copyWithin(from + done, from, from + Math.min(done, into.length - from - done));
}

/** The head, each BER element that was open at its end with a length of four octets. */
function withLongElements(message: Uint8Array, at: number): Uint8Array {
  const octets: number[] = [];
  let here = 0;
  while (here < at) {
    const element = elementToEnd(message, here, at);
    if (element === undefined) break;
    // The content of the leaves before the next open one.
    octets.push(message[here] ?? 0, 0x84, 0, 0, 0, 0);
    here = element;
    for (let leaf = leafEnd(message, here); leaf !== undefined && leaf <= at; leaf = leafEnd(message, here)) {
      if (elementToEnd(message, here, at) !== undefined) break;
      for (; here < leaf; here++) octets.push(message[here] ?? 0);
    }
  }
  for (; here < at; here++) octets.push(message[here] ?? 0);
  return Uint8Array.from(octets);
}

/** Where the content begins of an element that reaches beyond `at` and not beyond the message. */
function elementToEnd(message: Uint8Array, here: number, at: number): number | undefined {
  const [content, length] = lengthAt(message, here);
  const end = content + length;
  return length > 0 && content <= at && end > at && end <= message.length ? content : undefined;
}

function leafEnd(message: Uint8Array, here: number): number | undefined {
  const [content, length] = lengthAt(message, here);
  return here + 1 < message.length && content + length <= message.length ? content + length : undefined;
}

function lengthAt(message: Uint8Array, here: number): readonly [content: number, length: number] {
  const first = message[here + 1] ?? 0;
  if (first < 0x80) return [here + 2, first];
  let length = 0;
  for (let i = 0; i < (first & 0x7f); i++) length = length * 256 + (message[here + 2 + i] ?? 0);
  return [here + 2 + (first & 0x7f), length];
}

/** What `withLongElements` left open ends with the message. */
function fixElements(result: Uint8Array, headBytes: number): void {
  const view = new DataView(result.buffer);
  for (let here = 0; here + 6 <= headBytes; here++)
    if (view.getUint8(here + 1) === 0x84 && view.getUint32(here + 2) === 0)
      view.setUint32(here + 2, result.length - here - 6);
}

function fixNumbers(message: Uint8Array, result: Uint8Array): void {
  const before = new DataView(message.buffer, message.byteOffset, message.length);
  const after = new DataView(result.buffer);
  for (let here = 0; here + 2 <= Math.min(HEADER_BYTES, message.length, result.length); here++)
    for (const little of [false, true]) {
      const from = message.length - before.getUint16(here, little);
      // A number of padding octets may follow what is counted.
      const start = [from, from - 1, from - 2, from - 3].find((each) => each >= 0 && each <= here + 2);
      if (start !== undefined && message.length > 8)
        after.setUint16(here, Math.min(0xffff, result.length - start), little);
    }
}
