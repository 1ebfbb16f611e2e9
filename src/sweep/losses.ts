import type { RunLossEvent, RunLosses } from '../domain/run-record.js';
import type { Instant } from '../domain/time.js';
import type { Span } from './spans.js';

type SendErrors = RunLosses['send_errors'];

/** Sends that the system refused, by code, with the first addresses each happened to. */
export interface SendErrorCounts {
  note(code: string, address: string): void;
  list(): SendErrors;
}

const ADDRESSES_KEPT = 20;

export function createSendErrorCounts(): SendErrorCounts {
  const byCode = new Map<string, { count: number; readonly addresses: Set<string> }>();
  return {
    note(code, address) {
      const entry = byCode.get(code) ?? { count: 0, addresses: new Set<string>() };
      entry.count++;
      if (address !== '' && entry.addresses.size < ADDRESSES_KEPT) entry.addresses.add(address);
      byCode.set(code, entry);
    },
    list: () =>
      [...byCode]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([code, { count, addresses }]) => ({
          code,
          count,
          meaning: meaningOf(code),
          addresses: [...addresses],
        })),
  };
}

/**
 * What a code of send(2), ip(7) says of the address: no route or no such host; a local broadcast address,
 * which needs SO_BROADCAST and so is never probed; or a fault on our side, such as EPERM from a firewall.
 */
export function meaningOf(code: string): SendErrors[number]['meaning'] {
  if (code === 'ENETUNREACH' || code === 'EHOSTUNREACH') return 'unreachable';
  if (code === 'EACCES') return 'not_probed';
  return 'error';
}

/** Something that made "silent" mean less, with the time and the positions that it makes suspect. */
export interface LossEvent {
  readonly kind: LossKind;
  /** The system's code of a send error. */
  readonly code?: string;
  readonly probe?: string;
  readonly count: number;
  readonly first: Instant;
  readonly last: Instant;
  /** Absent where no request of the sweep is suspect. In pass k of the sweep from k × (positions of a pass) on. */
  readonly positions?: Span;
}

/**
 * `send_buffer`: taken by the kernel without error and thrown away by it. `socket_drops`: replies for which a
 * receive buffer had no room, in the sweep or in a measurement. `late_replies`: responders first heard of after
 * the cooldown. `capped`: measurements that a cap ended.
 */
export type LossKind = RunLossEvent['kind'];

export interface LossLog {
  note(event: Omit<LossEvent, 'last'>): void;
  list(): readonly LossEvent[];
}

/** What comes within so long after the last of its kind belongs to it. */
const ONE_EVENT_MS = 3000;
/** Then the last of its kind takes in whatever follows: a run of a week must not grow. */
const MOST_EVENTS = 500;

/** @param earlier of a run that goes on. */
export function createLossLog(earlier: readonly LossEvent[] = []): LossLog {
  const events: LossEvent[] = [...earlier];
  return {
    note(event) {
      const index = events.findLastIndex(
        ({ kind, code, probe }) => kind === event.kind && code === event.code && probe === event.probe,
      );
      const known = events[index];
      const isNew =
        known === undefined || (event.first - known.last > ONE_EVENT_MS && events.length < MOST_EVENTS);
      if (isNew) events.push({ ...event, last: event.first });
      else events[index] = joined(known, event);
    },
    list: () => events,
  };
}

function joined(known: LossEvent, event: Omit<LossEvent, 'last'>): LossEvent {
  const positions = joinedSpan(known.positions, event.positions);
  return {
    ...known,
    count: known.count + event.count,
    first: Math.min(known.first, event.first),
    last: Math.max(known.last, event.first),
    ...(positions && { positions }),
  };
}

function joinedSpan(a: Span | undefined, b: Span | undefined): Span | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) };
}
