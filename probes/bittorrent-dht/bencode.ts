/**
 * Bencoding (BEP 3): `i42e`, `4:spam`, `l…e`, `d…e` with a text for each key. What is read may have its keys in any order
 * and a key twice (the first counts), as clients send them; what is written has them as they are given.
 */
import { latin1 } from '../wire/fields.js';

/** What can be written: a text of Latin-1 is a byte for each character. */
export type Plain = number | string | Uint8Array | readonly Plain[] | { readonly [key: string]: Plain };

/** What was read, and where: a value lies from `at` to before `end`, the contents of a text from `from` on. */
export type Bencoded =
  | { readonly kind: 'number'; readonly at: number; readonly end: number; readonly value: number }
  | Text
  | { readonly kind: 'list'; readonly at: number; readonly end: number; readonly items: readonly Bencoded[] }
  | Dictionary;
export interface Text {
  readonly kind: 'text';
  readonly at: number;
  readonly from: number;
  readonly end: number;
}
export interface Dictionary {
  readonly kind: 'dictionary';
  readonly at: number;
  readonly end: number;
  readonly entries: readonly { readonly key: Text; readonly name: string; readonly value: Bencoded }[];
}

export function writeBencoded(value: Plain): Uint8Array {
  if (typeof value === 'number') return Buffer.from(`i${value}e`);
  if (typeof value === 'string') return writeBencoded(Buffer.from(value, 'latin1'));
  if (value instanceof Uint8Array) return Buffer.concat([Buffer.from(`${value.length}:`), value]);
  const [begin, parts] = isList(value)
    ? ['l', value.map(writeBencoded)]
    : ['d', Object.entries(value).flatMap((entry) => entry.map(writeBencoded))];
  return Buffer.concat([Buffer.from(begin), ...parts, Buffer.from('e')]);
}

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}

/** A message of the DHT has three levels and, with a hundred peers, 120 values. More is none, and costs nothing. */
const MOST_LEVELS = 8;
const MOST_VALUES = 1000;
/** 65,507 is the longest datagram. */
const MOST_LENGTH_DIGITS = 5;
/** The safe integers have 16. */
const MOST_NUMBER_DIGITS = 15;
/** No key that is read is longer. */
const MOST_KEY_BYTES = 32;

const [NUMBER, LIST, DICTIONARY, END, COLON, MINUS, ZERO] = [0x69, 0x6c, 0x64, 0x65, 0x3a, 0x2d, 0x30];

/** The one value that the bytes are; undefined where they are anything else, or more than that. */
export function readBencoded(payload: Uint8Array): Bencoded | undefined {
  let values = 0;
  const value = valueAt(0, 0);
  return value?.end === payload.length ? value : undefined;

  function valueAt(at: number, level: number): Bencoded | undefined {
    if (level > MOST_LEVELS || ++values > MOST_VALUES) return undefined;
    switch (payload[at]) {
      case NUMBER:
        return numberAt(at);
      case LIST:
        return listAt(at, level);
      case DICTIONARY:
        return dictionaryAt(at, level);
      default:
        return textAt(at);
    }
  }

  function listAt(begin: number, level: number): Bencoded | undefined {
    const items: Bencoded[] = [];
    let at = begin + 1;
    while (payload[at] !== END) {
      const item = valueAt(at, level + 1);
      if (item === undefined) return undefined;
      items.push(item);
      at = item.end;
    }
    return { kind: 'list', at: begin, end: at + 1, items };
  }

  function dictionaryAt(begin: number, level: number): Bencoded | undefined {
    const entries: Dictionary['entries'][number][] = [];
    let at = begin + 1;
    while (payload[at] !== END) {
      const key = textAt(at);
      const value = key && valueAt(key.end, level + 1);
      if (key === undefined || value === undefined || key.end - key.from > MOST_KEY_BYTES) return undefined;
      entries.push({ key, name: latin1(payload.subarray(key.from, key.end)), value });
      at = value.end;
    }
    return { kind: 'dictionary', at: begin, end: at + 1, entries };
  }

  function textAt(at: number): Text | undefined {
    const length = digitsFrom(at, MOST_LENGTH_DIGITS);
    if (length === undefined || payload[length.end] !== COLON) return undefined;
    const from = length.end + 1;
    const end = from + length.value;
    return end > payload.length ? undefined : { kind: 'text', at, from, end };
  }

  function numberAt(at: number): Bencoded | undefined {
    const isNegative = payload[at + 1] === MINUS;
    const digits = digitsFrom(at + (isNegative ? 2 : 1), MOST_NUMBER_DIGITS);
    if (digits === undefined || payload[digits.end] !== END || (isNegative && digits.value === 0))
      return undefined;
    return { kind: 'number', at, end: digits.end + 1, value: isNegative ? -digits.value : digits.value };
  }

  /** At least one digit, and no zero before another one. */
  function digitsFrom(
    at: number,
    most: number,
  ): { readonly value: number; readonly end: number } | undefined {
    let value = 0;
    let end = at;
    for (; end - at < most; end++) {
      const digit = (payload[end] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const digits = end - at;
    return digits === 0 || (digits > 1 && payload[at] === ZERO) ? undefined : { value, end };
  }
}

/** The value at these keys, one inside the other. */
export function valueIn(value: Bencoded | undefined, ...keys: readonly string[]): Bencoded | undefined {
  return keys.reduce<Bencoded | undefined>(
    (inside, key) =>
      inside?.kind === 'dictionary' ? inside.entries.find(({ name }) => name === key)?.value : undefined,
    value,
  );
}

/** The bytes of a text at these keys, a view. */
export function textIn(
  payload: Uint8Array,
  value: Bencoded | undefined,
  ...keys: readonly string[]
): Uint8Array | undefined {
  const found = valueIn(value, ...keys);
  return found?.kind === 'text' ? payload.subarray(found.from, found.end) : undefined;
}
