/**
 * `npm run mutation -- ROOM…`: StrykerJS changes the compiled code of these rooms, one place at a time, and runs the tests
 * that reach it; a change that no test notices survives, and is printed. `ROOM/FILE` is one file of it; without a room it is
 * all of them: hours. What neither the code nor its tests have changed since the last time is taken from its results.
 * Version 9, for 10 needs Node 22. It has a package of its own here, so that `npm ci` does not bring it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { repositoryRoot } from '../repository.js';

interface Room {
  /** Compiled files, below dist/src. */
  readonly mutate: readonly string[];
  /** Compiled tests, below dist/test: those of the room, without what takes longer than some seconds. */
  readonly tests: readonly string[];
  /** Whether its modules themselves remember anything from one call to the next. */
  readonly remembers?: true;
}

const ROOMS: Readonly<Record<string, Room>> = {
  domain: {
    mutate: ['domain/*.js'],
    tests: ['domain/!(*-cost).test.js', 'reports/published-schemas.test.js'],
    remembers: true,
  },
  guard: { mutate: ['scope/guard.js'], tests: ['scope/guard.test.js'], remembers: true },
  scope: { mutate: ['scope/*.js'], tests: ['scope/*.test.js'], remembers: true },
  sweep: { mutate: ['sweep/*.js'], tests: ['sweep/*.test.js'] },
  measure: { mutate: ['measure/*.js'], tests: ['measure/!(exchange-in-real-time).test.js'] },
  engine: { mutate: ['engine/*.js'], tests: ['engine/!(random-networks|worker-thread).test.js'] },
  history: { mutate: ['history/*.js'], tests: ['history/!(any-weeks|status).test.js'], remembers: true },
  settings: { mutate: ['settings/*.js'], tests: ['settings/!(every-option).test.js'], remembers: true },
};

const home = join(repositoryRoot, 'test', 'mutation');
const cache = join(repositoryRoot, '.cache', 'mutation');
const build = relative(repositoryRoot, join(import.meta.dirname, '..', '..'));

const args = process.argv.slice(2);
/** By room, the files of it; none: all. */
const asked = new Map(
  (args.length > 0 ? args : Object.keys(ROOMS)).map((arg) => [roomOf(arg), [] as string[]]),
);
for (const arg of args.filter((each) => each.includes('/')))
  asked.get(roomOf(arg))?.push(arg.split('/')[1] ?? '');
if (!existsSync(join(home, 'node_modules'))) run('npm', ['ci', '--no-audit', '--no-fund'], home);
mkdirSync(cache, { recursive: true });
for (const [name, files] of asked) {
  const room = ROOMS[name];
  if (room === undefined) throw new Error(`no room ${name}: one of ${Object.keys(ROOMS).join(', ')}`);
  const mutate = files.map((file) => join(dirname(room.mutate[0] ?? ''), `${file}.js`));
  const path = join(cache, `${name}.json`);
  writeFileSync(
    path,
    JSON.stringify(configuration(name, mutate.length > 0 ? { ...room, mutate } : room), undefined, 2),
  );
  run(join(home, 'node_modules', '.bin', 'stryker'), ['run', path], repositoryRoot);
}

function roomOf(arg: string): string {
  return arg.split('/')[0] ?? '';
}

function configuration(
  name: string,
  { mutate, tests, remembers = false }: Omit<Room, 'remembers'> & { readonly remembers?: boolean },
): unknown {
  return {
    testRunner: 'in-process',
    plugins: [join(import.meta.dirname, 'tests-in-process.js')],
    // What is loaded anew for a mutant is never let go.
    maxTestRunnerReuse: remembers ? 200 : 1000,
    mutate: mutate.map((file) => `${build}/src/${file}`),
    nodeTest: { testFiles: tests.map((file) => `${build}/test/${file}`), remembers },
    coverageAnalysis: 'perTest',
    concurrency: 2,
    // What a mutant makes endless ends here; a busy machine needs longer than the usual factor.
    timeoutMS: 20_000,
    incremental: true,
    incrementalFile: join('.cache', 'mutation', `${name}-incremental.json`),
    reporters: ['clear-text', 'json', 'progress-append-only'],
    clearTextReporter: { logTests: false },
    jsonReporter: { fileName: join('.cache', 'mutation', `${name}-result.json`) },
    tempDirName: join('.cache', 'mutation', 'sandbox'),
    ignorePatterns: ['.cache', 'coverage', 'exposure', 'test/mutation/node_modules'],
  };
}

function run(program: string, args: readonly string[], cwd: string): void {
  const { status, error } = spawnSync(program, args, { cwd, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
