import type { SingleBar } from 'cli-progress';
import type { Clock } from '../domain/time.js';
import type { Progress, ProgressState } from '../engine/progress.js';

/** A bar on a terminal, lines where nobody watches: one at the start, each 10 % and the end. */
export async function createProgress(
  stream: NodeJS.WriteStream,
  clock: Clock,
  quiet: boolean,
): Promise<Progress> {
  if (quiet) return SILENT;
  return stream.isTTY ? createBar(stream, clock) : createLines(stream, clock);
}

const SILENT: Progress = { start: () => undefined, update: () => undefined, stop: () => undefined };

async function createBar(stream: NodeJS.WriteStream, clock: Clock): Promise<Progress> {
  // Loaded only where somebody sees it.
  const { SingleBar } = (await import('cli-progress')).default;
  let bar: SingleBar | undefined;
  let startedMs = 0;
  let doneBefore = 0;
  const payload = ({
    done,
    total,
    responders,
  }: ProgressState): { rate: number; responders: number; left: string } => {
    const seconds = (clock.monotonicMs() - startedMs) / 1000;
    const rate = seconds > 0 ? (done - doneBefore) / seconds : 0;
    return {
      rate: Math.round(rate),
      responders,
      left: rate > 0 ? formatSeconds((total - done) / rate) : '?',
    };
  };
  return {
    start(stage, state) {
      startedMs = clock.monotonicMs();
      doneBefore = state.done;
      bar = new SingleBar({
        stream,
        format: `${stage} {bar} {percentage}% | {value}/{total} | {rate}/s | {responders} responders | {left} left`,
        hideCursor: true,
        clearOnComplete: false,
        barsize: 24,
      });
      bar.start(state.total, state.done, payload(state));
    },
    update(state) {
      bar?.setTotal(state.total);
      bar?.update(state.done, payload(state));
    },
    stop(state) {
      bar?.update(state.done, payload(state));
      bar?.stop();
      bar = undefined;
    },
  };
}

function createLines(stream: NodeJS.WriteStream, clock: Clock): Progress {
  let stage = '';
  let startedMs = 0;
  let doneBefore = 0;
  let tenths = 0;
  const line = ({ done, total, responders }: ProgressState): void => {
    const seconds = (clock.monotonicMs() - startedMs) / 1000;
    const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
    const rate = seconds > 0 ? Math.round((done - doneBefore) / seconds) : 0;
    stream.write(`${stage}: ${percent} % (${done} of ${total}), ${rate}/s, ${responders} responders\n`);
  };
  return {
    start(name, state) {
      stage = name;
      startedMs = clock.monotonicMs();
      doneBefore = state.done;
      tenths = tenthsOf(state);
      stream.write(`${stage}: started, ${state.total - state.done} to do\n`);
    },
    update(state) {
      const reached = tenthsOf(state);
      if (reached <= tenths || state.done >= state.total) return;
      tenths = reached;
      line(state);
    },
    stop: line,
  };
}

function tenthsOf({ done, total }: ProgressState): number {
  return Math.floor((done / Math.max(1, total)) * 10);
}

function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}s`;
  return `${Math.floor(whole / 3600)}h${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')}m`;
}
