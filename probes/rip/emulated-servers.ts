import type { EmulatedServer } from '../probe.js';

type Version = 1 | 2;

export function emulatedServersOf(version: Version): readonly EmulatedServer[] {
  const named = (name: string): string => (version === 1 ? name : `${name}-v2`);
  const answering = (counts: readonly number[]): EmulatedServer['reply'] => {
    const responses = counts.map((count) => response(version, count));
    return (request) => (isWholeTableRequest(request, version) ? responses : []);
  };
  return [
    {
      name: named('frr-8.4.4'),
      about: 'ripd of FRR 8.4.4 of Debian 12 with sixty routes: three datagrams, 1,212 bytes',
      reply: answering([25, 25, 10]),
    },
    {
      name: named('rip-home-router'),
      about: 'a home router with two routes, by the standard; not a measured one',
      reply: answering([2]),
    },
    {
      name: named('rip-passive'),
      about: 'the same ripd with `passive-interface default`, or a host without RIP: silence',
      reply: () => [],
    },
  ];
}

/** Of another metric, as zmap has it (its bytes swapped), FRR answers none. */
function isWholeTableRequest(request: Uint8Array, version: Version): boolean {
  return (
    request.length === 24 && request.every((byte, at) => byte === ([1, version][at] ?? (at === 23 ? 16 : 0)))
  );
}

/** Routes to 198.18.0.0/24, a network of RFC 2544; with their mask where the version has one. */
function response(version: Version, count: number): Uint8Array {
  const mask = version === 1 ? [0, 0, 0, 0] : [255, 255, 255, 0];
  const route = [...[0, 2, 0, 0], ...[198, 18, 0, 0], ...mask, ...[0, 0, 0, 0], ...[0, 0, 0, 1]];
  return Uint8Array.from([2, version, 0, 0, ...Array.from({ length: count }, () => route).flat()]);
}
