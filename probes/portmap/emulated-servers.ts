import type { EmulatedServer } from '../probe.js';
import { Reader } from '../wire/reader.js';
import { encodeXdrOpaque, encodeXdrWords, readRpcCall } from '../wire/rpc.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'rpcbind-1.2.6',
    about:
      'rpcbind 1.2.6 of Debian 12 with nothing registered but itself: 148 bytes in version 2, 692 in version 3',
    reply: (request) => answers(request, OWN),
  },
  {
    name: 'rpcbind-nfs',
    about:
      'an NFS server: nfs, mountd, nlockmgr and status beside it; entries as rpcbind writes them, their number not measured',
    reply: (request) => answers(request, [...OWN, ...NFS]),
  },
  {
    name: 'portmap-off',
    about: 'a host without rpcbind, or with one that listens inside: silence',
    reply: () => [],
  },
];

interface Binding {
  readonly program: number;
  readonly version: number;
  readonly network: string;
  readonly address: string;
}

const PROGRAM = 100_000;
const DUMP = 4;
const [SUCCESS, VERSION_MISMATCH, NO_PROCEDURE] = [0, 2, 3];
/** Networks that version 2 knows, by their protocol numbers. */
const PROTOCOLS: Readonly<Record<string, number>> = { tcp: 6, udp: 17 };

/** In the order of the capture. */
const OWN: readonly Binding[] = (
  [
    ['tcp6', [4, 3], '::.0.111'],
    ['udp6', [4, 3], '::1.0.111'],
    ['tcp', [4, 3, 2], '0.0.0.0.0.111'],
    ['udp', [4, 3, 2], '192.0.2.1.0.111'],
    ['local', [4, 3], '/run/rpcbind.sock'],
  ] as const
).flatMap(([network, versions, address]) =>
  versions.map((version) => ({ program: PROGRAM, version, network, address })),
);

/** Ports that the system drew, but for NFS itself. */
const NFS: readonly Binding[] = (
  [
    [100_003, [3, 4], 8, 1],
    [100_005, [1, 2, 3], 161, 37],
    [100_021, [1, 3, 4], 150, 11],
    [100_024, [1], 199, 6],
  ] as const
).flatMap(([program, versions, high, low]) =>
  versions.flatMap((version) =>
    ['udp', 'tcp'].map((network) => ({ program, version, network, address: `0.0.0.0.${high}.${low}` })),
  ),
);

function answers(request: Uint8Array, bindings: readonly Binding[]): readonly Uint8Array[] {
  const call = readRpcCall(new Reader(request));
  if (call?.program !== PROGRAM) return [];
  const reply = (status: number, ...results: readonly Uint8Array[]): readonly Uint8Array[] => [
    // Reply, accepted, verifier AUTH_NONE of no bytes.
    Buffer.concat([encodeXdrWords(call.xid, 1, 0, 0, 0, status), ...results]),
  ];
  if (call.version < 2 || call.version > 4) return reply(VERSION_MISMATCH, encodeXdrWords(2, 4));
  if (call.procedure === 0) return reply(SUCCESS);
  if (call.procedure !== DUMP) return reply(NO_PROCEDURE);
  const entries = call.version === 2 ? bindings.flatMap(mappingOf) : bindings.map(bindingOf);
  return reply(SUCCESS, ...entries, encodeXdrWords(0));
}

function mappingOf({ program, version, network, address }: Binding): readonly Uint8Array[] {
  const protocol = PROTOCOLS[network];
  const [high = 0, low = 0] = address.split('.').slice(-2).map(Number);
  return protocol === undefined ? [] : [encodeXdrWords(1, program, version, protocol, high * 256 + low)];
}

function bindingOf({ program, version, network, address }: Binding): Uint8Array {
  const texts = [network, address, 'superuser'].map((text) => encodeXdrOpaque(Buffer.from(text)));
  return Buffer.concat([encodeXdrWords(1, program, version), ...texts]);
}
