/**
 * What a notice tells its reader to type, typed: against a server that is open, where it must show what the notice
 * says, and against one that is not.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { probes } from '../../probes/list.js';
import { bind9Upstream } from './bind9.js';
import { unpacked, whyMissing } from '../packages/fetch.js';
import { makeLink, spawnIn, type Link } from './namespace.js';
import { PACKAGE_SETS } from '../packages/packages.js';
import { address, ALL_SERVERS, UPSTREAM } from './real-servers.js';
import { startServer, type RunningServer } from './server.js';
import { CHECK } from './zones.js';

interface SelfCheck {
  readonly probe: string;
  readonly open: string;
  /** Absent: an address without a listener. */
  readonly closed?: string;
  /** What the notice says will be seen where it is open, and nowhere else. */
  readonly shows: RegExp;
}

/** One notice a line. monlist has no row: no package of Debian has an ntpdc or an ntpd that would answer it. */
const SELF_CHECKS: readonly SelfCheck[] = [
  { probe: 'armagetron', open: 'armagetronad', shows: /\.0\.2\.9_1/ },
  { probe: 'bzflag', open: 'bzfs', shows: /BZFS\d{4}/ },
  { probe: 'chargen', open: 'xinetd', shows: /[!-~]{60}/ },
  { probe: 'coap', open: 'libcoap', shows: /<\/time>/ },
  { probe: 'cldap', open: 'samba-dc', shows: /defaultNamingContext.*DC=lab,DC=test/ },
  { probe: 'daytime', open: 'xinetd', shows: /\d\d:\d\d:\d\d/ },
  { probe: 'ddnet', open: 'ddnet', shows: /iext66051\.0\.6\.4.*lab/ },
  { probe: 'dns-any', open: 'bind9-auth', closed: 'bind9-auth-minimal', shows: /MSG SIZE {2}rcvd: \d{4}/ },
  { probe: 'dns-resolver', open: 'unbound-open', closed: 'unbound-refuse', shows: /NOERROR[^]*flags:.* ra/ },
  { probe: 'gdomap', open: 'gdomap', shows: /00 00 1a 02/ },
  // Of dtls-coap too: its notice has the same check.
  {
    probe: 'dtls',
    open: 'gnutls-serv-nocookie',
    closed: 'gnutls-serv',
    shows: /read server hello$/m,
  },
  { probe: 'echo', open: 'xinetd', shows: /12345678/ },
  { probe: 'ipmi', open: 'ipmi_sim', shows: /^ 06 00 ff 07/m },
  {
    probe: 'jamulus',
    open: 'jamulus-directory',
    closed: 'jamulus-server',
    shows: /Lab directory.*Lab directory/,
  },
  { probe: 'knxnet-ip', open: 'knxd', closed: 'knxd-debian', shows: /knxd/ },
  { probe: 'l2tp', open: 'xl2tpd', shows: /310 002/ },
  { probe: 'gtp-control', open: 'osmo-ggsn', shows: /^ 32 02 /m },
  { probe: 'gtp-user', open: 'osmo-ggsn', shows: /^ 32 02 /m },
  { probe: 'gtp-v0', open: 'osmo-ggsn', shows: /^ 1e 02 /m },
  { probe: 'isakmp', open: 'strongswan', shows: /[1-9]\d* returned (handshake|notify)/ },
  { probe: 'kerberos', open: 'krb5kdc', shows: /krbtgt.*00000001/ },
  { probe: 'mdns', open: 'avahi', shows: /_http\._tcp\.local\./ },
  { probe: 'memberlist', open: 'serf', closed: 'serf-encrypted', shows: /A {3}l {3}g {3}o/ },
  { probe: 'memcached', open: 'memcached', shows: /^STAT version /m },
  { probe: 'minetest', open: 'minetest', shows: /( 4f 45 74 03 00 01 00 03 ff dc 00 01 .{5}\n){3}/ },
  { probe: 'mumble', open: 'mumble', closed: 'mumble-without-ping', shows: /^( +\d+){24}$/m },
  { probe: 'netbios', open: 'nmbd', shows: /LABHOST/ },
  { probe: 'nat-pmp', open: 'miniupnpd', shows: /^ +0 128 / },
  { probe: 'ntp-readvar', open: 'ntpsec', closed: 'chrony', shows: /system="[^]*version="/ },
  { probe: 'openvpn', open: 'openvpn', closed: 'openvpn-tls-crypt', shows: /^ 40( [0-9a-f]{2}){15}$/m },
  { probe: 'portmap', open: 'rpcbind', shows: /ready and waiting/ },
  { probe: 'qotd', open: 'xinetd', shows: /plan/ },
  { probe: 'quic', open: 'ngtcp2', shows: / 00 00 00 01$/m },
  { probe: 'quake3', open: 'openarena', shows: /statusResponse/ },
  { probe: 'redeclipse', open: 'redeclipse', shows: /[a-z]{4}/ },
  { probe: 'rpc-mountd', open: 'mountd', closed: 'rpcbind', shows: /ready and waiting/ },
  { probe: 'rip', open: 'frr', closed: 'frr-passive', shows: /^ 02 01 /m },
  { probe: 'rip-v2', open: 'frr-version-2', closed: 'frr-passive', shows: /^ 02 02 /m },
  { probe: 'rtpengine-ng', open: 'rtpengine', shows: /check d10:statistics/ },
  { probe: 'sip', open: 'kamailio', shows: /SIP\/2\.0 200 OK/ },
  { probe: 'snmp-getbulk', open: 'snmpd-open', shows: /(iso\S* = .*\n){10}/ },
  { probe: 'snmp-v1-getnext', open: 'snmpd-v1-only', shows: /iso\S* = / },
  { probe: 'snmp-v3-discovery', open: 'snmpd-open', shows: /Unknown user name/ },
  { probe: 'ssdp', open: 'miniupnpd-upnp', closed: 'minidlna', shows: /HTTP\/1\.1 200 OK/ },
  { probe: 'stun', open: 'coturn', shows: /UDP reflexive addr/ },
  { probe: 'ws-discovery', open: 'wsdd2', shows: /ProbeMatches/ },
  { probe: 'xdmcp', open: 'xdm', shows: /lab.*Willing/ },
  { probe: 'systat', open: 'xinetd', shows: /alice +pts/ },
  { probe: 'tftp', open: 'tftpd-hpa', shows: /Error code 1: File not found/ },
  { probe: 'time', open: 'xinetd', shows: /^0000000( +\d+){4}$/m },
];

/** rpcinfo looks networks up in /etc/netconfig, which its package brings: over the machine's etc in mounts of its own. */
const WITH_NETCONFIG = 'mount -t overlay overlay -o lowerdir="$0:/etc" /etc && eval "$1"';

const SCANNER = address(1);
const NOBODY = address(201);
const skip = whyMissing('servers') ?? false;

describe('the check that a notice names', { concurrency: true }, () => {
  const names = new Set(SELF_CHECKS.flatMap(({ open, closed }) => [open, closed]));
  const servers = ALL_SERVERS.filter(({ name }) => names.has(name));
  let folder: string;
  let link: Link | undefined;
  let running: readonly RunningServer[] = [];

  before(
    async () => {
      if (skip !== false) return;
      folder = mkdtempSync(join(tmpdir(), 'ampscope-checks-'));
      symlinkSync(unpacked(PACKAGE_SETS.netcat).path('bin/nc.openbsd'), join(folder, 'nc'));
      symlinkSync(
        unpacked(PACKAGE_SETS.libcoap).path('usr/bin/coap-client-notls'),
        join(folder, 'coap-client'),
      );
      const made = makeLink(SCANNER, [NOBODY, UPSTREAM, ...servers.map((server) => server.address)]);
      link = made;
      const upstream = { name: 'upstream', plan: bind9Upstream(UPSTREAM) };
      running = await Promise.all(
        [upstream, ...servers].map(({ name, plan }) => startServer(made, folder, name, plan)),
      );
    },
    // A domain is set up from nothing.
    { timeout: 600_000 },
  );

  after(async () => {
    await Promise.all(running.map((one) => one.stop()));
    link?.close();
    if (skip === false) rmSync(folder, { recursive: true, force: true });
  });

  for (const { probe, open, closed, shows } of SELF_CHECKS)
    it(`of ${probe} tells ${open} from ${closed ?? 'a closed port'}`, { skip }, async () => {
      const [seen, unseen] = await Promise.all([typed(probe, open), typed(probe, closed)]);
      assert.match(seen, shows);
      assert.doesNotMatch(unseen, shows);
    });

  /** What the commands of the notice print, with the reader's own address and names in place. */
  async function typed(probe: string, server: string | undefined): Promise<string> {
    const { texts, port } = probes.find(({ id }) => id === probe) ?? {};
    const commands = texts?.check.en.split('\n').filter((line) => line.startsWith('    ')) ?? [];
    assert.ok(commands.length > 0, `the notice of ${probe} has a command`);
    assert.ok(link);
    const at = ALL_SERVERS.find(({ name }) => name === server)?.address ?? NOBODY;
    const script = commands
      .join('\n')
      .replaceAll('ADDRESS', at)
      .replaceAll('PORT', String(port))
      .replace('www.example.com', CHECK.name)
      .replace('example.net', 'fat.test');
    const { coturn, dig, ikeScan, libcoap, nmbd, ntpsec, openssl, rpcbind, sipsak, snmpTools, tftpClient } =
      PACKAGE_SETS;
    const sets = [
      coturn,
      dig,
      ikeScan,
      libcoap,
      nmbd,
      ntpsec,
      openssl,
      rpcbind,
      sipsak,
      snmpTools,
      tftpClient,
    ].map(unpacked);
    const environment = {
      PATH: [folder, ...sets.map((set) => set.path('usr/bin')), '/usr/sbin:/usr/bin:/sbin:/bin'].join(':'),
      LD_LIBRARY_PATH: sets.map((set) => set.environment['LD_LIBRARY_PATH']).join(':'),
      PYTHONPATH: sets.map((set) => set.path('usr/lib/python3/dist-packages')).join(':'),
      // Numbers in place of names, on a machine with the MIBs too.
      MIBS: '',
      HOME: folder,
    };
    const shell = spawnIn(
      link.scanner,
      ['sh', '-c', WITH_NETCONFIG, unpacked(PACKAGE_SETS.rpcbind).path('etc'), script],
      {
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let output = '';
    for (const stream of [shell.stdout, shell.stderr])
      stream?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    await once(shell, 'close');
    return output;
  }
});
