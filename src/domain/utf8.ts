import { UsageError } from './usage-error.js';

const NEWLINE = 0x0a;

/**
 * Checks that a file a user wrote is text in UTF-8, which no mistake of reading can show later: a Windows-1252
 * "ü" and "ö" both become U+FFFD, and two customers one.
 * @param name what the file is called in messages.
 * @throws UsageError with the line and how to save the file, for UTF-16 and for bytes that UTF-8 does not have.
 */
export function decodeUtf8(bytes: Uint8Array, name: string): string {
  refuseUtf16(bytes, name);
  try {
    // The byte order mark stays, so that a hash of the text is one of the file.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw notUtf8(bytes, name);
  }
}

/** @throws UsageError for a file that begins as UTF-16 does, with a byte order mark or without one. */
export function refuseUtf16(bytes: Uint8Array, name: string): void {
  const [first, second] = bytes;
  const hasMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  // In UTF-16 one of the two bytes of an ASCII character is 0.
  const hasZero = bytes.length > 1 && (first === 0) !== (second === 0);
  if (!hasMark && !hasZero) return;
  throw new UsageError(
    `${name}:1: the file is not UTF-8: it begins as UTF-16 does`,
    `save it as UTF-8 (in Excel "CSV UTF-8", not "Unicode Text"), or: iconv -f UTF-16 -t UTF-8 ${name}`,
  );
}

/** The error for the first line that is not UTF-8. @param firstLine the number of the line that `bytes` begin with. */
export function notUtf8(bytes: Uint8Array, name: string, firstLine = 1): UsageError {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = firstLine;
  for (let start = 0; start < bytes.length; line++) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      break;
    }
    start = end + 1;
  }
  return new UsageError(
    `${name}:${line}: the file is not UTF-8: probably Windows-1252 or Shift_JIS, as Excel's plain "CSV" is`,
    `save it as UTF-8 (in Excel "CSV UTF-8"), or: iconv -f WINDOWS-1252 -t UTF-8 ${name}; of Japanese text -f CP932`,
  );
}
