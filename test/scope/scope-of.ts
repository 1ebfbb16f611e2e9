import { parseAddress } from '../../src/domain/address.js';
import type { Address, Prefix, Range } from '../../src/domain/address.js';
import { parseRange } from '../../src/scope/parse-range.js';
import type { ScopeFile, ScopeNetwork } from '../../src/scope/scope-file.js';

/** Six lines of a scope file that are in order; what a case adds begins on line 7. */
export const SOUND_LINES: readonly string[] = [
  'organisation: Example ISP',
  'authorised_by: NOC',
  'contact: noc@example.net',
  'valid_until: 2027-03-31',
  'networks:',
  '  - prefix: 192.0.2.0/24',
];

/** A scope file as the parser would give it, with these networks and exclusions. */
export function scopeFileOf(parts: {
  readonly networks: readonly (Partial<ScopeNetwork> & { readonly prefix: Prefix })[];
  readonly exclude?: readonly Range[];
  readonly validUntil?: string;
}): ScopeFile {
  return {
    name: 'scope.yaml',
    organisation: 'Example ISP',
    authorisedBy: 'NOC manager, ticket 4711',
    contact: 'noc@example.net',
    validUntil: parts.validUntil ?? '2027-03-31',
    validUntilLine: 4,
    networks: parts.networks.map((network, i) => ({ line: 6 + i, ...network })),
    exclude: (parts.exclude ?? []).map((range) => ({ range, text: 'a range' })),
    canaries: [],
    limits: { rate: 1000, perSubnet: 200, perHost: 1, replyBandwidthBps: 20_000_000 },
    settings: {},
  };
}

export function prefix(text: string): Prefix {
  const parsed = parseRange(text);
  if ('problem' in parsed) throw new RangeError(parsed.problem);
  return parsed.prefix;
}

export function range(text: string): Range {
  const parsed = parseRange(text);
  if ('problem' in parsed) throw new RangeError(parsed.problem);
  return parsed.range;
}

export function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new RangeError(`no address: ${text}`);
  return parsed;
}
