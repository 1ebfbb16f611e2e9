import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'minetest-5.6.1',
    about:
      'minetestserver 5.6.1 of Debian 12: 210 datagrams of 12 and 14 bytes, here all at once instead of over 30 s',
    reply: (request) => (isNewPlayer(request) ? resent() : []),
  },
  {
    name: 'minetest-at-home',
    about:
      'minetestserver with `bind_address` set to an address of the home network: silence to everybody else',
    reply: () => [],
  },
];

/** From a player without a number: ORIGINAL. A player that leaves is sent nothing. */
function isNewPlayer(request: Uint8Array): boolean {
  return Buffer.compare(request, Buffer.from('4f45740300000001', 'hex')) === 0;
}

/** Sixty times, half a second apart: the pings that are not acknowledged, the newest first, then the player's number. */
function resent(): readonly Uint8Array[] {
  return Array.from({ length: 60 }, (_, tick) => {
    const pings = Array.from({ length: Math.floor(tick / 10) }, (_, i) => reliable(0xffdd + i, '02'));
    return [...pings.reverse(), reliable(0xffdc, '010002')];
  }).flat();
}

/** Peer 1 is the server; CONTROL inside RELIABLE. */
function reliable(sequence: number, control: string): Uint8Array {
  return Buffer.from(`4f45740300010003${sequence.toString(16)}00${control}`, 'hex');
}
