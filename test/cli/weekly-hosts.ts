import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** What a host does with a request; one that is not there has its port closed. */
export type Behaviour = (request: Uint8Array) => readonly Uint8Array[];

export const SILENT: Behaviour = () => [];

/** 148 bytes of the pattern of RFC 864: an exposure worth a row. */
export const CHARGEN: Behaviour = () => [
  Uint8Array.from({ length: 148 }, (_, i) => (i % 74 < 72 ? 0x20 + (i % 72) : i % 74 === 72 ? 13 : 10)),
];

/** An answer to a DNS query that says REFUSED, and nothing else (RFC 1035 §4.1.1). */
export const REFUSING: Behaviour = (query) => {
  const [high = 0, low = 0] = query;
  return [Uint8Array.of(high, low, 0x81, 5, 0, 0, 0, 0, 0, 0, 0, 0)];
};

/** More than a small receive buffer takes while this process, which does the scanning too, is sending it. */
export const FLOODING: Behaviour = () => Array.from({ length: 200 }, () => new Uint8Array(1000));

export interface WeeklyHost {
  readonly address: string;
  readonly port: number;
  readonly does: Behaviour;
  /** Its answers come from another port than the one that was asked: to chargen they answer nothing. */
  readonly fromOtherPort?: boolean;
}

export interface WeeklyHosts {
  /** From now on exactly these are there. */
  are(hosts: readonly WeeklyHost[]): Promise<void>;
  close(): Promise<void>;
}

/** Hosts on loopback that come, go and change from week to week. */
export function weeklyHosts(): WeeklyHosts {
  let sockets: Socket[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(resolve))));
    sockets = [];
  };
  return {
    close,
    async are(hosts) {
      await close();
      for (const { address, port, does, fromOtherPort } of hosts) {
        const socket = await bound(address, port);
        const mouth = fromOtherPort === true ? await bound(address, 0) : socket;
        socket.on('message', (request, sender) => {
          for (const reply of does(request)) mouth.send(reply, sender.port, sender.address, () => undefined);
        });
        sockets.push(...new Set([socket, mouth]));
      }
    },
  };
}

async function bound(address: string, port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  const listening = once(socket, 'listening');
  socket.bind(port, address);
  await listening;
  return socket;
}
