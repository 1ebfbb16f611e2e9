import type { Address, Prefix } from '../src/domain/address.js';
import { bitsOf, compareAddresses, familyOf, lastOf, parseAddress, prefixOf } from '../src/domain/address.js';
import type { FindingRecord } from '../src/domain/finding-record.js';
import type { RunNetwork, RunRecord } from '../src/domain/run-record.js';
import { formatDay } from '../src/domain/time.js';
import { cleanText } from './clean-text.js';

/** What a run has to say of one AS. */
export interface AsGroup {
  /** Absent for the hosts whose AS is unknown. */
  readonly asn?: number;
  readonly asName?: string;
  readonly records: readonly FindingRecord[];
}

/**
 * The findings by AS, unknown first, and an empty group for each AS of the scope that was probed and has none:
 * clean is told from not run. An AS whose networks this run did not ask has no group, nor has one without
 * findings after a run that was stopped, or of a shard: it may not have been asked.
 * @param records sorted by AS number.
 */
export function groupByAs(run: RunRecord, records: readonly FindingRecord[]): readonly AsGroup[] {
  const found = new Map<number, FindingRecord[]>();
  for (const record of records) {
    const asn = record.asn ?? 0;
    const group = found.get(asn);
    if (group) group.push(record);
    else found.set(asn, [record]);
  }
  const names = new Map<number, string>();
  for (const { asn = 0, as_name } of probedNetworks(run)) {
    if (asn === 0) continue;
    const asName = cleanText(as_name);
    if (run.complete && run.settings.shard === undefined && !found.has(asn)) found.set(asn, []);
    if (asName !== undefined && !names.has(asn)) names.set(asn, asName);
  }
  return [...found]
    .sort(([a], [b]) => a - b)
    .map(([asn, group]) => {
      const asName = group.find(({ as_name }) => as_name !== undefined)?.as_name ?? names.get(asn);
      return {
        ...(asn !== 0 && { asn }),
        ...(asName !== undefined && { asName }),
        records: group,
      };
    });
}

/** Where an AS's own file stands in a run's directory: `as64496/2026-11-20-as64496.csv`, to be known when mailed. */
export function asFile(run: RunRecord, group: Pick<AsGroup, 'asn'>, ending: 'csv' | 'json'): string {
  const label = asLabel(group);
  return `${label}/${formatDay(Date.parse(run.started))}-${label}.${ending}`;
}

/** Folder and file name of an AS's own files: `as64496`, and `as0` where it is unknown. */
export function asLabel({ asn }: Pick<AsGroup, 'asn'>): string {
  return `as${asn ?? 0}`;
}

interface Span {
  readonly first: Address;
  readonly last: Address;
  readonly network?: RunNetwork;
}

/**
 * The networks of the scope that own something of what was probed. One pass over scope and targets in the order of
 * their addresses, with a stack of the networks that the present place lies in: the innermost owns it.
 */
export function probedNetworks(run: RunRecord): readonly RunNetwork[] {
  const networks = sortedSpans(
    run.authorisation.networks.map((network) => ({ text: network.prefix, network })),
  );
  const targets = sortedSpans(run.targets.networks.map((text) => ({ text })));
  const touched = new Set<RunNetwork>();
  const around: Span[] = [];
  let next = 0;
  const enter = (span: Span): void => {
    leave(around, span.first);
    around.push(span);
    next++;
  };
  for (const target of targets) {
    for (let span = networks[next]; span && holdsOrPrecedes(span, target); span = networks[next]) enter(span);
    leave(around, target.first);
    const innermost = around.at(-1)?.network;
    if (innermost) touched.add(innermost);
    for (let span = networks[next]; span && within(span, target); span = networks[next]) {
      enter(span);
      if (span.network) touched.add(span.network);
    }
  }
  return [...touched];
}

/** Whether a network begins before this target, or holds all of it: prefixes nest or lie apart. */
function holdsOrPrecedes(span: Span, target: Span): boolean {
  const order = compareAddresses(span.first, target.first);
  return order < 0 || (order === 0 && compareAddresses(span.last, target.last) >= 0);
}

function within(span: Span, target: Span): boolean {
  return compareAddresses(span.first, target.last) <= 0;
}

function leave(around: Span[], address: Address): void {
  for (let top = around.at(-1); top && compareAddresses(top.last, address) < 0; top = around.at(-1))
    around.pop();
}

/** In the order of their first addresses, the wider before the narrower. */
function sortedSpans(
  list: readonly { readonly text: string; readonly network?: RunNetwork }[],
): readonly Span[] {
  return list
    .flatMap(({ text, network }) => {
      const prefix = parsePrefix(text);
      return prefix ? [{ first: prefix.first, last: lastOf(prefix), ...(network && { network }) }] : [];
    })
    .sort((a, b) => compareAddresses(a.first, b.first) || compareAddresses(b.last, a.last));
}

/** A network as run.json has it; without a length it is one address, and of a wrong length it is none. */
export function parsePrefix(text: string): Prefix | undefined {
  const [addressText = '', lengthText] = text.split('/');
  const first = parseAddress(addressText);
  if (first === undefined) return undefined;
  const bits = bitsOf(familyOf(first));
  if (lengthText === undefined) return { first, length: bits };
  const length = /^\d+$/.test(lengthText) ? Number(lengthText) : Infinity;
  return length <= bits ? prefixOf(first, length) : undefined;
}
