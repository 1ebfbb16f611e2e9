/**
 * The test runner: `npm test` runs everything, `npm test -- dns servers` what has one of these words in its path, and
 * `npm run test:quick` what needs neither root nor fetched programs, without the built command and without coverage.
 * As root it first fetches the programs that the chosen tests need: servers, a spreadsheet, a browser. Its last line
 * is `N passed, N failed`.
 * Properties are tried from one seed, so that a run can be repeated; `AMPSCOPE_TEST_SEED=random npm test` looks further.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { repositoryRoot } from './repository.js';
import { fetchPackages, whyMissing } from './packages/fetch.js';
import { PACKAGE_SETS, type Room } from './packages/packages.js';

/** They begin first, so that none of them goes on alone at the end: what takes longest, longest first. */
const LONGEST = [
  'cli/resume',
  'servers/losses',
  'servers/outage',
  'cli/privacy',
  'servers/servers',
  'servers/politeness',
  'servers/until-quiet',
  'cli/inspect',
  'invariants/memory-follows-responders',
  'cli/stories',
  'cli/package',
  'servers/bittorrent',
  'servers/history',
  'cli/slow-hosts',
  'cli/mutated-hosts',
  'history/any-weeks',
  'cli/weekly',
  'servers/self-checks',
  'browser/report',
  'servers/snmp',
  'cli/live-scope',
  'cli/wrong-use',
  'cli/kill-at-every-step',
  'cli/shard',
  'invariants/scope-arithmetic',
].map((name) => `${name.replace('/', sep)}.test.js`);

interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const isQuick = process.argv.includes('--quick');
const filters = process.argv.slice(2).filter((word) => word !== '--quick');
const files = testFiles().filter((file) => {
  const path = relative(import.meta.dirname, file);
  if (isQuick && !isQuickFile(path)) return false;
  return filters.length === 0 || filters.some((filter) => path.includes(filter));
});
if (files.length === 0) console.log(`no test file matches ${filters.join(' ')}`);
else preparePackages();
const tally = files.length === 0 ? { passed: 0, failed: 0, skipped: 0 } : run(files);
handBack();
const skipsCount = process.env['CI'] === 'true';
if (skipsCount && tally.skipped > 0) console.log(`CI=true: ${tally.skipped} skipped tests count as failures`);
console.log(lineOf(tally));
process.exitCode = tally.failed > 0 || tally.passed === 0 || (skipsCount && tally.skipped > 0) ? 1 : 0;

/** Compiled tests whose source is still there: a build leaves those of deleted sources behind. The longest come first. */
function testFiles(): string[] {
  const place = (file: string): number => (LONGEST.includes(file) ? LONGEST.indexOf(file) : LONGEST.length);
  return readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.js'))
    .filter((file) => existsSync(join(repositoryRoot, 'test', file.replace(/\.js$/, '.ts'))))
    .sort()
    .sort((a, b) => place(a) - place(b))
    .map((file) => join(import.meta.dirname, file));
}

/**
 * The long part is what needs fetched programs, the tests of the built command, what compiles the sources again, and what
 * else takes long.
 */
function isQuickFile(path: string): boolean {
  const [folder] = path.split(sep);
  if (folder === 'cli' || folder === 'new-probe' || LONGEST.includes(path)) return false;
  return Object.values(PACKAGE_SETS).every(({ room }) => room !== folder);
}

/** Fetches what the chosen tests need, and says which of them will be skipped, and why. */
function preparePackages(): void {
  const chosen = new Set(files.map((file) => relative(import.meta.dirname, file).split(sep)[0]));
  for (const room of new Set(Object.values(PACKAGE_SETS).map((set): Room => set.room))) {
    if (!chosen.has(room)) continue;
    let why: string | undefined;
    try {
      if (process.getuid?.() === 0)
        fetchPackages(room, (line) => {
          console.log(line);
        });
      why = whyMissing(room);
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
    if (why !== undefined) console.log(`skipping the tests of test/${room}: ${why}`);
  }
}

/** Runs the files, all but the quick part under c8, which leaves its report in coverage/, and counts the tests. */
function run(list: readonly string[]): Tally {
  const coverage = join(repositoryRoot, 'coverage');
  if (!isQuick) rmSync(coverage, { recursive: true, force: true });
  mkdirSync(coverage, { recursive: true });
  const [tap, tapAgain] = [join(coverage, 'tests.tap'), join(coverage, 'tests-again.tap')];
  for (const file of [tap, tapAgain]) rmSync(file, { force: true });
  const build = relative(repositoryRoot, join(import.meta.dirname, '..'));
  const c8 = [
    join(repositoryRoot, 'node_modules', 'c8', 'bin', 'c8.js'),
    ...['--reporter=text-summary', '--reporter=lcov', '--reporter=json-summary'],
    ...[`--report-dir=${coverage}`, `--temp-directory=${join(coverage, 'raw')}`, '--all'],
    ...['src', 'probes', 'reports'].map((room) => `--include=${build}/${room}/**`),
  ];
  const node = [
    ...[process.execPath, `--import=${join(import.meta.dirname, 'property-seed.js')}`],
    ...[join(import.meta.dirname, 'run-files.js'), tap, tapAgain, ...list],
  ];
  const { status, error } = spawnSync(process.execPath, isQuick ? node.slice(1) : [...c8, ...node], {
    cwd: repositoryRoot,
    stdio: 'inherit',
  });
  if (error) throw error;
  const tally = afterAgain(readTally(tap), existsSync(tapAgain) ? readTally(tapAgain) : undefined);
  // A runner that fails without a failed test, out of memory say, must not pass.
  return status !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

/** Files that root has written into another user's checkout get that user as their owner. */
function handBack(): void {
  const { uid, gid } = statSync(repositoryRoot);
  if (process.getuid?.() !== 0 || uid === 0) return;
  const folders = ['.cache', 'coverage', 'dist']
    .map((folder) => join(repositoryRoot, folder))
    .filter((folder) => existsSync(folder));
  spawnSync('chown', ['-R', `${uid}:${gid}`, ...folders]);
}

/** What failed at first and passed when its file ran again, alone, has passed, and is named as unsteady. */
function afterAgain(first: Tally, again: Tally | undefined): Tally {
  if (!again) return first;
  const mended = first.failed - again.failed;
  if (mended > 0)
    console.log(`unsteady: ${mended} failed beside other tests, and passed when run again alone`);
  return { ...first, passed: first.passed + mended, failed: again.failed };
}

/** TAP ends with `# pass 12` and its like; a cancelled test is one that failed. */
function readTally(path: string): Tally {
  const tap = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const end = tap.slice(tap.lastIndexOf('\n# tests '));
  const count = (word: string): number => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(end)?.[1] ?? 0);
  return {
    passed: count('pass'),
    failed: count('fail') + count('cancelled'),
    skipped: count('skipped') + count('todo'),
  };
}

function lineOf({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
