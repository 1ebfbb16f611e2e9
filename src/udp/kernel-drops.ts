import { readFile } from 'node:fs/promises';
import type { Address } from '../domain/address.js';
import { familyOf, parseAddress } from '../domain/address.js';

/**
 * Datagrams that the kernel threw away because a socket's receive buffer was full: the last column of
 * /proc/net/udp or udp6 (proc(5), `drops`), found by local address and port. Undefined where the system does not
 * tell: every system but Linux.
 */
export async function readKernelDrops(localAddress: string, localPort: number): Promise<number | undefined> {
  const address = parseAddress(localAddress);
  if (process.platform !== 'linux' || address === undefined) return undefined;
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

const nextIpv4Table = tableReader('/proc/net/udp');
const nextIpv6Table = tableReader('/proc/net/udp6');

/**
 * Gives the table as it is at some moment from now on. It has a line for every socket, and every exchange asks
 * for it, so one read goes on at a time and all callers meanwhile share the one after it.
 */
function tableReader(file: string): () => Promise<string | undefined> {
  let reading: Promise<unknown> = Promise.resolve();
  let next: Promise<string | undefined> | undefined;
  return () => {
    next ??= reading.then(() => {
      next = undefined;
      const table = readFile(file, 'latin1').catch(() => undefined);
      reading = table;
      return table;
    });
    return next;
  };
}
