import type { EmulatedServer } from '../probe.js';
import { Reader } from '../wire/reader.js';
import { encodeXdrOpaque, encodeXdrWords, readRpcCall } from '../wire/rpc.js';

/** Where rpc.mountd of Red Hat listens; Debian's draws one. */
const PORT = 20_048;

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'mountd-2.6.2-eight-exports',
    about:
      'rpc.mountd 2.6.2 of Debian 12 with eight exports, each for three networks, nothing mounted: 732 bytes',
    alsoAt: PORT,
    reply: (request, at = PORT) => answers(request, { port: at, exports: EIGHT }),
  },
  {
    name: 'mountd-2.6.2-without-exports',
    about: 'the same without an export: 28 bytes',
    alsoAt: PORT,
    reply: (request, at = PORT) => answers(request, { port: at, exports: [] }),
  },
  {
    name: 'rpcbind-without-mountd',
    about: 'rpcbind 1.2.6 of Debian 12 on a host without NFS: port 0',
    reply: (request) => answers(request, { port: 0, exports: [] }),
  },
];

const NETWORKS = ['198.51.100.0/24', '192.0.2.0/24', '10.99.7.0/24'];
/** In the order of the capture: the last one first. */
const EIGHT = [8, 7, 6, 5, 4, 3, 2, 1].map((number) => `/srv/exp${number}`);

const [PORTMAP, MOUNTD] = [100_000, 100_005];
const [NULL, GETPORT, DUMP, EXPORT] = [0, 3, 2, 5];
const [SUCCESS, PROGRAM_UNAVAILABLE, VERSION_MISMATCH, NO_PROCEDURE] = [0, 1, 2, 3];

function answers(
  request: Uint8Array,
  { port, exports }: { readonly port: number; readonly exports: readonly string[] },
): readonly Uint8Array[] {
  const call = readRpcCall(new Reader(request));
  if (call === undefined) return [];
  const reply = (status: number, ...results: readonly Uint8Array[]): readonly Uint8Array[] => [
    // Reply, accepted, verifier AUTH_NONE of no bytes.
    Buffer.concat([encodeXdrWords(call.xid, 1, 0, 0, 0, status), ...results]),
  ];
  if (call.program === PORTMAP)
    return call.procedure === GETPORT ? reply(SUCCESS, encodeXdrWords(port)) : reply(NO_PROCEDURE);
  if (call.program !== MOUNTD || port === 0) return reply(PROGRAM_UNAVAILABLE);
  if (call.version < 1 || call.version > 3) return reply(VERSION_MISMATCH, encodeXdrWords(1, 3));
  if (call.procedure === NULL) return reply(SUCCESS);
  if (call.procedure === DUMP) return reply(SUCCESS, encodeXdrWords(0));
  if (call.procedure !== EXPORT) return reply(NO_PROCEDURE);
  return reply(SUCCESS, ...exports.map(exportOf), encodeXdrWords(0));
}

function exportOf(path: string): Uint8Array {
  const groups = NETWORKS.flatMap((network) => [encodeXdrWords(1), encodeXdrOpaque(Buffer.from(network))]);
  return Buffer.concat([encodeXdrWords(1), encodeXdrOpaque(Buffer.from(path)), ...groups, encodeXdrWords(0)]);
}
