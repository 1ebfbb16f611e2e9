import { stopText } from '../../reports/reasons.js';
import type { RunRecord } from '../domain/run-record.js';
import type { Io } from './command.js';
import { EXIT } from './command.js';

/** Our own fault is 1 and never comes here; then the signal, then losses, then what `--fail-on` and `--fail-on-new` name. */
export function exitCodeOf(
  run: Pick<RunRecord, 'complete' | 'incomplete_reason' | 'suspect'> & {
    readonly losses: Pick<RunRecord['losses'], 'any'>;
    readonly directory: string;
  },
  stop: AbortSignal,
  failed: boolean,
  { stderr }: Pick<Io, 'stderr'>,
): number {
  if (!run.complete)
    stderr.write(
      `ampscope: note: the run is incomplete: ${stopText(run).en}; go on with: ampscope scan --resume ${run.directory}\n`,
    );
  if (stop.aborted && typeof stop.reason === 'number') return stop.reason;
  if (!run.complete) return EXIT.losses;
  if (run.suspect !== undefined) {
    stderr.write(
      'ampscope: note: the run is suspect, so silent means unknown: see suspect and path in run.json\n',
    );
    return EXIT.losses;
  }
  if (run.losses.any) {
    stderr.write(
      'ampscope: note: finished with losses, so silent may mean unknown: see losses in run.json\n',
    );
    return EXIT.losses;
  }
  return failed ? EXIT.findings : EXIT.finished;
}
