/**
 * What dns-any asks of a responder, at most 28 questions: ANY for each name, at most 8; where that says little
 * (RFC 8482), TXT and DNSKEY for the name, and DNSKEY for the root; then, of the strongest question alone, the same
 * again (the first asking fills a cache), with 1,232 bytes, where most servers stop since 2020, and without EDNS.
 */
import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import type { Ask, Exchange, NonEmpty, Probe, RequestForm } from '../probe.js';
import type { Question } from './query.js';
import { queryForm } from './query.js';
import { askRate, rrlCheck } from './rate-check.js';
import { rcodeOf } from './reply.js';
import { askVersion, dnsVersion } from './version.js';

export interface AnyPlan {
  readonly any: NonEmpty<Subject>;
  /** What is asked beside ANY, of each name in the same order. */
  readonly beside: readonly (readonly Subject[])[];
  readonly root: Subject;
  /** Whether the root is asked in any case. */
  readonly isRootOnly: boolean;
}

/** One name and type, and the three ways to ask for it. */
interface Subject {
  /** EDNS 4096 and DO. */
  readonly full: RequestForm;
  /** EDNS 1232 and DO. */
  readonly capped: RequestForm;
  readonly withoutEdns: RequestForm;
}

/** @param names the scope's; none: the root. */
export function planOf([first, ...further]: readonly string[]): AnyPlan {
  const names: NonEmpty<string> = [first ?? '.', ...further];
  return {
    any: [subject(names[0], 'ANY'), ...further.map((name) => subject(name, 'ANY'))],
    beside: first === undefined ? [] : names.map((name) => [subject(name, 'TXT'), subject(name, 'DNSKEY')]),
    root: subject('.', 'DNSKEY'),
    isRootOnly: first === undefined,
  };
}

function subject(name: string, type: Question['type']): Subject {
  return {
    full: queryForm({ name, type }, { udpSize: 4096, dnssecOk: true }),
    capped: queryForm({ name, type }, { udpSize: 1232, dnssecOk: true }),
    withoutEdns: queryForm({ name, type }),
  };
}

/** @param chosen the flags of the options that the user gave. */
export function nextOf(plan: AnyPlan, chosen: ReadonlySet<string>): Probe['next'] {
  return (done) => {
    const form = nextForm(plan, done);
    if (form) return { form, purpose: 'measure' };
    const strongest = strongestOf(plan, done);
    return strongest && askOptions(strongest, done, chosen);
  };
}

function nextForm(plan: AnyPlan, done: readonly Exchange[]): RequestForm | undefined {
  const timesAsked = (form: RequestForm): number => asking(form, done).length;
  const wanted = [...plan.any, ...furtherSubjects(plan, done)];
  const unasked = wanted.find(({ full }) => timesAsked(full) === 0);
  if (unasked) return unasked.full;
  const strongest = strongestOf(plan, done);
  if (strongest) {
    if (timesAsked(strongest.full) === 1) return strongest.full;
    return [strongest.capped, strongest.withoutEdns].find((form) => timesAsked(form) === 0);
  }
  // A server from before EDNS says so (RFC 6891 §7), and may well answer the plain query.
  const beforeEdns = plan.any.find(({ full }) =>
    asking(full, done).some((exchange) => refusesWith(exchange, NO_EDNS)),
  );
  return beforeEdns && timesAsked(beforeEdns.withoutEdns) === 0 ? beforeEdns.withoutEdns : undefined;
}

function askOptions(
  strongest: Subject,
  done: readonly Exchange[],
  chosen: ReadonlySet<string>,
): Ask | undefined {
  const version = chosen.has(dnsVersion.flag) ? askVersion(done) : undefined;
  return version ?? (chosen.has(rrlCheck.flag) ? askRate(strongest.full, done) : undefined);
}

/** TXT and DNSKEY of the names where ANY said little; DNSKEY of the root where it did anywhere. */
function furtherSubjects(
  { any, beside, root, isRootOnly }: AnyPlan,
  done: readonly Exchange[],
): readonly Subject[] {
  const little = any.map(({ full }) => asking(full, done).some(isSmallAnswer));
  const further = beside.flatMap((subjects, i) => (little[i] === true ? subjects : []));
  return further.length > 0 || isRootOnly ? [...further, root] : [];
}

/** Whether TXT or DNSKEY may bring what ANY did not. A server that does not know EDNS would refuse them too. */
function isSmallAnswer(exchange: Exchange): boolean {
  const answers = answersIn(exchange);
  if (answers.length === 0) return refusalsIn(exchange).length > 0 && !refusesWith(exchange, BEFORE_EDNS);
  return answers.every(
    ({ minimal_any: minimal, only_type: only, tc }) => minimal === true || only !== undefined || tc === true,
  );
}

/** NOTIMP may speak of EDNS as of ANY. */
const BEFORE_EDNS: ReadonlySet<string> = new Set(['formerr', 'badvers']);
const NO_EDNS: ReadonlySet<string> = new Set([...BEFORE_EDNS, 'notimp']);

function refusesWith(exchange: Exchange, rcodes: ReadonlySet<string>): boolean {
  return refusalsIn(exchange).some((reason) => rcodes.has(rcodeOf(reason)));
}

function strongestOf({ any, beside, root }: AnyPlan, done: readonly Exchange[]): Subject | undefined {
  let best: { readonly subject: Subject; readonly wireBytes: number } | undefined;
  for (const candidate of [...any, ...beside.flat(), root])
    // The first asking decides: the second must not make another question the strongest.
    for (const exchange of asking(candidate.full, done).slice(0, 1))
      if (answersIn(exchange).length > 0 && exchange.received.wireBytes > (best?.wireBytes ?? 0))
        best = { subject: candidate, wireBytes: exchange.received.wireBytes };
  return best?.subject;
}

function asking({ name }: RequestForm, done: readonly Exchange[]): readonly Exchange[] {
  return done.filter(({ form, purpose }) => form === name && purpose === 'measure');
}
