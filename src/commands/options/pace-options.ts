import { numberOption } from './arguments.js';
import type { Arguments } from '../command.js';
import { DEFAULTS } from './scan-defaults.js';

const MOST_RETRIES = 10;
/** Each sends as much as a core can; more than this no network card of an ordinary machine takes. */
const MOST_THREADS = 16;
/** What Linux gives at least (socket(7)), and far more than any system does. */
const RECEIVE_BUFFER_BYTES = { least: 2048, most: 2 ** 31 - 1 };

/** Passes after the first. @throws UsageError */
export function retriesOption(argv: Arguments): number {
  return numberOption(argv, 'retries', { least: 0, most: MOST_RETRIES, whole: true }) ?? DEFAULTS.retries;
}

/** What is asked of the system for each socket. @throws UsageError */
export function receiveBufferOption(argv: Arguments): number {
  const bounds = { ...RECEIVE_BUFFER_BYTES, whole: true };
  return numberOption(argv, 'receive-buffer', bounds) ?? DEFAULTS.receiveBufferBytes;
}

/** Threads of the sweep. @throws UsageError */
export function threadsOption(argv: Arguments): number {
  return numberOption(argv, 'threads', { least: 1, most: MOST_THREADS, whole: true }) ?? DEFAULTS.threads;
}
