/** The payload as text, a character a byte; undefined where it is longer than any answer of its service. */
export function textOf(payload: Uint8Array, mostBytes: number): string | undefined {
  return payload.length <= mostBytes ? String.fromCharCode(...payload) : undefined;
}

export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
