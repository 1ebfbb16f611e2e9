/** No name is longer (RFC 1035 §2.3.4), so none has more labels and pointers than this. */
const MOST_STEPS = 255;

/**
 * The name that begins there, its compression pointers followed (RFC 1035 §4.1.4): lower case, without the final
 * dot, `.` for the root. A pointer may only lead back, so it always ends. Undefined for what is no name.
 */
export function nameAt(payload: Uint8Array, at: number): string | undefined {
  const labels: string[] = [];
  let here = at;
  for (let step = 0; step < MOST_STEPS; step++) {
    const length = payload[here];
    if (length === undefined) return undefined;
    if (length === 0) return labels.length === 0 ? '.' : labels.join('.').toLowerCase();
    if (length >= 0xc0) {
      const low = payload[here + 1];
      const target = low === undefined ? Infinity : (length & 0x3f) * 256 + low;
      if (target >= here) return undefined;
      here = target;
      continue;
    }
    if (length > 63 || here + 1 + length > payload.length) return undefined;
    labels.push(String.fromCharCode(...payload.subarray(here + 1, here + 1 + length)));
    here += 1 + length;
  }
  return undefined;
}
