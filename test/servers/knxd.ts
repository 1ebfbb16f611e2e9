import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** What each is told beside its addresses; `-b dummy:` is a bus without a device, `-b ip:` the multicast group. */
const OPTIONS = {
  server: () => ['-D', '-T', '-R', '-S', '-b', 'dummy:'],
  debian: (folder: string) => ['-u', `${folder}/eib`, '-b', 'ip:'],
} as const;

/** knxd, which listens on every address: a server of tunnels and discovery, or as /etc/knxd.conf of Debian has it. */
export function knxd(address: string, as: keyof typeof OPTIONS): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.knxd,
    everywhere: true,
    arguments: ['-t', '0xffc', '-e', '0.0.1', '-E', '0.0.2:8', ...OPTIONS[as](folder)],
    ready: { prints: 'setup OK' },
  });
}
