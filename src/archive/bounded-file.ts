import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';

/** A file, or a line of it, is longer than anything that we write: it is damaged, and would only fill the memory. */
export class TooLong extends Error {}

/**
 * Reads a whole file.
 * @throws TooLong before anything is read; what the system says.
 */
export async function readBounded(path: string, mostBytes: number): Promise<Buffer> {
  const { size } = await stat(path);
  if (size > mostBytes) throw new TooLong(`longer than ${mostBytes / 2 ** 20} MiB`);
  return readFile(path);
}

/** A finding with all its exchanges has some kilobytes, a history line some hundred bytes. */
const MOST_LINE_BYTES = 2 ** 24;

const NEWLINE = 0x0a;

/**
 * The lines of a stream of bytes, the last one too where its end is missing; many at a time, for a turn for each line
 * would cost more than the line. Not node:readline: that also ends a line at U+2028, which JSON leaves as it is within a
 * text, and knows no bound.
 * @throws TooLong as soon as a line has more than MOST_LINE_BYTES; what the stream throws.
 */
export async function* linesIn(
  parts: AsyncIterable<Buffer>,
): AsyncGenerator<{ readonly lines: readonly string[]; readonly rest: boolean }, void, undefined> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const part of parts) {
    const end = part.lastIndexOf(NEWLINE);
    if (end < 0) waiting.push(part);
    else {
      const whole = Buffer.concat([...waiting, part.subarray(0, end)]).toString();
      waiting = [part.subarray(end + 1)];
      bytes = 0;
      yield { lines: whole.split('\n'), rest: false };
    }
    bytes += part.length - end - 1;
    if (bytes > MOST_LINE_BYTES) throw new TooLong(`a line is longer than ${MOST_LINE_BYTES / 2 ** 20} MiB`);
  }
  const rest = Buffer.concat(waiting);
  if (rest.length > 0) yield { lines: [rest.toString()], rest: true };
}

/** @throws as `linesIn`. */
export function linesOfFile(path: string): ReturnType<typeof linesIn> {
  return linesIn(createReadStream(path) as AsyncIterable<Buffer>);
}
