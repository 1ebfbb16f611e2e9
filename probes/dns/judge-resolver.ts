import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import { factorsOf, reportedExchange } from '../../src/domain/factors.js';
import type { Exchange, Facts, Judgement } from '../probe.js';
import { describeQuestion, explainedBy } from './describe.js';
import { rcodeOf } from './reply.js';
import { versionIn } from './version.js';

/**
 * Recursion is proved by RA and an answer in the answer section that is not the server's own; a wrong one is a bogus
 * resolver, whatever its bits say, for it is no server of the name either.
 * @param checked whether the question was the scope's `dns.check`, and not the root's name servers.
 */
export function judgeResolver(done: readonly Exchange[], checked: boolean): Judgement {
  const recurses = (facts: Facts): boolean => resolvesForAnyone(facts, checked);
  const exposes = (facts: Facts): boolean => recurses(facts) || facts['check'] === 'wrong';
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
      ...explainedBy(facts).texts,
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
export function askableResolver(done: readonly Exchange[], checked: boolean): boolean {
  return judgeResolver(done, checked).kind === 'exposure';
}

/**
 * RA with an answer that is not its own. AA does not tell whose it is where the answer is the right one to the scope's
 * check: a forwarder hands the bit on from the server that it asked (dnsmasq 2.90, with its default cache in the first
 * answer to each name). Of the root's name servers many a server has a zone of its own, and there AA decides.
 */
function resolvesForAnyone({ ra, aa, check }: Facts, checked: boolean): boolean {
  if (ra !== true || check === undefined) return false;
  return aa === false || (checked && check === 'right');
}

function whyNot(measuring: readonly Exchange[]): Judgement {
  const [refused] = measuring.flatMap(refusalsIn);
  if (refused !== undefined) return { kind: 'refusal', reason: rcodeOf(refused) };
  const [answer] = measuring.flatMap(answersIn);
  if (answer === undefined) return { kind: 'nothing' };
  const isNone = measuring.flatMap(answersIn).every(offersNoRecursion);
  return { kind: 'refusal', reason: reasonOf(answer), ...(isNone && { exposesNothing: true }) };
}

/**
 * RFC 1035 §4.1.1: RA clear says that recursion is not available. An answer all the same, without authority, comes from
 * a cache that any address may ask.
 */
function offersNoRecursion({ ra, aa, check }: Facts): boolean {
  return ra === false && (check === undefined || aa === true);
}

function reasonOf({ aa, ra, tc, check }: Facts): string {
  if (check === 'right') return aa === true ? 'authoritative' : 'no recursion';
  if (tc === true) return 'truncated';
  return ra === true ? 'no answer' : 'no recursion';
}
