import { chownSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Prefix } from '../../src/domain/address.js';
import { formatAddress, formatPrefix } from '../../src/domain/address.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import type { MeasuredProcess } from './measured-process.js';
import { runMeasured } from './measured-process.js';
import type { Conversation, Neighbourhood } from './neighbourhood.js';
import { loopback } from './place.js';

/** What a scan by the built CLI came to, against what the neighbourhood says of it. */
export interface NeighbourhoodScan extends MeasuredProcess {
  /** Packets per second while the sweep sent, as its progress told. */
  readonly sweepRate: number;
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
  /** Silence that ends an exchange. Absent: half a second, enough on an idle machine. */
  readonly quietGap?: string;
  /** Options of Node. */
  readonly node?: readonly string[];
  readonly place?: typeof loopback;
}

const CLI = join(import.meta.dirname, '..', '..', 'src', 'cli.js');
/** One pass, as the others beside it make; and waits that a neighbourhood without a network needs no longer. */
const WORDS = [...['--retries', '0', '--cooldown', '1s', '--form-gap', '1s'], ...['--out', 'out', '--json']];

/**
 * Scans a prefix with the built CLI and without privilege, under a scope that leaves the pace to `rate`.
 * @throws Error when the scan fails.
 */
export async function scanNeighbourhood(
  neighbourhood: Neighbourhood,
  { prefix, rate, args = [], quietGap = '500ms', node = [], place = loopback }: ScanChoices,
): Promise<NeighbourhoodScan> {
  const folder = await mkdtemp(join(tmpdir(), 'ampscope-bench-'));
  try {
    await writeFile(join(folder, 'scope.yaml'), scopeOf(prefix, rate));
    const { args: enter, uid } = place.unprivileged;
    if (uid !== undefined) chownSync(folder, uid, uid);
    await neighbourhood.takeCounts();
    const chosen = neighbourhood.services.flatMap(({ probe }) => [
      ...['--probe', probe, '--port', `${probe}=${neighbourhood.portOf(probe)}`],
    ]);
    const result = await runMeasured(CLI, ['scan', ...chosen, ...WORDS, '--quiet-gap', quietGap, ...args], {
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
    const [, sweepRate] = /^sweep: 100 % .*?, (\d+)\/s/m.exec(result.stderr) ?? [];
    return {
      ...result,
      sweepRate: Number(sweepRate),
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
  for (const { probe, ip, exchanges } of findings)
    for (const { seen_in: seenIn, datagrams, response_size: bytes } of exchanges)
      add(counted, `${probe} ${ip}`, seenIn === 'measurement' ? { datagrams, bytes } : NOTHING);
  const responders = services.flatMap(({ probe, responders: list }) =>
    list.map(({ address }) => `${probe} ${formatAddress(address)}`),
  );
  const found = responders.filter((responder) => counted.has(responder));
  return {
    found: found.length,
    strange: findings.length - found.length,
    exact: found.filter((responder) => {
      const [a, b] = [sent.get(responder), counted.get(responder)];
      return a !== undefined && a.datagrams > 0 && a.datagrams === b?.datagrams && a.bytes === b.bytes;
    }).length,
    sentToSweep: total(inSweep),
    sentToMeasurements: total(inMeasurements),
  };
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

/** Per subnet and host there is no limit that a sweep of one form could reach. */
function scopeOf(prefix: Prefix, rate: number): string {
  return `organisation: the bench
authorised_by: whoever runs it, on their own machine
contact: bench@example.net
valid_until: 2999-12-31
networks: [{ prefix: ${formatPrefix(prefix)} }]
limits: { rate: ${rate}, per_subnet: 10000000, per_host: 10000000, reply_bandwidth: 1000G }
`;
}
