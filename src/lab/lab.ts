import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { UsageError } from '../domain/usage-error.js';
import type { LabHost } from './layout.js';
import { addressAndPort } from './layout.js';

/** Reflectors on loopback: what `ampscope demo` scans, and what the scanner can be tried on. */
export interface Lab {
  readonly hosts: readonly LabHost[];
  close(): Promise<void>;
}

/**
 * Starts the emulated server of each host on its loopback address.
 * @throws UsageError where a port is taken, or an address is not loopback.
 */
export async function startLab(hosts: readonly LabHost[]): Promise<Lab> {
  const sockets: Socket[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(
      sockets.splice(0).map((socket) => new Promise<void>((resolve) => socket.close(resolve))),
    );
  };
  try {
    for (const host of hosts)
      for (const port of [host.port, host.alsoAt ?? []].flat()) sockets.push(await serve(host, port));
  } catch (error) {
    await close();
    throw error;
  }
  return { hosts, close };
}

/** Answers every request with what the emulated server says, in order. */
async function serve({ address, alsoAt, emulated }: LabHost, port: number): Promise<Socket> {
  if (!address.startsWith('127.') && address !== '::1')
    throw new UsageError(`the lab does not serve ${address}`, 'its hosts have loopback addresses only');
  const open = (): Socket =>
    createSocket(address.includes(':') ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' });
  const socket = open();
  socket.on('message', (request, sender) => {
    const replies = emulated.reply(request, alsoAt);
    if (emulated.fromAnotherPort !== true) {
      for (const reply of replies) socket.send(reply, sender.port, sender.address, ignoreLoss);
    } else if (replies.length > 0) sendAndClose(open(), address, replies, sender);
  });
  socket.bind(port, address);
  try {
    await once(socket, 'listening');
  } catch (error) {
    throw new UsageError(
      `the lab cannot listen on ${addressAndPort(address, port)}: ${error instanceof Error ? error.message : String(error)}`,
      'another lab may be running; stop it, or choose other ports with --base-port',
    );
  }
  return socket;
}

/** From a port that the system draws. */
function sendAndClose(
  socket: Socket,
  address: string,
  replies: readonly Uint8Array[],
  to: { readonly address: string; readonly port: number },
): void {
  let unsent = replies.length;
  socket.bind(0, address, () => {
    for (const reply of replies)
      socket.send(reply, to.port, to.address, () => {
        if (--unsent === 0) socket.close();
      });
  });
}

/** A client that is gone by now is no fault of the lab. */
function ignoreLoss(): void {
  // Nothing to do.
}
