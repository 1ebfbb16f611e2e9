import type { Range } from '../../domain/address.js';
import { formatAddress, parseAddress } from '../../domain/address.js';

/** A range as a checkpoint has it: `192.0.2.0-192.0.2.255`. */
export function formatRange({ first, last }: Range): string {
  return `${formatAddress(first)}-${formatAddress(last)}`;
}

/** @throws RangeError where it is none: the checkpoint is damaged. */
export function readRange(text: string): Range {
  const [first, last] = text.split('-').map(parseAddress);
  if (first === undefined || last === undefined) throw new RangeError(`no range: ${text}`);
  return { first, last };
}
