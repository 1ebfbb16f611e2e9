import { gunzipSync } from 'node:zlib';
import { UsageError } from '../domain/usage-error.js';

/**
 * The content of a gzip file (RFC 1952 §2.3.1: it begins with 1f 8b), or the bytes themselves where it is none.
 * @param maxBytes refuses what would grow beyond it: a small file can unpack to any size.
 * @throws UsageError when it is damaged or grows too large.
 */
export function gunzip(bytes: Uint8Array, file: string, maxBytes: number): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof RangeError)
      throw new UsageError(
        `${file}: unpacks to more than ${Math.floor(maxBytes / 2 ** 20)} MiB`,
        'no known AS map is so large: look at what is in it',
      );
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${file}: a damaged gzip file: ${why}`, 'fetch it again');
  }
}
