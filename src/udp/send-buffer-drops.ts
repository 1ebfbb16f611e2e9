import { readFile } from 'node:fs/promises';

/**
 * Datagrams that the kernel took without error and then threw away before they left, for want of room in a queue
 * (`SndbufErrors`, `Udp6SndbufErrors`): all sockets of the network namespace together, both families. Send
 * callbacks say nothing of them. Undefined where the system does not tell: every system but Linux.
 */
export async function readSendBufferDrops(): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined;
  const [snmp, snmp6] = await Promise.all(
    ['/proc/self/net/snmp', '/proc/self/net/snmp6'].map((file) =>
      readFile(file, 'latin1').catch(() => undefined),
    ),
  );
  const ipv4 = snmp === undefined ? undefined : sendBufferErrorsIn(snmp);
  const ipv6 = snmp6 === undefined ? undefined : sendBufferErrors6In(snmp6);
  return ipv4 === undefined && ipv6 === undefined ? undefined : (ipv4 ?? 0) + (ipv6 ?? 0);
}

export function sendBufferErrorsIn(snmp: string): number | undefined {
  return udpCounterIn(snmp, 'SndbufErrors');
}

export function sendBufferErrors6In(snmp6: string): number | undefined {
  return udp6CounterIn(snmp6, 'SndbufErrors');
}

/** In /proc/net/snmp: a line of names after `Udp:`, then one of numbers (RFC 4113 and Linux's own). */
export function udpCounterIn(snmp: string, name: string): number | undefined {
  const [names, values] = snmp
    .split('\n')
    .filter((line) => line.startsWith('Udp: '))
    .map((line) => line.split(' '));
  const value = values?.[names?.indexOf(name) ?? -1];
  return value === undefined ? undefined : Number(value);
}

/** In /proc/net/snmp6: a name and a number a line. */
export function udp6CounterIn(snmp6: string, name: string): number | undefined {
  const value = new RegExp(`^Udp6${name}\\s+(\\d+)$`, 'm').exec(snmp6)?.[1];
  return value === undefined ? undefined : Number(value);
}
