import { spawn, spawnSync } from 'node:child_process';
import type { Prefix } from '../../src/domain/address.js';
import { formatPrefix } from '../../src/domain/address.js';
import type { LoopResult } from './loop-result.js';
import { createReplyCount } from './loop-result.js';
import type { MeasuredProcess } from './measured-process.js';
import { runForeign } from './measured-process.js';
import type { Place } from './place.js';

/** A scanner of others that is installed here. They need raw sockets, so they run in namespaces of ours only. */
export interface Peer {
  readonly name: 'zmap' | 'masscan' | 'nmap';
  /** @param work.rate packets per second; absent: as fast as it can. */
  run(place: Place, work: PeerWork): Promise<MeasuredProcess & PeerResult>;
}

export interface PeerWork {
  readonly prefix: Prefix;
  readonly port: number;
  /** In hex. */
  readonly request: string;
  readonly rate: number | undefined;
}

/** Without `packetsPerSecond` it does not tell; without bytes `replies` have none. */
export interface PeerResult {
  readonly packetsPerSecond?: number;
  readonly replies: LoopResult['replies'];
  readonly tellsBytes: boolean;
}

const NO_LIMIT = 10_000_000;
/** They take 3 to 6 s here; nmap takes half a minute. */
const LONGEST_MS = 20_000;
const LONGEST_OF_NMAP_MS = 90_000;

/** Those of the three that are on the path. */
export function installedPeers(): readonly Peer[] {
  return PEERS.filter(({ name }) => spawnSync('which', [name], { stdio: 'ignore' }).status === 0);
}

const PEERS: readonly Peer[] = [
  {
    name: 'zmap',
    async run({ scanner, link }, { prefix, port, request, rate }) {
      const result = await runForeign(
        [
          ...['zmap', '-M', 'udp', '-p', `${port}`, `--probe-args=hex:${request}`],
          ...['-i', link?.interface ?? '', '-G', link?.gatewayMac ?? '', '-S', link?.source ?? ''],
          ...['-r', `${rate ?? NO_LIMIT}`, '--cooldown-time=1', '-b', '/dev/null'],
          // Repeats too: what amplifies says more than once that it is there.
          ...['-O', 'csv', '-f', 'saddr,udp_pkt_size', '--output-filter=success = 1'],
          formatPrefix(prefix),
        ],
        { enter: scanner, longestMs: LONGEST_MS },
      );
      const replies = createReplyCount();
      for (const line of result.stdout.split('\n')) {
        const [ip = '', size = ''] = line.split(',');
        // The UDP length has the header of eight bytes in it.
        if (/^\d/.test(ip)) replies.add(ip, Number(size) - 8);
      }
      const [, figure, unit] = /send: \d+ done \(([\d.]+) ([KM]?)p\/s avg\)/.exec(result.stderr) ?? [];
      const rates = figure === undefined ? {} : { packetsPerSecond: Number(figure) * factorOf(unit) };
      return { ...result, ...rates, replies: replies.list(), tellsBytes: true };
    },
  },
  {
    name: 'masscan',
    async run({ scanner, servers, link }, { prefix, port, rate }) {
      // It ends when its time is over and one more packet has come, for libpcap's ring has no timeout of its own.
      const knock = `const socket = require('node:dgram').createSocket('udp4');
        setInterval(() => socket.send('', 9, '${link?.source ?? ''}'), 500)`;
      const [program, ...args] = [...servers, process.execPath, '-e', knock];
      const waker = spawn(program, args, { stdio: 'ignore' });
      const result = await runForeign(
        [
          ...['masscan', formatPrefix(prefix), `-pU:${port}`, '--rate', `${rate ?? NO_LIMIT}`],
          ...['--adapter', link?.interface ?? '', '--adapter-ip', link?.source ?? ''],
          ...['--router-mac', link?.gatewayMac ?? '', '--wait', '1', '--retries', '0', '-oL', '-'],
        ],
        { enter: scanner, longestMs: LONGEST_MS },
      ).finally(() => waker.kill());
      const replies = [...result.stdout.matchAll(/^open udp \d+ (\S+) /gm)].map(([, ip = '']) => ip);
      const shown = [...result.stderr.matchAll(/rate:\s*([\d.]+)-kpps/g)].map(
        ([, kpps]) => Number(kpps) * 1000,
      );
      const fastest = Math.max(0, ...shown);
      const rates = fastest > 0 ? { packetsPerSecond: fastest } : {};
      return { ...result, ...rates, replies: onlyNames(replies), tellsBytes: false };
    },
  },
  {
    name: 'nmap',
    async run({ scanner, link }, { prefix, port, rate }) {
      const result = await runForeign(
        [
          ...['nmap', '-sU', '-n', '-Pn', '-p', `${port}`, '-e', link?.interface ?? '', '-oG', '-'],
          ...['--min-hostgroup', '65536', '--min-rate', `${rate ?? NO_LIMIT}`, formatPrefix(prefix)],
        ],
        { enter: scanner, longestMs: LONGEST_OF_NMAP_MS },
      );
      const open = [...result.stdout.matchAll(/^Host: (\S+) .*\b\d+\/open\/udp/gm)].map(([, ip = '']) => ip);
      return { ...result, replies: onlyNames(open), tellsBytes: false };
    },
  },
];

function onlyNames(ips: readonly string[]): LoopResult['replies'] {
  return [...new Set(ips)].map((ip) => [ip, 0, 1]);
}

function factorOf(unit: string | undefined): number {
  return unit === 'M' ? 1e6 : unit === 'K' ? 1e3 : 1;
}
