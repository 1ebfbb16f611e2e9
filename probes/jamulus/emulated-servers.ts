import type { EmulatedServer } from '../probe.js';
import { MESSAGE, readMessage, writeMessage } from './message.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'jamulus-directory',
    about:
      'Jamulus 3.9.1 of Debian 12 with `-e localhost` and four servers registered: lists of 105 and 180 bytes. The 9 bytes ' +
      'that each of the four sends from its own address are not shown',
    reply: (request) =>
      readMessage(request)?.id === MESSAGE.requestServerList
        ? [
            writeMessage(MESSAGE.reducedServerList, Buffer.concat(ENTRIES.map(reducedEntry))),
            writeMessage(MESSAGE.serverList, Buffer.concat(ENTRIES.map(wholeEntry))),
          ]
        : [],
  },
  {
    name: 'jamulus-server',
    about: 'Jamulus 3.9.1 as a server that is no directory: silence to this question',
    reply: () => [],
  },
];

interface Entry {
  /** Bytes in reverse order, as on the wire. The directory leaves its own out. */
  readonly address: readonly [number, number, number, number];
  readonly port: number;
  readonly name: string;
}

/** The newest first. RFC 5737: TEST-NET-1. */
const ENTRIES: readonly Entry[] = [
  { address: [0, 0, 0, 0], port: 0, name: 'Lab directory' },
  ...[4, 3, 2, 1].map((number): Entry => ({
    address: [81 + number, 2, 0, 192],
    port: 22_124,
    name: `Lab server ${number}`,
  })),
];

function reducedEntry({ address, port, name }: Entry): Uint8Array {
  return Buffer.concat([Buffer.from([...address, ...two(port), name.length]), Buffer.from(name)]);
}

/** Country 82 (Germany), ten musicians; only the directory's own entry is permanent. */
function wholeEntry({ address, port, name }: Entry): Uint8Array {
  const fixed = [...address, ...two(port), ...two(82), 10, port === 0 ? 1 : 0];
  const texts = [name, '', 'Berlin'].map((text) =>
    Buffer.concat([Buffer.from(two(text.length)), Buffer.from(text)]),
  );
  return Buffer.concat([Buffer.from(fixed), ...texts]);
}

/** Least significant byte first. */
function two(value: number): readonly [number, number] {
  return [value % 256, Math.floor(value / 256)];
}
