import { Reader } from '../wire/reader.js';

const [BACNET_IP, TO_ONE_HOST] = [0x81, 0x0a];
const VERSION = 1;
/** Bits of the control octet (clause 6.2.2): no APDU but a message of the network layer; who it is for, who it is from. */
const [NETWORK_MESSAGE, HAS_DESTINATION, HAS_SOURCE] = [0x80, 0x20, 0x08];

/**
 * Where the APDU begins, behind the addresses that a device behind a router has; undefined for what is no BACnet/IP
 * datagram to one host, or not of the length that it says.
 */
export function apduOf(payload: Uint8Array): number | undefined {
  const reader = new Reader(payload);
  const [type, name, length, version] = [reader.u8(), reader.u8(), reader.u16(), reader.u8()];
  const control = reader.u8();
  if (type !== BACNET_IP || name !== TO_ONE_HOST || length !== payload.length) return undefined;
  if (version !== VERSION || control === undefined || (control & NETWORK_MESSAGE) !== 0) return undefined;
  for (const bit of [HAS_DESTINATION, HAS_SOURCE])
    if ((control & bit) !== 0) {
      reader.skip(2);
      reader.skip(reader.u8() ?? 0);
    }
  if ((control & HAS_DESTINATION) !== 0) reader.skip(1);
  return reader.ok && reader.remaining >= 3 ? reader.offset : undefined;
}

/** An element of an APDU (clause 20.2.1). */
export interface Tag {
  readonly number: number;
  readonly isContext: boolean;
  /** Absent: an opening or a closing tag, which has none. */
  readonly content?: Uint8Array;
  readonly isOpening: boolean;
}

const [EXTENDED_NUMBER, EXTENDED_LENGTH, OPENING, CLOSING] = [0x0f, 5, 6, 7];
/** The application tag of a truth value holds it in place of a length. */
const BOOLEAN = 1;

/** Undefined where it is cut short, and at the end. */
export function readTag(reader: Reader): Tag | undefined {
  const first = reader.u8();
  if (first === undefined) return undefined;
  const isContext = (first & 0x08) !== 0;
  const number = first >> 4 === EXTENDED_NUMBER ? reader.u8() : first >> 4;
  const kind = first & 0x07;
  if (number === undefined) return undefined;
  if (isContext && (kind === OPENING || kind === CLOSING))
    return { number, isContext, isOpening: kind === OPENING };
  const length = !isContext && number === BOOLEAN ? 0 : kind === EXTENDED_LENGTH ? longLength(reader) : kind;
  const content = length === undefined ? undefined : reader.take(length);
  return content && { number, isContext, content, isOpening: false };
}

function longLength(reader: Reader): number | undefined {
  const length = reader.u8();
  if (length === 254) return reader.u16();
  return length === 255 ? reader.u32() : length;
}
