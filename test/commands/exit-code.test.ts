import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EXIT } from '../../src/commands/command.js';
import { exitCodeOf } from '../../src/commands/exit-code.js';

type Run = Parameters<typeof exitCodeOf>[0];
const WHOLE: Run = { complete: true, directory: 'run', losses: { any: false } };
const INCOMPLETE: Run = { ...WHOLE, complete: false };
const LOSSY: Run = { ...WHOLE, losses: { any: true } };
const NEVER = new AbortController().signal;
const INTERRUPTED = AbortSignal.abort(130);

describe('the exit code of a scan', () => {
  it('is that of the signal, then losses of any kind, then findings, and 0 for none of them', () => {
    const codeOf = (run: Run, stop: AbortSignal, isFailed: boolean): number =>
      exitCodeOf(run, stop, isFailed, { stderr: { write: () => true } as never });
    assert.equal(codeOf(INCOMPLETE, INTERRUPTED, true), 130);
    assert.equal(codeOf(LOSSY, INTERRUPTED, true), 130);
    assert.equal(codeOf(INCOMPLETE, NEVER, true), EXIT.losses);
    assert.equal(codeOf(LOSSY, NEVER, true), EXIT.losses);
    assert.equal(codeOf({ ...WHOLE, suspect: [] as never }, NEVER, true), EXIT.losses);
    assert.equal(codeOf(WHOLE, NEVER, true), EXIT.findings);
    assert.equal(codeOf(WHOLE, NEVER, false), EXIT.finished);
  });
});
