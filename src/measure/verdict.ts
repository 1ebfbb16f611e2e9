import type { Probe } from '../../probes/probe.js';
import type { NotExposedReason, Remark } from '../domain/reasons.js';
import type { Exchange } from '../domain/exchange.js';
import { answersIn } from '../domain/exchange.js';
import type { Exposure, Judgement } from '../domain/finding.js';
import { factorsOf, isLowerBound, reportedExchange } from '../domain/factors.js';
import type { UnstableRange } from './confirmation.js';
import { unstableRange } from './confirmation.js';

/** The type of what amplifies with bytes that no reader knows. */
export const UNIDENTIFIED = 'x_unidentified';

/** What is to be reported of one responder and one probe, or why nothing is. */
export type Verdict =
  | {
      readonly kind: 'exposure';
      readonly exposure: Exposure;
      /** The exchange whose figures stand in the row. */
      readonly reported: Exchange;
      /** Where it is not the probe's own type. */
      readonly report?: string;
    }
  | { readonly kind: 'none'; readonly reason: string };

/**
 * Judges the measurement; where that shows no exposure, the sighting: a rate limiter may have silenced the
 * responder since, and the sweep saw what it saw. But not where another address than the asked one answered
 * the sweep: 16 bits of nonce can be guessed, and a measurement without an answer does not confirm it.
 * What came back is `unstable` where the same request brought much more or less in the sweep than twice alone;
 * the row then shows the strongest that was measured alone, as ever, and the range as a remark.
 * @param asked.port the one that was asked.
 * @param sighting absent where there was no sweep.
 */
export function verdictOn(
  asked: { readonly probe: Probe; readonly port: number },
  sighting: Exchange | undefined,
  measured: readonly Exchange[],
): Verdict {
  const seen = sighting ? [sighting] : [];
  const isSilent = measured.every(({ received }) => received.datagrams === 0);
  if (isSilent && sighting?.caveats.includes('off-address'))
    return { kind: 'none', reason: 'off-address-unconfirmed' satisfies NotExposedReason };
  const { probe, port } = asked;
  const judgement = probe.judge(measured);
  const sweepJudgement = probe.judge(seen);
  const verdict = exposureIn(judgement, measured) ??
    exposureIn(sweepJudgement, seen) ??
    unidentifiedIn(measured, port) ??
    unidentifiedIn(seen, port) ?? {
      kind: 'none',
      reason: reasonOf(judgement.kind === 'nothing' ? sweepJudgement : judgement),
    };
  if (verdict.kind === 'none') return verdict;
  const { exposure } = verdict;
  const range = sighting && unstableRange(sighting, measured);
  const remark =
    range === undefined
      ? dwindling([...seen.filter((sighted) => wasAnsweredAgain(sighted, measured)), ...measured])
      : unstable(range);
  if (remark === undefined) return verdict;
  return {
    ...verdict,
    exposure: {
      ...exposure,
      tags: range === undefined ? exposure.tags : [...exposure.tags, 'unstable'],
      remarks: [...(exposure.remarks ?? []), remark],
      ...(range && {
        facts: { ...exposure.facts, least_bytes: range.leastBytes, most_bytes: range.mostBytes },
      }),
    },
  };
}

function unstable({ leastBytes: least, mostBytes: most }: UnstableRange): Remark {
  return { code: 'unstable', data: { least, most } };
}

/** Where it was not, `basis` says so. Another address that answered the sweep says nothing of the one that was asked. */
function wasAnsweredAgain({ form, caveats }: Exchange, measured: readonly Exchange[]): boolean {
  return (
    !caveats.includes('off-address') &&
    measured.some((exchange) => exchange.form === form && exchange.received.datagrams > 0)
  );
}

/**
 * How the answers to one question grew smaller when it was asked again: a rate limit or a table of half-open exchanges
 * (IKE). The strongest stands in the row all the same; where a loss or a cap explains it, nothing is said.
 */
function dwindling(measured: readonly Exchange[]): Remark | undefined {
  const again = measured.filter(({ purpose, end }) => purpose === 'measure' && end !== 'unsent');
  for (const { form } of again) {
    const same = again.filter((exchange) => exchange.form === form);
    const bytes = same.map(({ received }) => received.payloadBytes);
    const less = bytes.some((later, at) => bytes.slice(0, at).some((earlier) => 2 * later < earlier));
    if (less && !same.some(isLowerBound))
      return { code: 'dwindling', data: { times: same.length, bytes: bytes.join(', ') } };
  }
  return undefined;
}

function exposureIn(judgement: Judgement, exchanges: readonly Exchange[]): Verdict | undefined {
  // A refusal of 900 bytes beside an answer of 200 is not what the row is about.
  const reported = reportedExchange(exchanges.filter((exchange) => answersIn(exchange).length > 0));
  if (judgement.kind !== 'exposure' || reported === undefined) return undefined;
  return { kind: 'exposure', exposure: judgement, reported };
}

/** Bytes from the asked address and port that no reader knows are not lost when they amplify. */
function unidentifiedIn(exchanges: readonly Exchange[], port: number): Verdict | undefined {
  const unrecognised = exchanges.filter(
    ({ replies, caveats, responder }) =>
      responder?.port === port &&
      !caveats.includes('off-address') &&
      replies.every(({ reading }) => reading.kind === 'unrecognised'),
  );
  const reported = reportedExchange(unrecognised);
  if (reported === undefined || factorsOf(reported).wireAmplification < 2) return undefined;
  const [reply] = reported.replies;
  const why = reply?.reading.kind === 'unrecognised' ? reply.reading.why : '';
  return {
    kind: 'exposure',
    report: UNIDENTIFIED,
    reported,
    exposure: {
      kind: 'exposure',
      tags: ['unidentified'],
      remarks: [{ code: 'unrecognised', data: { why } }],
      severity: { level: 'low', reason: 'amplifies with bytes that no reader knows' },
    },
  };
}

function reasonOf(judgement: Judgement): string {
  return judgement.kind === 'refusal' ? judgement.reason : ('unidentified' satisfies NotExposedReason);
}
