/**
 * `npm run bench`: the sweep through the built CLI, beside a loop around `sendto` in C and beside the obvious
 * loop of one promise for each address; the same targets, port and responders, on loopback, in one run. Absolute
 * figures are this machine's; the ratios carry over. No speed stands without its recall.
 */
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Prefix } from '../../src/domain/address.js';
import { formatPrefix, ipv4, lastOf, parseAddress } from '../../src/domain/address.js';
import { runMeasured } from './measured-process.js';
import type { Neighbourhood } from './neighbourhood.js';
import { openNeighbourhood, replyBytes, spreadOver } from './neighbourhood.js';
import type { PromiseLoopResult } from './promise-loop.js';
import { scanNeighbourhood } from './scan-neighbourhood.js';
import { compileSendLoop } from './send-loop.js';
import { median, table } from './table.js';

const RUNS = 3;
/** One form, 65,536 addresses: 127.20.0.0/16. */
const TARGETS: Prefix = { first: ipv4(0x7f14_0000), length: 16 };
const RESPONDERS = 600;
const DATAGRAMS_EACH = 20;
/** Above what any machine sends. */
const NO_LIMIT = 10_000_000;
const RATES = [50_000, NO_LIMIT];
const CONCURRENCIES = [1000, 10_000];
const GROWTH: readonly Prefix[] = [24, 16, 12].map((length) => ({ first: ipv4(0x7f10_0000), length }));
const GROWTH_RESPONDERS = 20;

const HEADER = [
  ...['way', 'packets/s', 'of C', 'recall', 'exact bytes', 'datagrams counted'],
  ...['wall', 'peak RSS', 'CPU'],
];

/** What one way of doing it came to in one run. */
interface Row {
  readonly way: string;
  readonly packetsPerSecond: number;
  readonly wallMs: number;
  /** Absent for a program that does not listen. */
  readonly found?: number;
  readonly exact?: number;
  readonly counted?: number;
  readonly replied?: number;
  readonly peakRssBytes?: number;
  readonly cpuSeconds?: number;
}

if (process.platform === 'linux') {
  await compareWays();
  await showGrowth();
} else note('needs Linux: elsewhere not all of 127/8 is this machine');

async function compareWays(): Promise<void> {
  const range = { first: TARGETS.first, last: lastOf(TARGETS) };
  const neighbourhood = await openNeighbourhood({
    responders: spreadOver(range, RESPONDERS),
    datagramsEach: DATAGRAMS_EACH,
  });
  const sendLoop = await compileSendLoop();
  const rows: Row[] = [];
  try {
    for (let run = 1; run <= RUNS; run++) {
      note(`run ${run} of ${RUNS}: the sweep and sendto`);
      if (sendLoop !== undefined) {
        const started = performance.now();
        const packetsPerSecond = await sendLoop.run(range, neighbourhood.port);
        rows.push({ way: 'C, `sendto` each', packetsPerSecond, wallMs: performance.now() - started });
        // By then the responders have answered, and their count begins anew.
        await delay(500);
        await neighbourhood.takeCounts();
      }
      for (const rate of RATES) rows.push(await sweep(neighbourhood, rate));
    }
    for (const concurrency of CONCURRENCIES) {
      note(`one promise an address, ${concurrency} at once`);
      rows.push(await promiseLoop(neighbourhood, concurrency));
    }
  } finally {
    neighbourhood.close();
    await sendLoop?.close();
  }
  console.log(
    `${formatPrefix(TARGETS)} of loopback, one probe, ${RESPONDERS} responders of ${DATAGRAMS_EACH} datagrams each, ` +
      `Node ${process.versions.node}: medians of ${RUNS} runs (of one for the promises), the worst of their recalls.\n`,
  );
  const ways = [...new Set(rows.map(({ way }) => way))].map((name) => rows.filter(({ way }) => way === name));
  const yardstick = sendLoop && median(rates(ways[0] ?? []));
  console.log(
    table(
      HEADER,
      ways.map((group) => cells(group, yardstick)),
    ),
  );
  if (sendLoop === undefined) console.log('\nNo `cc` here, so there is no yardstick in C.');
}

/** @param yardstick packets per second of the loop in C; absent where there is none. */
function cells(rows: readonly Row[], yardstick: number | undefined): readonly string[] {
  const figure = (
    of: (values: readonly number[]) => number,
    pick: (row: Row) => number | undefined,
    show: (value: number) => string,
  ): string => {
    const values = rows.flatMap((row) => pick(row) ?? []);
    return values.length === 0 ? '–' : show(of(values));
  };
  const worst = (values: readonly number[]): number => Math.min(...values);
  return [
    rows[0]?.way ?? '',
    figure(median, (row) => row.packetsPerSecond, thousands),
    yardstick === undefined ? 'no cc' : (median(rates(rows)) / yardstick).toPrecision(2),
    figure(
      worst,
      ({ found }) => found,
      (found) => percent(found / RESPONDERS),
    ),
    figure(
      worst,
      ({ exact }) => exact,
      (exact) => `${exact} / ${RESPONDERS}`,
    ),
    figure(worst, ({ counted, replied }) => counted && replied && counted / replied, percent),
    figure(median, ({ wallMs }) => wallMs / 1000, seconds),
    figure(median, ({ peakRssBytes }) => peakRssBytes, megabytes),
    figure(median, ({ cpuSeconds }) => cpuSeconds, seconds),
  ];
}

function rates(rows: readonly Row[]): readonly number[] {
  return rows.map(({ packetsPerSecond }) => packetsPerSecond);
}

async function sweep(neighbourhood: Neighbourhood, rate: number): Promise<Row> {
  const scan = await scanNeighbourhood(neighbourhood, { prefix: TARGETS, rate });
  return {
    way: rate === NO_LIMIT ? 'ampscope, no limit' : `ampscope, ${rate / 1000} k/s asked`,
    packetsPerSecond: scan.sweepRate,
    wallMs: scan.wallMs,
    found: scan.found,
    exact: scan.exact,
    counted: scan.run.counts.received_datagrams,
    replied: (await neighbourhood.takeCounts()).datagrams,
    peakRssBytes: scan.peakRssBytes,
    cpuSeconds: scan.cpuSeconds,
  };
}

async function promiseLoop(neighbourhood: Neighbourhood, concurrency: number): Promise<Row> {
  const { first, length } = TARGETS;
  const words = [first, 2 ** (32 - length), neighbourhood.port, concurrency].map(String);
  const { stdout, ...measured } = await runMeasured(join(import.meta.dirname, 'promise-loop.js'), words);
  const { packetsPerSecond, replies } = JSON.parse(stdout) as PromiseLoopResult;
  const truth = new Map<unknown, number>(
    neighbourhood.responders.map((responder) => [responder, replyBytes(responder, DATAGRAMS_EACH)]),
  );
  return {
    way: `one promise an address, ${concurrency.toLocaleString('en')} at once`,
    packetsPerSecond,
    wallMs: measured.wallMs,
    found: replies.length,
    exact: replies.filter(([ip, bytes]) => truth.get(parseAddress(ip)) === bytes).length,
    counted: replies.reduce((sum, [, , datagrams]) => sum + datagrams, 0),
    replied: (await neighbourhood.takeCounts()).datagrams,
    peakRssBytes: measured.peakRssBytes,
    cpuSeconds: measured.cpuSeconds,
  };
}

async function showGrowth(): Promise<void> {
  const [smallest] = GROWTH;
  if (smallest === undefined) return;
  const neighbourhood = await openNeighbourhood({
    responders: spreadOver({ first: smallest.first, last: lastOf(smallest) }, GROWTH_RESPONDERS),
    datagramsEach: DATAGRAMS_EACH,
  });
  const rows: string[][] = [];
  try {
    for (const prefix of GROWTH) {
      note(`growth: a /${prefix.length}`);
      const peaks: number[] = [];
      const recalls: number[] = [];
      for (let run = 1; run <= RUNS; run++) {
        const scan = await scanNeighbourhood(neighbourhood, { prefix, rate: NO_LIMIT });
        peaks.push(scan.peakRssBytes);
        recalls.push(scan.exact / GROWTH_RESPONDERS);
      }
      const addresses = (2 ** (32 - prefix.length)).toLocaleString('en');
      rows.push([`/${prefix.length}`, addresses, megabytes(median(peaks)), percent(Math.min(...recalls))]);
    }
  } finally {
    neighbourhood.close();
  }
  console.log(
    `\nThe same ${GROWTH_RESPONDERS} responders in ever more addresses, one probe, no limit, medians of ${RUNS} runs.\n`,
  );
  console.log(table(['targets', 'addresses', 'peak RSS', 'found with exact bytes'], rows));
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

function thousands(packetsPerSecond: number): string {
  return `${Number((packetsPerSecond / 1000).toPrecision(3))} k`;
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

/** What goes on, for whoever waits: the tables alone are on stdout. */
function note(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}
