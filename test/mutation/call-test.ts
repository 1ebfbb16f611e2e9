/** Calls a test in a process that has called others before, some of which a mutant made fail halfway. */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** The test under way. */
let current: { readonly fail: (error: unknown) => void } | undefined;
/** Of what keeps this process alive, when no test is under way. */
let fewestActive = Infinity;

/**
 * A test that failed may have left loops that go on for ever: what one test began is not done in a later one. And what
 * throws or rejects outside of its promise fails the test under way, as node:test has it.
 */
export function beginCallingTests(): void {
  const { setImmediate: immediate, setTimeout: timeout } = globalThis;
  const ofThisTest = (act: () => void): (() => void) => {
    const own = current;
    return () => {
      if (own === current) act();
    };
  };
  Object.assign(globalThis, {
    setImmediate: (act: () => void) => immediate(ofThisTest(act)),
    setTimeout: (act: () => void, ms?: number) => timeout(ofThisTest(act), ms),
  });
  for (const event of ['uncaughtException', 'unhandledRejection'])
    process.on(event, (error) => current?.fail(error));
}

/** @returns what the test failed with; undefined where it passed. */
export async function failureOf(test: { run(): Promise<void> }): Promise<string | undefined> {
  fewestActive = Math.min(fewestActive, activeNow());
  const over = new AbortController();
  const failedElsewhere = new Promise<never>((_, reject) => {
    current = {
      fail(error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    };
  });
  // What it left to reject or to throw does so within a turn.
  const passed = test.run().then(() => nextTurn());
  try {
    await Promise.race([passed, failedElsewhere, neverEnds(over.signal)]);
    return undefined;
  } catch (error) {
    // What else fails with it is no failure of the next one.
    for (let turn = 0; turn < 3; turn++) await nextTurn();
    return String(error);
  } finally {
    over.abort();
    current = undefined;
  }
}

/** Rejects when nothing is under way that could still end the test: where it runs alone, Node ends its process then. */
async function neverEnds(signal: AbortSignal): Promise<void> {
  for (let idle = 0; idle < 3; idle++) {
    await sleep(20, undefined, { ref: false });
    if (signal.aborted) return;
    if (activeNow() > fewestActive) idle = 0;
  }
  throw new Error('the test waits for something that never comes');
}

function activeNow(): number {
  return process.getActiveResourcesInfo().length;
}
