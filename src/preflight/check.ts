import type { CheckReason } from '../domain/reasons.js';

/**
 * One line of the preflight: what was looked at, how it stands, and what to do about it. `problem` makes the scan
 * impossible or its promises empty, and refuses it; with `warning` it runs, and may lose something; `unknown` is what
 * this system does not tell.
 */
export type Check = Found &
  (
    | { readonly status: 'ok' | 'problem'; readonly reason?: undefined }
    /** What a run is made in spite of stands in its run.json, with its reason. */
    | { readonly status: 'warning' | 'unknown'; readonly reason: CheckReason }
  );

interface Found {
  /** Two or three words a newcomer knows: `receive buffer`. */
  readonly name: string;
  /** What was found: lower case, no full stop. */
  readonly finding: string;
  /** What to do; a command where there is one. */
  readonly hint?: string;
}
