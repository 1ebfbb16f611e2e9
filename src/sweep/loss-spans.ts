import type { Address } from '../domain/address.js';
import type { Probe } from '../../probes/probe.js';
import type { Ledger } from './ledger.js';
import type { Order } from './order.js';
import type { Pass } from './pass.js';
import type { Span, Spans } from './spans.js';
import { createSpans } from './spans.js';

/** The suspects of a sweep: positions, by probe, whose silence proves nothing, because something was lost. */
export interface LossSpans {
  /** Every position asked at or after this moment, of one probe or of all. @returns what that is, over all passes. */
  addSince(loss: { readonly sinceMs: number; readonly probe?: number | undefined }): Span | undefined;
  add(probe: number, span: Span): void;
  has(probe: number, position: number): boolean;
  /** By probe. */
  list(): readonly (readonly Span[])[];
}

/**
 * @param passes those of this sweep: what an earlier one sent is no suspect of it.
 * @param positions of one pass: in pass k a position is told from k × that on.
 */
export function createLossSpans(probes: number, passes: readonly Pass[], positions: number): LossSpans {
  const byProbe = Array.from({ length: probes }, (): Spans => createSpans());
  return {
    addSince({ sinceMs, probe }) {
      let all: Span | undefined;
      for (const { index, log, position } of passes) {
        if (log.latestMs < sinceMs) continue;
        const from = log.rankBefore(sinceMs);
        for (const [each, spans] of byProbe.entries())
          if (probe === undefined || each === probe) spans.add(from, position);
        const base = index * positions;
        all = { from: Math.min(all?.from ?? Infinity, base + from), to: base + position };
      }
      return all;
    },
    add(probe, { from, to }) {
      byProbe[probe]?.add(from, to);
    },
    has: (probe, position) => byProbe[probe]?.has(position) === true,
    list: () => byProbe.map((spans) => spans.list()),
  };
}

/** Spans of several probes as one list, sorted, none touching another. */
export function joinedSpans(lists: readonly (readonly Span[])[]): readonly Span[] {
  const all = createSpans();
  for (const { from, to } of lists.flat()) all.add(from, to);
  return all.list();
}

/** The addresses at these positions that the ledger does not know for the probe; one may come more than once. */
export function* silentIn(
  {
    order,
    ledger,
    probes,
  }: {
    readonly order: Order;
    readonly ledger: Ledger;
    readonly probes: readonly { readonly probe: Probe }[];
  },
  probe: number,
  spans: readonly Span[],
): Generator<Address, undefined> {
  const forms = probes.flatMap((selected, index) => selected.probe.sweepForms.map(() => index));
  for (const { from, to } of spans) {
    const cursor = order.cursor(from);
    while (cursor.advance() && cursor.position < to)
      if (forms[cursor.form] === probe && ledger.get(probe, cursor.address) === undefined)
        yield cursor.address;
  }
  return undefined;
}
