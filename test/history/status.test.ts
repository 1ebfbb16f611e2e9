/**
 * The promise: fixed is never claimed without evidence, and nothing that happened to an exposure is lost between
 * runs. Random lives of one exposure, run by run, are held against the plainest model there is: a list of all
 * that ever happened to it, searched from the beginning each time.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Address } from '../../src/domain/address.js';
import { ipv4 } from '../../src/domain/address.js';
import type { ExposureHistory } from '../../src/history/exposure-history.js';
import { statusColumns } from '../../src/history/exposure-history.js';
import type { Silence } from '../../src/history/outages.js';
import { outages } from '../../src/history/outages.js';
import type { Outcome } from '../../src/history/remembered.js';
import { remembered } from '../../src/history/remembered.js';
import type { Observation, StatusVerdict } from '../../src/history/verdict.js';
import { verdictOf } from '../../src/history/verdict.js';
import { historyRow, timeOfRun } from './history-row.js';

/** What a run learned, and what it asked. */
type Event = Exclude<Observation, { kind: 'seen' }> | { readonly kind: 'seen'; readonly asked: string };

interface Told {
  readonly event: Event;
  readonly verdict: StatusVerdict | undefined;
  readonly history: ExposureHistory | undefined;
}

const asked = fc.constantFrom('question 1', 'question 2');
const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant('seen' as const), asked }), weight: 3 },
  fc.record({
    kind: fc.constant('closed' as const),
    evidence: fc.constantFrom('refused' as const, 'closed' as const),
  }),
  {
    arbitrary: fc.record({
      kind: fc.constant('silent' as const),
      asked,
      rechecked: fc.boolean(),
      lossy: fc.boolean(),
      outage: fc.boolean(),
    }),
    weight: 4,
  },
  fc.constant({ kind: 'answers-otherwise' as const }),
  fc.constant({ kind: 'not-asked' as const }),
  fc.constant({ kind: 'no-target' as const }),
);

describe('the status of an exposure, over any sequence of runs,', () => {
  const forAnyLife = (check: (life: readonly Told[]) => void): void => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 12 }), (events) => {
        check(lived(events));
      }),
      { numRuns: 5000 },
    );
  };

  it('is what a plain list of all that happened says', () => {
    const seen = new Map<string, number>();
    forAnyLife((life) => {
      life.forEach(({ event, verdict }, i) => {
        const expected = modelled(life.slice(0, i), event);
        assert.equal(describeVerdict(verdict), expected);
        seen.set(expected, (seen.get(expected) ?? 0) + 1);
      });
    });
    // Otherwise the lives would not reach what they are meant to show.
    assert.equal(seen.size, 13, JSON.stringify([...seen]));
  });

  it('is fixed only where it refused, its port was closed, or its silence could mean nothing else', () => {
    forAnyLife((life) => {
      for (const { event, verdict } of life) {
        if (verdict?.status !== 'fixed') continue;
        if (event.kind === 'closed') assert.equal(verdict.evidence, event.evidence);
        else assert.ok(event.kind === 'silent' && event.rechecked && !event.lossy, event.kind);
      }
    });
  });

  it('is fixed once: the row belongs to the run that proves it, and the next one is reopened', () => {
    forAnyLife((life) => {
      const rows = life.flatMap(({ verdict }) => verdict?.status ?? []);
      rows.forEach((status, i) => {
        if (rows[i - 1] === 'fixed') assert.equal(status, 'reopened');
        else assert.notEqual(status, 'reopened');
        assert.equal(status === 'new', rows.findIndex((each) => each === 'new') === i);
      });
    });
  });

  it('keeps the first first_seen, counts the runs that saw it, and the days since it was last proved closed', () => {
    forAnyLife((life) => {
      life.forEach(({ verdict, history }, i) => {
        if (verdict === undefined || history === undefined) return;
        const until = life.slice(0, i + 1);
        const seenAt = until.flatMap(({ event }, run) => (event.kind === 'seen' ? [run] : []));
        const closedBefore = until.slice(0, i).findLastIndex((each) => each.verdict?.status === 'fixed');
        const openSince = seenAt.find((run) => run > closedBefore) ?? -1;
        assert.deepEqual(statusColumns(history, verdict.status, timeOfRun(i)), {
          status: verdict.status,
          first_seen: timeOfRun(seenAt[0] ?? -1),
          last_seen: timeOfRun(seenAt.at(-1) ?? -1),
          times_seen: seenAt.length,
          days_open: (i - openSince) * 7,
        });
      });
    });
  });

  it('leaves a history that tells each change, and of a doubt that goes on only its beginning', () => {
    forAnyLife((life) => {
      const changes = life.at(-1)?.history?.changes ?? [];
      const rows = life.flatMap(({ verdict }) => (verdict ? [describeVerdict(verdict)] : []));
      const told = rows.filter((row) => row !== 'persisting');
      const withoutRepeats = rows
        .filter((row) => row !== 'persisting')
        .filter((row, i) => !(row.startsWith('unknown') && row === told[i - 1]));
      assert.deepEqual(
        changes.map(({ status, evidence, doubt }) => [status, evidence ?? doubt].filter(Boolean).join(': ')),
        withoutRepeats,
      );
    });
  });
});

describe('a sighting that is told late, by a run that went on after a newer one', () => {
  it('counts, and neither moves last_seen back nor opens what was proved closed since', () => {
    const seen = (run: number, known?: ExposureHistory): ExposureHistory | undefined =>
      remembered(known, outcomeOf({ status: 'persisting' }, { kind: 'seen', asked: 'question 1' }, run));
    const newest = seen(3, seen(1));
    const { first_seen, last_seen, times_seen, state } = seen(2, newest) ?? {};
    assert.deepEqual([first_seen, last_seen, times_seen, state], [timeOfRun(1), timeOfRun(3), 3, 'open']);
    const fix = { status: 'fixed', evidence: 'closed' } as const;
    const closed = remembered(seen(1), outcomeOf(fix, { kind: 'closed', evidence: 'closed' }, 3));
    const late = seen(2, closed);
    assert.deepEqual([late?.state, late?.last_seen, late?.changes.length], ['fixed', timeOfRun(2), 2]);
    assert.equal(seen(0, closed)?.first_seen, timeOfRun(0));
  });
});

describe('an outage', () => {
  it('is where three known exposures of one subnet fell silent in one run, and nowhere else', () => {
    const [a, b, c, far] = [0x0a000001, 0x0a000002, 0x0a0000ff, 0x0a000101].map(ipv4);
    assert.ok(a !== undefined && b !== undefined && c !== undefined && far !== undefined);
    const silent = (...addresses: readonly Address[]): Silence[] =>
      addresses.map((address) => ({ address, probe: 'double' }));
    const answered = new Set(['double']);
    const is = outages(silent(a, b, c, far, far), answered);
    assert.deepEqual(silent(a, b, c, far).map(is), [true, true, true, false]);
    assert.deepEqual(silent(a, b).map(outages(silent(a, b), answered)), [false, false]);
  });

  it('is also where three fell silent to one probe, wherever they are, and nobody answered it', () => {
    const silent = [0x0a000001, 0x0b000001, 0x0c000001].map((address, i): Silence => ({
      address: ipv4(address),
      probe: i < 2 ? 'one' : 'other',
    }));
    const more = [...silent, { address: ipv4(0x0d000001), probe: 'one' }];
    assert.deepEqual(more.map(outages(more, new Set())), [true, true, false, true]);
    assert.ok(!more.some(outages(more, new Set(['one', 'other']))));
    assert.ok(!silent.some(outages(silent, new Set())));
  });
});

function lived(events: readonly Event[]): readonly Told[] {
  const life: Told[] = [];
  let history: ExposureHistory | undefined;
  for (const [i, event] of events.entries()) {
    const verdict = verdictOf(history, event);
    if (verdict !== undefined) history = remembered(history, outcomeOf(verdict, event, i));
    life.push({ event, verdict, history });
  }
  return life;
}

function outcomeOf(verdict: StatusVerdict, event: Event, run: number): Outcome {
  return {
    ...verdict,
    row: historyRow(1, run),
    asked: event.kind === 'seen' ? event.asked : '',
    run: { scan_id: `run ${run}`, at: timeOfRun(run) },
  };
}

function describeVerdict(verdict: StatusVerdict | undefined): string {
  if (verdict === undefined) return 'no row';
  return [verdict.status, verdict.evidence ?? verdict.doubt].filter(Boolean).join(': ');
}

/** The same rule once more, as slowly and plainly as it can be said. */
function modelled(before: readonly Told[], now: Event): string {
  const lastFix = before.findLastIndex(({ verdict }) => verdict?.status === 'fixed');
  const lastSeen = before.findLastIndex(({ event }) => event.kind === 'seen');
  const isOpen = lastSeen > lastFix;
  if (now.kind === 'seen') return lastSeen < 0 ? 'new' : isOpen ? 'persisting' : 'reopened';
  if (!isOpen || now.kind === 'no-target') return 'no row';
  if (now.kind === 'closed') return `fixed: ${now.evidence}`;
  if (now.kind === 'answers-otherwise') return 'unknown: answers otherwise';
  if (now.kind === 'not-asked') return 'unknown: not asked';
  const question = before[lastSeen]?.event;
  if (question?.kind !== 'seen' || question.asked !== now.asked) return 'unknown: asked otherwise';
  if (now.lossy) return 'unknown: losses';
  if (!now.rechecked) return 'unknown: not rechecked';
  const lastHeard = before.findLastIndex(({ event }) => ['seen', 'answers-otherwise'].includes(event.kind));
  const sinceHeard = before.slice(lastHeard + 1);
  const wasDark = sinceHeard.some(({ verdict }) => verdict?.doubt === 'outage');
  return now.outage && !wasDark ? 'unknown: outage' : 'fixed: silent';
}
