import type { SingleBar } from 'cli-progress';
import type { Clock } from '../domain/time.js';
import type { Progress, ProgressState } from '../engine/progress.js';

/** A bar on a terminal, lines where output is no terminal: one at the start, each 10 % and the end. */
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
  // Loaded only for a terminal.
  const { SingleBar } = (await import('cli-progress')).default;
  let bar: SingleBar | undefined;
  let speed = createSpeed(clock, { done: 0, total: 0, responders: 0 });
  const payload = (
    state: ProgressState,
    perSecond: Rates,
  ): { rate: string; responders: number; left: string } => ({
    rate: rateText(perSecond),
    responders: state.responders,
    left: perSecond.done > 0 ? formatSeconds((state.total - state.done) / perSecond.done) : '?',
  });
  return {
    start(stage, state) {
      speed = createSpeed(clock, state);
      bar = new SingleBar({
        stream,
        format: `${stage} {bar} {percentage}% | {value}/{total} | {rate} | {responders} responders | {left} left`,
        hideCursor: true,
        clearOnComplete: false,
        barsize: 24,
      });
      bar.start(state.total, state.done, payload(state, speed.whole(state)));
    },
    update(state) {
      bar?.setTotal(state.total);
      bar?.update(state.done, payload(state, speed.recent(state)));
    },
    stop(state) {
      bar?.update(state.done, payload(state, speed.whole(state)));
      bar?.stop();
      bar = undefined;
    },
  };
}

function createLines(stream: NodeJS.WriteStream, clock: Clock): Progress {
  let stage = '';
  let tenths = 0;
  let speed = createSpeed(clock, { done: 0, total: 0, responders: 0 });
  const line = ({ done, total, responders }: ProgressState, perSecond: Rates): void => {
    const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
    stream.write(
      `${stage}: ${percent} % (${done} of ${total}), ${rateText(perSecond)}, ${responders} responders\n`,
    );
  };
  return {
    start(name, state) {
      stage = name;
      speed = createSpeed(clock, state);
      tenths = tenthsOf(state);
      stream.write(`${stage}: started, ${state.total - state.done} to do\n`);
    },
    update(state) {
      const perSecond = speed.recent(state);
      const reached = tenthsOf(state);
      if (reached <= tenths || state.done >= state.total) return;
      tenths = reached;
      line(state, perSecond);
    },
    stop(state) {
      line(state, speed.whole(state));
    },
  };
}

/** A second: of what the stage counts, and packets where it sends any. */
interface Rates {
  readonly done: number;
  readonly sent?: number;
}

/** So many seconds back a rate looks: short enough to show a pause, long enough not to jump. */
const RECENT_MS = 5000;

/** How fast a stage is, lately and from its start on. `recent` is asked at each update, and remembers what it is told. */
function createSpeed(
  clock: Clock,
  start: ProgressState,
): { recent(state: ProgressState): Rates; whole(state: ProgressState): Rates } {
  const first = { ms: clock.monotonicMs(), state: start };
  const seen = [first];
  const between = (from: typeof first, state: ProgressState): Rates => {
    const seconds = (clock.monotonicMs() - from.ms) / 1000;
    const rate = (now = 0, before = 0): number => (seconds > 0 ? (now - before) / seconds : 0);
    return {
      done: rate(state.done, from.state.done),
      ...(state.sent !== undefined && { sent: rate(state.sent, from.state.sent) }),
    };
  };
  return {
    recent(state) {
      const ms = clock.monotonicMs();
      while (seen.length > 1 && ms - (seen[1]?.ms ?? ms) >= RECENT_MS) seen.shift();
      const rates = between(seen[0] ?? first, state);
      seen.push({ ms, state });
      return rates;
    },
    whole: (state) => between(first, state),
  };
}

/** Places of a sweep's order are passed over where a host has answered: packets are what is sent. */
function rateText({ done, sent }: Rates): string {
  return sent === undefined ? `${Math.round(done)}/s` : `${Math.round(sent)} packets/s`;
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
