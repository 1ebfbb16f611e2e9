/**
 * The promise over whole runs: random weeks of a small network, with scopes, targets, probes, ports and questions that
 * change, losses, outages, rechecks that are cut short and runs that are stopped, go the way that a scan goes (recheck,
 * conclusion, statuses, history on disk) and are held against a model that knows nothing of that way.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ScanKnowledge } from '../../src/engine/conclude.js';
import { conclude } from '../../src/engine/conclude.js';
import { openRunHistory } from '../../src/commands/runs/run-history.js';
import { recheckKnown } from '../../src/engine/recheck-known.js';
import { withStatuses } from '../../src/commands/runs/with-statuses.js';
import { readHistory } from '../../src/archive/history-file.js';
import { takeInRun } from '../../src/archive/earlier-runs.js';
import { publishLatest } from '../../src/archive/run-directory.js';
import type { ExposureHistory } from '../../src/history/exposure-history.js';
import type { Address } from '../../src/domain/address.js';
import { formatAddress, ipv4, subnetOf } from '../../src/domain/address.js';
import type { Exchange, Reading } from '../../src/domain/exchange.js';
import { NO_TRAFFIC, trafficOf } from '../../src/domain/exchange.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import type { Rechecked } from '../../src/measure/recheck.js';
import type { Sighting } from '../../src/sweep/sightings.js';
import { createLedger } from '../../src/sweep/ledger.js';
import { toRecord } from '../../reports/record.js';
import { probeDouble } from '../probe-double.js';
import { sampleRun } from '../reports/sample-run.js';
import { timeOfRun } from './history-row.js';

/** Four in one /24, two in another. */
const HOSTS = [0x0a000001, 0x0a000002, 0x0a000003, 0x0a000004, 0x0b000001, 0x0b000002].map(ipv4);
/** In the second /24 too; no exposure. */
const CANARY = ipv4(0x0b0000fe);
const PROBES = ['double-one', 'double-two'];
const PORTS = [4242, 4299];
const MODE = { mode: 0o600 };

type State = 'open' | 'silent' | 'closed' | 'refuses' | 'fails';

/** What one host does to one probe in one week, and what happens on the way. */
interface Place {
  readonly state: State;
  /** The sweep does not hear it, whatever it says, and the run knows that it lost something there. */
  readonly lossy: boolean;
  /** Its recheck ends before anything is known. */
  readonly cutShort: boolean;
}
interface Week {
  readonly allowed: readonly boolean[];
  readonly targets: readonly boolean[];
  /** By probe; absent: not asked. The number of forms is the question. */
  readonly asked: readonly ({ readonly port: number; readonly forms: number } | undefined)[];
  readonly places: readonly (readonly Place[])[];
  readonly stopped: boolean;
  /** Absent: the scope names none. */
  readonly canary: 'answers' | 'silent' | undefined;
  /** It asks less than the usual run, and so speaks of what it asks alone. */
  readonly isPart: boolean;
}

const mostly = (rest: number): fc.Arbitrary<boolean> =>
  fc.oneof({ arbitrary: fc.constant(true), weight: rest }, fc.constant(false));
const rarely = (rest: number): fc.Arbitrary<boolean> => mostly(rest).map((each) => !each);
const ofHosts = <T>(each: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.array(each, { minLength: HOSTS.length, maxLength: HOSTS.length });
const place: fc.Arbitrary<Place> = fc.record({
  state: fc.oneof(
    { arbitrary: fc.constant<State>('open'), weight: 6 },
    { arbitrary: fc.constant<State>('silent'), weight: 4 },
    fc.constantFrom<State[]>('closed', 'refuses', 'fails'),
  ),
  lossy: rarely(8),
  cutShort: rarely(10),
});
const asked = fc.record({
  port: fc.oneof({ arbitrary: fc.constant(PORTS[0] ?? 0), weight: 6 }, fc.constant(PORTS[1] ?? 0)),
  forms: fc.oneof({ arbitrary: fc.constant(1), weight: 6 }, fc.constant(2)),
});
const week: fc.Arbitrary<Week> = fc.record({
  allowed: ofHosts(mostly(9)),
  targets: ofHosts(mostly(9)),
  asked: fc.tuple(...PROBES.map(() => fc.option(asked, { freq: 9, nil: undefined }))),
  places: fc.tuple(
    ...PROBES.map(() =>
      fc.oneof(
        { arbitrary: ofHosts(place), weight: 4 },
        // A week in which all is dark.
        place.map(({ lossy }) => HOSTS.map((): Place => ({ state: 'silent', lossy, cutShort: false }))),
      ),
    ),
  ),
  stopped: rarely(12),
  canary: fc.oneof(
    { arbitrary: fc.constant(undefined), weight: 3 },
    { arbitrary: fc.constant('answers' as const), weight: 2 },
    fc.constant('silent' as const),
  ),
  isPart: rarely(4),
});

const silentRuns = fc.integer({ min: 1, max: 3 });

describe('random weeks of a small network', () => {
  it('have in every run the status of every exposure that a plain model has, and never a fix of an open one', async () => {
    const told = new Map<string, number>();
    const toldAgain = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(week, { minLength: 2, maxLength: 8 }), silentRuns, async (weeks, rule) => {
        const out = mkdtempSync(join(tmpdir(), 'ampscope-weeks-'));
        try {
          const model = createModel(rule);
          for (const [i, each] of weeks.entries()) {
            const { records, notTargeted } = await scanned(out, each, i, rule);
            const expected = model.sweep(each);
            for (const news of expected.toldAgain.values()) toldAgain.add(news);
            assert.deepEqual(described(records), expected.rows, `week ${i}`);
            assert.equal(notTargeted, expected.notTargeted, `week ${i}`);
            for (const record of records) {
              const { state } = placeOf(each, record);
              if (record.status === 'fixed' && !expected.toldAgain.has(keyOf(record)))
                assert.ok(['silent', 'closed', 'refuses'].includes(state), state);
            }
            await publishedInOrder(out, weeks, i);
            for (const row of expected.rows.values()) {
              const status = row.replace(/, seen .*/, '');
              told.set(status, (told.get(status) ?? 0) + 1);
            }
          }
          for (const [i, each] of weeks.entries())
            if (each.stopped && weeks.slice(i + 1).some(({ stopped }) => !stopped))
              await goneOnLate(out, each, i, rule);
        } finally {
          rmSync(out, { recursive: true });
        }
      }),
      { numRuns: 1000 },
    );
    // Otherwise the weeks would not reach what they are meant to show.
    assert.equal(told.size, 14, JSON.stringify([...told]));
    assert.deepEqual([...toldAgain].sort(), ['fixed: closed', 'fixed: refused', 'new', 'reopened']);
  });
});

/** `latest` is at the newest whole run, in whatever order they are published. */
async function publishedInOrder(out: string, weeks: readonly Week[], until: number): Promise<void> {
  const nameOf = (number: number): string => timeOfRun(number).replaceAll(':', '');
  const whole = weeks.slice(0, until + 1).flatMap(({ stopped, isPart }, i) => (stopped || isPart ? [] : i));
  const [newest] = whole.slice(-1);
  if (newest === undefined) return;
  // The one before is published again, as when it was killed and finished now.
  for (const i of whole.slice(-2).reverse()) await publishLatest(out, nameOf(i));
  assert.equal(readlinkSync(join(out, 'latest')), nameOf(newest));
}

/** A run that was stopped goes on after newer ones: it undoes nothing that they know, however often it is taken in. */
async function goneOnLate(out: string, each: Week, number: number, rule: number): Promise<void> {
  const before = await historyOf(out);
  const { records } = await scanned(out, { ...each, stopped: false }, number, rule, timeOfRun(number));
  const after = await historyOf(out);
  for (const { finding_id, status } of records)
    if (status === 'reopened') assert.notEqual(before.get(finding_id)?.state, 'fixed', finding_id);
  for (const [id, { state, changes, last, untold }] of before) {
    const now = after.get(id);
    assert.deepEqual([now?.state, now?.changes, now?.last, now?.untold], [state, changes, last, untold]);
  }
  for (const [id, { untold }] of after) if (!before.has(id)) assert.equal(untold, 'new');
}

async function historyOf(out: string): Promise<ReadonlyMap<string, ExposureHistory>> {
  const found = new Map<string, ExposureHistory>();
  await readHistory(out, 'all', (exposure) => found.set(exposure.finding_id, exposure));
  return found;
}

/**
 * One run, the way that the command goes, with a network that is made up.
 * @param goesOn when it began, where it goes on after others.
 */
async function scanned(
  out: string,
  each: Week,
  number: number,
  fixedAfterSilentRuns: number,
  goesOn?: string,
): ReturnType<typeof withStatuses> {
  const past = await openRunHistory(out, {
    ...MODE,
    goesOn,
    print(note) {
      throw new Error(note);
    },
  });
  const selected = each.asked.flatMap((question, index) =>
    question === undefined
      ? []
      : [
          {
            index,
            port: question.port,
            options: [],
            probe: probeDouble({ id: PROBES[index] ?? '', hasNonce: false, forms: question.forms }),
          },
        ],
  );
  const hostOf = (address: Address): number => HOSTS.indexOf(address as (typeof HOSTS)[number]);
  const at = (probe: number, address: Address): Place | undefined => {
    const { index = -1, port } = selected[probe] ?? {};
    return port === undefined ? undefined : placeAt(each, index, hostOf(address), port);
  };
  const allows = (address: Address): boolean => address === CANARY || each.allowed[hostOf(address)] === true;
  const isTarget = (address: Address): boolean => allows(address) && each.targets[hostOf(address)] === true;
  const plan = {
    scope: { allows, networkOf: (address: Address) => ({ prefix: subnetOf(address) }) },
    probes: selected,
    known: past.open,
    responders: past.responders,
    canaries: each.canary === undefined ? [] : [{ address: CANARY, asks: CANARY_ASKS }],
    parallel: 4,
    originOf: () => ({}),
  } as unknown as ScanKnowledge['plan'];
  const requestedAt = Date.parse(timeOfRun(number));
  const exchange = (probe: number, form: number, address: Address): Exchange => {
    const asking = selected[probe]?.probe.sweepForms[form];
    const request = asking?.encode(0) ?? Uint8Array.of();
    const reading = readingOf(at(probe, address)?.state);
    return {
      form: asking?.name ?? '',
      purpose: 'measure',
      seenIn: 'measurement',
      request,
      requestedAt,
      end: reading === undefined ? 'silent' : 'quiet',
      sent: trafficOf(request.length, 4),
      received: reading === undefined ? NO_TRAFFIC : trafficOf(500, 4),
      replies: reading === undefined ? [] : [{ payloadBytes: 500, reading }],
      ...(reading !== undefined && { responder: { address, port: selected[probe]?.port ?? 0 } }),
      offPath: NO_TRAFFIC,
      caveats: [],
    };
  };
  const heard = selected.flatMap((_, probe) =>
    HOSTS.filter(isTarget).flatMap((address): Sighting | [] => {
      const reading = readingOf(at(probe, address)?.state);
      if (reading === undefined || at(probe, address)?.lossy === true) return [];
      return {
        probed: address,
        probe,
        forms: new Set([0]),
        form: 0,
        request: Uint8Array.of(0x51, 0),
        firstReading: reading,
        firstPayloadBytes: 500,
        responder: address,
        responderPort: selected[probe]?.port ?? 0,
        firstSeenAt: requestedAt,
        generation: 0,
        ...trafficOf(500, 4),
        offPathDatagrams: 0,
        offPathBytes: 0,
      };
    }),
  );
  const ledger = createLedger(selected.length, heard);
  const { rechecked, canaries } = await recheckKnown({
    plan,
    ledger,
    isTarget,
    progress: { start: () => undefined, update: () => undefined, stop: () => undefined },
    stage: {
      recheck(asks, address): Promise<Rechecked> {
        if (asks === CANARY_ASKS) return Promise.resolve(canaryOutcome(each.canary));
        const probe = selected.findIndex((one) => one === asks);
        const { state = 'silent', cutShort = false } = at(probe, address) ?? {};
        const answer = exchange(probe, 0, address);
        if (cutShort || each.stopped) return Promise.resolve({ kind: 'cut-short', exchanges: [] });
        if (state === 'closed' || state === 'silent') return Promise.resolve({ kind: state, exchanges: [] });
        return Promise.resolve({ kind: 'answered', answer, exchanges: [answer] });
      },
    },
  });
  const measured = new Map(
    [...ledger.all()].map((sighting) => {
      const forms = selected[sighting.probe]?.probe.sweepForms ?? [];
      return [
        sighting,
        each.stopped ? [] : forms.map((_, form) => exchange(sighting.probe, form, sighting.probed)),
      ] as const;
    }),
  );
  const { findings, observed, path, suspect } = conclude({
    plan,
    addresses: HOSTS.length,
    ledger,
    measured,
    counters: () => ({ sockets: [], sent: [] }),
    lossLog: { note: () => undefined },
    positionOf: () => undefined,
    isLate: () => false,
    unknown: (probe: number) => HOSTS.filter((address) => at(probe, address)?.lossy === true),
    isTarget,
    rechecked,
    canaries,
    ...(each.stopped && { stoppedBy: 'signal' }),
  } as unknown as ScanKnowledge);
  const id = `run ${number}`;
  const run: RunRecord = {
    ...sampleRun,
    scan_id: id,
    complete: !each.stopped,
    started: timeOfRun(number),
    ...(path && { path }),
    ...(suspect && { suspect }),
    ...(each.isPart && { partial: { compared_with: 'the usual one', missing_addresses: 1 } }),
    ...(past.late && { late: past.late }),
    probes: selected.flatMap(({ probe, port }) => {
      const forms = probe.sweepForms.map((form) => ({
        name: form.name,
        request_hex: Buffer.from(form.encode(0)).toString('hex'),
        request_size: 2,
      }));
      const [first] = sampleRun.probes;
      return first === undefined ? [] : { ...first, id: probe.id, port, forms };
    }),
  };
  const seen = Array.from(findings, (finding) => toRecord(finding, { scanId: id }));
  const result = await withStatuses(
    run,
    seen,
    await past.of(seen, isTarget),
    observed,
    {
      fixedAfterSilentRuns,
    },
    past.closedSince,
  );
  // As often as it is killed behind that and finished: once.
  if (!each.stopped) for (let i = 0; i < 2; i++) await takeInRun(out, run, result.records, MODE);
  return result;
}

const CANARY_ASKS = {
  probe: probeDouble({ id: PROBES[0] ?? '', hasNonce: false, forms: 1 }),
  port: 4711,
  options: [],
};

function canaryOutcome(does: Week['canary']): Rechecked {
  const answers = does === 'answers';
  const exchange = {
    end: answers ? 'quiet' : 'silent',
    replies: answers ? [{ payloadBytes: 4, reading: { kind: 'refusal', reason: 'no' } }] : [],
  } as unknown as Exchange;
  return answers
    ? { kind: 'answered', answer: exchange, exchanges: [exchange] }
    : { kind: 'silent', exchanges: [exchange] };
}

function readingOf(state: State | undefined): Reading | undefined {
  if (state === 'open') return { kind: 'answer', facts: {} };
  if (state === 'refuses') return { kind: 'refusal', reason: 'no' };
  return state === 'fails' ? { kind: 'refusal', reason: 'not now', transient: true } : undefined;
}

/** Only the first host listens on the second port, and does there what it does on the first. */
function placeAt({ places }: Week, probe: number, host: number, port: number): Place {
  const found = places[probe]?.[host] ?? { state: 'silent', lossy: false, cutShort: false };
  return port === PORTS[0] || host === 0 ? found : { ...found, state: 'silent' };
}

function placeOf(each: Week, { ip, probe, probed_port }: FindingRecord): Place {
  const host = HOSTS.findIndex((address) => formatAddress(address) === ip);
  return placeAt(each, PROBES.indexOf(probe), host, probed_port);
}

function described(records: readonly FindingRecord[]): ReadonlyMap<string, string> {
  return new Map(
    records
      .map((record) => {
        const { status, status_evidence, status_doubt, times_seen } = record;
        const why = [status, status_evidence ?? status_doubt].filter(Boolean).join(': ');
        return [keyOf(record), `${why}, seen ${times_seen} times`] as const;
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function keyOf({ ip, probe, probed_port }: FindingRecord): string {
  return `${ip} ${probe} ${probed_port}`;
}

interface Model {
  sweep(week: Week): {
    readonly rows: ReadonlyMap<string, string>;
    readonly notTargeted: number;
    /** By row: what a week found that was no whole one, and this one says for those. */
    readonly toldAgain: ReadonlyMap<string, string>;
  };
}

/** What a person would say who sees everything: of each exposure a list of what complete runs said of it. */
function createModel(silentRuns: number): Model {
  interface Entry {
    readonly says: string;
    readonly forms: number;
    /** The week was whole, or asked a part; neither: its path was in doubt. */
    readonly by: 'whole' | 'part' | 'suspect';
  }
  const lives = new Map<string, Entry[]>();
  /** By probe: who answered what was asked, by what the last runs heard. */
  const responders = new Map<
    string,
    { readonly question: string; readonly hosts: Set<number>; readonly quiet: Set<number> }
  >();
  return {
    sweep(each) {
      const told = new Map<string, Entry>();
      const toldAgain = new Map<string, string>();
      const all = PROBES.flatMap((probe, index) =>
        HOSTS.flatMap((address, host) =>
          PORTS.map((port) => {
            const life = lives.get(`${formatAddress(address)} ${probe} ${port}`) ?? [];
            const { state, lossy, cutShort } = placeAt(each, index, host, port);
            const question = each.asked[index];
            const isAsked = question?.port === port;
            const isTarget = each.allowed[host] === true && each.targets[host] === true;
            const lastSeen = life.findLastIndex(({ says }) => isSeen(says));
            const isKnown =
              lastSeen >= 0 && !life.slice(lastSeen).some(({ says }) => says.startsWith('fixed'));
            const isRechecked = isKnown && !cutShort && !each.stopped;
            const isHeard = !['silent', 'closed'].includes(state) && (!lossy || isRechecked);
            const forms = question?.forms ?? 0;
            const isExposed = isTarget && isAsked && isHeard && state === 'open';
            const key = `${formatAddress(address)} ${probe} ${port}`;
            const subnet = host < 4 ? 'first' : 'second';
            const sameQuestion = life[lastSeen]?.forms === forms;
            const lastHeard = life.findLastIndex(
              (entry) => isSeen(entry.says) || entry.says === 'unknown: answers otherwise',
            );
            const sinceHeard = life.slice(lastHeard + 1).map((entry) => entry.says);
            const wasSilent = sinceHeard.some((word) =>
              ['unknown: silent', 'unknown: outage', 'unknown: path not proved'].includes(word),
            );
            const mine = {
              ...{ key, life, host, state, lossy, isRechecked, isHeard, isTarget, isAsked, isKnown, forms },
              ...{ sameQuestion, wasSilent },
            };
            return { ...mine, isExposed, lastSeen, probe, subnet };
          }),
        ),
      );
      const silent = all.filter(
        ({ isKnown, isTarget, isAsked, isHeard, state, isRechecked }) =>
          isKnown && isTarget && isAsked && !isHeard && !(state === 'closed' && isRechecked) && !each.stopped,
      );
      const asks = all.filter(({ isTarget, isAsked }) => isTarget && isAsked);
      const questionOf = ({ probe, forms }: Pick<(typeof all)[0], 'probe' | 'forms'>): string =>
        `${each.asked[PROBES.indexOf(probe)]?.port ?? 0} ${forms}`;
      const isRemembered = ({ probe, host, forms }: (typeof all)[0]): boolean => {
        const memory = responders.get(probe);
        return memory?.question === questionOf({ probe, forms }) && memory.hosts.has(host);
      };
      const alive = new Set(
        asks
          .filter((one) => one.isHeard || (one.isKnown && one.state === 'closed' && one.isRechecked))
          .map(({ host }) => host),
      );
      /** Whether it answered when it was last asked, by host. */
      const expected = new Map<number, boolean>();
      for (const one of asks) {
        if (one.lossy) continue;
        const isKnown = one.isKnown && one.sameQuestion;
        const isQuiet = responders.get(one.probe)?.quiet.has(one.host) === true;
        const isRecent = (isKnown && !one.wasSilent) || (isRemembered(one) && !isQuiet);
        if (isKnown || isRemembered(one)) expected.set(one.host, isRecent || expected.get(one.host) === true);
      }
      const isHalfDark = (hosts: readonly number[]): boolean => {
        const recent = hosts.filter((host) => expected.get(host));
        const speaks = recent.length > 1 || (recent.length === 1 && alive.has(recent[0] ?? -1));
        const counting = speaks ? recent : hosts;
        return (
          counting.length >= 2 && counting.filter((host) => alive.has(host)).length < counting.length / 2
        );
      };
      const isSuspect =
        each.canary === undefined ? isHalfDark([...expected.keys()]) : each.canary === 'silent';
      const isReached = !isSuspect && (alive.size > 0 || each.canary === 'answers');
      const by = each.isPart ? 'part' : isSuspect || each.stopped ? 'suspect' : 'whole';
      const fell = silent.filter(({ sameQuestion, wasSilent }) => sameQuestion && !wasSilent);
      const isDark = ({ subnet, probe }: { readonly subnet: string; readonly probe: string }): boolean => {
        const hosts = [...expected.keys()].filter((host) => subnet === (host < 4 ? 'first' : 'second'));
        const isProved = each.canary === 'answers' && subnet === 'second';
        return (
          (hosts.length > 0 && fell.filter((one) => one.subnet === subnet).length >= 3) ||
          (isHalfDark(hosts) && !isProved) ||
          (fell.filter((one) => one.probe === probe).length >= 3 &&
            !all.some((other) => other.probe === probe && other.isExposed))
        );
      };
      for (const one of all) {
        const { key, life, isExposed, isKnown, isTarget, isAsked, isHeard, state, forms } = one;
        const lastWhole = life.findLastIndex(
          (entry) => entry.by === 'whole' && !entry.says.startsWith('unknown'),
        );
        const news = life
          .slice(lastWhole + 1)
          .map((entry) => entry.says)
          .findLast((word) => /^(new|reopened|fixed)/.test(word));
        const says = (): string | undefined => {
          if (isExposed && !isKnown) return one.lastSeen < 0 ? 'new' : 'reopened';
          const isUntold = by === 'whole' && news !== undefined;
          // Found by a week before: still there, or closed and still not there.
          if (isUntold && isTarget && isExposed === isKnown) {
            toldAgain.set(key, news);
            return news;
          }
          if (isExposed) return 'persisting';
          if (!isKnown || !isTarget) return undefined;
          if (!isAsked) return each.isPart ? undefined : 'unknown: not asked';
          if (isHeard && each.stopped) return each.isPart ? undefined : 'unknown: not asked';
          if (isHeard) return state === 'refuses' ? 'fixed: refused' : 'unknown: answers otherwise';
          if (state === 'closed' && one.isRechecked) return 'fixed: closed';
          if (each.stopped) return each.isPart ? undefined : 'unknown: not asked';
          if (!one.sameQuestion) return 'unknown: asked otherwise';
          if (one.lossy) return 'unknown: losses';
          if (!one.isRechecked) return 'unknown: not rechecked';
          if (!isReached) return 'unknown: path not proved';
          if (isDark(one)) return 'unknown: outage';
          const thatAsked = life.filter(
            (entry) =>
              entry.says !== 'unknown: not asked' &&
              !(
                entry.by === 'part' &&
                entry.says.startsWith('unknown') &&
                entry.says !== 'unknown: answers otherwise'
              ),
          );
          if (each.isPart) return 'unknown: silent';
          const lastOther = thatAsked.findLastIndex((entry) => entry.says !== 'unknown: silent');
          return thatAsked.length - lastOther >= silentRuns ? 'fixed: silent' : 'unknown: silent';
        };
        const said = says();
        if (said !== undefined) told.set(key, { says: said, forms, by });
      }
      if (!each.stopped)
        for (const probe of new Set(
          asks.map((one) => one.probe).concat(PROBES.filter((_, index) => each.asked[index] !== undefined)),
        )) {
          const forms = each.asked[PROBES.indexOf(probe)]?.forms ?? 0;
          const question = questionOf({ probe, forms });
          const memory = responders.get(probe);
          if (memory !== undefined && memory.question !== question && (isSuspect || each.isPart)) continue;
          const ofProbe = asks.filter((one) => one.probe === probe);
          const stay = memory?.question === question ? [...memory.hosts] : [];
          const isGone = (host: number): boolean => {
            if (each.allowed[host] !== true) return true;
            const one = ofProbe.find((other) => other.host === host);
            return one !== undefined && !one.lossy && !one.isHeard && isReached && !isDark(one);
          };
          const hosts = new Set([
            ...stay.filter((host) => !isGone(host)),
            ...ofProbe.filter(({ isHeard }) => isHeard).map(({ host }) => host),
          ]);
          const isQuiet = (host: number): boolean => {
            const one = ofProbe.find((other) => other.host === host);
            if (one === undefined || one.lossy) return memory?.quiet.has(host) === true && !one?.isHeard;
            return !one.isHeard;
          };
          const quiet = new Set([...hosts].filter(isQuiet));
          if (hosts.size > 0) responders.set(probe, { question, hosts, quiet });
          else responders.delete(probe);
        }
      const rows = new Map(
        [...told]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, { says }]) => {
            const times = [...(lives.get(key) ?? []), { says }].filter((entry) => isSeen(entry.says)).length;
            return [key, `${says}, seen ${times} times`] as const;
          }),
      );
      if (!each.stopped) for (const [key, entry] of told) lives.set(key, [...(lives.get(key) ?? []), entry]);
      return {
        rows,
        toldAgain,
        notTargeted: all.filter(({ isKnown, key }) => isKnown && !told.has(key)).length,
      };
    },
  };
}

function isSeen(says: string): boolean {
  return ['new', 'persisting', 'reopened'].includes(says);
}
