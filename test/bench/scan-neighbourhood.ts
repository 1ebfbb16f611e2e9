import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Prefix } from '../../src/domain/address.js';
import { formatPrefix, parseAddress } from '../../src/domain/address.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import type { MeasuredProcess } from './measured-process.js';
import { runMeasured } from './measured-process.js';
import type { Neighbourhood } from './neighbourhood.js';
import { replyBytes } from './neighbourhood.js';

/** What a scan by the built CLI came to, against what is known of the neighbourhood. */
export interface NeighbourhoodScan extends MeasuredProcess {
  /** Packets per second while the sweep sent, as its progress told. */
  readonly sweepRate: number;
  readonly found: number;
  /** Responders whose measurement has every byte and every datagram of the truth. */
  readonly exact: number;
  /** Datagrams in the measurements of all findings. */
  readonly measuredDatagrams: number;
  readonly run: RunRecord;
}

const CLI = join(import.meta.dirname, '..', '..', 'src', 'cli.js');

/**
 * Scans a prefix of loopback with the built CLI, under a scope that leaves the pace to `rate` (packets/s).
 * @throws Error when the scan fails.
 */
export async function scanNeighbourhood(
  { port, responders, datagramsEach }: Neighbourhood,
  { prefix, rate }: { readonly prefix: Prefix; readonly rate: number },
): Promise<NeighbourhoodScan> {
  const folder = await mkdtemp(join(tmpdir(), 'ampscope-bench-'));
  try {
    await writeFile(join(folder, 'scope.yaml'), scopeOf(prefix, rate));
    // One pass, as the others beside it make.
    const words = [
      'scan',
      '--retries',
      '0',
      '--probe',
      'chargen',
      '--port',
      `chargen=${port}`,
      '--out',
      'out',
      '--json',
    ];
    const waits = ['--cooldown', '1s', '--quiet-gap', '1s', '--form-gap', '1s'];
    const result = await runMeasured(CLI, [...words, ...waits], { cwd: folder });
    if (result.exitCode !== 0 && result.exitCode !== 4)
      throw new Error(`the scan ended with ${String(result.exitCode)}: ${result.stderr}`);
    const run = JSON.parse(result.stdout) as RunRecord & { readonly directory: string };
    const lines = await readFile(join(folder, run.directory, 'findings.jsonl'), 'utf8');
    const findings = lines
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as FindingRecord);
    const truth = new Map<unknown, number>(
      responders.map((responder) => [responder, replyBytes(responder, datagramsEach)]),
    );
    const measured = findings.filter(({ basis }) => basis === 'measurement');
    const [, sweepRate] = /^sweep: 100 % .*?, (\d+)\/s/m.exec(result.stderr) ?? [];
    return {
      ...result,
      sweepRate: Number(sweepRate),
      found: findings.length,
      exact: measured.filter(
        ({ ip, response_size: bytes, packets }) =>
          truth.get(parseAddress(ip)) === bytes && packets === datagramsEach,
      ).length,
      measuredDatagrams: measured.reduce((sum, { packets }) => sum + packets, 0),
      run,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Per subnet and host there is no limit that a sweep of one form could reach. */
function scopeOf(prefix: Prefix, rate: number): string {
  return `organisation: the bench
authorised_by: whoever runs it, on their own loopback
contact: bench@example.net
valid_until: 2999-12-31
networks: [{ prefix: ${formatPrefix(prefix)} }]
limits: { rate: ${rate}, per_subnet: 10000000, per_host: 10000000, reply_bandwidth: 1000G }
`;
}
