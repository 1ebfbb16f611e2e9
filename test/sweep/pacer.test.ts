import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { RateShare } from '../../src/sweep/pacer.js';
import {
  createPacer,
  createPacerOfShare,
  createReplyBudget,
  createRoundPacer,
  createSharedReplyBudget,
} from '../../src/sweep/pacer.js';

/** How late each wake-up is, over and over: mostly punctual, sometimes by a little, sometimes by an age. */
const lateness = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 4, arbitrary: fc.double({ min: 0, max: 5, noNaN: true }) },
    { weight: 2, arbitrary: fc.double({ min: 0, max: 300, noNaN: true }) },
    { weight: 1, arbitrary: fc.constant(3_600_000) },
  ),
  { minLength: 1, maxLength: 60 },
);

describe('the pacer', () => {
  it('never lets out more than rate × window + one batch, in any window, however late its sleeper wakes', () => {
    const rate = fc.double({ min: 0.5, max: 100_000, noNaN: true });
    fc.assert(
      fc.property(rate, fc.integer({ min: 0, max: 20 }), lateness, (perSecond, tickMs, late) => {
        const pacer = createPacer(perSecond, tickMs);
        const times = simulate(pacer, 400, late);
        for (const [index, start] of times.entries()) {
          for (let end = index; end < times.length; end++) {
            const windowMs = (times[end] ?? 0) - start;
            const most = (perSecond * (windowMs + tickMs)) / 1000 + 1;
            if (end - index + 1 > most + 1e-3)
              assert.fail(`${end - index + 1} packets in ${windowMs} ms, ${most} allowed`);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('catches nothing up after a pause of an hour: one batch, then even steps', () => {
    const pacer = createPacer(1000, 5);
    const times = simulate(pacer, 100, [
      0,
      ...Array<number>(49).fill(0),
      3_600_000,
      ...Array<number>(49).fill(0),
    ]);
    const resumed = times.findIndex((time) => time > 3_600_000);
    const burst = times.filter((time) => time === times[resumed]).length;
    assert.equal(burst, 6);
    for (let i = resumed + burst; i < times.length; i++)
      assert.equal(Math.round((times[i] ?? 0) - (times[i - 1] ?? 0)), 1);
  });

  it('holds its rate within 0.1 % when timers are up to a millisecond late', () => {
    for (const perSecond of [100, 1000, 20_000, 50_000]) {
      // A second to settle: it begins with a batch.
      const times = simulate(createPacer(perSecond, 5), perSecond * 6, [0.2, 1, 0, 0.7]);
      const seconds = ((times[perSecond * 6 - 1] ?? 0) - (times[perSecond - 1] ?? 0)) / 1000;
      assert.ok(Math.abs(seconds - 5) < 0.005, `${perSecond}: ${seconds} s`);
    }
  });

  it('sends singly and evenly at low rates', () => {
    const times = simulate(createPacer(100, 5), 50, [0]).slice(1);
    for (const [index, time] of times.entries()) {
      const before = times[index - 1];
      if (before !== undefined) assert.ok(Math.abs(time - before - 10) < 1e-6);
    }
  });
});

describe('the pacers of several threads', () => {
  const shares = fc
    .array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 5 })
    .map((weights) => sharesOf(weights));

  it('let out no more together than one may, in any window, however late each of their sleepers wakes', () => {
    const rate = fc.double({ min: 0.5, max: 100_000, noNaN: true });
    fc.assert(
      fc.property(rate, fc.integer({ min: 0, max: 20 }), shares, lateness, (perSecond, tickMs, all, late) => {
        const times = all
          .flatMap((share, thread) => {
            const own = [...late.slice(thread % late.length), ...late];
            return simulate(createPacerOfShare(perSecond, tickMs, share), 400 / all.length, own);
          })
          .sort((a, b) => a - b);
        for (const [index, start] of times.entries()) {
          for (let end = index; end < times.length; end++) {
            const windowMs = (times[end] ?? 0) - start;
            const most = (perSecond * (windowMs + tickMs)) / 1000 + 1;
            if (end - index + 1 > most + 1e-3)
              assert.fail(`${end - index + 1} packets in ${windowMs} ms, ${most} allowed`);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('each hold their share within 0.1 % when timers are up to a millisecond late', () => {
    for (const perSecond of [1000, 20_000, 200_000]) {
      for (const share of sharesOf([1, 2, 1])) {
        const own = perSecond * (share.to - share.from);
        const times = simulate(createPacerOfShare(perSecond, 5, share), own * 6, [0.2, 1, 0, 0.7]);
        const seconds = ((times[own * 6 - 1] ?? 0) - (times[own - 1] ?? 0)) / 1000;
        assert.ok(Math.abs(seconds - 5) < 0.005, `${own} of ${perSecond}: ${seconds} s`);
      }
    }
  });

  it('use no time twice when the limit changes', () => {
    const pacer = createPacerOfShare(1000, 5, { from: 0, to: 1 });
    const before = simulate(pacer, 100, [0]);
    pacer.setLimit(2000);
    assert.ok(pacer.waitMs(before.at(-1) ?? 0) > 0, 'the batch of the tick is let out again');
    pacer.setLimit(10);
    const [first = 0, ...after] = simulate(pacer, 11, [0], before.at(-1));
    assert.ok(first - (before.at(-1) ?? 0) <= 100 + 1e-6);
    assert.equal(Math.round((after.at(-1) ?? 0) - first), 1000);
  });
});

function sharesOf(weights: readonly number[]): readonly RateShare[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const until = (index: number): number =>
    weights.slice(0, index).reduce((sum, weight) => sum + weight, 0) / whole;
  return weights.map((_, index) => ({ from: until(index), to: until(index + 1) }));
}

describe('a limit that changes', () => {
  it('holds for the packets after the change', () => {
    const pacer = createPacer(1000, 0);
    const leave = (fromMs: number, packets: number): number => {
      let now = fromMs;
      for (let i = 0; i < packets; i++) {
        now += pacer.waitMs(now);
        pacer.spend(now);
      }
      return now;
    };
    const at = leave(0, 101);
    assert.equal(Math.round(at), 100);
    pacer.setLimit(10);
    // The packet that is due already was spaced by the old limit, the nine after it by the new one.
    assert.equal(Math.round(leave(at, 10) - at), 901);
  });

  it('leaves debts as they are, and pays later ones off at the new speed', () => {
    const budget = createReplyBudget(1000);
    budget.charge(0, 1000);
    budget.setLimit(100);
    assert.equal(budget.waitMs(0), 1000);
    budget.charge(0, 100);
    assert.equal(budget.waitMs(0), 2000);
  });
});

describe('the round pacer', () => {
  it('lets a subnet have at most per_subnet + 1 packets in any second, however late and wherever the pauses', () => {
    const perSubnets = fc.oneof(
      fc.integer({ min: 1, max: 300 }),
      fc.double({ min: 0.2, max: 50, noNaN: true }),
    );
    fc.assert(
      fc.property(perSubnets, fc.integer({ min: 1, max: 5 }), lateness, (perSubnet, subnets, late) => {
        const times = roundTimes(perSubnet, subnets, 400, late);
        for (const ofSubnet of times) {
          for (let start = 0; start < ofSubnet.length; start++) {
            const end = start + Math.ceil(perSubnet) + 1;
            // So many and one more must not fit into a second.
            if ((ofSubnet[end] ?? Infinity) - (ofSubnet[start] ?? 0) < 1000 - 1e-3)
              assert.fail(`${Math.ceil(perSubnet) + 2} packets within a second`);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('lets no more of them out when a pause falls between two subnets of one round', () => {
    // A pause before the second subnet of the tenth round: its packet is late although its round began in time.
    const late = [...Array<number>(19).fill(0), 5000, ...Array<number>(300).fill(0)];
    const [, second = []] = roundTimes(10, 2, 60, late);
    const afterPause = second.filter((time) => time >= (second[9] ?? 0));
    assert.ok((afterPause[9] ?? 0) - (afterPause[0] ?? 0) >= 800 - 1e-6);
    assert.ok(
      (afterPause[11] ?? 0) - (afterPause[0] ?? 0) >= 1000 - 1e-3,
      'cap + 1 within a second, and no more',
    );
  });

  it('asks a host again no sooner than its places say, however late and wherever the pauses', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        lateness,
        (perSubnet, slower, late) => {
          const perHost = perSubnet / slower;
          const pad = Math.ceil(perSubnet / perHost) + 1;
          for (const ofSubnet of roundTimes(perSubnet, 3, 300, late)) {
            for (let round = pad; round < ofSubnet.length; round++) {
              const gapMs = (ofSubnet[round] ?? 0) - (ofSubnet[round - pad] ?? 0);
              if (gapMs < 1000 / perHost - 1e-3) assert.fail(`${gapMs} ms at ${perHost} a second`);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('holds its average when wake-ups are late by less than an interval', () => {
    const [times = []] = roundTimes(200, 1, 2000, [0.3, 1.2, 0, 4.5, 2]);
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
    assert.ok(Math.abs(seconds - 1999 / 200) < 0.01, `${seconds} s`);
  });

  it('costs no rate where rate and caps just meet: five subnets of 200 at 1,000, timers a millisecond late', () => {
    const [times = []] = roundTimes(200, 5, 2000, [0.3, 1.2, 0, 1, 0.6], 1000);
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
    assert.ok(seconds < (1999 / 200) * 1.005, `${seconds} s`);
  });

  it('waits in empty rounds as well', () => {
    const rounds = createRoundPacer(10);
    rounds.spend(0, 0);
    assert.equal(rounds.waitMs(0, 7), 600);
  });
});

describe('the reply budget', () => {
  it('lets nothing out while replies are not paid off, and everything at once after', () => {
    const budget = createReplyBudget(1_000_000);
    assert.equal(budget.waitMs(0), 0);
    budget.charge(0, 500_000);
    assert.equal(budget.waitMs(0), 500);
    budget.charge(100, 500_000);
    assert.equal(budget.waitMs(100), 900);
    assert.equal(budget.waitMs(1000), 0);
  });

  it('saves nothing up in quiet times', () => {
    const budget = createReplyBudget(1000);
    budget.charge(0, 1000);
    budget.charge(3_600_000, 1000);
    assert.equal(budget.waitMs(3_600_000), 1000);
  });

  it('keeps the average of all replies to what was allowed, whatever they are and whenever they come', () => {
    const replies = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 100_000 })),
      { maxLength: 100 },
    );
    fc.assert(
      fc.property(replies, (list) => {
        const budget = createReplyBudget(1_000_000);
        let nowMs = 0;
        let bits = 0;
        for (const [gapMs, size] of list) {
          // A request leaves only without debt, and brings this reply at once.
          nowMs += gapMs + budget.waitMs(nowMs + gapMs);
          assert.ok(bits / 1_000_000 <= nowMs / 1000 + 1e-9);
          budget.charge(nowMs, size);
          bits += size;
        }
      }),
    );
  });
});

/** When so many packets leave, if each wake-up of a sleeper is late by the next of these. */
function simulate(
  pacer: ReturnType<typeof createPacer>,
  count: number,
  late: readonly number[],
  nowMs = 1000,
): number[] {
  const times: number[] = [];
  let wakes = 0;
  while (times.length < count) {
    const waitMs = pacer.waitMs(nowMs);
    if (waitMs > 0) {
      nowMs += waitMs + (late[wakes++ % late.length] ?? 0);
      continue;
    }
    pacer.spend(nowMs);
    times.push(nowMs);
  }
  return times;
}

/**
 * When each of the subnets is asked, round by round, at a rate of so many packets a second in all (none: as fast
 * as the rounds allow); each packet looks at the time `late` after it might have left.
 */
function roundTimes(
  perSubnet: number,
  subnets: number,
  rounds: number,
  late: readonly number[],
  rate = Infinity,
): readonly (readonly number[])[] {
  const roundPacer = createRoundPacer(perSubnet);
  const pacer = createPacer(rate, 5);
  const times = Array.from({ length: subnets }, (): number[] => []);
  let nowMs = 1000;
  let wakes = 0;
  for (let round = 0; round < rounds; round++) {
    for (const ofSubnet of times) {
      const waitMs = Math.max(roundPacer.waitMs(nowMs, round), pacer.waitMs(nowMs));
      // Without a rate a packet may be late all the same: other work keeps the process busy.
      if (waitMs > 0 || rate === Infinity) nowMs += waitMs + (late[wakes++ % late.length] ?? 0);
      roundPacer.spend(nowMs, round);
      pacer.spend(nowMs);
      ofSubnet.push(nowMs);
    }
  }
  return times;
}

describe('a reply budget that threads share', () => {
  it('is one debt for all of them, and waits as the one of a single thread does', () => {
    const memory = new BigInt64Array(new SharedArrayBuffer(8));
    const [here, there] = [createSharedReplyBudget(1000, memory), createSharedReplyBudget(1000, memory)];
    const alone = createReplyBudget(1000);
    assert.equal(here.waitMs(50), 0);
    here.charge(50, 100);
    alone.charge(50, 100);
    assert.equal(there.waitMs(50), alone.waitMs(50));
    there.charge(75, 500);
    alone.charge(75, 500);
    assert.equal(here.waitMs(100), alone.waitMs(100));
    assert.equal(here.waitMs(100), 550);
    here.setLimit(500);
    here.charge(700, 50);
    assert.equal(there.waitMs(700), 100, 'what came before is paid off, what comes now costs twice as much');
  });
});
