/**
 * A test runner of StrykerJS that starts no process for a mutant: it loads the tests of a room once and calls those that
 * reach the mutant, each in milliseconds. What a module evaluates while it is loaded is loaded anew, in an environment of its
 * own. Two rules give the verdict that a fresh process would give: a test that fails with a mutant has to pass without it
 * in the same environment, and what survives there is tried once more in a fresh one where modules of the room remember
 * anything from call to call.
 */
import { createRequire, register } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { beginCallingTests, failureOf } from './call-test.js';
import type * as testDouble from './node-test-double.js';

/** What StrykerJS's instrumented code reads and writes: its `INSTRUMENTER_CONSTANTS`. */
interface Switchboard {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: { readonly static: object; readonly perTest: Record<string, Record<string, number>> };
}

const switchboard = ((globalThis as { __stryker__?: Switchboard }).__stryker__ ??= {});

interface Environment {
  readonly tests: readonly testDouble.LoadedTest[];
  close(): Promise<void>;
}

interface MutantRun {
  readonly activeMutant: { readonly id: string };
  readonly testFilter?: readonly string[];
  readonly hitLimit?: number;
}

type Verdict =
  | {
      readonly status: 'killed';
      readonly killedBy: readonly string[];
      readonly failureMessage: string;
      readonly nrOfTests: number;
    }
  | { readonly status: 'survived'; readonly nrOfTests: number }
  | { readonly status: 'timeout'; readonly reason: string };

class TestsInProcess {
  static readonly inject = ['options'] as const;
  readonly #patterns: readonly string[];
  readonly #remembers: boolean;
  #files: readonly string[] = [];
  readonly #warm = new Map<string, Environment>();
  #environments = 0;

  constructor({
    nodeTest,
  }: {
    readonly nodeTest: { readonly testFiles: readonly string[]; readonly remembers: boolean };
  }) {
    this.#patterns = nodeTest.testFiles;
    this.#remembers = nodeTest.remembers;
  }

  capabilities(): { readonly reloadEnvironment: boolean } {
    return { reloadEnvironment: true };
  }

  async init(): Promise<void> {
    const glob = createRequire(import.meta.url)(
      resolve(import.meta.dirname, '../../../test/mutation/node_modules/glob'),
    ) as { globSync: (patterns: readonly string[]) => string[] };
    this.#files = glob.globSync(this.#patterns).sort();
    const data = { root: pathToFileURL(process.cwd()).href, testDouble: here('node-test-double.js') };
    register(here('environments.js'), { data });
    await import(pathToFileURL(join(process.cwd(), 'dist/test/property-seed.js')).href);
    beginCallingTests();
    // That a property fails is enough.
    fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });
  }

  async dryRun(): Promise<unknown> {
    const tests: object[] = [];
    const perTest: Record<string, Record<string, number>> = {};
    for (const file of this.#files) {
      const environment = await this.#warmOf(file);
      for (const test of environment.tests) {
        const id = idOf(file, test);
        const from = Date.now();
        switchboard.currentTestId = id;
        const failure = await failureOf(test);
        switchboard.currentTestId = undefined;
        const outcome = failure === undefined ? { status: 0 } : { status: 1, failureMessage: failure };
        tests.push({ id, name: id, fileName: resolve(file), timeSpentMs: Date.now() - from, ...outcome });
        perTest[id] = { ...coverageOf(loadingOf(file)), ...coverageOf(id) };
      }
    }
    return { status: 'complete', tests, mutantCoverage: { static: {}, perTest } };
  }

  async mutantRun({ activeMutant: { id }, testFilter, hitLimit }: MutantRun): Promise<Verdict> {
    const wanted = testFilter && new Set(testFilter);
    let count = 0;
    let isInDoubt = this.#remembers;
    for (const isFresh of [false, true])
      for (const file of this.#files) {
        if (wanted && ![...wanted].some((test) => test.startsWith(`${file}: `))) continue;
        await this.#warmOf(file);
        const isLoaded = Object.hasOwn(coverageOf(loadingOf(file)), id);
        if (isFresh ? !isInDoubt && !isLoaded : isLoaded) continue;
        activate(isFresh ? id : undefined, hitLimit);
        const environment = isFresh ? await this.#load(file).catch(String) : await this.#warmOf(file);
        if (typeof environment === 'string') {
          const isEndless = wasLimitReached();
          activate(undefined);
          if (isEndless) return ENDLESS;
          return {
            status: 'killed',
            killedBy: [...(wanted ?? [])].slice(0, 1),
            failureMessage: environment,
            nrOfTests: 0,
          };
        }
        for (const test of environment.tests) {
          if (wanted && !wanted.has(idOf(file, test))) continue;
          count++;
          if (!isFresh) activate(id, hitLimit);
          const failure = await failureOf(test);
          const isEndless = wasLimitReached();
          if (failure === undefined && !isEndless) continue;
          activate(undefined);
          if (isEndless) return ENDLESS;
          if (!isFresh && (await failureOf(test)) !== undefined) {
            this.#warm.delete(file);
            isInDoubt = true;
            break;
          }
          return {
            status: 'killed',
            killedBy: [idOf(file, test)],
            failureMessage: failure ?? '',
            nrOfTests: count,
          };
        }
        activate(undefined);
        if (isFresh) await environment.close();
      }
    return { status: 'survived', nrOfTests: count };
  }

  async dispose(): Promise<void> {
    for (const environment of this.#warm.values()) await environment.close();
  }

  async #warmOf(file: string): Promise<Environment> {
    const environment = this.#warm.get(file) ?? (await this.#load(file));
    this.#warm.set(file, environment);
    return environment;
  }

  async #load(file: string): Promise<Environment> {
    const inside = `?environment=${++this.#environments}`;
    switchboard.currentTestId = loadingOf(file);
    try {
      await import(pathToFileURL(resolve(file)).href + inside);
    } finally {
      switchboard.currentTestId = undefined;
    }
    const double = (await import(here('node-test-double.js') + inside)) as typeof testDouble;
    return { tests: double.loadedTests(), close: double.close };
  }
}

const ENDLESS = { status: 'timeout', reason: 'hit limit reached' } as const;

function activate(id: string | undefined, hitLimit?: number): void {
  switchboard.activeMutant = id;
  switchboard.hitCount = hitLimit === undefined ? undefined : 0;
  switchboard.hitLimit = hitLimit;
}

function wasLimitReached(): boolean {
  const { hitCount = 0, hitLimit = Infinity } = switchboard;
  return hitCount > hitLimit;
}

const coverageOf = (id: string): Record<string, number> => switchboard.mutantCoverage?.perTest[id] ?? {};
const loadingOf = (file: string): string => `loading ${file}`;
const idOf = (file: string, test: testDouble.LoadedTest): string => `${file}: ${test.name}`;
const here = (file: string): string => pathToFileURL(join(import.meta.dirname, file)).href;

export const strykerPlugins = [{ kind: 'TestRunner', name: 'in-process', injectableClass: TestsInProcess }];
export const strykerValidationSchema = { properties: { nodeTest: { type: 'object' } } };
