import type { Language, Texts } from '../../probes/probe.js';
import type { OtherCommit } from './other-commit.js';
import type { Place } from './place.js';
import type { Cell } from './table.js';

/** A part of the bench: what it measures stands in tables, and what was promised of it is held against them. */
export interface Part {
  /** The words that choose it, or some of it. */
  readonly names: readonly string[];
  run(surroundings: {
    readonly place: Place;
    readonly chosen: ReadonlySet<string>;
    /** How often each thing is measured. */
    readonly runs: number;
    readonly note: (text: string) => void;
    /** A commit whose figures are to stand beside ours. */
    readonly beside?: OtherCommit | undefined;
  }): Promise<PartOutcome>;
}

export interface PartOutcome {
  /** Paragraphs and tables, in Markdown. */
  readonly texts: Readonly<Record<Language, readonly string[]>>;
  /** What of it the READMEs show: one short table. */
  readonly summary?: Texts | undefined;
  readonly verdicts: readonly Verdict[];
}

/** What became of a promise. */
export interface Verdict {
  readonly target: Cell;
  readonly met: boolean;
  readonly seen: string;
}
