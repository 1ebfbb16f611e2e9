/** RFC 1035 §2.3.4: octets of a name as it stands on the wire, and so more than its labels and pointers. */
const MOST_OCTETS = 255;

/**
 * Reads the names of one message, their compression pointers followed (RFC 1035 §4.1.4): lower case, without the
 * final dot, `.` for the root; undefined for what is no name. A pointer may only lead back, so each ends. Six
 * thousand records may point at one name of 255 octets: a place is read once, and all places together for no more
 * than 4,096 octets more than the message has; after that a name is undefined.
 */
export function nameReader(payload: Uint8Array): (at: number) => string | undefined {
  const known = new Map<number, string | undefined>();
  let left = 4096 + payload.length;
  return (at) => {
    if (payload[at] === 0) return '.';
    const place = pointedAt(payload, at);
    const before = place === undefined ? undefined : known.get(place);
    if (before !== undefined || left < 0) return before;
    const { name, octets } = nameAt(payload, place ?? at);
    left -= octets;
    if (place !== undefined) known.set(place, name);
    return name;
  };
}

/** Where the pointer that stands there leads; undefined where none stands, or where it leads not back. */
function pointedAt(payload: Uint8Array, at: number): number | undefined {
  const high = payload[at] ?? 0;
  const target = (high & 0x3f) * 256 + (payload[at + 1] ?? 0);
  return high >= 0xc0 && target < at && at + 1 < payload.length ? target : undefined;
}

function nameAt(payload: Uint8Array, at: number): { readonly name?: string; readonly octets: number } {
  let text = '';
  let here = at;
  let octets = 0;
  let steps = 0;
  for (; octets < MOST_OCTETS && steps < MOST_OCTETS; steps++) {
    const length = payload[here];
    if (length === undefined) break;
    if (length === 0) return { name: text === '' ? '.' : text, octets: octets + steps };
    if (length >= 0xc0) {
      const target = pointedAt(payload, here);
      if (target === undefined) break;
      here = target;
      continue;
    }
    if (length > 63 || here + 1 + length > payload.length) break;
    if (text !== '') text += '.';
    for (let i = 1; i <= length; i++) text += LOWER_CASE[payload[here + i] ?? 0] ?? '';
    here += 1 + length;
    octets += 1 + length;
  }
  return { octets: octets + steps };
}

/** By octet. */
const LOWER_CASE = Array.from({ length: 256 }, (_, octet) => String.fromCharCode(octet).toLowerCase());
