import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import { reportedExchange } from '../../src/domain/factors.js';
import type { Exchange, Facts, Judgement } from '../probe.js';
import { describeQuery, describeQuestion, explainedBy } from './describe.js';
import { ratePattern } from './rate-check.js';
import { rcodeOf } from './reply.js';
import { versionIn } from './version.js';

/** Refusals and empty answers alone make no exposure. A server that only truncates reflects at a factor of 1. */
export function judgeAny(done: readonly Exchange[]): Judgement {
  const measuring = done.filter(({ purpose }) => purpose === 'measure');
  const answered = measuring.filter((exchange) => answersIn(exchange).length > 0);
  const strongest = reportedExchange(answered);
  const [facts] = strongest ? answersIn(strongest) : [];
  if (strongest === undefined || facts === undefined) {
    const [reason] = measuring.flatMap(refusalsIn);
    return reason === undefined ? { kind: 'nothing' } : { kind: 'refusal', reason: rcodeOf(reason) };
  }
  const all = answered.flatMap(answersIn);
  const has = (fact: string): boolean => all.some((each) => each[fact] === true);
  const rate = ratePattern(done, { isTruncated: facts['tc'] === true });
  const version = versionIn(done);
  const askings = answered
    .filter(({ form }) => form === strongest.form)
    .map(({ received }) => received.payloadBytes);
  const [first, second] = askings;
  return {
    kind: 'exposure',
    tags: [
      ...(has('ra') ? ['recursion-available'] : []),
      ...(has('aa') ? ['authoritative'] : []),
      ...(all.every(({ tc }) => tc === true) ? ['truncated'] : []),
      ...(has('minimal_any') || holdsBackFromAny(answered) ? ['minimal-any'] : []),
      ...(has('referral') ? ['referral'] : []),
      ...(rate?.isLimited === true ? ['rate-limited'] : []),
      ...explainedBy(facts).tags,
    ],
    ...(version !== undefined && { version }),
    detail: [
      `strongest: ${describeQuery(strongest.request)}, ${strongest.received.payloadBytes} bytes`,
      ...flagsOf(facts),
      ...(first !== undefined && second !== undefined && first !== second
        ? [`${first} bytes at the first asking, ${second} at the second`]
        : []),
      ...(rate ? [rate.texts] : []),
      ...explainedBy(facts).texts,
    ].join('; '),
    facts: {
      ...facts,
      strongest: describeQuery(strongest.request),
      ...(first !== undefined &&
        second !== undefined && {
          first_asking_bytes: first,
          second_asking_bytes: second,
        }),
      ...(rate && { rate_check: rate.texts }),
    },
  };
}

/** Whether a server that gave one record set for ANY has others at the same name: then it is RFC 8482's. */
function holdsBackFromAny(answered: readonly Exchange[]): boolean {
  const typesBeside = new Map<string, Set<string>>();
  for (const { request, replies } of answered) {
    const [type = '', name = ''] = describeQuestion(request).split(' ');
    const hasRecords = replies.some(
      ({ reading }) => reading.kind === 'answer' && Number(reading.facts['answers']) > 0,
    );
    if (type !== 'ANY' && hasRecords) typesBeside.set(name, (typesBeside.get(name) ?? new Set()).add(type));
  }
  return answered.some((exchange) => {
    const [, name = ''] = describeQuestion(exchange.request).split(' ');
    const beside = [...(typesBeside.get(name) ?? [])];
    return answersIn(exchange).some(
      ({ only_type: only }) => only !== undefined && beside.some((type) => type !== only),
    );
  });
}

function flagsOf({ aa, tc, ra }: Facts): readonly string[] {
  const set = [aa === true && 'AA', tc === true && 'TC', ra === true && 'RA'].filter(
    (flag) => flag !== false,
  );
  return set.length > 0 ? [set.join(' ')] : [];
}
