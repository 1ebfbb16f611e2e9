/** One line of the preflight: what was looked at, how it stands, and what to do about it. */
export interface Check {
  /** Two or three words a newcomer knows: `receive buffer`. */
  readonly name: string;
  /**
   * `problem` makes the scan impossible or its promises empty, and refuses it; with `warning` it runs, and may
   * lose something; `unknown` is what this system does not tell.
   */
  readonly status: 'ok' | 'warning' | 'problem' | 'unknown';
  /** What was found: lower case, no full stop. */
  readonly finding: string;
  /** What to do; a command where there is one. */
  readonly hint?: string;
}
