import type { Field } from '../probe.js';
import { MORE_FIELDS, latin1, layFields, showNumber, showText, type FieldShape } from '../wire/fields.js';
import { MODE6_ERRORS, MODE6_HEADER_BYTES } from './mode6.js';
import { MODE7_ERRORS, MONLIST_CODE } from './mode7.js';
import { holdsAddress, splitVariables } from './variables.js';

/**
 * Any NTP packet field by field: mode 6 (RFC 9327 §2), mode 7 (ntp_request.h), every other by RFC 5905 §7.3. Total.
 * Masked is whatever holds the address of a third party, or may hold what is left of one.
 */
export function dissectNtp(payload: Uint8Array): readonly Field[] {
  const mode = (payload[0] ?? 0) & 0b111;
  if (mode === 6) return dissectControl(payload);
  return mode === 7
    ? dissectPrivate(payload)
    : layFields(payload, timeFields(payload), { rest: 'extensions, key and MAC' });
}

const MODES = [
  'reserved',
  'symmetric active',
  'symmetric passive',
  'client',
  'server',
  'broadcast',
  'control',
  'private',
];

function timeFields(payload: Uint8Array): readonly FieldShape[] {
  return [
    [1, 'leap, version, mode', leapVersionMode],
    [1, 'stratum'],
    [1, 'poll', (bytes) => `2^${signed(bytes)} s`],
    [1, 'precision', (bytes) => `2^${signed(bytes)} s`],
    [4, 'root delay', seconds],
    [4, 'root dispersion', seconds],
    // From stratum 2 on the address of the server's source; 127.127.t.u is a clock at hand (ntpd).
    [
      4,
      'reference ID',
      (payload[1] ?? 0) < 2 || (payload[12] === 127 && payload[13] === 127) ? refid : 'masked',
    ],
    [8, 'reference timestamp', hex],
    [8, 'origin timestamp', hex],
    [8, 'receive timestamp', hex],
    [8, 'transmit timestamp', hex],
  ];
}

function dissectControl(payload: Uint8Array): readonly Field[] {
  const isError = ((payload[1] ?? 0) & 0x40) !== 0;
  const header = layFields(payload.subarray(0, MODE6_HEADER_BYTES), [
    [1, 'leap, version, mode', leapVersionMode],
    [1, 'R, E, M, opcode', ([byte = 0]) => `${flags(byte, 'REM')}opcode ${byte & 0x1f}`],
    [2, 'sequence'],
    [2, 'status', (bytes) => (isError ? errorText(MODE6_ERRORS, bytes[0] ?? 0) : hex(bytes))],
    [2, 'association ID'],
    [2, 'offset'],
    [2, 'count', (bytes) => `${showNumber(bytes)} bytes`],
  ]);
  if (payload.length <= MODE6_HEADER_BYTES) return header;
  const count = ((payload[10] ?? 0) << 8) | (payload[11] ?? 0);
  const end = Math.min(payload.length, MODE6_HEADER_BYTES + count);
  const shapes = variablesOf(latin1(payload.subarray(MODE6_HEADER_BYTES, end)));
  return [...header, ...layFields(payload, shapes, { at: MODE6_HEADER_BYTES, rest: 'padding' })];
}

function* variablesOf(text: string): Generator<FieldShape> {
  for (const { piece, name = 'data', isRest } of splitVariables(text)) {
    if (isRest) yield [piece.length, MORE_FIELDS, 'masked'];
    else
      yield [
        piece.length,
        name,
        holdsAddress(piece) ? 'masked' : (bytes) => withoutEnd(showText(bytes), '.,'),
      ];
  }
}

/** Without whatever of these characters it ends with: by hand, for `[.,]*$` is quadratic in points. */
function withoutEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

function dissectPrivate(payload: Uint8Array): readonly Field[] {
  const header: readonly FieldShape[] = [
    [
      1,
      'R, M, version, mode',
      ([byte = 0]) => `${flags(byte, 'RM')}version ${(byte >> 3) & 7}, mode ${byte & 7} (private)`,
    ],
    [1, 'A, sequence', ([byte = 0]) => `${flags(byte, 'A')}${byte & 0x7f}`],
    [1, 'implementation'],
    [1, 'request code', (bytes) => `${showNumber(bytes)}${CODES[bytes[0] ?? 0] ?? ''}`],
    [
      2,
      'error, number of items',
      ([first = 0, second = 0]) =>
        `${first >> 4 === 0 ? '' : `${errorText(PRIVATE_ERRORS, first >> 4)}, `}${((first & 0xf) << 8) | second} items`,
    ],
    [2, 'size of an item', ([first = 0, second = 0]) => `${((first & 0xf) << 8) | second} bytes`],
  ];
  const isResponse = ((payload[0] ?? 0) & 0x80) !== 0;
  return layFields(payload, isResponse ? withItems(header, payload) : header, { rest: 'data, ignored' });
}

const CODES: Readonly<Record<number, string>> = { 20: ' (MON_GETLIST)', [MONLIST_CODE]: ' (MON_GETLIST_1)' };

const PRIVATE_ERRORS: ReadonlyMap<number, string> = new Map(
  Object.entries(MODE7_ERRORS).map(([name, code]) => [code, name]),
);

function* withItems(header: readonly FieldShape[], payload: Uint8Array): Generator<FieldShape> {
  yield* header;
  yield* itemsOf(payload);
}

/**
 * The items of a list, each with its number. Fields that an item does not use keep the bytes of earlier answers: so
 * all four addresses are masked in each, and `unused`. Items of what is no such list are masked whole.
 */
function* itemsOf(payload: Uint8Array): Generator<FieldShape> {
  const [, , , code = 0, high = 0, low = 0, sizeHigh = 0, sizeLow = 0] = payload;
  const itemBytes = ((sizeHigh & 0xf) << 8) | sizeLow;
  const shape = ITEMS.get(`${code} ${itemBytes}`);
  const items = ((high & 0xf) << 8) | low;
  for (let n = 1; n <= items && itemBytes > 0; n++) {
    if (!shape) yield [itemBytes, `item ${n}`, 'masked'];
    else for (const [bytes, name, show] of shape) yield [bytes, `item ${n}: ${name}`, show];
  }
  if (payload.length > 8 + items * itemBytes)
    yield [payload.length - 8 - items * itemBytes, 'behind the items', 'masked'];
}

/** info_monitor_1 of code 42, info_monitor of code 20; implementation 2 stops before the IPv6 fields. */
const INFO_MONITOR_1: readonly FieldShape[] = [
  [4, 'average interval', (bytes) => `${showNumber(bytes)} s`],
  [4, 'since the last packet', (bytes) => `${showNumber(bytes)} s`],
  [4, 'restrictions', hex],
  [4, 'packets'],
  [4, 'addr', 'masked'],
  [4, 'daddr', 'masked'],
  [4, 'flags'],
  [2, 'port'],
  [1, 'mode'],
  [1, 'version'],
  [4, 'v6_flag', (bytes) => (bytes.some((byte) => byte !== 0) ? 'IPv6' : 'IPv4')],
  [4, 'unused', 'masked'],
  [16, 'addr6', 'masked'],
  [16, 'daddr6', 'masked'],
];
const INFO_MONITOR: readonly FieldShape[] = INFO_MONITOR_1.filter(
  ([, name]) => !['daddr', 'flags', 'daddr6'].includes(name),
);
const ITEMS: ReadonlyMap<string, readonly FieldShape[]> = new Map([
  ['42 72', INFO_MONITOR_1],
  ['42 32', INFO_MONITOR_1.slice(0, 10)],
  ['20 48', INFO_MONITOR],
  ['20 24', INFO_MONITOR.slice(0, 8)],
]);

function leapVersionMode([byte = 0]: Uint8Array): string {
  return `leap ${byte >> 6}, version ${(byte >> 3) & 7}, mode ${byte & 7} (${MODES[byte & 7] ?? ''})`;
}

/** The names of the bits that are set, from the highest down. */
function flags(byte: number, names: string): string {
  return Array.from(names, (name, i) => ((byte << i) & 0x80 ? `${name}, ` : '')).join('');
}

function errorText(errors: ReadonlyMap<number, string>, code: number): string {
  return `error ${code}${errors.has(code) ? ` (${errors.get(code) ?? ''})` : ''}`;
}

function refid(bytes: Uint8Array): string {
  return bytes[0] === 127 ? bytes.join('.') : withoutEnd(showText(bytes), '.');
}

/** NTP short format: 16 bits of seconds, 16 bits of fraction. */
function seconds(bytes: Uint8Array): string {
  return `${(Number(showNumber(bytes)) / 65_536).toFixed(4)} s`;
}

function signed([byte = 0]: Uint8Array): number {
  return byte > 127 ? byte - 256 : byte;
}

function hex(bytes: Uint8Array): string {
  let text = '0x';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}
