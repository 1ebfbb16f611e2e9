import type { EmulatedServer } from '../probe.js';
import { ECHO_REQUEST, ECHO_RESPONSE, readGtp } from './message.js';

/** Each probe has servers of its own, for they are hosts of the lab. */
export function emulatedServersOf(id: string): readonly EmulatedServer[] {
  const ggsn: EmulatedServer = {
    name: `osmo-ggsn-1.9.0-${id}`,
    about:
      'osmo-ggsn 1.9.0 of Debian 12: versions 0 and 1 are answered, each at its ports, with a restart counter of 1',
    reply: (request) => answer(request, [0, 1]),
  };
  const gateway: EmulatedServer = {
    name: 'gtp-v2-node',
    about: 'a node of LTE that knows version 2, by TS 29.274; not a measured one',
    reply: (request) => answer(request, [2]),
  };
  const filtered: EmulatedServer = {
    name: `gtp-filtered-${id}`,
    about: 'a node that only its partners reach: silence',
    reply: () => [],
  };
  return id === 'gtp-control' ? [ggsn, gateway, filtered] : [ggsn, filtered];
}

function answer(request: Uint8Array, versions: readonly number[]): readonly Uint8Array[] {
  const message = readGtp(request);
  if (message === undefined || message.type !== ECHO_REQUEST || !versions.includes(message.version))
    return [];
  const recovery = message.version === 2 ? [3, 0, 1, 0, 1] : [14, 1];
  const header = Array.from(request.subarray(0, request.length - message.elements.length));
  const length = message.length - message.elements.length + recovery.length;
  header.splice(1, 3, ECHO_RESPONSE, length >> 8, length & 0xff);
  // What osmo-ggsn puts where version 0 has the flow label, the N-PDU number and spare octets.
  if (message.version === 0) header.splice(6, 6, 0, 0, 255, 255, 255, 255);
  return [Uint8Array.from([...header, ...recovery])];
}
