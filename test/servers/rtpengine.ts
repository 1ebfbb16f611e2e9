import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

const PORT = 2223;

/** rtpengine without its kernel module, whose control port anybody reaches: the package has it at localhost. */
export function rtpengine(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.rtpengine,
    arguments: [
      ...['--foreground', '--log-stderr', '--config-file', 'none', '--table', '-1'],
      ...['--pidfile', `${folder}/pid`, '--interface', address, '--listen-ng', `${address}:${PORT}`],
    ],
    ready: { port: PORT, request: Buffer.from('ready d7:command4:pinge') },
  });
}
