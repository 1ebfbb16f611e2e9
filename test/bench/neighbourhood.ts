import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Ipv4, Range } from '../../src/domain/address.js';
import { ipv4 } from '../../src/domain/address.js';

/** Responders on loopback, among addresses that swallow whatever they are sent. */
export interface Neighbourhood {
  readonly port: number;
  readonly responders: readonly Ipv4[];
  /** What each of them answers to one request. */
  readonly datagramsEach: number;
  /** What was asked and answered since the last call. */
  takeCounts(): Promise<NeighbourhoodCounts>;
  close(): void;
}

export type NeighbourhoodPlan = Pick<Neighbourhood, 'responders' | 'datagramsEach'>;

export interface NeighbourhoodCounts {
  readonly requests: number;
  readonly datagrams: number;
}

/** Opens one in a process of its own, so that neither its time nor its memory is the scanner's. */
export async function openNeighbourhood(plan: NeighbourhoodPlan): Promise<Neighbourhood> {
  const child = fork(join(import.meta.dirname, 'neighbourhood-process.js'));
  const ended = once(child, 'exit').then(([code]): never => {
    throw new Error(`the neighbourhood ended with ${String(code)}`);
  });
  ended.catch(() => undefined);
  const ask = async (question: NeighbourhoodPlan | 'take-counts'): Promise<unknown> => {
    const answer = once(child, 'message');
    child.send(question);
    const [message] = (await Promise.race([answer, ended])) as [unknown];
    return message;
  };
  const port = (await ask(plan)) as number;
  return {
    ...plan,
    port,
    takeCounts: async () => (await ask('take-counts')) as NeighbourhoodCounts,
    close() {
      // Its sink thread sleeps for good, so it is not asked.
      child.kill('SIGKILL');
    },
  };
}

/** The lengths of the datagrams that one request to this responder brings; neighbours differ in their sums. */
export function replyLengths(responder: Ipv4, datagramsEach: number): readonly number[] {
  return Array.from({ length: datagramsEach }, (_, i) => 74 + ((responder + i * i) % 61));
}

/** What one request to this responder brings, in bytes of payload. */
export function replyBytes(responder: Ipv4, datagramsEach: number): number {
  return replyLengths(responder, datagramsEach).reduce((sum, length) => sum + length, 0);
}

/** So many addresses of a range, evenly spread. */
export function spreadOver({ first, last }: Range, count: number): readonly Ipv4[] {
  const stride = (Number(last) - Number(first) + 1) / count;
  return Array.from({ length: count }, (_, i) => ipv4(Number(first) + Math.floor((i + 0.5) * stride)));
}
