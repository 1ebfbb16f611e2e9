import { parseAddress } from '../../src/domain/address.js';
import type { HostFacts, PlannedScan } from '../../src/preflight/facts.js';
import { addressSet, rangeOf } from '../../src/scope/address-set.js';
import type { AddressSet } from '../../src/scope/address-set.js';
import type { Route } from '../../src/preflight/routes.js';
import { lastOf, prefixOf } from '../../src/domain/address.js';

/** The addresses of prefixes such as `192.0.2.0/24`. */
export function targets(...prefixes: readonly string[]): AddressSet {
  return addressSet(prefixes.map((text) => rangeOf(prefix(text))));
}

export function routeTo(text: string, { direct }: { readonly direct: boolean }): Route {
  const { first, length } = prefix(text);
  return { range: { first, last: lastOf({ first, length }) }, length, interface: 'eth0', direct };
}

function prefix(text: string): ReturnType<typeof prefixOf> {
  const [address = '', length = ''] = text.split('/');
  const first = parseAddress(address);
  if (first === undefined) throw new RangeError(`no prefix: ${text}`);
  return prefixOf(first, Number(length));
}

/** A scan of a /24 with the defaults, on a machine where everything is well. */
export function plannedScan(changes: Partial<PlannedScan> = {}): PlannedScan {
  return {
    targets: targets('192.0.2.0/24'),
    probes: 4,
    rate: 1000,
    replyBandwidthBps: 20_000_000,
    parallel: 128,
    sweepSockets: 4,
    validUntilEnd: Date.UTC(2027, 0, 1),
    ...changes,
  };
}

export function hostFacts(changes: Partial<HostFacts> = {}): HostFacts {
  return {
    now: Date.UTC(2026, 10, 20, 3),
    clockSynchronised: true,
    sources: [{ target: '192.0.2.0', address: '198.51.100.1', interface: 'eth0' }],
    routes: [routeTo('0.0.0.0/0', { direct: false })],
    neighbourLimits: { 4: 1024, 6: 1024 },
    receiveBuffer: { asked: 67_108_864, given: 134_217_728 },
    portRange: { first: 32_768, last: 60_999 },
    conntrack: undefined,
    openFiles: 1024,
    out: { folder: 'exposure', freeBytes: 10_000_000_000 },
    ...changes,
  };
}
