import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import { reportedExchange } from '../../src/domain/factors.js';
import type { Exchange, Facts, Judgement } from '../probe.js';
import type { ReadvarAnswer } from './read-readvar.js';
import { parseVariables, SOMEBODYS_ADDRESS } from './variables.js';

/** What all that one server answered says together. */
export function judgeReadvar(done: readonly Exchange[]): Judgement {
  const exchanges = done.filter(({ purpose }) => purpose === 'measure');
  const answered = reportedExchange(exchanges.filter((exchange) => answersIn(exchange).length > 0));
  if (answered) return exposureBy(answered);
  const reason = exchanges.flatMap(refusalsIn).at(-1);
  return reason === undefined ? { kind: 'nothing' } : { kind: 'refusal', reason };
}

/**
 * The variables that the reports show, by the name that ntpd gives them and the one that Shadowserver's `scan_ntp`
 * has for them. What is not listed here goes no further.
 */
const REPORTED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    (
      'version,processor,system,leap,stratum,precision,rootdelay,rootdispersion,refid,reftime,clock,peer,tc,' +
      'mintc,offset,frequency,jitter,noise,stability,clk_wander,state,poll,phase,error,tai'
    )
      .split(',')
      .map((name) => [name, name]),
  ),
  rootdisp: 'rootdispersion',
  sys_jitter: 'jitter',
  clk_jitter: 'noise',
};

function exposureBy(exchange: Exchange): Judgement {
  const { text, fragments, repeated, isComplete } = assembled(exchange);
  // The sweep reads the first datagram only, and counts the others: nothing is missing from its figures.
  const allRead = exchange.replies.length === exchange.received.datagrams;
  const variables = parseVariables(text);
  const facts: Record<string, string | number | boolean> = { datagrams: exchange.received.datagrams };
  if (allRead) facts['sequence_complete'] = isComplete;
  if (repeated > 0) facts['repeated_datagrams'] = repeated;
  for (const [name, value] of variables) {
    const reported = REPORTED[name];
    if (reported !== undefined && value !== '' && !value.includes(SOMEBODYS_ADDRESS))
      facts[reported] ??= NUMBER.test(value) ? Number(value) : value;
  }
  const version = variables.get('version');
  return {
    kind: 'exposure',
    tags: ['readvar'],
    ...(version !== undefined && version !== '' && { version }),
    ...(allRead && !isComplete && { incomplete: true }),
    detail: detailOf(facts, { fragments, allRead, isComplete }),
    facts,
  };
}

const NUMBER = /^-?\d{1,15}(\.\d{1,15})?$/;

/** What is a fraction or a text instead has no place in a column of integers, and is told in the detail. */
const INTEGERS: ReadonlySet<string> = new Set('leap,mintc,peer,poll,precision,state,tai,tc'.split(','));

function detailOf(
  facts: Facts,
  { fragments, allRead, isComplete }: { fragments: number; allRead: boolean; isComplete: boolean },
): string {
  const { system, stratum, refid } = facts;
  return [
    ...(system === undefined ? [] : [String(system)]),
    ...(stratum === undefined ? [] : [`stratum ${String(stratum)}`]),
    ...(refid === undefined ? [] : [`source ${String(refid)}`]),
    ...Object.entries(facts).flatMap(([name, value]) =>
      INTEGERS.has(name) && !Number.isInteger(value) ? [`${name} ${String(value)}`] : [],
    ),
    ...(fragments > 1 ? [`${fragments} fragments`] : []),
    ...(allRead && !isComplete ? ['a part of the answer is missing'] : []),
    ...(system === undefined && stratum === undefined ? ['variables without a system or a stratum'] : []),
  ].join(', ');
}

/**
 * The fragments by their offsets, as far as they join without a gap: behind one, it is unknown where a variable
 * begins. Complete where they reach from 0 to the one that says no more follow.
 */
function assembled(exchange: Exchange): {
  readonly text: string;
  readonly fragments: number;
  readonly repeated: number;
  readonly isComplete: boolean;
} {
  // Only readReadvar makes the answers that come here.
  const answers = answersIn(exchange).map((facts) => facts as ReadvarAnswer);
  const byOffset = new Map(answers.map((answer) => [answer.offset, answer]));
  let text = '';
  let end = 0;
  let fragment = byOffset.get(0);
  let last = fragment;
  while (fragment !== undefined) {
    last = fragment;
    text += fragment.text;
    end += fragment.bytes;
    fragment = fragment.bytes > 0 ? byOffset.get(end) : undefined;
  }
  return {
    text,
    fragments: byOffset.size,
    repeated: answers.length - byOffset.size,
    isComplete: last?.more === false && answers.every(({ offset }) => offset < end || offset === 0),
  };
}
