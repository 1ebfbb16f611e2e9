import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** BEP 5: a ping of a read-only node, another question than the scanner's. Whoever asks from here is asked back here. */
const PING = Buffer.from('d1:ad2:id20:readiness of serverse1:q4:ping2:roi1e1:t2:aa1:y1:qe');

/** transmission-daemon without a torrent. The node by which it would join the world is this machine, where none listens. */
export function transmission(address: string, port: number): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.transmission,
    files: {
      hosts: '127.0.0.1 localhost dht.transmissionbt.com\n',
      'settings.json': JSON.stringify({
        'bind-address-ipv4': address,
        'bind-address-ipv6': '::1',
        'dht-enabled': true,
        'lpd-enabled': false,
        'peer-port': port,
        'port-forwarding-enabled': false,
        'rpc-enabled': false,
      }),
    },
    hosts: 'hosts',
    arguments: ['-f', '-g', folder],
    environment: { HOME: folder },
    ready: { port, request: PING, from: 'servers' },
  });
}

/** aria2 with a torrent that nobody has, so that it takes part in the DHT. @param entry the first node that it knows. */
export function aria2(address: string, port: number, entry: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.aria2,
    arguments: [
      ...['--no-conf', '--enable-dht=true', '--enable-dht6=false', '--bt-enable-lpd=false', '--seed-time=0'],
      ...[`--interface=${address}`, `--dht-listen-port=${port}`, `--listen-port=${port}`],
      ...[`--dht-entry-point=${entry}`, `--dht-file-path=${folder}/dht.dat`, `--dir=${folder}`],
      'magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567',
    ],
    environment: { HOME: folder },
    ready: { port, request: PING, from: 'servers' },
  });
}
