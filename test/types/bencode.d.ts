/** The little of bencode that the tests use as an oracle; the package has no types of its own. */
declare module 'bencode' {
  const bencode: {
    encode(value: unknown): Uint8Array;
    /** Texts are bytes. @throws Error for what is no bencoding. */
    decode(bytes: Uint8Array): unknown;
  };
  export default bencode;
}
