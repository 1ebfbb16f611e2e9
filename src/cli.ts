#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { systemClock } from './system-clock.js';
import { SystemFault } from './domain/system-fault.js';
import { UsageError } from './domain/usage-error.js';

/**
 * argv to command, error to exit code; the only place that ends the process. The first signal asks the command
 * to stop and write what it knows, the second one leaves at once: files are written under a temporary name
 * and renamed, so even then none is half-written.
 */
const stop = new AbortController();
// What a sweep allocates dies at once, so a young generation that grows gains no time: it only costs 15 MB. What lives
// on is little: collecting at a fifth more of it, or at 2 MB more where V8 would wait for 8, costs little time and holds
// less garbage. What runs often is compiled by TurboFan; code of Sparkplug for what runs now and then takes a megabyte.
// All else is loaded after that, for loading alone makes the young generation grow.
for (const flag of [
  '--semi-space-growth-factor=1',
  '--heap-growing-percent=20',
  '--optimize-for-size',
  '--no-sparkplug',
])
  setFlagsFromString(flag);
const { runCommandLine } = await import('./command-line.js');
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(code);
    process.stderr.write(
      'ampscope: stopping as soon as what is under way is over; once more to leave at once\n',
    );
    stop.abort(code);
  });
// The reader of our output may have gone, or the disk that it goes to may be full. What is known is in files.
const output = { isLost: false };
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (output.isLost) return;
  output.isLost = true;
  process.exitCode = 1;
  const reason = error.code === 'EPIPE' ? 'its reader has closed it' : 'it cannot be written';
  process.stderr.write(
    `ampscope: error: standard output is cut short: ${reason} (${error.code ?? error.message})\n` +
      'ampscope: hint: the reports of a run are whole, in its directory\n',
  );
});
// There is no output left to write to.
process.stderr.on('error', () => undefined);

const { stdin, stdout, stderr } = process;
try {
  const code = await runCommandLine(
    process.argv.slice(2),
    {
      stdin,
      stdout,
      stderr,
      clock: systemClock,
      stop: stop.signal,
      onHangup(listener) {
        process.on('SIGHUP', listener);
        return () => process.off('SIGHUP', listener);
      },
    },
    process.env,
  );
  process.exitCode = output.isLost ? 1 : code;
} catch (error) {
  process.exitCode = await complain(error);
}

async function complain(error: unknown): Promise<number> {
  // Stopped while it waited for its input: nothing was begun, and there is nothing to say.
  const { aborted, reason } = stop.signal as { readonly aborted: boolean; readonly reason: unknown };
  if (aborted && typeof reason === 'number' && (error === reason || isAbort(error))) return reason;
  if (error instanceof UsageError) {
    stderr.write(`ampscope: error: ${error.message}\nampscope: hint: ${error.hint}\n`);
    return 2;
  }
  if (error instanceof SystemFault) {
    stderr.write(`ampscope: error: ${error.message}\nampscope: hint: ${error.hint}\n`);
    return 1;
  }
  if (error instanceof Error && 'syscall' in error && 'path' in error) {
    stderr.write(`ampscope: error: ${String(error.path)}: ${error.message.split(',')[0] ?? ''}\n`);
    stderr.write('ampscope: hint: name a place that you may read and write, with room on its disk\n');
    return 2;
  }
  const { withSourcePlaces } = await import('./source-places.js');
  const detail = error instanceof Error ? withSourcePlaces(error.stack ?? error.message) : String(error);
  stderr.write(`ampscope: error: a fault of ampscope itself: ${detail}\n`);
  stderr.write('ampscope: hint: please report it with the command that you ran\n');
  return 1;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
