/**
 * The promise: fixed is never claimed without evidence, and nothing that happened to an exposure is lost between
 * runs. Random lives of one exposure, run by run, are held against the plainest model there is: a list of all
 * that ever happened to it, searched from the beginning each time.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ExposureHistory } from '../../src/history/exposure-history.js';
import { statusColumns } from '../../src/history/exposure-history.js';
import type { Outcome } from '../../src/history/remembered.js';
import { remembered } from '../../src/history/remembered.js';
import type { Observation, StatusVerdict } from '../../src/history/verdict.js';
import { verdictOf } from '../../src/history/verdict.js';
import { historyRow, REACHES, timeOfRun } from './history-row.js';

/** What a run learned, and what it asked. */
type Event = Exclude<Observation, { kind: 'seen' }> | { readonly kind: 'seen'; readonly asked: string };

interface Told {
  readonly event: Event;
  readonly reach: keyof typeof REACHES;
  readonly verdict: StatusVerdict | undefined;
  readonly history: ExposureHistory | undefined;
}

const asked = fc.constantFrom('question 1', 'question 2');
const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant('seen' as const), asked }), weight: 3 },
  fc.record({
    kind: fc.constant('closed' as const),
    evidence: fc.constantFrom('refused' as const, 'closed' as const, 'answered' as const),
  }),
  {
    arbitrary: fc.record({
      kind: fc.constant('silent' as const),
      fingerprint: asked,
      rechecked: fc.integer({ max: 4, min: 0 }).map((drawn) => drawn > 0),
      lossy: fc.integer({ max: 4, min: 0 }).map((drawn) => drawn === 0),
      unreached: fc.oneof(
        { arbitrary: fc.constant(undefined), weight: 4 },
        fc.constantFrom('path not proved' as const, 'outage' as const),
      ),
    }),
    weight: 6,
  },
  fc.constant({ kind: 'answers-otherwise' as const }),
  fc.constant({ kind: 'not-asked' as const }),
  fc.constant({ kind: 'no-target' as const }),
);

/** A run that is suspect knows of no silence that it reached the network. */
const anyRun: fc.Arbitrary<Pick<Told, 'event' | 'reach'>> = fc
  .record({
    event: anyEvent,
    reach: fc.oneof(
      { arbitrary: fc.constant('whole' as const), weight: 4 },
      { arbitrary: fc.constant('partial' as const), weight: 3 },
      fc.constant('suspect' as const),
    ),
  })
  .map(({ event, reach }) => ({
    reach,
    event:
      event.kind === 'silent' && reach === 'suspect' ? { ...event, unreached: 'path not proved' } : event,
  }));

describe('the status of an exposure, over any sequence of runs,', () => {
  const forAnyLife = (check: (life: readonly Told[], silentRuns: number) => void): void => {
    fc.assert(
      fc.property(
        fc.array(anyRun, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 3 }),
        (runs, silentRuns) => {
          check(lived(runs, silentRuns), silentRuns);
        },
      ),
      { numRuns: 5000 },
    );
  };

  it('is what a plain list of all that happened says', () => {
    const seen = new Map<string, number>();
    forAnyLife((life, silentRuns) => {
      life.forEach(({ verdict, ...run }, i) => {
        const expected = modelled(life.slice(0, i), run, silentRuns);
        assert.equal(describeVerdict(verdict), expected);
        seen.set(expected, (seen.get(expected) ?? 0) + 1);
      });
    });
    // Otherwise the lives would not reach what they are meant to show.
    assert.equal(seen.size, 16, JSON.stringify([...seen]));
  });

  it('is fixed only by evidence, or where so many runs in a row reached it and heard nothing', () => {
    const counts = ({ event }: Told): boolean =>
      event.kind === 'silent' && event.rechecked && !event.lossy && event.unreached === undefined;
    forAnyLife((life, silentRuns) => {
      life.forEach(({ event, verdict }, i) => {
        if (verdict?.status !== 'fixed' || isToldAgain(life, i)) return;
        if (event.kind === 'closed') assert.equal(verdict.evidence, event.evidence);
        else {
          const thatAsked = life
            .slice(0, i + 1)
            .filter((each) => !['no-target', 'not-asked'].includes(each.event.kind) && !isPartsSilence(each));
          assert.equal(thatAsked.at(-1), life[i]);
          assert.ok(thatAsked.length >= silentRuns);
          assert.ok(thatAsked.slice(-silentRuns).every(counts), JSON.stringify(thatAsked));
        }
      });
    });
  });

  it('remembers since when it no longer answers, and in how many runs in a row that reached it', () => {
    forAnyLife((life) => {
      life.forEach(({ history }, i) => {
        const rows = life
          .slice(0, i + 1)
          .filter(({ verdict }) => verdict !== undefined && verdict.doubt !== 'not asked')
          // Other silence of a part does not even end the row.
          .filter((row) => !isPartsSilence(row) || row.verdict?.doubt === 'silent');
        const isCounted = ({ verdict }: Told): boolean =>
          verdict?.evidence === 'silent' || verdict?.doubt === 'silent';
        const inARow = rows.slice(rows.findLastIndex((row) => !isCounted(row)) + 1);
        const [first] = inARow;
        assert.equal(history?.silent?.runs ?? 0, inARow.filter((row) => !isPartsSilence(row)).length);
        assert.equal(history?.silent?.since, first && timeOfRun(life.indexOf(first)));
      });
    });
  });

  it('is told by a whole run where none has, from what the runs between found, and never twice', () => {
    let again = 0;
    forAnyLife((life) => {
      life.forEach(({ verdict, reach, history }, i) => {
        if (verdict === undefined || !isToldAgain(life, i)) return;
        again++;
        assert.equal(reach, 'whole');
        const change = history?.changes.findLast(({ status }) => status !== 'unknown');
        assert.deepEqual([change?.status, change?.evidence], [verdict.status, verdict.evidence]);
        const since = life.slice(0, i).filter((_, run) => timeOfRun(run) >= (change?.at ?? ''));
        assert.ok(since.every((run) => run.reach !== 'whole' || !isNewsOrSeen(run)));
      });
    });
    assert.ok(again > 100, String(again));
  });

  it('is fixed once: the row belongs to the run that proves it, and the next one is reopened', () => {
    forAnyLife((life) => {
      const rows = life.flatMap(({ verdict }, i) => (isToldAgain(life, i) ? [] : (verdict?.status ?? [])));
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
        if (verdict.status === 'fixed' && isToldAgain(life, i)) return;
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
      const rows = life.flatMap(({ verdict }, i) =>
        verdict && !isToldAgain(life, i) ? [describeVerdict(verdict)] : [],
      );
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

  it('is new in the next whole run too, where it is the first of all', () => {
    const event = { kind: 'seen', asked: 'question 1' } as const;
    const [late, whole, next] = lived(
      (['late', 'whole', 'whole'] as const).map((reach) => ({ event, reach })),
      2,
    );
    assert.deepEqual(
      [late, whole, next].map((told) => [told?.verdict?.status, told?.history?.times_seen]),
      [
        ['new', 1],
        ['new', 2],
        ['persisting', 3],
      ],
    );
  });
});

function lived(
  runs: readonly Pick<Told, 'event' | 'reach'>[],
  fixedAfterSilentRuns: number,
): readonly Told[] {
  const life: Told[] = [];
  let history: ExposureHistory | undefined;
  for (const [i, { event, reach }] of runs.entries()) {
    const verdict = verdictOf(history, event, { fixedAfterSilentRuns, reach: REACHES[reach] });
    if (verdict !== undefined) history = remembered(history, outcomeOf(verdict, event, i, reach));
    life.push({ event, reach, verdict, history });
  }
  return life;
}

/** News, and none that this run found: it tells of what another did. */
function isToldAgain(life: readonly Told[], run: number): boolean {
  const { verdict, history } = life[run] ?? {};
  const isNews = ['new', 'reopened', 'fixed'].includes(verdict?.status ?? '');
  return isNews && history?.changes.length === life[run - 1]?.history?.changes.length;
}

function isNewsOrSeen({ verdict }: Told): boolean {
  return verdict !== undefined && verdict.status !== 'unknown';
}

function isPartsSilence({ event, reach }: Pick<Told, 'event' | 'reach'>): boolean {
  return event.kind === 'silent' && reach === 'partial';
}

function outcomeOf(
  verdict: StatusVerdict,
  event: Event,
  run: number,
  reach: Told['reach'] = 'whole',
): Outcome {
  return {
    ...verdict,
    reach: REACHES[reach],
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
function modelled(
  before: readonly Told[],
  { event: now, reach }: Pick<Told, 'event' | 'reach'>,
  silentRuns: number,
): string {
  const lastFix = before.findLastIndex(({ verdict }) => verdict?.status === 'fixed');
  const lastSeen = before.findLastIndex(({ event }) => event.kind === 'seen');
  const isOpen = lastSeen > lastFix;
  const lastTold = before.findLastIndex((run) => run.reach === 'whole' && isNewsOrSeen(run));
  const untold = before
    .slice(lastTold + 1)
    .map(({ verdict }) => describeVerdict(verdict))
    .findLast((row) => /^(new|reopened|fixed)/.test(row));
  if (now.kind === 'seen') {
    if (lastSeen < 0 || !isOpen) return lastSeen < 0 ? 'new' : 'reopened';
    return reach === 'whole' && untold !== undefined ? untold : 'persisting';
  }
  if (!isOpen) return reach === 'whole' && untold !== undefined ? untold : 'no row';
  if (now.kind === 'no-target') return 'no row';
  if (now.kind === 'closed') return `fixed: ${now.evidence}`;
  if (now.kind === 'answers-otherwise') return 'unknown: answers otherwise';
  if (now.kind === 'not-asked') return 'unknown: not asked';
  const question = before[lastSeen]?.event;
  if (question?.kind !== 'seen' || question.asked !== now.fingerprint) return 'unknown: asked otherwise';
  if (now.lossy) return 'unknown: losses';
  if (!now.rechecked) return 'unknown: not rechecked';
  if (now.unreached !== undefined) return `unknown: ${now.unreached}`;
  const thatAsked = before
    .filter(({ event }) => event.kind !== 'no-target' && event.kind !== 'not-asked')
    .filter((run) => !isPartsSilence(run));
  const lastOther = thatAsked.findLastIndex(({ verdict }) => verdict?.doubt !== 'silent');
  if (reach === 'partial') return 'unknown: silent';
  return thatAsked.length - lastOther >= silentRuns ? 'fixed: silent' : 'unknown: silent';
}
