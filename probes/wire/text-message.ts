import { latin1, layFields, showText, type FieldShape } from './fields.js';

/** A message of lines, as HTTP has them and SIP and SSDP after it (RFC 9112 §2.1, RFC 3261 §7). */
export interface TextMessage {
  readonly firstLine: string;
  /** By the names that the reader gives them. */
  readonly headers: ReadonlyMap<string, string>;
}

/** Of a longer message no more is read; none of these protocols sends half as much in a datagram. */
const MOST_BYTES_READ = 4096;

/**
 * The first line, and of the headers those with a name here; a header that stands twice counts once. Total and bounded.
 * @param names by the header's name in lower case, what it is called in the result.
 */
export function readTextMessage(payload: Uint8Array, names: Readonly<Record<string, string>>): TextMessage {
  // RFC 9112 §2.2: a line may end without the carriage return.
  const [firstLine = '', ...lines] = latin1(payload.subarray(0, MOST_BYTES_READ)).split(/\r?\n/);
  const headers = new Map<string, string>();
  for (const line of lines) {
    if (line === '') break;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    const called = Object.hasOwn(names, name) ? names[name] : undefined;
    if (called !== undefined && !headers.has(called)) headers.set(called, line.slice(colon + 1).trim());
  }
  return { firstLine, headers };
}

/** The first line, a header a line, and after the empty line the body. */
export function dissectTextMessage(payload: Uint8Array): ReturnType<typeof layFields> {
  return layFields(payload, shapesOf(payload));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  for (let at = 0, name = 'first line'; at < Math.min(payload.length, MOST_BYTES_READ); name = 'header') {
    const lineEnd = payload.indexOf(0x0a, at);
    const end = lineEnd < 0 ? payload.length : lineEnd + 1;
    if (end - at <= 2) {
      yield [end - at, 'end of the headers', () => ''];
      return;
    }
    yield [end - at, name, (line) => showText(line).replace(/\.{1,2}$/, '')];
    at = end;
  }
}
