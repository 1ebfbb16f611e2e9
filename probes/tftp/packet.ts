/** RFC 1350 §5; the last one is of RFC 2347. */
export const OPCODE = {
  readRequest: 1,
  writeRequest: 2,
  data: 3,
  acknowledgement: 4,
  error: 5,
  optionAcknowledgement: 6,
} as const;

export const OPCODE_NAMES: readonly string[] = [
  '',
  'read request',
  'write request',
  'data',
  'acknowledgement',
  'error',
  'option acknowledgement',
];

/** By their codes: RFC 1350, appendix; the last one is of RFC 2347. */
export const ERRORS: readonly string[] = [
  'not defined',
  'file not found',
  'access violation',
  'disk full or allocation exceeded',
  'illegal TFTP operation',
  'unknown transfer ID',
  'file already exists',
  'no such user',
  'option negotiation failed',
];

/** Of a file in one datagram, where no option says otherwise; a shorter block is the last one. */
export const BLOCK_BYTES = 512;

/** An error: its code and a text. It ends a transfer, and nothing acknowledges it (RFC 1350 §7). */
export function errorDatagram(code: number, message: string): Uint8Array {
  return Uint8Array.of(0, OPCODE.error, 0, code, ...new TextEncoder().encode(message), 0);
}

/** The first block of a file. */
export function firstBlock(data: Uint8Array): Uint8Array {
  return Uint8Array.of(0, OPCODE.data, 0, 1, ...data.subarray(0, BLOCK_BYTES));
}
