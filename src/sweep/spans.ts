/** Positions of the sweep in a row, from `from` to before `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A set of positions, kept as spans: what it stores is bounded, however scattered the positions are. */
export interface Spans {
  add(from: number, to: number): void;
  has(position: number): boolean;
  /** Sorted, none touching another. */
  list(): readonly Span[];
}

/**
 * @param most spans kept; when there would be more, near ones become one, so that the set may hold positions that
 *   were not added but never lacks one that was.
 */
export function createSpans(most = 4096): Spans {
  let spans: Span[] = [];
  let isSorted = true;
  let gap = 0;
  const sorted = (): readonly Span[] => {
    if (isSorted) return spans;
    spans = merged(spans, gap);
    for (; spans.length > most; spans = merged(spans, gap)) gap = Math.max(1, gap * 2);
    isSorted = true;
    return spans;
  };
  return {
    add(from, to) {
      const last = spans.at(-1);
      if (to <= from || (last !== undefined && from >= last.from && to <= last.to)) return;
      if (last !== undefined && from >= last.from && from <= last.to + gap)
        spans[spans.length - 1] = { from: last.from, to };
      else spans.push({ from, to });
      isSorted = false;
      if (spans.length > 2 * most) sorted();
    },
    has(position) {
      const list = sorted();
      let low = 0;
      let high = list.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((list[middle]?.from ?? 0) <= position) low = middle + 1;
        else high = middle;
      }
      const before = list[low - 1];
      return before !== undefined && position < before.to;
    },
    list: sorted,
  };
}

/** Sorts, and makes one of spans that overlap or are no more than `gap` apart. */
function merged(spans: readonly Span[], gap: number): Span[] {
  const result: Span[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.to + gap)
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else result.push({ from, to });
  }
  return result;
}
