/** How far a stage of the run is. */
export interface ProgressState {
  readonly done: number;
  readonly total: number;
  readonly responders: number;
  /** Packets that the kernel took; absent where a stage's steps are no packets. */
  readonly sent?: number;
}

export interface Progress {
  /** Begins a stage: `sweep`, `measurement`; what was done and sent before does not count for the rate. */
  start(stage: string, state: ProgressState): void;
  update(state: ProgressState): void;
  /** Ends the stage. */
  stop(state: ProgressState): void;
}
