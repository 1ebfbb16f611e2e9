/** One field of a datagram: see Field of probes/probe.ts, whose shape this is. */
interface WireField {
  readonly at: number;
  readonly bytes: number;
  readonly name: string;
  readonly value: string;
  readonly masked?: true;
}

/** How a field of fixed length reads: its length in bytes, its name, and its value as text. */
export type FieldShape = readonly [
  bytes: number,
  name: string,
  show?: ((bytes: Uint8Array) => string) | 'masked' | undefined,
];

/**
 * Lays shapes over a payload from `at` on, one after the other. What is cut short, and what follows the last shape,
 * is one field to the end.
 * @param rest the name of what follows the shapes.
 */
export function layFields(
  payload: Uint8Array,
  shapes: Iterable<FieldShape>,
  { at = 0, rest = 'rest' }: { readonly at?: number; readonly rest?: string } = {},
): readonly WireField[] {
  const fields: WireField[] = [];
  let offset = at;
  for (const [bytes, name, show = showNumber] of shapes) {
    const content = payload.subarray(offset, offset + bytes);
    const isMasked = show === 'masked';
    if (content.length === 0) break;
    fields.push({
      at: offset,
      bytes: content.length,
      name: content.length < bytes ? `${name}, cut short` : name,
      ...(isMasked ? { value: '', masked: true } : { value: content.length < bytes ? '' : show(content) }),
    });
    offset += content.length;
  }
  const left = payload.length - offset;
  if (left > 0) fields.push({ at: offset, bytes: left, name: rest, value: `${left} bytes` });
  return fields;
}

/** Big-endian. */
export function showNumber(bytes: Uint8Array): string {
  return String(bytes.reduce((value, byte) => value * 256 + byte, 0));
}

/** Printable ASCII as it is, everything else as a point. */
export function showText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : '.')).join(
    '',
  );
}
