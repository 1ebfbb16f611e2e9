import { TYPE } from './message.js';

/** A record of a lab zone, at whatever name is asked. */
export interface ZoneRecord {
  readonly type: number;
  /** RDATA in order: octets as they are, and names. */
  readonly data: readonly (readonly number[] | RelativeName)[];
}

/** `{ below: ['ns1'] }` is ns1.example.net where example.net was asked. */
export interface RelativeName {
  readonly below: readonly string[];
  /** Types later than RFC 1035 must not be compressed (RFC 3597 §4). */
  readonly uncompressed?: boolean;
}

/** A character-string (RFC 1035 §3.3): a length octet, then at most 255 octets. */
export function text(characters: string): readonly number[] {
  return [characters.length, ...octets(characters)];
}

/**
 * Eight characters longer than in the captured zone: BIND wrote the first of these names in full, eight bytes
 * longer than a compressed one, and Unbound did not (3,072 and 3,064 bytes).
 */
const MAIL = 'inbound-mail';

const ADDRESSES = Array.from({ length: 24 }, (_, i) => i + 1);

/** Eight TXT records make most of it: such zones exist, with SPF, verification tokens and DKIM keys in them. */
export const fatZone: readonly ZoneRecord[] = [
  ...Array.from({ length: 8 }, (_, i) => txt(`v=${i} ${'abcdefghij'.repeat(20)}`)),
  ...Array.from({ length: 6 }, (_, i) => ({
    type: TYPE.MX,
    data: [[0, 10 * i], { below: [`mx${i}`, MAIL] }],
  })),
  // 2001:db8::/32 (RFC 3849) and 192.0.2.0/24 (RFC 5737).
  ...ADDRESSES.map((host) => ({
    type: TYPE.AAAA,
    data: [[0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, host]],
  })),
  ...ADDRESSES.map((host) => addressRecord([192, 0, 2, host])),
  nameServer('ns1'),
  nameServer('ns2'),
  startOfAuthority(),
  { type: TYPE.CAA, data: [[0, ...text('issue'), ...octets('ca.example.net')]] },
];

/** Just below the 1,232 bytes that most servers keep to. */
export const midZone: readonly ZoneRecord[] = [
  ...Array.from({ length: 5 }, (_, i) => txt(`${i}${'abcdefghij'.repeat(20)}`)),
  nameServer('ns1'),
  startOfAuthority(),
];

/** A key of 2,048 bits, and its signature where one is wanted: numbers in place of real ones, in real lengths. */
export function keyRecords(dnssecOk: boolean): readonly ZoneRecord[] {
  const number2048 = Array.from({ length: 256 }, (_, i) => i);
  const key: ZoneRecord = {
    type: TYPE.DNSKEY,
    // RFC 4034 §2.1: zone and SEP flags, protocol 3, RSA/SHA-256; RFC 3110 §2: exponent 65537.
    data: [[0x01, 0x01, 3, 8, 3, 1, 0, 1, ...number2048]],
  };
  const signature: ZoneRecord = {
    type: TYPE.RRSIG,
    data: [
      // RFC 4034 §3.1: type covered, algorithm, labels, original TTL, expiration, inception, key tag.
      [0, TYPE.DNSKEY, 8, 2, ...TTL, 0x6a, 0, 0, 0, 0x65, 0, 0, 0, 0x12, 0x34],
      { below: [], uncompressed: true },
      number2048,
    ],
  };
  return dnssecOk ? [key, signature] : [key];
}

/** The root's name servers, for a query `NS .`. */
export const rootServers: readonly ZoneRecord[] = Array.from('abcdefghijklm', (letter) => ({
  type: TYPE.NS,
  data: [{ below: [letter, 'root-servers', 'net'] }],
}));

export function addressRecord(octets: readonly [number, number, number, number]): ZoneRecord {
  return { type: TYPE.A, data: [octets] };
}

/** One hour, the TTL of every record. */
export const TTL: readonly number[] = [0, 0, 0x0e, 0x10];

function txt(characters: string): ZoneRecord {
  return { type: TYPE.TXT, data: [text(characters)] };
}

function nameServer(label: string): ZoneRecord {
  return { type: TYPE.NS, data: [{ below: [label] }] };
}

function startOfAuthority(): ZoneRecord {
  // Serial, refresh, retry, expire, minimum (RFC 1035 §3.3.13).
  const times = [1, 3600, 900, 604_800, 300].flatMap((value) => [
    value >>> 24,
    (value >> 16) & 255,
    (value >> 8) & 255,
    value & 255,
  ]);
  return { type: TYPE.SOA, data: [{ below: ['ns1'] }, { below: ['host'] }, times] };
}

function octets(characters: string): readonly number[] {
  return Array.from(characters, (character) => character.charCodeAt(0));
}
