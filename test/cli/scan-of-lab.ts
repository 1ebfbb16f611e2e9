import { copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before } from 'node:test';
import { probes } from '../../probes/list.js';
import type { Lab } from '../../src/lab/lab.js';
import { startLab } from '../../src/lab/lab.js';
import { labHosts, labPort } from '../../src/lab/layout.js';
import type { makeWorkspace } from './workspace.js';
import { scopeText } from './workspace.js';

/** Most runs do without the second pass: it would double their time. */
export const ONE_PASS = ['--retries', '0'];

const PROBES = ['chargen', 'dns-any', 'ntp-monlist', 'snmp-getbulk'];

/** Below the ports that the lab of stories.test.ts takes, which is a process of its own. */
const [FIRST_BASE_PORT, BASE_PORTS, STEP] = [10_000, 45, 200];

/** A lab in this process, on ports that are free: other files, and other checkouts, are tested at the same time. */
export async function startFreeLab(): Promise<{ readonly lab: Lab; readonly basePort: number }> {
  for (let attempt = 0; ; attempt++) {
    const basePort = FIRST_BASE_PORT + ((process.pid + attempt) % BASE_PORTS) * STEP;
    try {
      return { lab: await startLab(labHosts(probes, { basePort, hasIpv6: false })), basePort };
    } catch (error) {
      if (attempt === BASE_PORTS) throw error;
    }
  }
}

function copyOf(scope: string, folder: string, out: string): string {
  const copy = join(folder, `scope-of-${basename(out)}.yaml`);
  copyFileSync(scope, copy);
  return copy;
}

/** A lab while the tests of one file run, and the words of a scan of it that is over in seconds. */
export function scanOfLab(workspace: ReturnType<typeof makeWorkspace>): {
  readonly scope: string;
  readonly args: (out: string, ...more: readonly string[]) => string[];
  /** Added to each probe's port, once the tests have begun. */
  readonly basePort: () => number;
} {
  let started: Awaited<ReturnType<typeof startFreeLab>> | undefined;
  const basePort = (): number => started?.basePort ?? 0;
  before(async () => {
    started = await startFreeLab();
  });
  after(() => started?.lab.close());
  const networks = [1, 2, 3].map((net) => `{ prefix: 127.64.${net}.0/27, asn: ${64_495 + net} }`);
  const scope = workspace.write(
    'scope.yaml',
    scopeText({
      networks: `[${networks.join(', ')}]`,
      limits: '{ rate: 1000, per_subnet: 400, per_host: 10, reply_bandwidth: 100M }',
      dns: '{ names: [fat.test] }',
    }),
  );
  const asked = (): string[] =>
    probes
      .filter(({ id }) => PROBES.includes(id))
      .flatMap(({ id, port }) => ['--probe', id, '--port', `${id}=${labPort(basePort(), port)}`]);
  return {
    scope,
    basePort,
    args: (out, ...more) => [
      'scan',
      // Runs that go on at the same time each have a scope of their own: two of one scope are refused.
      ...['--scope', copyOf(scope, workspace.path, out), '--out', out, '--seed', 'kill', '--quiet'],
      ...asked(),
      // A machine that is busy with something else keeps an answer waiting for that long.
      ...['--cooldown', '500ms', '--form-gap', '100ms', '--quiet-gap', '500ms', '--checkpoint', '200ms'],
      ...more,
    ],
  };
}
