import { openSync, read } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Address } from '../domain/address.js';
import { familyOf, parseAddress } from '../domain/address.js';
import { udp6CounterIn, udpCounterIn } from './send-buffer-drops.js';

/**
 * Datagrams that the kernel threw away because a socket's receive buffer was full: the last column of
 * /proc/net/udp or udp6 (proc(5), `drops`), found by local address and port. Undefined where the system does not
 * tell: every system but Linux.
 * @param errorsBefore what `socketErrors` knew of its family before the socket was opened.
 */
export async function readKernelDrops(
  localAddress: string,
  localPort: number,
  errorsBefore?: number,
): Promise<number | undefined> {
  const address = parseAddress(localAddress);
  if (process.platform !== 'linux' || address === undefined) return undefined;
  const errors = await socketErrors[familyOf(address)].read();
  if (errors !== undefined && errors === errorsBefore) return 0;
  const table = await (familyOf(address) === 4 ? nextIpv4Table() : nextIpv6Table());
  return table === undefined ? undefined : dropsIn(table, localAddress, localPort);
}

/** @param table of the address's own family. */
export function dropsIn(table: string, localAddress: string, localPort: number): number | undefined {
  const address = parseAddress(localAddress);
  if (address === undefined) return undefined;
  const port = localPort.toString(16).padStart(4, '0');
  // The line number's colon makes it the local address: the remote one may be the same pair on another line.
  const start = table.indexOf(`: ${tableAddress(address)}:${port} `.toUpperCase());
  if (start < 0) return undefined;
  const [line = ''] = table.slice(start, start + LONGEST_LINE).split('\n', 1);
  const drops = line.trim().split(/\s+/).at(-1);
  return drops === undefined || !/^\d+$/.test(drops) ? undefined : Number(drops);
}

/**
 * An address as the tables write it: 32-bit words in hex, one for IPv4 and four for IPv6, each as the machine
 * reads the four octets of the network, so on little-endian machines the octets of a word stand reversed.
 */
function tableAddress(address: Address): string {
  const digits = address.toString(16).padStart(typeof address === 'number' ? 8 : 32, '0');
  return digits.replaceAll(/(..)(..)(..)(..)/g, '$4$3$2$1');
}

const LONGEST_LINE = 256;

/** Of each family. */
export const socketErrors = {
  4: errorWatch('/proc/self/net/snmp', udpCounterIn),
  6: errorWatch('/proc/self/net/snmp6', udp6CounterIn),
};
const nextIpv4Table = tableReader('/proc/net/udp');
const nextIpv6Table = tableReader('/proc/net/udp6');

/** What all sockets of this network namespace have dropped and failed to check, by the last look at it. */
export interface ErrorWatch {
  /** Undefined before the first look. */
  readonly known: number | undefined;
  /** Looks again. */
  read(): Promise<number | undefined>;
}

/**
 * What a socket drops is counted in `InErrors`, too, in a file of a few lines; the table of all sockets has hundreds of
 * kilobytes where thousands are open, and need only be read when that number has grown.
 */
export function errorWatch(
  file: string,
  counterIn: (text: string, name: string) => number | undefined,
): ErrorWatch {
  const readAgain = smallFileReader(file);
  const next = oneAtATime(async () => counterIn((await readAgain()) ?? '', 'InErrors'));
  let known: number | undefined;
  return {
    get known() {
      return known;
    },
    async read() {
      known = await next();
      return known;
    },
  };
}

/** Through one descriptor: opening a file of /proc takes longer than reading it, and every exchange asks for it. */
function smallFileReader(file: string): () => Promise<string | undefined> {
  const buffer = Buffer.alloc(16 * 1024);
  let descriptor: number | undefined;
  return () =>
    new Promise((resolve) => {
      try {
        descriptor ??= openSync(file, 'r');
      } catch {
        resolve(undefined);
        return;
      }
      read(descriptor, buffer, 0, buffer.length, 0, (error, bytes) => {
        resolve(error === null ? buffer.toString('latin1', 0, bytes) : undefined);
      });
    });
}

/**
 * Gives what is read at some moment from now on. It grows with the sockets that are open, and every exchange asks for
 * it, so one read goes on at a time and all callers meanwhile share the one after it.
 */
function oneAtATime<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  return () => {
    next ??= reading.then(() => {
      next = undefined;
      const result = read();
      reading = result;
      return result;
    });
    return next;
  };
}

function tableReader(file: string): () => Promise<string | undefined> {
  return oneAtATime(() => readFile(file, 'latin1').catch(() => undefined));
}
