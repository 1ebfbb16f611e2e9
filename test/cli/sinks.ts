import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** One socket an address, each answering like a chargen server or not at all, and counting what it is asked. */
export interface Sinks {
  /** The one of them all. */
  readonly port: number;
  /** Requests so far, by address. */
  readonly counts: ReadonlyMap<string, number>;
  /** Each request, in the order in which they came. */
  readonly arrivals: readonly { readonly address: string; readonly atMs: number }[];
  /** Requests so far, in all. */
  total(): number;
  /** Resolves when so many have come in all. */
  reached(total: number): Promise<void>;
  close(): Promise<void>;
}

/** Two lines of chargen (RFC 864) and some, so that the answer is an exposure worth a row. */
const REPLY = Buffer.from(
  Array.from({ length: 296 }, (_, i) => (i % 74 < 72 ? 0x20 + (i % 72) : i % 74 === 72 ? 13 : 10)),
);

/** @param port 0: a free one, for other checkouts are tested on the same machine. */
export async function startSinks(
  addresses: readonly string[],
  port: number,
  { answers = true }: { readonly answers?: boolean } = {},
): Promise<Sinks> {
  const arrivals: { readonly address: string; readonly atMs: number }[] = [];
  const counts = new Map<string, number>(addresses.map((address) => [address, 0]));
  let total = 0;
  let waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const sockets: Socket[] = [];
  let bound = port;
  for (const address of addresses) {
    const socket = createSocket('udp4');
    socket.on('message', (_, sender) => {
      counts.set(address, (counts.get(address) ?? 0) + 1);
      total++;
      arrivals.push({ address, atMs: performance.now() });
      if (answers) socket.send(REPLY, sender.port, sender.address, () => undefined);
      for (const { count, resolve } of waiting) if (total >= count) resolve();
      waiting = waiting.filter(({ count }) => total < count);
    });
    const listening = once(socket, 'listening');
    socket.bind(bound, address);
    await listening;
    ({ port: bound } = socket.address());
    sockets.push(socket);
  }
  return {
    port: bound,
    counts,
    arrivals,
    total: () => total,
    reached: (count) =>
      total >= count
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.push({ count, resolve });
          }),
    close: async () => {
      await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(resolve))));
    },
  };
}
