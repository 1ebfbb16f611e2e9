/**
 * A process of responders, each at an address of its own, that do what servers should not:
 * `node misbehaving.js '[["198.51.100.10","flood"], …]'`. It says `ready` and runs until it is ended.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { emulatedServers as dnsServers } from '../../probes/dns/emulated-servers.js';
import type { EmulatedServer } from '../../probes/probe.js';
import { chargen } from '../../probes/small-services/chargen.js';

export type Behaviour =
  | 'plain'
  | 'volley'
  | 'burst'
  | 'flood'
  | 'trickle'
  | 'after-30-s'
  | 'other-port'
  | 'other-address'
  | 'empty'
  | 'largest';

const CHARGEN = 19;
const DNS = 53;
/** What a UDP datagram over IPv4 can hold. */
const LARGEST = 65_507;

async function bound(address: string, port: number): Promise<Socket> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  socket.bind(port, address);
  await once(socket, 'listening');
  socket.setSendBufferSize(4 * 1024 * 1024);
  return socket;
}

const emulated = (list: readonly EmulatedServer[], name: string): EmulatedServer => {
  const found = list.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no emulated server ${name}`);
  return found;
};
const line =
  emulated(chargen.emulatedServers, 'chargen-openbsd-inetd').reply(new Uint8Array(1))[0] ?? new Uint8Array();

/** So many datagrams, as fast as the system takes them and no faster. */
async function pour(socket: Socket, count: number, to: { port: number; address: string }): Promise<void> {
  for (let sent = 0; sent < count; sent += 100) {
    const batch = Array.from(
      { length: Math.min(100, count - sent) },
      () =>
        new Promise<void>((resolve) => {
          socket.send(line, to.port, to.address, () => {
            resolve();
          });
        }),
    );
    await Promise.all(batch);
  }
}

async function start(address: string, behaviour: Behaviour): Promise<void> {
  const socket = await bound(address, behaviour === 'other-address' ? DNS : CHARGEN);
  const other =
    behaviour === 'other-port'
      ? await bound(address, 9999)
      : behaviour === 'other-address'
        ? await bound(
            address.replace(/\d+$/, (host) => String(Number(host) + 100)),
            DNS,
          )
        : socket;
  let requests = 0;
  socket.on('message', (request, { port, address: to }) => {
    const answer = (payload: Uint8Array): void => {
      other.send(payload, port, to);
    };
    const actions: Record<Behaviour, () => void> = {
      plain: () => {
        answer(line);
      },
      // The first at once, for a sweep; later ones only when an asker that does not wait has asked others already.
      volley: () => {
        const poured = (): void => void pour(socket, 100, { port, address: to });
        if (requests++ === 0) poured();
        else setTimeout(poured, 1000);
      },
      burst: () => void pour(socket, 5000, { port, address: to }),
      flood: () => void pour(socket, 100_000, { port, address: to }),
      trickle: () => {
        for (let count = 0; count < 800; count++) setTimeout(answer, count * 50, line);
      },
      'after-30-s': () => setTimeout(answer, 30_000, line),
      'other-port': () => {
        answer(line);
      },
      'other-address': () => {
        emulated(dnsServers, 'bind9-open').reply(request).forEach(answer);
      },
      empty: () => {
        answer(new Uint8Array());
      },
      largest: () => {
        answer(Buffer.alloc(LARGEST, line));
      },
    };
    actions[behaviour]();
  });
}

const wanted = JSON.parse(process.argv[2] ?? '[]') as readonly (readonly [string, Behaviour])[];
for (const [address, behaviour] of wanted) await start(address, behaviour);
process.stdout.write('ready\n');
