import type { Reading } from '../../src/domain/exchange.js';
import type { Call } from './calls.js';
import {
  assertCovered,
  assertEnds,
  assertNonce,
  assertReading,
  callsOf,
  exchangeOfReadings,
} from './calls.js';
import { calibrate, costOf, timesLimit } from './cost.js';
import { mutated } from './mutate.js';
import { randomFrom } from './random.js';
import type { Random } from './random.js';
import type { Seed, Subject } from './subjects.js';
import { subjects } from './subjects.js';

export interface FuzzOptions {
  readonly payloads: number;
  readonly seed: number;
  readonly milliseconds: number;
  readonly firstBlock: number;
}

export interface FuzzResult {
  readonly payloads: number;
  readonly calls: number;
  readonly seconds: number;
  readonly seed: number;
  readonly firstBlock: number;
  /** Where the next part goes on. */
  readonly nextBlock: number;
  /** The most that any call took of its limit, by probe and call, among those that were slow at first sight. */
  readonly worst: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
}

export const BLOCK_PAYLOADS = 10_000;
/** So many are timed together; only where they are slow each call is timed by itself. */
const BATCH = 10;
const MOST_FAILURES = 50;

/**
 * One run, or one part of it.
 * @param among the probes that are tried: all of the list, but in a test of this.
 */
export function fuzz(
  { payloads, seed, milliseconds, firstBlock }: FuzzOptions,
  among: readonly Subject[] = subjects,
): FuzzResult {
  const limitOf = calibrate();
  const started = performance.now();
  const worst: Record<string, number> = {};
  const failures: string[] = [];
  let calls = 0;
  let done = 0;
  let block = firstBlock;
  for (; done < payloads && failures.length < MOST_FAILURES; block++) {
    if (performance.now() - started > milliseconds) break;
    const random = randomFrom(seed * 1_000_003 + block);
    for (let i = 0; i < BLOCK_PAYLOADS; i += BATCH) {
      const batch = batchOf(among, random);
      const took = costOf(() => {
        try {
          calls += putTo(batch);
        } catch (error) {
          failures.push(describe(batch, error));
        }
      });
      if (failures.length >= MOST_FAILURES) break;
      if (took > limitOf(0)) timeEach(batch);
      done += BATCH;
    }
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  return { payloads: done, calls, seconds, seed, firstBlock, nextBlock: block, worst, failures };

  function timeEach({ subject: { probe }, entries }: Batch): void {
    for (const { payload, request } of entries)
      for (const { name, run } of callsIfAny(probe, payload, request)) {
        if (costOf(run) * 4 < limitOf(payload.length)) continue;
        const times = timesLimit(run, payload.length, limitOf);
        const key = `${probe.id} ${name}`;
        worst[key] = Math.max(worst[key] ?? 0, Math.round(times * 100) / 100);
        if (times > 1)
          failures.push(`${key}: ${times.toFixed(2)} times the limit: ${textOf(payload)} ${textOf(request)}`);
      }
  }
}

interface Batch {
  readonly subject: Subject;
  readonly entries: readonly { readonly payload: Uint8Array; readonly request: Uint8Array }[];
  /** What is done besides reading; all of it with one batch in four. */
  readonly isWhole: boolean;
}

/** Copies, for the mutator uses its bytes again. */
function batchOf(among: readonly Subject[], random: Random): Batch {
  const subject = random.pick(among);
  const own = random.oneIn(16) ? subject.own : random.oneIn(8) ? subject.others : subject.short;
  const entries = Array.from({ length: BATCH }, () => {
    const seed: Seed = random.pick(own);
    return { payload: mutated(seed, subject.others, random).slice(), request: seed.request };
  });
  return { subject, entries, isWhole: random.oneIn(4) };
}

/** @returns how many calls that were. */
function putTo({ subject: { probe }, entries, isWhole }: Batch): number {
  const readings: (readonly [number, Reading])[] = [];
  let calls = 0;
  for (const { payload, request } of entries) {
    const reading = probe.read(payload, request);
    assertReading(reading, payload.length);
    readings.push([payload.length, reading]);
    if (probe.nonce) assertNonce(probe.nonce.echoed(payload), probe.nonce.bits);
    calls += probe.nonce ? 2 : 1;
    if (!isWhole) continue;
    assertCovered(probe.dissect(payload), payload.length);
    calls++;
  }
  if (!isWhole) return calls;
  const [first] = entries;
  const done = assertEnds(probe, exchangeOfReadings(probe, first?.request ?? new Uint8Array(), readings));
  probe.judge(done);
  return calls + done.length + 1;
}

/** None where the reading throws, which has been told. */
function callsIfAny(...given: Parameters<typeof callsOf>): readonly Call[] {
  try {
    return callsOf(...given);
  } catch {
    return [];
  }
}

function describe({ subject, entries }: Batch, error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const payloads = entries.map(({ payload, request }) => `${textOf(payload)} ${textOf(request)}`);
  return `${subject.probe.id}: ${text}: ${payloads.join(' | ')}`;
}

/** As it can be given back to a reader; of a long one the beginning. */
function textOf(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.subarray(0, 600)).toString('hex');
  return bytes.length > 600 ? `${hex}… (${bytes.length} bytes)` : hex;
}
