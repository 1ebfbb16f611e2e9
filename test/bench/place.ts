import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Ipv4, Prefix } from '../../src/domain/address.js';
import { ipv4 } from '../../src/domain/address.js';
import { makeLink } from '../servers/namespace.js';

/** Where the bench sends: two namespaces of its own, or loopback. */
export interface Place {
  readonly name: 'namespaces' | 'loopback';
  /** The first address of a /8, all of which are the neighbourhood's. */
  readonly network: Ipv4;
  /** The words before a program that is to run on the scanner's side, and on the servers'. */
  readonly scanner: readonly string[];
  readonly servers: readonly string[];
  /** The scanner's side without any privilege, and who that is. */
  readonly unprivileged: { readonly args: readonly string[]; readonly uid?: number };
  /** What programs with raw sockets need to be told. Absent on loopback: there they are not run. */
  readonly link?: { readonly interface: string; readonly source: string; readonly gatewayMac: string };
  close(): void;
}

const SCANNER = '192.168.77.1';
const SERVERS = '192.168.77.2';
const NOBODY = 65_534;
const RAISED = 'AMPSCOPE_BENCH_NAMESPACE';

/** All of 127/8 is this machine on Linux; the port of another program there is chosen by the system. */
export const loopback: Place = {
  name: 'loopback',
  network: ipv4(0x7f00_0000),
  scanner: [],
  servers: [],
  unprivileged: { args: [] },
  close: () => undefined,
};

/** The place with the most to show: namespaces where they are allowed. */
export function openPlace(): Place {
  if (process.getuid?.() !== 0) return loopback;
  try {
    return openNamespaces();
  } catch {
    return loopback;
  }
}

/**
 * A user who is not root may be root of namespaces of their own. Runs this program again there where that works.
 * @returns its exit code; undefined where it does not work, or where it has been done.
 */
export function runRaised(): number | undefined {
  if (process.getuid?.() === 0 || process.env[RAISED] !== undefined) return undefined;
  const raise = ['-Urnm', 'sh', '-c', 'mount -t tmpfs none /run && exec "$@"', 'sh'];
  if (spawnSync('unshare', [...raise, 'ip', 'netns', 'add', 'try'], { stdio: 'ignore' }).status !== 0)
    return undefined;
  return (
    spawnSync('unshare', [...raise, process.execPath, ...process.argv.slice(1)], {
      stdio: 'inherit',
      env: { ...process.env, [RAISED]: '1' },
    }).status ?? 1
  );
}

function openNamespaces(): Place {
  const made = makeLink(SCANNER, [SERVERS]);
  const { scanner, servers } = made;
  const close = (): void => {
    made.close();
  };
  try {
    const inServers = (...args: readonly string[]): string =>
      execFileSync('ip', ['-n', servers.name, ...args], { encoding: 'utf8' });
    execFileSync('ip', ['-n', scanner.name, 'route', 'add', '10.0.0.0/8', 'via', SERVERS]);
    // Every address of it is the servers' own: one socket on all addresses hears them all.
    inServers('route', 'add', 'local', '10.0.0.0/8', 'dev', 'lo');
    const [, gatewayMac = ''] = /ether ([0-9a-f:]+)/.exec(inServers('link', 'show', servers.interface)) ?? [];
    return {
      name: 'namespaces',
      network: ipv4(0x0a00_0000),
      scanner: scanner.enter,
      servers: servers.enter,
      unprivileged: withoutPrivilege(scanner.enter),
      link: { interface: scanner.interface, source: SCANNER, gatewayMac },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** As nobody where that may read this checkout, else as the user that runs the bench, with no capability left. */
function withoutPrivilege(enter: readonly [string, ...string[]]): Place['unprivileged'] {
  const asNobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--inh-caps=-all'];
  const [program, ...args] = [...enter, ...asNobody, 'test', '-r', join(import.meta.dirname, 'run.js')];
  if (spawnSync(program, args, { stdio: 'ignore' }).status === 0)
    return { args: [...enter, ...asNobody], uid: NOBODY };
  return { args: [...enter, 'setpriv', '--inh-caps=-all', '--bounding-set=-all'] };
}

/** `10.20.0.0/16` of the place's network, or what is around it, or within. */
export function partOf({ network }: Place, length: number): Prefix {
  const size = 2 ** (32 - length);
  return { first: ipv4(network + Math.floor(0x14_0000 / size) * size), length };
}
