/**
 * Reads network bytes in wire order, big-endian, and never past their end: every method answers undefined
 * where the bytes run out, and so does everything after. A parser reads all fields, then asks `ok` once.
 */
export class Reader {
  #at: number;
  #ok = true;

  /** Of a part of the bytes where that is named; offsets count from the beginning of all. */
  constructor(
    private readonly bytes: Uint8Array,
    from = 0,
    private readonly end = bytes.length,
  ) {
    this.#at = from;
  }

  /** False once anything was read past the end. */
  get ok(): boolean {
    return this.#ok;
  }

  get offset(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.end - this.#at;
  }

  u8(): number | undefined {
    return this.#has(1) ? this.bytes[this.#at++] : undefined;
  }

  u16(): number | undefined {
    if (!this.#has(2)) return undefined;
    const value = this.#octet(0) * 256 + this.#octet(1);
    this.#at += 2;
    return value;
  }

  u32(): number | undefined {
    if (!this.#has(4)) return undefined;
    const value = ((this.#octet(0) * 256 + this.#octet(1)) * 256 + this.#octet(2)) * 256 + this.#octet(3);
    this.#at += 4;
    return value;
  }

  /** A view of the next `length` bytes, not a copy. */
  take(length: number): Uint8Array | undefined {
    if (!this.#has(length)) return undefined;
    this.#at += length;
    return this.bytes.subarray(this.#at - length, this.#at);
  }

  /** Whether so many bytes were there to be passed over. Makes no view: a list may have thousands of entries. */
  skip(length: number): boolean {
    if (!this.#has(length)) return false;
    this.#at += length;
    return true;
  }

  #has(length: number): boolean {
    if (!this.#ok || length < 0 || length > this.remaining) this.#ok = false;
    return this.#ok;
  }

  #octet(ahead: number): number {
    return this.bytes[this.#at + ahead] ?? 0;
  }
}
