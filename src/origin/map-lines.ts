import { UsageError } from '../domain/usage-error.js';
import { notUtf8 } from '../domain/utf8.js';

/** One line that holds data. */
export interface MapLine {
  readonly text: string;
  /** Counted from 1, as editors do. */
  readonly number: number;
}

const WINDOW_BYTES = 1 << 16;
const NEWLINE = 0x0a;

/**
 * The lines of a text file that hold data: empty lines and `#` comments are left out, line ends of either kind
 * and a byte order mark too. It decodes one window after the other, so that 50 MB of text never stand in
 * memory as one string.
 * @throws UsageError with the line for what is not UTF-8.
 */
export function* mapLines(bytes: Uint8Array, file: string): Generator<MapLine, void, undefined> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  let number = 0;
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decoded = (window: Uint8Array): string => {
    try {
      return decoder.decode(window);
    } catch {
      throw notUtf8(window, file, number + 1);
    }
  };
  while (start < buffer.length) {
    const end = endOfWindow(buffer, start);
    for (const line of decoded(buffer.subarray(start, end)).split('\n')) {
      number++;
      const text = line.endsWith('\r') ? line.slice(0, -1) : line;
      if (text.trim() !== '' && !text.startsWith('#')) yield { text, number };
    }
    start = end + 1;
  }
}

/** The mistake in a line: `operator.csv:14: "AS" is not an AS number`. */
export function lineError(file: string, line: MapLine, message: string, hint: string): UsageError {
  return new UsageError(`${file}:${line.number}: ${message}`, hint);
}

/** Where the last whole line of this window ends, or the first one where it is longer than the window. */
function endOfWindow(buffer: Buffer, start: number): number {
  if (start + WINDOW_BYTES >= buffer.length) return endWithoutNewline(buffer);
  const last = buffer.lastIndexOf(NEWLINE, start + WINDOW_BYTES);
  if (last >= start) return last;
  const next = buffer.indexOf(NEWLINE, start);
  return next < 0 ? buffer.length : next;
}

function endWithoutNewline(buffer: Buffer): number {
  return buffer[buffer.length - 1] === NEWLINE ? buffer.length - 1 : buffer.length;
}
