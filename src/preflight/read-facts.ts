import { constants } from 'node:fs';
import { access, lstat, readFile, readdir, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Address } from '../domain/address.js';
import { formatAddress } from '../domain/address.js';
import { errorCode } from '../domain/error-code.js';
import type { Ranges } from '../domain/ranges.js';
import { rangeAt, rangeCount } from '../domain/ranges.js';
import type { Instant } from '../domain/time.js';
import type { HostFacts, OutFact, PlannedScan } from './facts.js';
import type { Route } from './routes.js';
import { ipv4Routes, ipv6Routes } from './routes.js';
import { receiveBufferInForce, sourceFor } from './unsent-socket.js';

/** Reads what the preflight judges, and sends nothing. */
export async function readHostFacts(
  { targets, sourceAddress }: PlannedScan,
  {
    now,
    out,
    receiveBufferBytes,
  }: { readonly now: Instant; readonly out: string; readonly receiveBufferBytes: number },
): Promise<HostFacts> {
  const given = await receiveBufferInForce(receiveBufferBytes);
  const [ipv4Limit, ipv6Limit] = await Promise.all([neighbourLimit(4), neighbourLimit(6)]);
  return {
    now,
    clockSynchronised: await isClockSynchronised(),
    sources: await Promise.all(
      sampleOf(targets.ranges).map((first) => sourceFor(formatAddress(first), sourceAddress)),
    ),
    routes: await readRoutes(),
    neighbourLimits: {
      ...(ipv4Limit !== undefined && { 4: ipv4Limit }),
      ...(ipv6Limit !== undefined && { 6: ipv6Limit }),
    },
    receiveBuffer: given === undefined ? undefined : { asked: receiveBufferBytes, given },
    portRange: await portRange(),
    conntrack: await conntrack(),
    openFiles: await readOpenFiles(),
    out: await outFact(out),
  };
}

/** Enough to see every kind of route that a scope is likely to need, and few enough to take no time. */
const MOST_SOURCES = 32;

/** The first addresses of some of the ranges, evenly spread over all. */
function sampleOf(ranges: Ranges): readonly Address[] {
  const count = rangeCount(ranges);
  const taken = Math.min(count, MOST_SOURCES);
  return Array.from(
    { length: taken },
    (_, i) => rangeAt(ranges, Math.ceil((i * count) / taken))?.first ?? [],
  ).flat();
}

async function readRoutes(): Promise<readonly Route[]> {
  const silent = await interfacesWithoutNeighbours();
  const ipv4Table = await textOf('/proc/net/route');
  const ipv6Table = await textOf('/proc/net/ipv6_route');
  return [...ipv4Routes(ipv4Table ?? '', silent), ...ipv6Routes(ipv6Table ?? '', silent)];
}

/** net/if.h: IFF_LOOPBACK, IFF_POINTOPOINT, IFF_NOARP. */
const NO_NEIGHBOURS = 0x8 | 0x10 | 0x80;

async function interfacesWithoutNeighbours(): Promise<ReadonlySet<string>> {
  const names = await readdir('/sys/class/net').catch((): string[] => []);
  const silent = new Set(['lo']);
  for (const name of names) {
    const flags = Number(await textOf(`/sys/class/net/${name}/flags`));
    if ((flags & NO_NEIGHBOURS) !== 0) silent.add(name);
  }
  return silent;
}

async function neighbourLimit(family: 4 | 6): Promise<number | undefined> {
  return numberIn(await textOf(`/proc/sys/net/ipv${family}/neigh/default/gc_thresh3`));
}

async function portRange(): Promise<HostFacts['portRange']> {
  const [first, last] = ((await textOf('/proc/sys/net/ipv4/ip_local_port_range')) ?? '')
    .split(/\s+/)
    .map(numberIn);
  return first === undefined || last === undefined ? undefined : { first, last };
}

async function conntrack(): Promise<HostFacts['conntrack']> {
  const count = numberIn(await textOf('/proc/sys/net/netfilter/nf_conntrack_count'));
  const most = numberIn(await textOf('/proc/sys/net/netfilter/nf_conntrack_max'));
  return count === undefined || most === undefined ? undefined : { count, most };
}

/** The soft limit, which Node has raised to the hard one when it started. */
export async function readOpenFiles(): Promise<number | undefined> {
  const limits = (await textOf('/proc/self/limits')) ?? '';
  return numberIn(/^Max open files\s+(\S+)/m.exec(limits)?.[1]);
}

/** systemd-timesyncd(8) makes this file when it has set the clock; other services leave no such mark. */
async function isClockSynchronised(): Promise<true | undefined> {
  const mark = await stat('/run/systemd/timesync/synchronized').catch(() => undefined);
  return mark === undefined ? undefined : true;
}

/** Asks the nearest folder that is there, for the others are made in it. */
async function outFact(folder: string): Promise<OutFact> {
  let nearest = resolve(folder);
  for (;;) {
    try {
      const entry = await stat(nearest);
      if (!entry.isDirectory()) return { folder, error: 'ENOTDIR' };
      await access(nearest, constants.W_OK | constants.X_OK);
      const { bavail, bsize } = await statfs(nearest);
      const latest = await lstat(join(folder, 'latest')).catch(() => undefined);
      const latestIsTaken = latest !== undefined && !latest.isSymbolicLink();
      return { folder, freeBytes: bavail * bsize, latestIsTaken };
    } catch (error) {
      const code = errorCode(error);
      if (code !== 'ENOENT' || dirname(nearest) === nearest) return { folder, error: code };
      nearest = dirname(nearest);
    }
  }
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'latin1').then(
    (text) => text.trim(),
    () => undefined,
  );
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
