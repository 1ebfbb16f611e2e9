import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FindingColumns } from '../../src/domain/finding-record.js';
import { asOf } from '../../src/history/as-of.js';
import type { ExposureHistory } from '../../src/history/exposure-history.js';
import { EXPOSURE_HISTORY, statusColumns } from '../../src/history/exposure-history.js';
import type { Outcome } from '../../src/history/remembered.js';
import { remembered } from '../../src/history/remembered.js';
import { fingerprintOf } from '../../src/history/request-fingerprint.js';
import type { StatusVerdict } from '../../src/history/verdict.js';
import { verdictOf } from '../../src/history/verdict.js';
import { historyRow, REACHES, timeOfRun } from './history-row.js';

type Reach = keyof typeof REACHES;

function outcome(run: number, verdict: StatusVerdict, reach: Reach = 'whole', row: object = {}): Outcome {
  return {
    ...verdict,
    reach: REACHES[reach],
    row: { ...historyRow(1, run), ...row },
    asked: `question ${run}`,
    run: { scan_id: `run ${run}`, at: timeOfRun(run) },
  };
}
const seen = (known: ExposureHistory | undefined, run: number, reach: Reach = 'whole'): ExposureHistory => {
  const next = remembered(known, outcome(run, { status: known === undefined ? 'new' : 'persisting' }, reach));
  assert.ok(next);
  return next;
};
const after = (
  known: ExposureHistory,
  run: number,
  verdict: StatusVerdict,
  reach: Reach = 'whole',
): ExposureHistory => {
  const next = remembered(known, outcome(run, verdict, reach));
  assert.ok(next);
  return next;
};
const CLOSED = { status: 'fixed', evidence: 'closed' } as const;
const change = (status: string, run: number, more: object = {}): object => ({
  status,
  scan_id: `run ${run}`,
  at: timeOfRun(run),
  ...more,
});

describe('what is remembered of an exposure', () => {
  const first = seen(undefined, 0);

  it('is, when it is new, its row, what it was asked and when it was seen', () => {
    const { probe, ip, probed_ip, probed_port, finding_id } = historyRow(1, 0);
    assert.deepEqual(first, {
      ...{ finding_id, ip, probe, probed_ip, probed_port },
      state: 'open',
      silent: undefined,
      first_seen: timeOfRun(0),
      last_seen: timeOfRun(0),
      times_seen: 1,
      open_since: timeOfRun(0),
      asked: 'question 0',
      changes: [change('new', 0, { wire_amplification: 1 })],
      untold: undefined,
      last: historyRow(1, 0),
    });
  });

  it('is nothing where no run has seen it', () => {
    for (const verdict of [CLOSED, { status: 'unknown', doubt: 'silent' }] as const)
      assert.equal(remembered(undefined, outcome(1, verdict)), undefined);
  });

  it('follows each run that sees it: AS, row, question and time; since when it is open stays', () => {
    const again = remembered(first, outcome(1, { status: 'persisting' }, 'whole', { asn: 64496 }));
    assert.deepEqual(again, {
      ...first,
      asn: 64496,
      last_seen: timeOfRun(1),
      times_seen: 2,
      asked: 'question 1',
      last: { ...historyRow(1, 1), asn: 64496 },
    });
    assert.equal(remembered(again, outcome(2, { status: 'persisting' }))?.asn, 64496);
  });

  it('has the time of the run where its row has none, and no strength where the row has none', () => {
    const { timestamp, wire_amplification, ...row }: FindingColumns = historyRow(1, 5);
    assert.ok(timestamp !== undefined && wire_amplification !== undefined);
    const next = remembered(undefined, { ...outcome(3, { status: 'new' }), row });
    assert.equal(next?.last_seen, timeOfRun(3));
    assert.deepEqual(next.changes, [change('new', 3)]);
  });

  it('keeps its last row after a fix until a whole run has told so, and is open anew when it is seen again', () => {
    const fixed = after(first, 1, CLOSED);
    assert.deepEqual(fixed, {
      ...first,
      state: 'fixed',
      changes: [...first.changes, change('fixed', 1, { evidence: 'closed' })],
      last: undefined,
    });
    const byPart = after(first, 1, CLOSED, 'partial');
    assert.deepEqual([byPart.state, byPart.untold, byPart.last], ['fixed', 'fixed', first.last]);
    const told = after(byPart, 2, CLOSED);
    assert.deepEqual([told.untold, told.last, told.changes], [undefined, undefined, byPart.changes]);
    const reopened = seen(fixed, 3);
    assert.deepEqual(
      [reopened.state, reopened.first_seen, reopened.open_since, reopened.times_seen],
      ['open', timeOfRun(0), timeOfRun(3), 2],
    );
    assert.deepEqual(reopened.changes.at(-1), change('reopened', 3, { wire_amplification: 1 }));
  });

  it('tells a doubt once while it lasts, and another one anew', () => {
    const doubts = ['losses', 'losses', 'silent', 'losses'] as const;
    const last = doubts.reduce((known, doubt, i) => after(known, i + 1, { status: 'unknown', doubt }), first);
    assert.deepEqual(last.changes.slice(1), [
      change('unknown', 1, { doubt: 'losses' }),
      change('unknown', 3, { doubt: 'silent' }),
      change('unknown', 4, { doubt: 'losses' }),
    ]);
    assert.deepEqual([last.state, last.last_seen], ['open', timeOfRun(0)]);
  });

  it('of a late run is that it was seen, and nothing else', () => {
    const known = seen(first, 3);
    assert.deepEqual(seen(known, 2, 'late'), { ...known, times_seen: 3 });
    assert.deepEqual(seen(known, 4, 'late'), { ...known, times_seen: 3, last_seen: timeOfRun(4) });
    assert.deepEqual(seen(seen(undefined, 2), 1, 'late').first_seen, timeOfRun(1));
    for (const verdict of [CLOSED, { status: 'unknown', doubt: 'silent' }] as const)
      assert.deepEqual(after(known, 4, verdict, 'late'), known);
  });

  it('of a late run begins with it, where no run has seen it', () => {
    const late = seen(undefined, 2, 'late');
    assert.deepEqual([late.times_seen, late.untold, late.changes.length], [1, 'new', 1]);
  });

  it('of a line without changes is what its times say', () => {
    const bare = { ...seen(first, 1), changes: [] };
    assert.deepEqual([seen(bare, 2).times_seen, seen(bare, 2).asked], [3, 'question 2']);
    assert.deepEqual(seen(bare, 0), { ...bare, times_seen: 3 });
    assert.equal(after(bare, 2, { status: 'unknown', doubt: 'losses' }).changes.length, 1);
  });

  it('of a sighting that is older than the last one, or than the last change, is that it was seen then', () => {
    assert.deepEqual(seen(seen(first, 3), 2), { ...seen(first, 3), times_seen: 3 });
    const doubted = after(first, 1, { status: 'unknown', doubt: 'losses' });
    assert.equal(seen(after(doubted, 4, CLOSED), 3).state, 'fixed');
    const fixed = after(first, 2, CLOSED);
    const older = seen(fixed, 1);
    assert.deepEqual(older, { ...fixed, times_seen: 2, last_seen: timeOfRun(1) });
    // At the very time of the change it opens anew: the fix is of the run that began then.
    assert.equal(seen(fixed, 2).state, 'open');
  });
});

describe('the row of silent runs', () => {
  const first = seen(undefined, 0);
  const one = { runs: 1, since: timeOfRun(1) };
  const of = (silent: ExposureHistory['silent'], verdict: StatusVerdict, reach: Reach = 'whole') =>
    after({ ...first, silent }, 2, verdict, reach).silent;
  const unknown = (doubt: NonNullable<StatusVerdict['doubt']>) => ({ status: 'unknown', doubt }) as const;

  it('begins with a silence that counts, and grows with each', () => {
    const begun = { runs: 1, since: timeOfRun(2) };
    const fixed = { status: 'fixed', evidence: 'silent' } as const;
    assert.deepEqual(of(undefined, unknown('silent')), begun);
    assert.deepEqual(of(one, unknown('silent')), { ...one, runs: 2 });
    assert.deepEqual(of(undefined, fixed), begun);
    assert.deepEqual(of(one, fixed), { ...one, runs: 2 });
    assert.deepEqual(of({ runs: 0 }, unknown('silent')), begun);
  });

  it('of a run that asked a part neither grows nor ends', () => {
    assert.deepEqual(of(undefined, unknown('silent'), 'partial'), { runs: 0, since: timeOfRun(2) });
    assert.deepEqual(of(one, unknown('silent'), 'partial'), one);
    for (const doubt of ['outage', 'losses', 'path not proved', 'not asked'] as const)
      assert.deepEqual(of(one, unknown(doubt), 'partial'), one, doubt);
    assert.equal(of(undefined, unknown('losses'), 'partial'), undefined);
    assert.deepEqual(of(undefined, unknown('outage'), 'partial'), { runs: 0 });
  });

  it('ends where the run may not have reached it, and is gone where it said anything', () => {
    for (const doubt of ['outage', 'path not proved'] as const) {
      assert.deepEqual(of(one, unknown(doubt)), { runs: 0 }, doubt);
      assert.deepEqual(of(undefined, unknown(doubt)), { runs: 0 }, doubt);
    }
    for (const doubt of ['losses', 'not rechecked', 'asked otherwise'] as const) {
      assert.deepEqual(of(one, unknown(doubt)), { runs: 0 }, doubt);
      assert.equal(of(undefined, unknown(doubt)), undefined, doubt);
    }
    assert.deepEqual(of(one, unknown('not asked')), one);
    assert.equal(of(one, unknown('answers otherwise')), undefined);
    assert.equal(of(one, CLOSED), undefined);
  });
});

describe('what no whole run has told', () => {
  it('is the last news, until a whole run has seen the exposure or has a row of the fix', () => {
    const byPart = seen(undefined, 0, 'partial');
    assert.equal(byPart.untold, 'new');
    assert.equal(seen(byPart, 1, 'partial').untold, 'new');
    assert.equal(seen(byPart, 1).untold, undefined);
    const doubted = after(byPart, 1, { status: 'unknown', doubt: 'losses' });
    assert.equal(doubted.untold, 'new', 'a doubt tells nothing');
    assert.equal(after(byPart, 1, { status: 'unknown', doubt: 'losses' }, 'suspect').untold, 'new');
    assert.equal(after(byPart, 1, CLOSED, 'suspect').untold, 'fixed');
    assert.equal(after(byPart, 1, CLOSED).untold, undefined);
    assert.equal(seen(after(byPart, 1, CLOSED, 'partial'), 2, 'partial').untold, 'reopened');
  });
});

describe('the verdict on an exposure', () => {
  const rule = { fixedAfterSilentRuns: 2, reach: REACHES.whole };
  const first = seen(undefined, 0);
  const silent = { kind: 'silent', fingerprint: 'question 0', rechecked: true, lossy: false } as const;

  it('of silence is a fix in the second run in a row, but never of a run that is late or asked a part', () => {
    const before = after(first, 1, { status: 'unknown', doubt: 'silent' });
    assert.deepEqual(verdictOf(before, silent, rule), { status: 'fixed', evidence: 'silent' });
    for (const reach of ['late', 'partial'] as const)
      assert.deepEqual(verdictOf(before, silent, { ...rule, reach: REACHES[reach] }), {
        status: 'unknown',
        doubt: 'silent',
      });
    assert.deepEqual(verdictOf(before, silent, { ...rule, fixedAfterSilentRuns: 3 }), {
      status: 'unknown',
      doubt: 'silent',
    });
  });

  const unknown = (doubt: string) => ({ status: 'unknown', doubt });
  for (const [what, observed, expected] of [
    ['was seen', { kind: 'seen' }, { status: 'persisting' }],
    ['was no target', { kind: 'no-target' }, undefined],
    ['refused', { kind: 'closed', evidence: 'refused' }, { status: 'fixed', evidence: 'refused' }],
    ['says something else', { kind: 'answers-otherwise' }, unknown('answers otherwise')],
    ['was not asked', { kind: 'not-asked' }, unknown('not asked')],
    ['was silent', silent, unknown('silent')],
    ['was asked otherwise', { ...silent, fingerprint: 'other', lossy: true }, unknown('asked otherwise')],
    ['was lost', { ...silent, lossy: true, rechecked: false }, unknown('losses')],
    ['was not rechecked', { ...silent, rechecked: false, unreached: 'outage' }, unknown('not rechecked')],
    ['lies in the dark', { ...silent, unreached: 'outage' }, unknown('outage')],
  ] as const)
    it(`of an open one that ${what} is ${expected === undefined ? 'none' : Object.values(expected).join(': ')}`, () => {
      assert.deepEqual(verdictOf(first, observed, rule), expected);
      assert.deepEqual(
        verdictOf(after(first, 1, CLOSED), observed, rule),
        observed.kind === 'seen' ? { status: 'reopened' } : undefined,
      );
    });

  it('of silence is a fix at once where one run is to prove it', () => {
    const fixed = { status: 'fixed', evidence: 'silent' };
    assert.deepEqual(verdictOf(first, silent, { ...rule, fixedAfterSilentRuns: 1 }), fixed);
  });

  it('of one that is seen is the news that no whole run has told, where this one is whole', () => {
    const byPart = seen(undefined, 0, 'partial');
    assert.deepEqual(verdictOf(byPart, { kind: 'seen' }, rule), { status: 'new' });
    assert.deepEqual(verdictOf(byPart, { kind: 'seen' }, { ...rule, reach: REACHES.partial }), {
      status: 'persisting',
    });
  });

  it('of one that no run has seen is none, unless this one sees it', () => {
    assert.deepEqual(verdictOf(undefined, { kind: 'seen' }, rule), { status: 'new' });
    for (const observed of [silent, { kind: 'closed', evidence: 'closed' }, { kind: 'not-asked' }] as const)
      assert.equal(verdictOf(undefined, observed, rule), undefined);
  });

  it('of a fix that no whole run has told is told once more by a whole one, with its evidence', () => {
    const byPart = after(first, 1, CLOSED, 'partial');
    assert.deepEqual(verdictOf(byPart, silent, rule), CLOSED);
    assert.equal(verdictOf(byPart, silent, { ...rule, reach: REACHES.suspect }), undefined);
    const bare = byPart.changes.map(({ status, scan_id, at }) => ({ status, scan_id, at }));
    assert.deepEqual(verdictOf({ ...byPart, changes: bare }, silent, rule), { status: 'fixed' });
    assert.deepEqual(verdictOf({ ...byPart, changes: [] }, silent, rule), { status: 'fixed' });
    const later = { status: 'unknown', scan_id: 'x', at: timeOfRun(2) } as const;
    assert.deepEqual(verdictOf({ ...byPart, changes: [...byPart.changes, later] }, silent, rule), CLOSED);
    assert.equal(verdictOf(after(first, 1, CLOSED), silent, rule), undefined);
    // What is untold is that it was new: the fix was told.
    assert.equal(verdictOf({ ...byPart, untold: 'new' }, silent, rule), undefined);
  });
});

describe('what was known when a late run began', () => {
  const first = seen(undefined, 2);
  const doubted = after(seen(first, 4), 5, { status: 'unknown', doubt: 'silent' });
  const fixed = after(doubted, 6, CLOSED);
  const reopened = seen(fixed, 8);

  it('is nothing before the first run that saw it, nor in that run itself', () => {
    for (const run of [0, 2]) assert.equal(asOf(reopened, timeOfRun(run)), undefined);
  });

  it('is what the changes before it say, and no time behind it', () => {
    for (const [run, state, changes, last_seen, open_since] of [
      [3, 'open', 1, 3, 2],
      [5, 'open', 1, 4, 2],
      [6, 'open', 2, 4, 2],
      [7, 'fixed', 3, 4, 2],
    ] as const) {
      const known = asOf(fixed, timeOfRun(run));
      assert.deepEqual(
        [known?.state, known?.changes.length, known?.last_seen, known?.open_since],
        [state, changes, timeOfRun(last_seen), timeOfRun(open_since)],
        `run ${run}`,
      );
    }
    const between = asOf(reopened, timeOfRun(7));
    assert.deepEqual(
      [between?.state, between?.last_seen, between?.open_since],
      ['fixed', timeOfRun(7), timeOfRun(6)],
    );
    assert.deepEqual(asOf(reopened, timeOfRun(9)), reopened);
    assert.equal(asOf(reopened, timeOfRun(8))?.open_since, timeOfRun(6));
    const doubtedSince = [...fixed.changes, { status: 'unknown', scan_id: 'x', at: timeOfRun(7) }] as const;
    assert.equal(asOf({ ...fixed, changes: doubtedSince }, timeOfRun(8))?.state, 'fixed');
  });
});

describe('the days that an exposure has been open', () => {
  it('are whole ones, and none before it was open', () => {
    const known = seen(undefined, 1);
    const days = (until: string): number => statusColumns(known, 'persisting', until).days_open;
    assert.equal(days(timeOfRun(1)), 0);
    assert.equal(days(timeOfRun(2)), 7);
    assert.equal(days(timeOfRun(2).replace('03:00:00', '02:59:59')), 6);
    assert.equal(days(timeOfRun(0)), 0);
  });
});

describe('the fingerprint of what a probe asks', () => {
  it('is another one for another port, another request, another order, and the same for the same', () => {
    const form = (request_hex: string): { readonly request_hex: string } => ({ request_hex });
    const questions = [
      { port: 53, forms: [form('00'), form('01')] },
      { port: 54, forms: [form('00'), form('01')] },
      { port: 53, forms: [form('01'), form('00')] },
      { port: 53, forms: [form('0001')] },
      { port: 53, forms: [] },
    ];
    const fingerprints = questions.map(fingerprintOf);
    assert.equal(new Set(fingerprints).size, questions.length);
    for (const fingerprint of fingerprints) assert.match(fingerprint, /^[0-9a-f]{16}$/);
    // Of the file in which earlier runs keep it: SHA-256 of [53,"00","01"].
    assert.equal(fingerprints[0], '6ca8f2bdb83abca5');
    assert.deepEqual(questions.map(fingerprintOf), fingerprints);
  });
});

describe('a line of the history', () => {
  const line = {
    ...after(seen(undefined, 0), 1, { status: 'unknown', doubt: 'silent' }, 'partial'),
    asn: 64496,
    untold: 'new',
  };
  const optional = ['asn', 'silent', 'untold', 'last'];

  it('has every key but those of what is not known', () => {
    assert.deepEqual(EXPOSURE_HISTORY.parse(line), line);
    for (const key of Object.keys(line)) {
      const rest = Object.fromEntries(Object.entries(line).filter(([name]) => name !== key));
      assert.equal(EXPOSURE_HISTORY.safeParse(rest).success, optional.includes(key), key);
      assert.ok(!EXPOSURE_HISTORY.safeParse({ ...line, [key]: null }).success, key);
    }
  });

  it('has no word that is none of ours', () => {
    for (const wrong of [
      { state: 'gone' },
      { untold: 'unknown' },
      { silent: {} },
      { silent: { runs: -1 } },
      { changes: [{ status: 'persisting', scan_id: 'x', at: timeOfRun(0) }] },
      { changes: [{ status: 'fixed', scan_id: 'x' }] },
      { changes: [{ status: 'fixed', scan_id: 'x', at: timeOfRun(0), evidence: 'luck' }] },
      { changes: [{ status: 'unknown', scan_id: 'x', at: timeOfRun(0), doubt: 'some' }] },
      { last: {} },
    ])
      assert.ok(!EXPOSURE_HISTORY.safeParse({ ...line, ...wrong }).success, JSON.stringify(wrong));
    for (const state of ['open', 'fixed'])
      assert.ok(EXPOSURE_HISTORY.safeParse({ ...line, state }).success, state);
    for (const untold of ['new', 'reopened', 'fixed'])
      assert.ok(EXPOSURE_HISTORY.safeParse({ ...line, untold }).success, untold);
  });
});
