import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import { factorsOf, reportedExchange } from '../../src/domain/factors.js';
import type { Exchange, Facts, Judgement } from '../probe.js';
import { describeQuestion, explainedBy } from './describe.js';
import { rcodeOf } from './reply.js';
import { versionIn } from './version.js';

/**
 * Recursion is proved by RA, AA clear and the right answer in the answer section, not by any answer; a wrong one
 * is a bogus resolver, whatever its bits say, for it is no server of the name either.
 */
export function judgeResolver(done: readonly Exchange[]): Judgement {
  const measuring = done.filter(({ purpose }) => purpose === 'measure');
  const exposing = measuring.filter((exchange) => answersIn(exchange).some(exposes));
  const reported = reportedExchange(exposing);
  const facts = reported && answersIn(reported).find(exposes);
  if (reported === undefined || facts === undefined) return whyNot(measuring);
  const all = exposing.flatMap(answersIn).filter(exposes);
  const isOpen = all.some(recurses);
  const isBogus = all.some(({ check }) => check === 'wrong');
  const version = versionIn(done);
  return {
    kind: 'exposure',
    tags: [
      ...(isOpen ? ['openresolver'] : []),
      ...(isBogus ? ['bogusresolver'] : []),
      ...explainedBy(facts).tags,
    ],
    ...(version !== undefined && { version }),
    detail: [
      `${isBogus ? 'gives anyone a wrong answer to' : 'gives anyone the right answer to'} ${describeQuestion(reported.request)}`,
      ...explainedBy(facts).words,
    ].join('; '),
    facts: {
      ...facts,
      // Four decimals, as the published report has it.
      min_amplification: Number(factorsOf(reported).amplification.toFixed(4)),
    },
    ...(isOpen && {
      atLeast: {
        level: 'high',
        reason: 'an open resolver is more than an amplifier, however small its answers',
      },
    }),
  };
}

/** Whether there is an exposure that its version can be asked of. */
export function askableResolver(done: readonly Exchange[]): boolean {
  return done.some((exchange) => answersIn(exchange).some(exposes));
}

function exposes(facts: Facts): boolean {
  return recurses(facts) || facts['check'] === 'wrong';
}

/** RA with any answer that is not its own: whether that is the right one stands in the fact `check`. */
function recurses({ ra, aa, check }: Facts): boolean {
  return ra === true && aa === false && check !== undefined;
}

function whyNot(measuring: readonly Exchange[]): Judgement {
  const [refused] = measuring.flatMap(refusalsIn);
  if (refused !== undefined) return { kind: 'refusal', reason: rcodeOf(refused) };
  const [answer] = measuring.flatMap(answersIn);
  if (answer === undefined) return { kind: 'nothing' };
  return { kind: 'refusal', reason: reasonOf(answer) };
}

function reasonOf({ aa, ra, tc, check }: Facts): string {
  if (check === 'right') return aa === true ? 'authoritative' : 'no recursion';
  if (tc === true) return 'truncated';
  return ra === true ? 'no answer' : 'no recursion';
}
