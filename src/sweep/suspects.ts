import type { LossSpans } from './loss-spans.js';
import { createLossSpans } from './loss-spans.js';
import type { Passes } from './passes.js';
import type { Span } from './spans.js';

/** What losses have made suspect, through all the sweeps that ask the suspects of the one before again. */
export interface Suspects {
  /** Those of the sweep under way, and of all before it that were not asked again yet. */
  current(): LossSpans;
  /** What the sweep after losses asks; undefined before there is one. */
  askedAgain(): LossSpans | undefined;
  /** All that losses have made suspect until now, by probe. */
  list(): readonly (readonly Span[])[];
  /** A sweep begins that asks them in the pass `repair`; it has suspects of its own. @returns what it is to ask. */
  beginRepair(): LossSpans;
  /** By probe: positions of which it is unknown whether they answer, unless they are in the ledger. */
  unknown(): readonly (readonly Span[])[];
}

/** @param earlier those of an earlier part of the run, by probe. */
export function createSuspects(
  passes: Passes,
  { probes, positions }: { readonly probes: number; readonly positions: number },
  earlier: readonly (readonly Span[])[] = [],
): Suspects {
  let current = createLossSpans(probes, passes.all, positions);
  let askedAgain: LossSpans | undefined;
  for (const [probe, spans] of earlier.entries()) for (const span of spans) current.add(probe, span);
  return {
    current: () => current,
    askedAgain: () => askedAgain,
    list: () => joinedByProbe(askedAgain?.list() ?? [], current.list()),
    beginRepair() {
      askedAgain = current;
      current = createLossSpans(probes, [passes.repair()], positions);
      return askedAgain;
    },
    unknown() {
      if (askedAgain === undefined) return current.list();
      // What the sweep after losses has not come to is as unknown as before it.
      const { position } = passes.repair();
      const left = askedAgain
        .list()
        .map((spans) =>
          spans.flatMap(({ from, to }) => (to > position ? { from: Math.max(from, position), to } : [])),
        );
      return joinedByProbe(left, current.list());
    },
  };
}

function joinedByProbe(
  a: readonly (readonly Span[])[],
  b: readonly (readonly Span[])[],
): readonly (readonly Span[])[] {
  return b.map((spans, probe) => [...(a[probe] ?? []), ...spans]);
}
