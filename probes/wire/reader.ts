/**
 * Reads network bytes in wire order, big-endian, and never past their end: every method answers undefined
 * where the bytes run out, and so does everything after. A parser reads all fields, then asks `ok` once.
 */
export class Reader {
  #at = 0;
  #ok = true;

  constructor(private readonly bytes: Uint8Array) {}

  /** False once anything was read past the end. */
  get ok(): boolean {
    return this.#ok;
  }

  get offset(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.bytes.length - this.#at;
  }

  u8(): number | undefined {
    return this.#unsigned(1);
  }

  u16(): number | undefined {
    return this.#unsigned(2);
  }

  u32(): number | undefined {
    return this.#unsigned(4);
  }

  /** A view of the next `length` bytes, not a copy. */
  take(length: number): Uint8Array | undefined {
    if (!this.#ok || length < 0 || length > this.remaining) {
      this.#ok = false;
      return undefined;
    }
    this.#at += length;
    return this.bytes.subarray(this.#at - length, this.#at);
  }

  skip(length: number): void {
    this.take(length);
  }

  #unsigned(width: number): number | undefined {
    const view = this.take(width);
    return view?.reduce((value, byte) => value * 256 + byte, 0);
  }
}
