import { enterprise } from './enterprises.js';
import { showHex } from '../wire/fields.js';
import type { Enterprise } from './enterprises.js';

/** What an SnmpEngineID gives away (RFC 3411 §5). A type and no interface, so that it passes for Facts. */
export type EngineIdFacts = Partial<Enterprise> & {
  /** `mac`, `ipv4` …: what follows the enterprise. `octets-128` and above are the enterprise's own ways. */
  readonly engine_id_format: string;
  /** In hex with colons, so that no spreadsheet takes it for a number: only where no address is in it by its format: what is outside the scope stands in no file. */
  readonly engine_id?: string;
};

/** Total: what keeps to no format of the RFC is `unknown`. */
export function readEngineId(octets: Uint8Array): EngineIdFacts {
  if (octets.length < 5 || octets.length > 32) return { engine_id_format: 'unknown' };
  const [first = 0, ...rest] = octets;
  const number = [first & 0x7f, ...rest.slice(0, 3)].reduce((value, octet) => value * 256 + octet, 0);
  if (first < 0x80)
    // The older way: twelve octets, the last eight as the enterprise likes, often an address.
    return octets.length === 12
      ? { ...enterprise(number), engine_id_format: 'rfc1910' }
      : { engine_id_format: 'unknown' };
  const format = octets[4] ?? 0;
  const name = FORMATS[format];
  return {
    ...enterprise(number),
    engine_id_format: name ?? (format < 128 ? 'unknown' : `octets-${format}`),
    ...((name === 'text' || name === 'octets' || format >= 128) && {
      engine_id: showHex(octets).replaceAll(' ', ':'),
    }),
  };
}

const FORMATS: Readonly<Record<number, string>> = { 1: 'ipv4', 2: 'ipv6', 3: 'mac', 4: 'text', 5: 'octets' };
