import type { EmulatedServer } from '../probe.js';
import { readBencoded, textIn, writeBencoded } from './bencode.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'aria2-1.36.0',
    about: 'aria2 1.36.0 of Debian 12 that knows eight nodes and more: 277 bytes, 307 with a token',
    reply: (request) => answerTo(request, { nodes: 8, tokenBytes: 20, client: 'A2\0\x03' }),
  },
  {
    name: 'transmission-3.00',
    about: 'transmission-daemon 3.00 of Debian 12 that knows six nodes: 216 bytes, 233 with a token',
    reply: (request) => answerTo(request, { nodes: 6, tokenBytes: 8 }),
  },
  {
    name: 'bittorrent-without-dht',
    about: 'a BitTorrent client with the DHT switched off: silence',
    reply: () => [],
  },
];

const ID = 'an id of 20 bytes...';

/** An unknown method is ignored by both. */
function answerTo(
  request: Uint8Array,
  node: { readonly nodes: number; readonly tokenBytes: number; readonly client?: string },
): readonly Uint8Array[] {
  const message = readBencoded(request);
  const [method, transaction] = [textIn(request, message, 'q'), textIn(request, message, 't')];
  if (method === undefined || transaction === undefined) return [];
  const asked = Buffer.from(method).toString('latin1');
  if (asked !== 'find_node' && asked !== 'get_peers') return [];
  const answer = writeBencoded({
    r: {
      id: ID,
      nodes: Buffer.concat(Array.from({ length: node.nodes }, (_, i) => compactNode(i))),
      ...(asked === 'get_peers' && { token: 'x'.repeat(node.tokenBytes) }),
    },
    t: transaction,
    ...(node.client !== undefined && { v: node.client }),
    y: 'r',
  });
  // A transaction may be of any length: of one that fits no datagram any more there is no answer.
  return answer.length <= MOST_BYTES ? [answer] : [];
}

const MOST_BYTES = 65_507;

/** Id, address (RFC 5737: TEST-NET-1), port. */
function compactNode(number: number): Uint8Array {
  return Buffer.concat([Buffer.from(ID), Buffer.from([192, 0, 2, 101 + number, 0x1a, 0xe1])]);
}
