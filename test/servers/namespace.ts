import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';

/** A network namespace of our own: nothing in it reaches the machine's network, nor the other way round. */
export interface Namespace {
  readonly name: string;
  /** The words before a program that is to run in it; `ip` replaces itself, so the pid is the program's. */
  readonly enter: readonly [string, ...string[]];
}

/** Two namespaces joined by one link of 1,500 bytes. */
export interface Link {
  readonly scanner: Namespace & { readonly interface: string };
  readonly servers: Namespace & { readonly interface: string };
  /**
   * A namespace of its own behind the servers' side, with this one of its addresses alone: for a server that listens on
   * every address there is.
   */
  hostAt(address: string): Namespace;
  /** Deletes all, and ends what still runs in them. */
  close(): void;
}

const PREFIX = 'ampscope-';
const made = new Set<string>();
let count = 0;

/**
 * Makes the two namespaces with these addresses, all in one /24. The servers' side has a default route to the
 * scanner's side, which forwards nothing: so a packet to anywhere else is seen on the link, and ends there.
 * @param ipv6 further addresses, all in one /64; without it the link carries no IPv6 at all.
 */
export function makeLink(
  scannerAddress: string,
  serverAddresses: readonly string[],
  ipv6?: { readonly scanner: string; readonly servers: readonly string[] },
): Link {
  const scanner = { ...makeNamespace('scanner'), interface: 'vscan' };
  const servers = { ...makeNamespace('servers'), interface: 'vserve' };
  const ends = [scanner.interface, 'mtu', '1500', 'type', 'veth', 'peer', 'name', servers.interface];
  ip('-n', scanner.name, 'link', 'add', ...ends, 'mtu', '1500');
  ip('-n', scanner.name, 'link', 'set', servers.interface, 'netns', servers.name);
  ip('-n', scanner.name, 'addr', 'add', `${scannerAddress}/24`, 'dev', scanner.interface);
  for (const address of serverAddresses)
    ip('-n', servers.name, 'addr', 'add', `${address}/24`, 'dev', servers.interface);
  if (ipv6 !== undefined) for (const side of [scanner, servers]) allowIpv6(side);
  for (const side of [scanner, servers]) ip('-n', side.name, 'link', 'set', side.interface, 'up');
  for (const [side, addresses] of [
    [scanner, ipv6 === undefined ? [] : [ipv6.scanner]],
    [servers, ipv6?.servers ?? []],
  ] as const)
    for (const address of addresses)
      ip('-n', side.name, 'addr', 'add', `${address}/64`, 'dev', side.interface, 'nodad');
  ip('-n', servers.name, 'route', 'add', 'default', 'via', scannerAddress);
  const hosts: Namespace[] = [];
  return {
    scanner,
    servers,
    hostAt(address) {
      const host = makeHost(servers, address, scannerAddress);
      hosts.push(host);
      return host;
    },
    close: () => {
      for (const { name } of [scanner, ...hosts, servers]) deleteNamespace(name);
    },
  };
}

/** The servers' side answers ARP for the host and hands its packets on, unchanged but for the TTL. */
function makeHost(servers: Link['servers'], address: string, scannerAddress: string): Namespace {
  const host = makeNamespace('host');
  const near = `vhost${count}`;
  const ends = [near, 'mtu', '1500', 'type', 'veth', 'peer', 'name', 'vserve', 'mtu', '1500'];
  ip('-n', servers.name, 'link', 'add', ...ends, 'netns', host.name);
  // Whatever address goes, the others stay, and the way back too.
  inside(servers.enter, `echo 1 > /proc/sys/net/ipv4/conf/${servers.interface}/promote_secondaries`);
  ip('-n', servers.name, 'addr', 'del', `${address}/24`, 'dev', servers.interface);
  ip('-n', servers.name, 'route', 'replace', `${scannerAddress}/32`, 'dev', servers.interface);
  ip('-n', servers.name, 'link', 'set', near, 'up');
  ip('-n', servers.name, 'route', 'add', `${address}/32`, 'dev', near);
  for (const side of [near, servers.interface]) {
    inside(servers.enter, `echo 1 > /proc/sys/net/ipv4/conf/${side}/proxy_arp`);
    inside(servers.enter, `echo 0 > /proc/sys/net/ipv4/neigh/${side}/proxy_delay`);
  }
  inside(servers.enter, 'echo 1 > /proc/sys/net/ipv4/ip_forward');
  ip('-n', host.name, 'addr', 'add', `${address}/24`, 'dev', 'vserve');
  ip('-n', host.name, 'link', 'set', 'vserve', 'up');
  ip('-n', host.name, 'route', 'add', 'default', 'via', scannerAddress);
  return host;
}

/** Only the addresses that a test gives: no link-local ones, which would ask for routers. */
function allowIpv6(side: Namespace & { readonly interface: string }): void {
  const settings = `/proc/sys/net/ipv6/conf/${side.interface}`;
  inside(side.enter, `echo 1 > ${settings}/addr_gen_mode`);
  inside(side.enter, `echo 0 > ${settings}/accept_ra`);
  inside(side.enter, `echo 0 > ${settings}/disable_ipv6`);
}

/** A namespace with nothing but its loopback interface. */
export function makeNamespace(role: string): Namespace & { close(): void } {
  removeLeftovers();
  const name = `${PREFIX}${process.pid}-${role}-${count++}`;
  if (made.size === 0) deleteAtExit();
  made.add(name);
  ip('netns', 'add', name);
  const enter = ['ip', 'netns', 'exec', name] as const;
  // No router solicitations on the link, and nothing that comes over it goes on.
  inside(enter, 'for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 > $f; done || true');
  inside(enter, 'echo 0 > /proc/sys/net/ipv4/ip_forward');
  ip('-n', name, 'link', 'set', 'lo', 'up');
  return {
    name,
    enter,
    close: () => {
      deleteNamespace(name);
    },
  };
}

/** Starts a program in a namespace. */
export function spawnIn(
  { enter }: Namespace,
  command: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  const [program, ...rest] = enter;
  return spawn(program, [...rest, ...command], options);
}

function inside(enter: readonly [string, ...string[]], script: string): void {
  const [program, ...rest] = enter;
  execFileSync(program, [...rest, 'sh', '-c', script], { stdio: ['ignore', 'ignore', 'pipe'] });
}

function ip(...args: readonly string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function deleteNamespace(name: string): void {
  if (!made.delete(name)) return;
  endAndDelete(name);
}

/** Whatever still runs in a namespace of ours was started by the tests: it is ended by its pid. */
function endAndDelete(name: string): void {
  for (const pid of ip('netns', 'pids', name).split(/\s+/).filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // Gone in the meantime.
    }
  }
  ip('netns', 'delete', name);
}

/** Namespaces of a test process that was killed before it could delete them. */
function removeLeftovers(): void {
  for (const line of ip('netns', 'list').split('\n')) {
    const [, name, pid] = /^(ampscope-(\d+)-\S+)/.exec(line) ?? [];
    if (name !== undefined && Number(pid) !== process.pid && !isAlive(Number(pid))) endAndDelete(name);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function deleteAtExit(): void {
  process.on('exit', () => {
    for (const name of made) deleteNamespace(name);
  });
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ] as const)
    process.on(signal, () => process.exit(128 + number));
}
