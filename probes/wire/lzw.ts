/**
 * LZW as Go's compress/lzw has it, least significant bit first, with literals of eight bits: codes of 9 to 12 bits, 256
 * begins a new table and 257 ends.
 */
const [CLEAR, END, FIRST_WIDTH, LAST_WIDTH] = [256, 257, 9, 12];
const NONE = -1;

/**
 * Total, and bounded by what it may bring and by the bytes that it reads.
 * @param most so many bytes are enough: what follows them is not unpacked.
 * @returns undefined for what is no such stream; a stream that ends without its end is read as far as it goes.
 */
export function decodeLzw(packed: Uint8Array, most: number): Uint8Array | undefined {
  const output = new Uint8Array(most);
  const [prefix, suffix, length] = [1, 1, 1].map(() => new Uint16Array(1 << LAST_WIDTH)) as [
    Uint16Array,
    Uint16Array,
    Uint16Array,
  ];
  let [written, width, next, last, firstOfLast] = [0, FIRST_WIDTH, END, NONE, 0];
  let [bits, held, at] = [0, 0, 0];
  for (;;) {
    for (; held < width; held += 8) {
      if (at >= packed.length) return output.subarray(0, written);
      bits |= (packed[at++] ?? 0) << held;
    }
    const code = bits & ((1 << width) - 1);
    bits >>>= width;
    held -= width;
    if (code === END) return output.subarray(0, written);
    if (code === CLEAR) {
      [width, next, last] = [FIRST_WIDTH, END, NONE];
      continue;
    }
    if (code > next || (code === next && last === NONE)) return undefined;
    const isItself = code === next;
    const from = isItself ? last : code;
    const bytes = lengthOf(from) + (isItself ? 1 : 0);
    if (written + bytes > most) return output.subarray(0, written);
    // From its end to its beginning: a code is another one and a byte more.
    let end = written + bytes;
    let rest = from;
    if (isItself) output[--end] = firstOfLast;
    for (; rest >= CLEAR; rest = prefix[rest] ?? 0) output[--end] = suffix[rest] ?? 0;
    output[written] = rest;
    firstOfLast = output[written] ?? 0;
    written += bytes;
    if (last !== NONE) {
      suffix[next] = firstOfLast;
      prefix[next] = last;
      length[next] = lengthOf(last) + 1;
    }
    last = code;
    if (++next < 1 << width) continue;
    if (width === LAST_WIDTH) [last, next] = [NONE, next - 1];
    else width++;
  }

  function lengthOf(code: number): number {
    return code < CLEAR ? 1 : (length[code] ?? 1);
  }
}

/** What `decodeLzw` reads, of no more bytes than one table has codes for. */
export function encodeLzw(bytes: Uint8Array): Uint8Array {
  const packed: number[] = [];
  const table = new Map<number, number>();
  let [width, next, bits, held] = [FIRST_WIDTH, END, 0, 0];
  const put = (code: number): void => {
    bits |= code << held;
    for (held += width; held >= 8; held -= 8) {
      packed.push(bits & 0xff);
      bits >>>= 8;
    }
  };
  const grow = (): void => {
    if (++next >= 1 << width && width < LAST_WIDTH) width++;
  };
  put(CLEAR);
  let code = bytes[0];
  for (const byte of bytes.subarray(1)) {
    const longer = table.get((code ?? 0) * 256 + byte);
    if (longer === undefined) {
      put(code ?? 0);
      grow();
      table.set((code ?? 0) * 256 + byte, next);
    }
    code = longer ?? byte;
  }
  if (code !== undefined) {
    put(code);
    grow();
  }
  put(END);
  if (held > 0) packed.push(bits & 0xff);
  return Uint8Array.from(packed);
}
