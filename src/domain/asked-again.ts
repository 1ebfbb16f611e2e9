import type { ExchangeRecord, FindingRecord } from './finding-record.js';

/** How often a known exposure that was silent was asked again by this run, and when last (ISO 8601 UTC). */
export interface AskedAgain {
  readonly times: number;
  readonly last: string;
}

/**
 * What may be said of asking again: only requests that left. Undefined where there were none, and for a row whose
 * exchanges are a measurement.
 */
export function askedAgain({
  status,
  status_evidence: evidence,
  exchanges,
}: Pick<FindingRecord, 'status' | 'status_evidence'> & {
  readonly exchanges: readonly Pick<ExchangeRecord, 'purpose' | 'end' | 'requested_at'>[];
}): AskedAgain | undefined {
  const isAsked = status === 'unknown' || evidence === 'silent' || evidence === 'closed';
  const sent = exchanges.filter(({ purpose, end }) => isAsked && purpose === 'prove' && end !== 'unsent');
  const last = sent.at(-1)?.requested_at;
  return last === undefined ? undefined : { times: sent.length, last };
}
