/**
 * Stands for node:test in an environment of `tests-in-process.ts`: it keeps the tests of a file, to be called as often as
 * there are mutants. What the tests of the rooms use of node:test is here, and nothing else.
 */
type Hook = () => unknown;

interface Suite {
  readonly name: string;
  readonly around: Suite | undefined;
  readonly before: Hook[];
  readonly beforeEach: Hook[];
  readonly afterEach: Hook[];
}

interface KnownTest {
  readonly name: string;
  readonly suite: Suite;
  readonly body: (context: { after(hook: Hook): void }) => unknown;
}

const suiteIn = (around: Suite | undefined, name: string): Suite => ({
  name,
  around,
  before: [],
  beforeEach: [],
  afterEach: [],
});
let current = suiteIn(undefined, '');
const afterAll: Hook[] = [];
const known: KnownTest[] = [];

export function describe(name: string, body: () => void): void {
  const around = current;
  current = suiteIn(around, name);
  body();
  current = around;
}

export function it(name: string, body: KnownTest['body']): void {
  known.push({ name, suite: current, body });
}

export const before = (hook: Hook): unknown => current.before.push(hook);
export const beforeEach = (hook: Hook): unknown => current.beforeEach.push(hook);
export const afterEach = (hook: Hook): unknown => current.afterEach.push(hook);
/** Called when the environment is done with, whatever its suite. */
export const after = (hook: Hook): unknown => afterAll.unshift(hook);
export { describe as suite, it as test };

export interface LoadedTest {
  /** With the names of its suites; unique in its file. */
  readonly name: string;
  /** Rejects where it fails. */
  run(): Promise<void>;
}

/** The tests of this environment, in order. */
export function loadedTests(): readonly LoadedTest[] {
  return known.map(({ name, suite, body }, index) => {
    const suites = outermostFirst(suite);
    return {
      name: [index, ...suites.map((each) => each.name), name].join(' > '),
      run: async () => {
        const afterThis: Hook[] = [];
        // Once for each suite.
        for (const each of suites) await call(each.before.splice(0));
        await call(suites.flatMap((each) => each.beforeEach));
        try {
          await body({ after: (hook) => afterThis.push(hook) });
        } finally {
          await call([...afterThis, ...suites.toReversed().flatMap((each) => each.afterEach)]);
        }
      },
    };
  });
}

export async function close(): Promise<void> {
  await call(afterAll.splice(0));
}

function outermostFirst(suite: Suite | undefined): readonly Suite[] {
  return suite === undefined ? [] : [...outermostFirst(suite.around), suite];
}

async function call(hooks: readonly Hook[]): Promise<void> {
  for (const hook of hooks) await hook();
}
