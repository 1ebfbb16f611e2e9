/**
 * The promise over whole runs: random weeks of a small network, with scopes, targets, probes, ports and questions that
 * change, losses, outages, rechecks that are cut short and runs that are stopped, go the way that a scan goes (recheck,
 * conclusion, statuses, history on disk) and are held against a model that knows nothing of that way.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ScanKnowledge } from '../../src/engine/conclude.js';
import { conclude } from '../../src/engine/conclude.js';
import { openPast } from '../../src/commands/runs/past.js';
import { recheckKnown } from '../../src/engine/recheck-known.js';
import { withStatuses } from '../../src/commands/runs/with-statuses.js';
import { takeInRun } from '../../src/archive/past-runs.js';
import type { Address } from '../../src/domain/address.js';
import { formatAddress, ipv4 } from '../../src/domain/address.js';
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
});

describe('random weeks of a small network', () => {
  it('have in every run the status of every exposure that a plain model has, and never a fix of an open one', async () => {
    const told = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(week, { minLength: 2, maxLength: 8 }), async (weeks) => {
        const out = mkdtempSync(join(tmpdir(), 'ampscope-weeks-'));
        try {
          const model = createModel();
          for (const [i, each] of weeks.entries()) {
            const { records, notTargeted } = await scanned(out, each, i);
            const expected = model.sweep(each);
            assert.deepEqual(described(records), expected.rows, `week ${i}`);
            assert.equal(notTargeted, expected.notTargeted, `week ${i}`);
            for (const record of records) {
              const { state } = placeOf(each, record);
              if (record.status === 'fixed')
                assert.ok(['silent', 'closed', 'refuses'].includes(state), state);
            }
            for (const row of expected.rows.values()) {
              const status = row.replace(/, seen .*/, '');
              told.set(status, (told.get(status) ?? 0) + 1);
            }
          }
        } finally {
          rmSync(out, { recursive: true });
        }
      }),
      { numRuns: 150 },
    );
    // Otherwise the weeks would not reach what they are meant to show.
    assert.equal(told.size, 12, JSON.stringify([...told]));
  });
});

/** One run, the way that the command goes, with a network that is made up. */
async function scanned(out: string, each: Week, number: number): Promise<ReturnType<typeof withStatuses>> {
  const past = await openPast(out, {
    ...MODE,
    say(note) {
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
  const allows = (address: Address): boolean => each.allowed[hostOf(address)] === true;
  const isTarget = (address: Address): boolean => allows(address) && each.targets[hostOf(address)] === true;
  const plan = {
    scope: { allows },
    probes: selected,
    known: past.open,
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
      strangers: NO_TRAFFIC,
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
        strangerDatagrams: 0,
        strangerBytes: 0,
      };
    }),
  );
  const ledger = createLedger(selected.length, heard);
  const rechecked = await recheckKnown({
    plan,
    ledger,
    isTarget,
    progress: { start: () => undefined, update: () => undefined, stop: () => undefined },
    stage: {
      recheck(probe, address): Promise<Rechecked> {
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
  const { findings, observed } = conclude({
    plan,
    addresses: HOSTS.length,
    ledger,
    measured,
    counted: () => ({ sockets: [], sent: [] }),
    lossLog: { note: () => undefined },
    positionOf: () => undefined,
    isLate: () => false,
    unknown: (probe: number) => HOSTS.filter((address) => at(probe, address)?.lossy === true),
    isTarget,
    rechecked,
    ...(each.stopped && { stoppedBy: 'signal' }),
  } as unknown as ScanKnowledge);
  const id = `run ${number}`;
  const run: RunRecord = {
    ...sampleRun,
    scan_id: id,
    started: timeOfRun(number),
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
  const result = withStatuses(run, seen, await past.of(seen), observed);
  if (!each.stopped) await takeInRun(out, run, result.records, MODE);
  return result;
}

function readingOf(state: State | undefined): Reading | undefined {
  if (state === 'open') return { kind: 'answer', facts: {} };
  if (state === 'refuses') return { kind: 'refusal', reason: 'no' };
  return state === 'fails' ? { kind: 'refusal', reason: 'not now', passing: true } : undefined;
}

/** Nobody is behind the second port but the first host, which does there what it does at the first. */
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
        const { ip, probe, probed_port, status, status_evidence, status_doubt, times_seen } = record;
        const why = [status, status_evidence ?? status_doubt].filter(Boolean).join(': ');
        return [`${ip} ${probe} ${probed_port}`, `${why}, seen ${times_seen} times`] as const;
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

interface Model {
  sweep(week: Week): { readonly rows: ReadonlyMap<string, string>; readonly notTargeted: number };
}

/** What a person would say who sees everything: of each exposure a list of what complete runs said of it. */
function createModel(): Model {
  interface Entry {
    readonly says: string;
    readonly forms: number;
  }
  const lives = new Map<string, Entry[]>();
  return {
    sweep(each) {
      const told = new Map<string, Entry>();
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
            const mine = { key, life, state, lossy, isRechecked, isHeard, isTarget, isAsked, isKnown, forms };
            return { ...mine, isExposed, lastSeen, probe, subnet };
          }),
        ),
      );
      const silent = all.filter(
        ({ isKnown, isTarget, isAsked, isHeard, state, isRechecked }) =>
          isKnown && isTarget && isAsked && !isHeard && !(state === 'closed' && isRechecked) && !each.stopped,
      );
      for (const one of all) {
        const { key, life, isExposed, isKnown, isTarget, isAsked, isHeard, state, forms } = one;
        const says = (): string | undefined => {
          if (isExposed) return one.lastSeen < 0 ? 'new' : isKnown ? 'persisting' : 'reopened';
          if (!isKnown || !isTarget) return undefined;
          if (!isAsked) return 'unknown: not asked';
          if (isHeard && each.stopped) return 'unknown: not asked';
          if (isHeard) return state === 'refuses' ? 'fixed: refused' : 'unknown: answers otherwise';
          if (state === 'closed' && one.isRechecked) return 'fixed: closed';
          if (each.stopped) return 'unknown: not asked';
          if (life[one.lastSeen]?.forms !== forms) return 'unknown: asked otherwise';
          if (one.lossy) return 'unknown: losses';
          if (!one.isRechecked) return 'unknown: not rechecked';
          const lastHeard = life.findLastIndex(
            (entry) => isSeen(entry.says) || entry.says === 'unknown: answers otherwise',
          );
          const wasDark = life.slice(lastHeard).some((entry) => entry.says === 'unknown: outage');
          const neighbours = silent.filter(({ subnet }) => subnet === one.subnet);
          const alike = silent.filter(({ probe }) => probe === one.probe);
          const isDark =
            neighbours.length >= 3 ||
            (alike.length >= 3 && !all.some((each) => each.probe === one.probe && each.isExposed));
          return isDark && !wasDark ? 'unknown: outage' : 'fixed: silent';
        };
        const said = says();
        if (said !== undefined) told.set(key, { says: said, forms });
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
      return { rows, notTargeted: all.filter(({ isKnown, isTarget }) => isKnown && !isTarget).length };
    },
  };
}

function isSeen(says: string): boolean {
  return ['new', 'persisting', 'reopened'].includes(says);
}
