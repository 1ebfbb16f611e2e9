import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn, ServerPlan } from './server.js';

const PORT = 69;
/** A file that is not there; not the one that the scanner asks for. */
const READY: ServerPlan['ready'] = { port: PORT, request: Buffer.from('\0\x01ready?\0octet\0') };

/**
 * What a TFTP server has: nothing, or a file of 600 bytes under the very name that the scanner asks for. No name is
 * guessed: it stands for a server that has a file for every name.
 */
export interface TftpRoot {
  readonly hasFile: boolean;
}

const filesOf = ({ hasFile }: TftpRoot): Readonly<Record<string, string>> =>
  hasFile ? { ampscope: 'x'.repeat(600) } : {};

/** In the foreground, its own folder as root: so it cannot look for its user, and keeps the one that it has. */
export function tftpdHpa(address: string, root: TftpRoot): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.tftpdHpa,
    files: filesOf(root),
    arguments: ['--foreground', '--address', `${address}:${PORT}`, '--user', 'root', '--secure', folder],
    ready: READY,
  });
}

export function atftpd(address: string, root: TftpRoot): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.atftpd,
    files: filesOf(root),
    arguments: [
      ...['--daemon', '--no-fork', '--logfile', '-', '--user', 'root', '--group', 'root'],
      ...['--port', String(PORT), '--bind-address', address, folder],
    ],
    ready: READY,
  });
}

/** What is there on every Debian; an error of dnsmasq names it. */
const EMPTY = '/srv';

/** No name server: its port is 0. */
export function dnsmasqTftp(address: string, root: TftpRoot): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.dnsmasq,
    files: {
      ...filesOf(root),
      'dnsmasq.conf': `port=0
enable-tftp
tftp-root=${root.hasFile ? folder : EMPTY}
listen-address=${address}
bind-interfaces
user=root
group=root
pid-file=
`,
    },
    arguments: ['--keep-in-foreground', '--log-facility=-', `--conf-file=${folder}/dnsmasq.conf`],
    ready: READY,
  });
}
