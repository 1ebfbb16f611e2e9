/** What every message of DHIP begins with: the length of its head, and its name. */
export const MAGIC = '\x20\0\0\0DHIP';
export const HEAD_BYTES = 32;

/** A message of DHIP: the length of the text stands twice in its head, little-endian. */
export function withHead(text: string): Uint8Array {
  const body = Buffer.from(text);
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(MAGIC, 'latin1');
  head.writeUInt32LE(body.length, 16);
  head.writeUInt32LE(body.length, 24);
  return Uint8Array.from(Buffer.concat([head, body]));
}
