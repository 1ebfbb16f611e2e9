import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { errorCode } from '../domain/error-code.js';
import type { SourceFact } from './facts.js';

/**
 * The address from which the kernel would send to this target. A UDP `connect` looks up the route, fills in the
 * local address and sends nothing (connect(2), udp(7)).
 */
export async function sourceFor(target: string, sourceAddress: string | undefined): Promise<SourceFact> {
  const socket = createSocket(target.includes(':') ? 'udp6' : 'udp4');
  try {
    if (sourceAddress !== undefined) {
      const bound = once(socket, 'listening');
      socket.bind(0, sourceAddress);
      await bound;
    }
    await connect(socket, target);
    const { address } = socket.address();
    return { target, address, interface: interfaceWith(address) };
  } catch (error) {
    const code = errorCode(error);
    // A local broadcast address, which is never probed: it says nothing of the others.
    return code === 'EACCES' ? { target } : { target, error: code };
  } finally {
    socket.close();
  }
}

/** Bytes of receive buffer that a socket gets when it asks for so many; undefined where none can be opened. */
export async function receiveBufferInForce(asked: number): Promise<number | undefined> {
  const socket = createSocket('udp4');
  try {
    const bound = once(socket, 'listening');
    socket.bind(0);
    await bound;
    for (let size = asked; size >= 1; size = Math.floor(size / 2)) if (enlarge(socket, size)) break;
    return socket.getRecvBufferSize();
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
}

/** Any port will do, for nothing is sent. */
const ANY_PORT = 9;

async function connect(socket: Socket, target: string): Promise<void> {
  const connected = once(socket, 'connect');
  socket.connect(ANY_PORT, target);
  await connected;
}

/** Linux caps the size without a word; other systems refuse one that is too large (ENOBUFS). */
function enlarge(socket: Socket, bytes: number): boolean {
  try {
    socket.setRecvBufferSize(bytes);
    return true;
  } catch {
    return false;
  }
}

function interfaceWith(address: string): string | undefined {
  return Object.entries(networkInterfaces()).find(([, entries]) =>
    entries?.some((entry) => entry.address === address),
  )?.[0];
}
