import { group } from 'd3-array';
import type { Ipv4, Prefix } from '../../../src/domain/address.js';
import { familyOf, ipv4, lastOf, parseAddress, prefixOf } from '../../../src/domain/address.js';
import type { FindingRecord } from '../../../src/domain/finding-record.js';
import type { Severity } from '../../../src/domain/finding.js';
import { compareSeverities } from '../../../src/domain/finding.js';
import type { RunRecord } from '../../../src/domain/run-record.js';
import { isExposed } from '../../../src/domain/status.js';
import { parsePrefix } from '../../by-as.js';
import type { Steps } from '../steps.js';
import type { Place } from './hilbert.js';
import { hilbertPlace } from './hilbert.js';

/** One square of the map: an address, or an aligned block of them. */
export interface Cell extends Place {
  readonly first: Ipv4;
  readonly isTarget: boolean;
  /** Whether the targets are some of its addresses only. */
  readonly isPart: boolean;
  /** Whether it is not known of all of it what is there. */
  readonly isUnknown: boolean;
  readonly exposed: number;
  /** Of what is exposed; absent where nothing is. */
  readonly worst?: Severity;
}

/** One map of several cells, each of them with a network of this length. */
export interface Panel {
  readonly block: Prefix;
  readonly cellLength: number;
  /** In cells. */
  readonly columns: number;
  readonly rows: number;
  readonly cells: readonly Cell[];
}

/** The IPv4 part of a run as maps, and the blocks for which there is no room. */
export interface AddressPanels {
  /** `lines`: an address a cell, in lines as one writes. `curve`: in the order of a Hilbert curve. */
  readonly order: 'lines' | 'curve';
  readonly panels: readonly Panel[];
  readonly notDrawn: readonly {
    readonly block: Prefix;
    readonly addresses: number;
    readonly exposed: number;
  }[];
}

/** So many addresses still have a cell each. */
const MOST_ADDRESSES = 4096;

export function* addressPanels(run: RunRecord, records: readonly FindingRecord[]): Steps<AddressPanels> {
  const found: { readonly record: FindingRecord; readonly address: Ipv4 }[] = [];
  for (const record of records) {
    const address = parseAddress(record.ip);
    if (typeof address === 'number') found.push({ record, address });
  }
  yield;
  const targets = spansOf(run.targets.networks);
  const unknown = [
    ...spansOf(unknownPrefixes(run)),
    ...found.filter(({ record }) => record.status === 'unknown').map(({ address }) => spanOf(address)),
  ];
  const exposed = found.filter(({ record }) => isExposed(record.status));
  // A finding is always inside the scope, but after a change of its ranges perhaps no target.
  const drawn: readonly Share[] = [
    ...targets.map((span) => ({ ...span, isTarget: true, exposed: 0 })),
    ...[...group(exposed, ({ address }) => address)].map(([address, own]) => ({
      ...spanOf(address),
      isTarget: false,
      exposed: own.length,
    })),
  ];
  yield;
  const panelsOf = function* (frames: readonly Frame[]): Steps<readonly Panel[]> {
    const panels: Panel[] = [];
    for (const frame of frames) {
      panels.push(filled(frame, { targets, unknown, exposed }));
      yield;
    }
    return panels;
  };
  const lines = linesOf(drawn);
  if (lines) return { order: 'lines', panels: yield* panelsOf(lines), notDrawn: [] };
  const blocks = blocksOf(drawn).map(({ block, shares }) => ({
    block,
    addresses: addressesIn(shares.filter(({ isTarget }) => isTarget)),
    exposed: shares.reduce((sum, share) => sum + share.exposed, 0),
  }));
  yield;
  const most = blocks.toSorted((a, b) => b.exposed - a.exposed || b.addresses - a.addresses);
  const shown = most.slice(0, MOST_PANELS);
  const longestSide = Math.max(
    ...ORDER_BY_PANELS.filter(([panels]) => shown.length <= panels).map(([, order]) => order),
  );
  return {
    order: 'curve',
    panels: yield* panelsOf(
      blocks.filter((entry) => shown.includes(entry)).map(({ block }) => onCurve(block, longestSide)),
    ),
    notDrawn: blocks.filter((entry) => !shown.includes(entry)),
  };
}

/** What this run was to ask, or lay in its scope, and of which it does not know all. */
export function unknownPrefixes({
  complete,
  losses,
  scope_reloads,
  settings,
  targets,
}: RunRecord): readonly string[] {
  return [
    ...(losses.unknown ?? []).flatMap(({ prefixes }) => prefixes),
    ...targets.left_out.map(({ prefix }) => prefix),
    ...(scope_reloads ?? []).flatMap(({ newly_excluded }) => newly_excluded ?? []),
    // What a stopped run lacks is not known anywhere; nor which subnets were another shard's, which its seed says.
    ...(complete && settings.shard === undefined ? [] : targets.networks),
  ];
}

/** More panels, fewer cells in each: 4,096 in all at most. */
const ORDER_BY_PANELS = [
  [1, 6],
  [4, 5],
  [9, 4],
] as const;
const MOST_PANELS = 9;

interface Span {
  readonly first: number;
  readonly last: number;
}

/** A network of the targets, or an address and how much is exposed there. */
interface Share extends Span {
  readonly isTarget: boolean;
  readonly exposed: number;
}

interface Frame extends Omit<Panel, 'cells'> {
  readonly places: ReadonlyMap<number, Place>;
}

function spansOf(prefixes: readonly string[]): readonly Span[] {
  return prefixes.flatMap((text) => {
    const prefix = parsePrefix(text);
    return prefix && familyOf(prefix.first) === 4
      ? { first: Number(prefix.first), last: Number(lastOf(prefix)) }
      : [];
  });
}

function spanOf(address: number): Span {
  return { first: address, last: address };
}

/**
 * A panel for each /24, in lines of 16, 32 or 64 addresses, without the lines of which no address was asked. Nothing
 * where the addresses are too many, or too scattered.
 */
function linesOf(spans: readonly Span[]): readonly Frame[] | undefined {
  if (spans.reduce((sum, { first, last }) => sum + last - first + 1, 0) > 2 * MOST_ADDRESSES)
    return undefined;
  const addresses = new Set<number>();
  for (const { first, last } of spans) for (let at = first; at <= last; at++) addresses.add(at);
  if (addresses.size > MOST_ADDRESSES) return undefined;
  for (const [columns, mostLines] of MOST_LINES) {
    const lines = new Set([...addresses].map((address) => address - (address % columns)));
    if (lines.size > mostLines) continue;
    const byNetwork = group(
      [...lines].sort((a, b) => a - b),
      (line) => line - (line % 256),
    );
    return [...byNetwork].map(([network, own]) => ({
      block: { first: ipv4(network), length: 24 },
      cellLength: 32,
      columns,
      rows: own.length,
      places: new Map(
        own.flatMap((line, y) =>
          integers(line, line + columns - 1, 1).map((address, x) => [address, { x, y }]),
        ),
      ),
    }));
  }
  return undefined;
}

const MOST_LINES = [
  [16, 12],
  [32, 32],
  [64, 96],
] as const;

/** The smallest aligned blocks, /20 at least, that hold these without being nearly empty, each with its own. */
function blocksOf(
  spans: readonly Share[],
): readonly { readonly block: Prefix; readonly shares: readonly Share[] }[] {
  const block = coverOf(spans);
  if (!block) return [];
  if (block.length >= ALWAYS_DENSE || addressesIn(spans) >= sizeOf(block) / EMPTIEST)
    return [{ block, shares: spans }];
  const half = sizeOf(block) / 2;
  return [0, 1].flatMap((place) => {
    const first = Number(block.first) + place * half;
    return blocksOf(clipped(spans, { first, last: first + half - 1 }));
  });
}

/** A /16 is 256 cells of /24: a map of that size may be empty but for two. */
const ALWAYS_DENSE = 16;
const EMPTIEST = 8;
const SMALLEST_BLOCK = 20;

function coverOf(spans: readonly Span[]): Prefix | undefined {
  if (spans.length === 0) return undefined;
  const first = ipv4(spans.reduce((least, span) => Math.min(least, span.first), Infinity));
  const last = ipv4(spans.reduce((most, span) => Math.max(most, span.last), 0));
  let length = SMALLEST_BLOCK;
  while (prefixOf(first, length).first !== prefixOf(last, length).first) length--;
  return prefixOf(first, length);
}

/**
 * A square where the length is even. Otherwise two of them side by side: a curve ends top right, where the next one
 * begins, so the two are one.
 */
function onCurve(block: Prefix, longestSide: number): Frame {
  const squares = block.length % 2 === 0 ? 1 : 2;
  const squareLength = block.length + squares - 1;
  const order = Math.min(longestSide - squares + 1, (24 - squareLength) / 2);
  const cellLength = squareLength + 2 * order;
  const size = 2 ** (32 - cellLength);
  return {
    block,
    cellLength,
    columns: squares * 2 ** order,
    rows: 2 ** order,
    places: new Map(
      Array.from({ length: squares * 4 ** order }, (_, i) => {
        const { x, y } = hilbertPlace(order, i % 4 ** order);
        return [Number(block.first) + i * size, { x: i < 4 ** order ? x : x + 2 ** order, y }];
      }),
    ),
  };
}

function filled(
  { places, ...frame }: Frame,
  {
    targets,
    unknown,
    exposed,
  }: {
    readonly targets: readonly Span[];
    readonly unknown: readonly Span[];
    readonly exposed: readonly { readonly record: FindingRecord; readonly address: Ipv4 }[];
  },
): Panel {
  const size = 2 ** (32 - frame.cellLength);
  const within = { first: Number(frame.block.first), last: Number(lastOf(frame.block)) };
  const targeted = countByCell(clipped(targets, within), size);
  const areUnknown = countByCell(clipped(unknown, within), size);
  const inCell = group(exposed, ({ address }) => address - (address % size));
  return {
    ...frame,
    cells: [...places].map(([first, place]) => {
      const severities = (inCell.get(first) ?? [])
        .map(({ record }) => record.severity)
        .sort(compareSeverities);
      const [worst] = severities;
      return {
        ...place,
        first: ipv4(first),
        isTarget: targeted.has(first),
        isPart: (targeted.get(first) ?? size) < size,
        isUnknown: areUnknown.has(first),
        exposed: severities.length,
        ...(worst && { worst }),
      };
    }),
  };
}

/** How many addresses of these lie in each cell of this size, by its first; without those that have none. */
function countByCell(spans: readonly Span[], size: number): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const span of spans)
    for (let first = span.first - (span.first % size); first <= span.last; first += size) {
      const own = Math.min(span.last, first + size - 1) - Math.max(span.first, first) + 1;
      counts.set(first, (counts.get(first) ?? 0) + own);
    }
  return counts;
}

function clipped<Part extends Span>(spans: readonly Part[], within: Span): readonly Part[] {
  const parts: Part[] = [];
  for (const span of spans) {
    const { first, last } = span;
    if (first > within.last || last < within.first) continue;
    // Most are single addresses, and no copy is needed.
    if (first >= within.first && last <= within.last) parts.push(span);
    else parts.push({ ...span, first: Math.max(first, within.first), last: Math.min(last, within.last) });
  }
  return parts;
}

function addressesIn(spans: readonly Span[]): number {
  return spans.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

function sizeOf({ length }: Prefix): number {
  return 2 ** (32 - length);
}

function integers(first: number, last: number, step: number): readonly number[] {
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step);
}
