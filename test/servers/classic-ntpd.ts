import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { answerAs, type Client, type NtpServer } from '../../probes/ntp/classic-ntpd.js';

/**
 * The monlist-era ntpd, which no package provides: what it answers, and that it remembers who asked for the time.
 * An emulation, held against the captures of the real one (test/probes/ntp-verdicts.test.ts).
 */
export interface ClassicNtpd {
  answer(request: Uint8Array, from: readonly number[]): readonly Uint8Array[];
}

export interface ClassicNtpdOptions extends Omit<NtpServer, 'clients'> {
  /** The clients so far, newest first. */
  readonly clients?: readonly Client[];
  /** False: `disable monitor`, or a version in which monlist is not there any more. */
  readonly monitors?: boolean;
}

/** MAXMONMEM of ntpd 4.2.6. */
const MOST_CLIENTS = 600;
const HERE = [127, 0, 0, 1];

export function createClassicNtpd({
  clients = [],
  monitors = true,
  ...server
}: ClassicNtpdOptions): ClassicNtpd {
  let list = monitors ? clients.slice(0, MOST_CLIENTS) : [];
  return {
    answer(request, from) {
      // Modes 6 and 7 return before ntp_monitor(): only who asks for the time is entered.
      if (monitors && ((request[0] ?? 0) & 0b111) === 3) {
        const others = list.filter(({ address }) => address.join() !== from.join());
        list = [{ address: from, asked: HERE }, ...others].slice(0, MOST_CLIENTS);
      }
      return answerAs({ ...server, clients: list }, request);
    },
  };
}

/** The emulation on a loopback address and port, until closed. */
export async function serveClassicNtpd(
  options: ClassicNtpdOptions,
  address: string,
  port: number,
): Promise<{ close(): Promise<void> }> {
  const ntpd = createClassicNtpd(options);
  const socket = createSocket('udp4');
  socket.on('message', (request, sender) => {
    for (const reply of ntpd.answer(request, sender.address.split('.').map(Number)))
      socket.send(reply, sender.port, sender.address);
  });
  socket.bind(port, address);
  await once(socket, 'listening');
  return {
    close: () =>
      new Promise((resolve) => {
        socket.close(resolve);
      }),
  };
}
