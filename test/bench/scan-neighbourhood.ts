import { chownSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Prefix } from '../../src/domain/address.js';
import { formatAddress, formatPrefix } from '../../src/domain/address.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { repositoryRoot } from '../repository.js';
import type { MeasuredProcess } from './measured-process.js';
import { runMeasured } from './measured-process.js';
import type { Conversation, Neighbourhood } from './neighbourhood.js';
import { loopback } from './place.js';

/** What a scan by the built CLI came to, against what the neighbourhood says of it. */
export interface NeighbourhoodScan extends MeasuredProcess {
  /** Packets per second while the sweep sent, as its progress told. */
  readonly sweepRate: number;
  /** From the sweep's last packet to the end of the last measurement, of one batch, as its progress told. */
  readonly measuringSeconds: number;
  /** The largest sum, over the exchanges with one host, of how long each listened. */
  readonly longestChainSeconds: number;
  /** Findings that are responders of the neighbourhood, and those that are not. */
  readonly found: number;
  readonly strange: number;
  /** Responders whose measurement counts every datagram and every byte that they sent to it. */
  readonly exact: number;
  /** Datagrams that the responders sent to the sweep and to the measurements. */
  readonly sentToSweep: number;
  readonly sentToMeasurements: number;
  readonly run: RunRecord;
}

export interface ScanChoices {
  readonly prefix: Prefix;
  /** Packets per second. */
  readonly rate: number;
  /** Further words of the command line. */
  readonly args?: readonly string[];
  /** Absent: short ones, enough on an idle machine. */
  readonly waits?: Waits;
  /** As a scope file has them. Absent: none that a sweep of one form could reach. */
  readonly limits?: string;
  /** Options of Node. */
  readonly node?: readonly string[];
  readonly place?: typeof loopback;
  /** A built CLI. Absent: this checkout's, as the package ships it. */
  readonly cli?: string;
}

export interface Waits {
  readonly cooldown: string;
  readonly formGap: string;
  readonly quietGap: string;
}

const CLI = join(repositoryRoot, 'dist', 'bundle', 'cli.js');
/** One pass, as the others beside it make. */
const WORDS = ['--retries', '0', '--out', 'out', '--json'];
/** A neighbourhood without a network needs no longer ones. */
const SHORT_WAITS: Waits = { cooldown: '1s', formGap: '1s', quietGap: '500ms' };

/**
 * Scans a prefix with the built CLI and without privilege, under a scope that leaves the pace to `rate`.
 * @throws Error when the scan fails.
 */
export async function scanNeighbourhood(
  neighbourhood: Neighbourhood,
  {
    prefix,
    rate,
    args = [],
    waits = SHORT_WAITS,
    limits = NO_LIMITS,
    node = [],
    place = loopback,
    cli = CLI,
  }: ScanChoices,
): Promise<NeighbourhoodScan> {
  const folder = await mkdtemp(join(tmpdir(), 'ampscope-bench-'));
  try {
    await writeFile(join(folder, 'scope.yaml'), scopeOf(prefix, rate, limits));
    const { args: enter, uid } = place.unprivileged;
    if (uid !== undefined) chownSync(folder, uid, uid);
    await neighbourhood.takeCounts();
    const chosen = neighbourhood.services.flatMap(({ probe, also = [] }) =>
      [probe, ...also].flatMap((id) => ['--probe', id, '--port', `${id}=${neighbourhood.portOf(probe)}`]),
    );
    const waiting = [
      ...['--cooldown', waits.cooldown, '--form-gap', waits.formGap, '--quiet-gap', waits.quietGap],
    ];
    const result = await runMeasured(cli, ['scan', ...chosen, ...WORDS, ...waiting, ...args], {
      cwd: folder,
      enter,
      node,
    });
    if (result.exitCode !== 0 && result.exitCode !== 4)
      throw new Error(`the scan ended with ${String(result.exitCode)}: ${result.stderr}`);
    const run = JSON.parse(result.stdout) as RunRecord & { readonly directory: string };
    const lines = await readFile(join(folder, run.directory, 'findings.jsonl'), 'utf8');
    const findings = lines
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as FindingRecord);
    const [, sweepRate] = /^sweep: 100 % .*?, (\d+)(?: packets)?\/s/m.exec(result.stderr) ?? [];
    const [, measured, measuredRate] =
      /^measurement: 100 % \((\d+) of \d+\), (\d+)(?: \w+)?\/s/m.exec(result.stderr) ?? [];
    return {
      ...result,
      sweepRate: Number(sweepRate),
      longestChainSeconds: longestChain(findings),
      measuringSeconds: Number(measured) / Number(measuredRate),
      run,
      ...compare(neighbourhood, findings, run, await neighbourhood.takeCounts()),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Holds the findings against the other side's own count: who sent how much to which of the scanner's ports. */
function compare(
  { services }: Neighbourhood,
  findings: readonly FindingRecord[],
  run: RunRecord,
  conversations: readonly Conversation[],
): Pick<NeighbourhoodScan, 'found' | 'strange' | 'exact' | 'sentToSweep' | 'sentToMeasurements'> {
  const sweepPorts = new Set(run.sockets.map(({ local_port: port }) => port));
  const inSweep = conversations.filter(({ clientPort }) => sweepPorts.has(clientPort));
  const inMeasurements = conversations.filter(({ clientPort }) => !sweepPorts.has(clientPort));
  const sent = new Map<string, Sums>();
  for (const { probe, address, datagrams, bytes } of inMeasurements)
    add(sent, `${probe} ${formatAddress(address)}`, { datagrams, bytes });
  const counted = new Map<string, Sums>();
  const serverOf = new Map(
    services.flatMap(({ probe, also = [] }) => [probe, ...also].map((id) => [id, probe] as const)),
  );
  const keys = new Set<string>();
  for (const { probe, ip, exchanges } of findings) {
    keys.add(`${probe} ${ip}`);
    for (const { seen_in: seenIn, datagrams, response_size: bytes } of exchanges)
      add(
        counted,
        `${serverOf.get(probe) ?? ''} ${ip}`,
        seenIn === 'measurement' ? { datagrams, bytes } : NOTHING,
      );
  }
  const isExact = (server: string): boolean => {
    const [a, b] = [sent.get(server), counted.get(server)];
    return a !== undefined && a.datagrams > 0 && a.datagrams === b?.datagrams && a.bytes === b.bytes;
  };
  const found = services.flatMap(({ probe, also = [], responders }) =>
    responders.flatMap(({ address }) => {
      const ip = formatAddress(address);
      const ids = [probe, ...also].filter((id) => keys.has(`${id} ${ip}`));
      return ids.map(() => `${probe} ${ip}`);
    }),
  );
  return {
    found: found.length,
    strange: findings.length - found.length,
    exact: found.filter(isExact).length,
    sentToSweep: total(inSweep),
    sentToMeasurements: total(inMeasurements),
  };
}

function longestChain(findings: readonly FindingRecord[]): number {
  const chains = new Map<string, number>();
  for (const { ip, exchanges } of findings)
    for (const { listened_ms: ms = 0 } of exchanges) chains.set(ip, (chains.get(ip) ?? 0) + ms / 1000);
  return Math.max(0, ...chains.values());
}

interface Sums {
  readonly datagrams: number;
  readonly bytes: number;
}

const NOTHING: Sums = { datagrams: 0, bytes: 0 };

function add(sums: Map<string, Sums>, key: string, { datagrams, bytes }: Sums): void {
  const before = sums.get(key) ?? NOTHING;
  sums.set(key, { datagrams: before.datagrams + datagrams, bytes: before.bytes + bytes });
}

function total(conversations: readonly Conversation[]): number {
  return conversations.reduce((sum, { datagrams }) => sum + datagrams, 0);
}

const NO_LIMITS = 'per_subnet: 10000000, per_host: 10000000, reply_bandwidth: 1000G';

function scopeOf(prefix: Prefix, rate: number, limits: string): string {
  return `organisation: the bench
authorised_by: whoever runs it, on their own machine
contact: bench@example.net
valid_until: 2999-12-31
networks: [{ prefix: ${formatPrefix(prefix)} }]
limits: { rate: ${rate}, ${limits} }
`;
}
