import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import { reportedExchange } from '../../src/domain/factors.js';
import type { Exchange, Facts, Judgement } from '../probe.js';
import type { MonlistAnswer } from './read-monlist.js';

/** What all that one server answered says together. No address out of a list goes into a judgement. */
export function judgeMonlist(done: readonly Exchange[]): Judgement {
  const exchanges = done.filter(({ purpose }) => purpose === 'measure');
  const listed = reportedExchange(exchanges.filter(listsClients));
  if (listed) return exposureBy(listed, { isOurOwn: exchanges.some(isEmptyAnswer) });
  if (exchanges.some(isEmptyAnswer))
    return isProvedWithoutList(done) ? OPEN_WITHOUT_MONLIST : OPEN_WITH_EMPTY_LIST;
  const reason = exchanges.flatMap(refusalsIn).at(-1);
  return reason === undefined ? { kind: 'nothing' } : { kind: 'refusal', reason };
}

/** Whether entries of a list came. */
export function listsClients(exchange: Exchange): boolean {
  return pagesOf(exchange).length > 0;
}

/** Whether error 4 came, and no list. */
export function isEmptyAnswer(exchange: Exchange): boolean {
  return !listsClients(exchange) && answersIn(exchange).some(({ entries }) => entries === 0);
}

/** It served us the time, as a client, and its list was empty all the same. */
function isProvedWithoutList(done: readonly Exchange[]): boolean {
  const served = done.findIndex(
    (exchange) =>
      exchange.purpose === 'prime' && answersIn(exchange).some(({ stratum }) => stratum !== undefined),
  );
  return served >= 0 && done.slice(served + 1).some(isEmptyAnswer);
}

/** Error 4, and no way to learn more: it did not answer us as a client, or not at all any more. */
const OPEN_WITH_EMPTY_LIST: Judgement = {
  kind: 'exposure',
  tags: ['mode7-open'],
  detail:
    'monlist is accepted but the list is empty: an idle server, one with monitoring off, or a patched one',
  severity: {
    level: 'info',
    reason: 'no list now; where monlist works, it grows to 600 entries as clients come',
  },
};

/** `disable monitor`, or ntpd from 4.2.7p26 on with `enable mode7`. */
const OPEN_WITHOUT_MONLIST: Judgement = {
  kind: 'exposure',
  tags: ['mode7-open-no-monlist'],
  detail: 'mode 7 answers, but monlist has nothing to give: the list stayed empty after a client had come',
  severity: { level: 'info', reason: 'mode 7 is open, and monlist behind it switched off or removed' },
};

/** ntpdc sends more bytes than ntpd needs; the answer to them is the same (measured on ntpd 4.2.6p5). */
const LONGER_REQUESTS = [
  { name: 'xntpdc, 48 bytes', bytes: 48 },
  { name: 'ntpdc 4.2.6, 192 bytes', bytes: 192 },
];

/** The request of eight bytes: for it alone the longer ones are worth computing. */
const SHORTEST_REQUEST_BYTES = 8;

function exposureBy(exchange: Exchange, { isOurOwn }: { readonly isOurOwn: boolean }): Judgement {
  const { detail, ...description } = describe(exchange);
  return {
    kind: 'exposure',
    tags: ['monlist'],
    ...description,
    detail: isOurOwn ? `${detail}, where there was none until we asked for the time` : detail,
    atLeast: { level: 'medium', reason: 'monlist works: the list grows to 600 entries as clients come' },
    ...(exchange.request.length === SHORTEST_REQUEST_BYTES ? { equivalentRequests: LONGER_REQUESTS } : {}),
  };
}

function describe(exchange: Exchange): {
  readonly detail: string;
  readonly facts: Facts;
  readonly incomplete?: boolean;
} {
  const pages = pagesOf(exchange);
  const implementation = pages[0]?.implementation ?? 0;
  if (exchange.replies.length < exchange.received.datagrams) {
    // Seen in the sweep only: the first reply was read, the others were counted.
    const datagrams = exchange.received.datagrams;
    return {
      detail: `a list in ${plural(datagrams, 'datagram')}, whose entries were not counted`,
      facts: { implementation, datagrams },
    };
  }
  const entriesBySequence = new Map<number, number>();
  for (const { sequence, entries } of pages)
    if (!entriesBySequence.has(sequence)) entriesBySequence.set(sequence, entries);
  const entries = [...entriesBySequence.values()].reduce((sum, n) => sum + n, 0);
  const lost = Math.max(...entriesBySequence.keys()) + 1 - entriesBySequence.size;
  const repeated = pages.length - entriesBySequence.size;
  const endSeen = pages.some(({ more }) => !more);
  const isComplete = lost === 0 && endSeen;
  return {
    // Pages that were lost on the way were sent all the same: the victim would have had them.
    ...(isComplete ? {} : { incomplete: true }),
    detail: [
      `${plural(entries, 'entry')} in ${plural(pages.length, 'datagram')}`,
      ...(lost > 0 ? [`${lost} in between ${lost === 1 ? 'is' : 'are'} missing`] : []),
      ...(endSeen ? [] : ['the end of the list is missing']),
      ...(repeated > 0 ? [`${repeated} came more than once`] : []),
    ].join(', '),
    facts: {
      implementation,
      entries,
      datagrams: pages.length,
      sequence_complete: isComplete,
      ...(lost > 0 ? { lost_datagrams: lost } : {}),
      ...(repeated > 0 ? { repeated_datagrams: repeated } : {}),
    },
  };
}

function plural(count: number, noun: 'datagram' | 'entry'): string {
  const plural = noun === 'entry' ? 'entries' : 'datagrams';
  return `${count} ${count === 1 ? noun : plural}`;
}

/** The datagrams that hold a part of the list. */
function pagesOf(exchange: Exchange): readonly MonlistAnswer[] {
  // Only readMonlist makes the answers that come here.
  return answersIn(exchange)
    .map((facts) => facts as MonlistAnswer)
    .filter(({ entries }) => entries > 0);
}
