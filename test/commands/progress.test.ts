import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createProgress } from '../../src/commands/progress.js';
import type { Clock } from '../../src/domain/time.js';

/** What a stream that is no terminal gets to read, and a clock that stands until it is moved. */
async function watched(): Promise<{
  readonly progress: Awaited<ReturnType<typeof createProgress>>;
  readonly lines: string[];
  readonly move: (ms: number) => void;
}> {
  let nowMs = 0;
  const lines: string[] = [];
  const stream = { isTTY: false, write: (text: string) => lines.push(text) };
  const clock = { monotonicMs: () => nowMs } as Clock;
  return {
    progress: await createProgress(stream as unknown as NodeJS.WriteStream, clock, false),
    lines,
    move(ms) {
      nowMs += ms;
    },
  };
}

describe('the progress of a sweep', () => {
  it('shows packets per second as sent, not the places of the order that were passed over', async () => {
    const { progress, lines, move } = await watched();
    progress.start('sweep', { done: 100, total: 10_100, responders: 0, sent: 50 });
    move(1000);
    progress.update({ done: 2100, total: 10_100, responders: 7, sent: 550 });
    assert.equal(lines.at(-1), 'sweep: 20 % (2100 of 10100), 500 packets/s, 7 responders\n');
    move(3000);
    progress.stop({ done: 10_100, total: 10_100, responders: 9, sent: 1250 });
    assert.equal(lines.at(-1), 'sweep: 100 % (10100 of 10100), 300 packets/s, 9 responders\n');
  });

  it('shows the rate of late, and that of the whole stage at its end', async () => {
    const { progress, lines, move } = await watched();
    progress.start('sweep', { done: 0, total: 1000, responders: 0, sent: 0 });
    for (let second = 1; second <= 20; second++) {
      move(1000);
      // Ten a second at first, then a hundred.
      const sent = second <= 10 ? 10 * second : 100 + 90 * (second - 10);
      progress.update({ done: sent, total: 1000, responders: 0, sent });
    }
    assert.equal(lines.at(-1), 'sweep: 91 % (910 of 1000), 90 packets/s, 0 responders\n');
    progress.stop({ done: 1000, total: 1000, responders: 0, sent: 1000 });
    assert.equal(lines.at(-1), 'sweep: 100 % (1000 of 1000), 50 packets/s, 0 responders\n');
  });

  it('of a stage that counts hosts shows hosts per second', async () => {
    const { progress, lines, move } = await watched();
    progress.start('measurement', { done: 0, total: 10, responders: 10 });
    move(2000);
    progress.stop({ done: 10, total: 10, responders: 10 });
    assert.deepEqual(lines, [
      'measurement: started, 10 to do\n',
      'measurement: 100 % (10 of 10), 5/s, 10 responders\n',
    ]);
  });
});
