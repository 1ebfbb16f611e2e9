import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Ipv4, Prefix } from '../../src/domain/address.js';
import { ipv4, lastOf } from '../../src/domain/address.js';

/** Servers among addresses that swallow whatever they are sent, in a process of their own. */
export interface Neighbourhood {
  readonly services: readonly Service[];
  /** The port of a probe's servers. */
  portOf(probe: string): number;
  /** What was asked and answered since the last call, in the order of nothing. */
  takeCounts(): Promise<readonly Conversation[]>;
  close(): void;
}

/** The servers of one probe: each answers with what the probe's first emulated server says, in as many datagrams. */
export interface Service {
  readonly probe: string;
  /** Absent: the system chooses one. */
  readonly port?: number | undefined;
  readonly responders: readonly Responder[];
  /** Further probes at the same port that these servers answer. */
  readonly also?: readonly string[];
}

export interface Responder {
  readonly address: Ipv4;
  /** What it answers to one request. */
  readonly datagrams: number;
}

/** What a responder and one port of the asker sent each other, as the responder counts it. */
export interface Conversation {
  readonly probe: string;
  readonly address: Ipv4;
  readonly clientPort: number;
  readonly requests: number;
  /** What its kernel took, and its bytes of payload. */
  readonly datagrams: number;
  readonly bytes: number;
}

/** @param enter the words before a program that is to run where the servers are. */
export async function openNeighbourhood(
  services: readonly Service[],
  enter: readonly string[] = [],
): Promise<Neighbourhood> {
  const [execPath, ...execArgv] = [...enter, process.execPath];
  const child = fork(join(import.meta.dirname, 'neighbourhood-process.js'), { execPath, execArgv });
  const ended = once(child, 'exit').then(([code]): never => {
    throw new Error(`the neighbourhood ended with ${String(code)}`);
  });
  ended.catch(() => undefined);
  const ask = async (question: readonly Service[] | 'take-counts'): Promise<unknown> => {
    const answer = once(child, 'message');
    child.send(question);
    const [message] = (await Promise.race([answer, ended])) as [unknown];
    return message;
  };
  const ports = (await ask(services)) as readonly number[];
  return {
    services,
    portOf(probe) {
      const port = ports[services.findIndex((service) => service.probe === probe)];
      if (port === undefined) throw new RangeError(`no host here speaks ${probe}`);
      return port;
    },
    takeCounts: async () => (await ask('take-counts')) as readonly Conversation[],
    close() {
      // Its sink thread sleeps for good, so it is not asked.
      child.kill('SIGKILL');
    },
  };
}

/** So many addresses of a prefix, evenly spread. @param phase from 0 to 1: other addresses for each. */
export function spreadOver(prefix: Prefix, count: number, phase = 0.5): readonly Ipv4[] {
  const [first, last] = [Number(prefix.first), Number(lastOf(prefix))] as const;
  const stride = (last - first + 1) / count;
  return Array.from({ length: count }, (_, i) => ipv4(first + Math.floor((i + phase) * stride)));
}

/** Of each hundred one answers with 100 datagrams, nine with 10, and ninety with a single one. */
export function mixed(addresses: readonly Ipv4[]): readonly Responder[] {
  return addresses.map((address, i) => ({
    address,
    datagrams: i % 100 === 0 ? 100 : i % 100 < 10 ? 10 : 1,
  }));
}
