/** The ways of doing the same work: each runs once and tells what came of it, against the servers' own count. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { probes } from '../../probes/list.js';
import type { Texts } from '../../probes/probe.js';
import type { Prefix } from '../../src/domain/address.js';
import { formatAddress, lastOf, rangeSize } from '../../src/domain/address.js';
import type { LoopResult } from './loop-result.js';
import type { MeasuredProcess } from './measured-process.js';
import { runMeasured } from './measured-process.js';
import type { Neighbourhood } from './neighbourhood.js';
import type { OtherCommit } from './other-commit.js';
import type { Peer, PeerResult } from './peers.js';
import type { Place } from './place.js';
import type { NeighbourhoodScan } from './scan-neighbourhood.js';
import { scanNeighbourhood } from './scan-neighbourhood.js';
import type { SendLoop } from './send-loop.js';

/** What is to be done, and where. */
export interface Work {
  readonly name: Texts;
  readonly prefix: Prefix;
  readonly place: Place;
  readonly neighbourhood: Neighbourhood;
}

/** What one way of doing it came to in one run. */
export interface Row {
  readonly work: Texts;
  readonly way: Texts;
  /** Packets per second; absent: no limit. */
  readonly asked?: number | undefined;
  /** Absent where the program does not tell. */
  readonly packetsPerSecond?: number | undefined;
  readonly wallMs: number;
  readonly responders: number;
  /** Absent for a program that does not listen. */
  readonly found?: number;
  /** Responders of which it knows every datagram and byte. Absent where it tells no bytes. */
  readonly exact?: number;
  readonly counted?: number;
  readonly sent?: number;
  readonly peakRssBytes: number;
  readonly cpuSeconds: number;
}

/** Above what any machine sends. */
const NO_LIMIT = 10_000_000;
/** Longer than the servers take for what they were asked last. */
const SETTLE_MS = 500;

export async function byAmpscope(
  work: Work,
  {
    rate,
    args = [],
    node = [],
    other,
  }: {
    readonly rate: number | undefined;
    readonly args?: readonly string[];
    readonly node?: readonly string[];
    /** Absent: this checkout. */
    readonly other?: OtherCommit | undefined;
  },
): Promise<Row & { readonly scan: NeighbourhoodScan }> {
  const { neighbourhood, place, prefix } = work;
  const scan = await scanNeighbourhood(neighbourhood, {
    prefix,
    rate: rate ?? NO_LIMIT,
    args,
    node,
    place,
    ...(other && { cli: other.cli }),
  });
  const name = [other?.commit ?? 'ampscope', ...args].join(' ');
  return {
    ...rowOf(work, { en: name, ja: name }, rate, scan),
    packetsPerSecond: scan.sweepRate,
    found: scan.found - scan.strange,
    exact: scan.exact,
    counted: scan.run.counts.received_datagrams,
    sent: scan.sentToSweep + scan.sentToMeasurements,
    scan,
  };
}

export async function bySendLoop(work: Work, loop: SendLoop): Promise<Row> {
  const result = await loop.run(work.place.scanner, textsOf(work));
  // By then the responders have answered, and their count begins anew.
  await delay(SETTLE_MS);
  const way = { en: 'C, `sendto` each', ja: 'C、1 件ずつ `sendto`' };
  return { ...rowOf(work, way, undefined, result), packetsPerSecond: result.packetsPerSecond };
}

export async function byDgramLoop(work: Work, threads: number): Promise<Row> {
  const way =
    threads === 1
      ? { en: 'bare dgram loop', ja: '素の dgram ループ' }
      : { en: `bare dgram loop, ${threads} threads`, ja: `素の dgram ループ、${threads} スレッド` };
  return byLoop(work, way, 'dgram-loop.js', `${threads}`);
}

export async function byPromises(work: Work, concurrency: number): Promise<Row> {
  const atOnce = concurrency.toLocaleString('en');
  const way = {
    en: `one promise an address, ${atOnce} at once`,
    ja: `アドレスごとに Promise、同時 ${atOnce}`,
  };
  return byLoop(work, way, 'promise-loop.js', `${concurrency}`);
}

export async function byPeer(work: Work, peer: Peer, rate: number | undefined): Promise<Row> {
  await work.neighbourhood.takeCounts();
  const [, , port = '', request = ''] = textsOf(work);
  const result = await peer.run(work.place, { prefix: work.prefix, port: Number(port), request, rate });
  if (result.exitCode !== 0) throw new Error(`${peer.name} failed: ${result.stderr.slice(-200)}`);
  const row = rowOf(work, { en: peer.name, ja: peer.name }, rate, result);
  return { ...row, ...(await heldAgainst(work, result)) };
}

async function byLoop(work: Work, way: Texts, script: string, last: string): Promise<Row> {
  await work.neighbourhood.takeCounts();
  const measured = await runMeasured(join(import.meta.dirname, script), [...textsOf(work), last], {
    enter: work.place.unprivileged.args,
  });
  if (measured.exitCode !== 0) throw new Error(`${script} failed: ${measured.stderr}`);
  const result = JSON.parse(measured.stdout) as LoopResult;
  return {
    ...rowOf(work, way, undefined, measured),
    ...(await heldAgainst(work, { ...result, tellsBytes: true })),
  };
}

/** What a program says of each responder, against what that responder sent it. */
async function heldAgainst(
  { neighbourhood }: Work,
  { replies, packetsPerSecond, tellsBytes }: PeerResult,
): Promise<Pick<Row, 'found' | 'exact' | 'counted' | 'sent' | 'packetsPerSecond'>> {
  await delay(SETTLE_MS);
  const sent = new Map<string, { bytes: number; datagrams: number }>();
  for (const { address, bytes, datagrams } of await neighbourhood.takeCounts()) {
    const ip = formatAddress(address);
    const before = sent.get(ip) ?? { bytes: 0, datagrams: 0 };
    sent.set(ip, { bytes: before.bytes + bytes, datagrams: before.datagrams + datagrams });
  }
  const known = replies.filter(([ip]) => sent.has(ip));
  const found = { found: known.length, ...(packetsPerSecond !== undefined && { packetsPerSecond }) };
  if (!tellsBytes) return found;
  return {
    ...found,
    exact: known.filter(([ip, bytes, datagrams]) => {
      const truth = sent.get(ip);
      return truth?.bytes === bytes && truth.datagrams === datagrams;
    }).length,
    counted: known.reduce((sum, [, , datagrams]) => sum + datagrams, 0),
    sent: [...sent.values()].reduce((sum, { datagrams }) => sum + datagrams, 0),
  };
}

function rowOf(
  { name, neighbourhood }: Work,
  way: Texts,
  asked: number | undefined,
  { wallMs, peakRssBytes, cpuSeconds }: Pick<MeasuredProcess, 'wallMs' | 'peakRssBytes' | 'cpuSeconds'>,
): Row {
  const responders = neighbourhood.services.reduce((sum, { responders: list }) => sum + list.length, 0);
  return { work: name, way, asked, wallMs, peakRssBytes, cpuSeconds, responders };
}

/** The first address, how many, the port, and the request in hex: of the one probe that the servers speak. */
function textsOf({ prefix, neighbourhood }: Work): readonly string[] {
  const [service] = neighbourhood.services;
  const definition = probes.find(({ id }) => id === service?.probe);
  if (service === undefined || definition === undefined) throw new RangeError('no probe');
  const probe = definition.build(definition.settings?.schema.parse(undefined));
  const request = Buffer.from(probe.sweepForms[0].encode(0)).toString('hex');
  const size = rangeSize({ first: prefix.first, last: lastOf(prefix) });
  return [`${prefix.first}`, `${size}`, `${neighbourhood.portOf(service.probe)}`, request];
}
