import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import { reportedExchange } from '../../src/domain/factors.js';
import type { Exchange, Facts, Judgement } from '../probe.js';
import { durationOf, vendorOf } from './describe.js';

/** Communities that devices are delivered with: attackers try these two first. */
const DEFAULT_COMMUNITIES: ReadonlySet<unknown> = new Set(['public', 'private']);

/** What the device says of itself: any answer may hold it, also one that only proves. */
const IDENTITY = ['sysdesc', 'sysname', 'uptime', 'vendor_id', 'vendor'] as const;

/**
 * What all that an agent answered in the name of communities says together.
 * @param tag the version it was asked in: `snmp-v2c`.
 */
export function judgeAgent(done: readonly Exchange[], tag: string): Judgement {
  const measuring = done.filter(({ purpose }) => purpose === 'measure');
  const strongest = reportedExchange(measuring.filter((exchange) => answersIn(exchange).length > 0));
  const [measured] = strongest === undefined ? [] : answersIn(strongest);
  if (strongest === undefined || measured === undefined) {
    const [reason] = measuring.flatMap(refusalsIn);
    return reason === undefined ? { kind: 'nothing' } : { kind: 'refusal', reason };
  }
  const facts = withIdentity(measured, done.flatMap(answersIn));
  const communities = [...new Set(measuring.flatMap(answersIn).map(({ community }) => String(community)))];
  return {
    kind: 'exposure',
    tags: [tag, ...(communities.some((one) => DEFAULT_COMMUNITIES.has(one)) ? ['default-community'] : [])],
    detail: [
      ...describe(facts),
      ...(facts['deviation'] === undefined ? [] : [`answers with ${String(facts['deviation'])}`]),
      `${communities.length === 1 ? 'community' : 'communities'}: ${communities.join(', ')}`,
      `strongest: ${strongest.form}`,
    ].join('; '),
    facts,
    atLeast: {
      level: 'medium',
      reason: 'it answers a community: whoever knows it reads the device, however little it amplifies',
    },
  };
}

function withIdentity(measured: Facts, answers: readonly Facts[]): Facts {
  const told = IDENTITY.flatMap((name) => {
    const value = [measured, ...answers].find((facts) => facts[name] !== undefined)?.[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...measured, ...Object.fromEntries(told) };
}

function describe(facts: Facts): readonly string[] {
  const { sysdesc, sysname, uptime } = facts;
  return [
    ...(sysdesc === undefined ? [] : [`sysDescr: ${sysdesc}`]),
    ...(sysname === undefined ? [] : [`sysName: ${sysname}`]),
    ...(typeof uptime === 'number' ? [`sysUpTime: ${durationOf(uptime)}`] : []),
    ...vendorOf(facts),
  ];
}
