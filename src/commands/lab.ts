import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { probes } from '../../probes/list.js';
import { writeAtomically } from '../archive/atomic-file.js';
import { formatDay } from '../domain/time.js';
import { UsageError } from '../domain/usage-error.js';
import type { LabHost } from '../lab/layout.js';
import { startLab } from '../lab/lab.js';
import { addressAndPort, labHosts, labScope } from '../lab/layout.js';
import { ALL_SETTINGS } from '../settings/all-settings.js';
import { defineCommand, EXIT } from './command.js';

/** A scope of the lab is good for a month and a half: long enough to play, short enough to be no habit. */
const LAB_VALID_MS = 45 * 86_400_000;

/** Starts the lab's reflectors and keeps them up until it is stopped. */
export const lab = defineCommand({
  settings: ALL_SETTINGS.pick({ base_port: true, scope_file: true }),
  example: ['ampscope lab --scope-file lab-scope.yaml', 'then scan it from another terminal'],
  async run({ base_port, scope_file: scopeFile }, { stdout, clock, stop }) {
    const { hosts, scopeText } = labOf(base_port, clock.now());
    await writeScopeFile(scopeFile, scopeText);
    const running = await startLab(hosts);
    for (const { address, port, emulated, probes: askers } of hosts)
      stdout.write(
        `${addressAndPort(address, port)}  ${emulated.name}: ${emulated.about} (for ${askers.join(', ')})\n`,
      );
    const ports = labPorts(hosts).map((port) => `--port ${port}`);
    stdout.write(
      `\nscan it with: ampscope scan --scope ${scopeFile} --probe all ${ports.join(' ')}\nstop it with Ctrl-C\n`,
    );
    if (!stop.aborted) await once(stop, 'abort');
    await running.close();
    return EXIT.finished;
  },
});

/** The hosts of the lab and the scope file that allows exactly them. */
export function labOf(
  basePort: number,
  now: number,
): { readonly hosts: readonly LabHost[]; readonly scopeText: string } {
  const hasIpv6 = hasIpv6Loopback();
  return {
    hosts: labHosts(probes, { basePort, hasIpv6 }),
    scopeText: labScope(formatDay(now + LAB_VALID_MS), { hasIpv6 }),
  };
}

/** Containers and namespaces are often made without it: then the lab is of IPv4 alone. */
function hasIpv6Loopback(): boolean {
  return Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
}

/** What a scan of the lab needs with `--port`, for the lab's ports are not the protocols' own. */
export function labPorts(hosts: readonly LabHost[]): readonly string[] {
  return [...new Set(hosts.flatMap(({ probes: askers, port }) => askers.map((id) => `${id}=${port}`)))];
}

/** @throws UsageError rather than overwrite a file that no lab wrote: it may be a real scope. */
export async function writeScopeFile(path: string, text: string): Promise<void> {
  const present = await readFile(path, 'utf8').catch(() => undefined);
  const [mark] = text.split('\n');
  if (present !== undefined && present.split('\n')[0] !== mark)
    throw new UsageError(
      `${path} is there already, and is not a lab's scope`,
      'name another file with --scope-file',
    );
  await writeAtomically(path, [text], { mode: 0o600 });
}
