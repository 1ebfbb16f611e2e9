import { armagetron } from './armagetron.js';
import { avahi } from './avahi.js';
import { bind9Authoritative, bind9Recursor } from './bind9.js';
import { bzflag } from './bzflag.js';
import { ddnet } from './ddnet.js';
import { dnsmasq } from './dnsmasq.js';
import { gdomap } from './gdomap.js';
import { inetutilsInetd, openbsdInetd, xinetd } from './inetd.js';
import { ipmiSim } from './ipmi.js';
import { jamulusDirectory, jamulusServer } from './jamulus.js';
import { mitKdc } from './kerberos.js';
import { kamailio } from './kamailio.js';
import { knotResolver } from './knot-resolver.js';
import { knot } from './knot.js';
import { coturn } from './coturn.js';
import { knxd } from './knxd.js';
import { frrRip } from './frr.js';
import { gnutlsServ } from './gnutls.js';
import { libcoap } from './libcoap.js';
import { memcached } from './memcached.js';
import { minetest } from './minetest.js';
import { mumble } from './mumble.js';
import { chrony, ntpsec } from './ntp.js';
import { nmbd } from './nmbd.js';
import { minidlna } from './minidlna.js';
import { miniupnpd, miniupnpdUpnp } from './miniupnpd.js';
import { mountd } from './mountd.js';
import { ngtcp2 } from './ngtcp2.js';
import { nsd } from './nsd.js';
import { openvpn } from './openvpn.js';
import { osmoGgsn } from './osmo-ggsn.js';
import { pdnsRecursor } from './pdns-recursor.js';
import { nexuiz, openarena } from './quake3.js';
import { sambaDomainController } from './samba.js';
import type { PlanIn } from './server.js';
import { redeclipse } from './redeclipse.js';
import { rpcbind } from './rpcbind.js';
import { serf } from './serf.js';
import { rtpengine } from './rtpengine.js';
import { snmpd, type SnmpdView } from './snmpd.js';
import { teeworlds } from './teeworlds.js';
import { atftpd, dnsmasqTftp, tftpdHpa, type TftpRoot } from './tftp.js';
import { strongswan } from './strongswan.js';
import { unbound } from './unbound.js';
import { wsdd2 } from './wsdd2.js';
import { xdm } from './xdm.js';
import { xl2tpd } from './xl2tpd.js';

/** One server in one configuration. */
export interface RealServer {
  readonly name: string;
  /** What is set, as its own configuration says it. */
  readonly configured: string;
  readonly address: string;
  /** What it listens on. */
  readonly ports: readonly number[];
  readonly plan: PlanIn;
  /** Starts when the others are up, for it registers with one of them. */
  readonly joins?: true;
}

/** RFC 5737, TEST-NET-1: inside the namespaces of the tests only. */
export const address = (host: number): string => `192.0.2.${host}`;

/** Where every recursing server gets its answers from: on the link, and in no scope. */
export const UPSTREAM = address(200);

const JAMULUS_DIRECTORY = 81;

const [DNS, NTP, SNMP] = [[53], [123], [161]];
const OPENVPN = [1194];
const TFTP = [69];
const RIP = [520];
const [ECHO, SYSTAT, DAYTIME, QOTD, CHARGEN, TIME] = [7, 11, 13, 17, 19, 37];

type Plans = (at: string) => PlanIn;
const own =
  (...options: string[]): Plans =>
  (at) =>
    bind9Authoritative(at, options);
const recursing =
  (...options: string[]): Plans =>
  (at) =>
    bind9Recursor(at, { upstream: UPSTREAM, options });
const unboundWith =
  (access: 'allow' | 'refuse', ...options: string[]): Plans =>
  (at) =>
    unbound(at, { upstream: UPSTREAM, access, options });
const pdnsWith =
  (...options: string[]): Plans =>
  (at) =>
    pdnsRecursor(at, { upstream: UPSTREAM, options });
const forwarding =
  (...options: string[]): Plans =>
  (at) =>
    dnsmasq(at, { upstream: UPSTREAM, options });
const stub: Plans = (at) => knotResolver(at, { upstream: UPSTREAM });
const showing =
  (view: SnmpdView): Plans =>
  (at) =>
    snmpd(at, { view });

const empty: TftpRoot = { hasFile: false };
const registered: Plans = (at) => jamulusServer(at, address(JAMULUS_DIRECTORY));
const ike =
  (connection: boolean): Plans =>
  (at) =>
    strongswan(at, { connection });
const dtlsServer =
  (asksForCookie: boolean): Plans =>
  (at) =>
    gnutlsServ(at, { asksForCookie });
const ripWith =
  (...settings: string[]): Plans =>
  (at) =>
    frrRip(at, { settings });

const open = ['allow-recursion { any; }'];
const closed = ['allow-recursion { none; }', 'allow-query-cache { none; }'];
const big = ['max-udp-size 4096', 'edns-udp-size 4096'];
const bigUnbound = ['edns-buffer-size: 4096', 'max-udp-size: 4096'];
const rrl = 'rate-limit { responses-per-second 5; window 5; slip 2; }';
const bigPdns = ['udp-truncation-threshold=4096', 'edns-outgoing-bufsize=4096'];

/** One server a line: name, host, ports, set-up, and the words for it. */
export const REAL_SERVERS: readonly RealServer[] = [
  row('bind9-auth', 10, DNS, own('minimal-any no'), 'authoritative, answers of up to 4,096 bytes'),
  row('bind9-auth-minimal', 11, DNS, own('minimal-any yes'), 'authoritative, `minimal-any yes`'),
  row('bind9-auth-rrl', 12, DNS, own('minimal-any no', rrl), `authoritative, \`${rrl}\``),
  row('bind9-rec-open', 13, DNS, recursing(...open, ...big), 'recursion for all, up to 4,096 bytes'),
  row('bind9-rec-default', 14, DNS, recursing(...open), 'recursion for all, its own limits'),
  row('bind9-rec-refused', 15, DNS, recursing(...closed, ...big), 'recursion for nobody'),
  row('unbound-open', 16, DNS, unboundWith('allow', ...bigUnbound), 'recursion for all, up to 4,096 bytes'),
  row('unbound-default', 17, DNS, unboundWith('allow'), 'recursion for all, its own limits'),
  row('unbound-refuse', 18, DNS, unboundWith('refuse', ...bigUnbound), '`access-control: 0.0.0.0/0 refuse`'),
  row('unbound-deny-any', 19, DNS, unboundWith('allow', ...bigUnbound, 'deny-any: yes'), '`deny-any: yes`'),
  row('pdns-recursor-4096', 20, DNS, pdnsWith(...bigPdns), 'recursion for all, up to 4,096 bytes'),
  row('pdns-recursor-any-to-tcp', 21, DNS, pdnsWith('any-to-tcp=yes'), 'its own limits, `any-to-tcp=yes`'),
  row('knot-resolver', 22, DNS, stub, 'kresd, forwards for all'),
  row('nsd', 23, DNS, nsd, 'authoritative, answers of up to 4,096 bytes'),
  row('knot', 24, DNS, knot, 'authoritative, answers of up to 4,096 bytes'),
  row('dnsmasq', 25, DNS, forwarding(), 'forwards for all, `edns-packet-max=4096`'),
  row('dnsmasq-uncached', 39, DNS, forwarding('cache-size=0'), 'forwards for all, `cache-size=0`'),
  row('ntpsec', 29, NTP, ntpsec, '`unrestrict default noquery`: mode 6 for all'),
  row('chrony', 30, NTP, chrony, '`allow all`'),
  row('snmpd-open', 31, SNMP, showing('all'), '`rocommunity public`'),
  row(
    'snmpd-debian',
    32,
    SNMP,
    showing('systemonly'),
    "`rocommunity public` with Debian's view `systemonly`",
  ),
  row('snmpd-unlimited', 33, SNMP, showing('unlimited'), '`maxGetbulkRepeats -1`, `maxGetbulkResponses -1`'),
  row('snmpd-v1-only', 37, SNMP, showing('v1-only'), '`group readers v1 reader`, and no group for v2c'),
  row('memcached', 38, [11211], memcached, '`-U 11211`, nothing stored'),
  row('krb5kdc', 92, [88], mitKdc, 'MIT krb5, no account but its own'),
  row('samba-dc', 93, [88, 389], sambaDomainController, 'domain controller, CLDAP and Kerberos'),
  row('openvpn', 90, OPENVPN, (at) => openvpn(at), '`server`, neither tls-auth nor tls-crypt'),
  row('openvpn-tls-crypt', 91, OPENVPN, (at) => openvpn(at, { hasTlsCrypt: true }), '`server`, `tls-crypt`'),
  row('strongswan', 120, [500], ike(true), 'a connection for anybody with a pre-shared key, IKEv1 and IKEv2'),
  row('strongswan-debian', 121, [500], ike(false), 'as Debian installs it: no connection'),
  row('openarena', 122, [27960], openarena, 'on ioquake3, `dedicated 1`, one map, no players'),
  row('nexuiz', 123, [27960], nexuiz, 'on DarkPlaces, `sv_public 0`, port 27960, no players'),
  row('kamailio', 125, [5060], kamailio, 'answers everything with 200'),
  row('mountd', 97, [111], (at) => mountd(at, { exports: 8 }), 'eight exports, each for two networks'),
  row('mountd-without-exports', 98, [111], (at) => mountd(at, { exports: 0 }), 'no export'),
  row('knxd', 99, [3671], (at) => knxd(at, 'server'), '`-D -T -R -S`: discovery, tunnels and routing'),
  row('knxd-debian', 100, [3671], (at) => knxd(at, 'debian'), 'as Debian installs it: `-b ip:`'),
  row('serf', 101, [7946], (at) => serf(at, { hasKey: false }), 'one node, just started'),
  row('serf-encrypted', 102, [7946], (at) => serf(at, { hasKey: true }), '`-encrypt`'),
  row('gdomap', 103, [538], gdomap, '`-p`: looks for no other'),
  row('teeworlds', 104, [8303], teeworlds, '`sv_register 0`, nobody plays'),
  row('xdm', 126, [177], xdm, '`*` in Xaccess, on a host named lab'),
  row('miniupnpd', 119, [5351], miniupnpd, 'listens on this address, no outer one'),
  row('wsdd2', 40, [3702], wsdd2, 'WS-Discovery on its one interface'),
  row('ipmi_sim', 41, [623], ipmiSim, 'OpenIPMI, allows no password, MD2, MD5 and a plain one'),
  row('miniupnpd-upnp', 42, [1900], miniupnpdUpnp, 'UPnP, asked from its inner side'),
  row('minidlna', 43, [1900], minidlna, 'a folder without media'),
  row('avahi', 44, [5353], avahi, 'five kinds of service, asked from its own link'),
  row('redeclipse', 124, [28802], redeclipse, '`servertype 1`, no players, no description'),
  row('armagetronad', 95, [4534], armagetron, '`TALK_TO_MASTER 0`'),
  row('bzfs', 94, [5154], bzflag, 'without `-public`'),
  row('ddnet', 96, [8303], ddnet, '`sv_register 0`, nobody plays'),
  row(
    'jamulus-directory',
    JAMULUS_DIRECTORY,
    [22_124],
    jamulusDirectory,
    '`-e localhost`, four servers registered',
  ),
  row('jamulus-server', 86, [22_124], (at) => jamulusServer(at), 'a server that is no directory'),
  ...[82, 83, 84, 85].map((host) => ({
    ...row(`jamulus-registered-${host}`, host, [], registered, `\`-e ${address(JAMULUS_DIRECTORY)}\``),
    joins: true as const,
  })),
  row('mumble', 87, [64_738], (at) => mumble(at, { allowsPing: true }), 'as it comes'),
  row('mumble-without-ping', 88, [64_738], (at) => mumble(at, { allowsPing: false }), '`allowping=false`'),
  row('minetest', 80, [30_000], minetest, 'an empty world, `server_announce = false`'),
  row(
    'xinetd',
    34,
    [ECHO, SYSTAT, DAYTIME, QOTD, CHARGEN, TIME],
    xinetd,
    'built-in services, and a qotd and a systat of our own',
  ),
  row('openbsd-inetd', 35, [ECHO, DAYTIME, CHARGEN, TIME], openbsdInetd, 'built-in services'),
  row('inetutils-inetd', 36, [ECHO, DAYTIME, CHARGEN, TIME], inetutilsInetd, 'built-in services'),
  row('frr', 52, RIP, ripWith(), 'ripd with 60 routes'),
  row('frr-version-2', 53, RIP, ripWith('version 2'), '`version 2`'),
  row('frr-passive', 54, RIP, ripWith('passive-interface default'), '`passive-interface default`'),
  row('rtpengine', 55, [2223], rtpengine, '`listen-ng` at an address that anybody reaches'),
  row('osmo-ggsn', 56, [2123, 2152, 3386], osmoGgsn, 'no subscriber network'),
  row('ngtcp2', 57, [443], (at) => ngtcp2(at, { asksForToken: false }), 'gtlsserver, HTTP/3'),
  row('ngtcp2-retry', 58, [443], (at) => ngtcp2(at, { asksForToken: true }), 'gtlsserver `-V`'),
  row('nmbd', 72, [137], nmbd, 'a workgroup, `local master = no`'),
  row('rpcbind', 69, [111], rpcbind, 'nothing registered but itself'),
  row('coturn', 70, [3478], (at) => coturn(at, { isLean: false }), '`stun-only`'),
  row(
    'coturn-lean',
    71,
    [3478],
    (at) => coturn(at, { isLean: true }),
    "what Debian's own file sets, and `no-software-attribute`",
  ),
  row('libcoap', 67, [5683, 5684], libcoap, 'its example server with `-k`, a key for DTLS'),
  row('tftpd-hpa', 64, TFTP, (at) => tftpdHpa(at, empty), 'nothing in its root'),
  row('atftpd', 65, TFTP, (at) => atftpd(at, empty), 'nothing in its root'),
  row('dnsmasq-tftp', 66, TFTP, (at) => dnsmasqTftp(at, empty), '`enable-tftp`, nothing in its root'),
];

/** What goes on for longer than a scan of all should take; and gnutls-serv, which a packet of QUIC at its port keeps busy. */
const SLOW_SERVERS: readonly RealServer[] = [
  row('xl2tpd', 68, [1701], xl2tpd, '`[lns default]`, no IPsec'),
  row('gnutls-serv', 50, [443], dtlsServer(true), '`--udp`, which asks for a cookie'),
  row('gnutls-serv-nocookie', 51, [443], dtlsServer(false), '`--udp --nocookie`'),
];

export const ALL_SERVERS: readonly RealServer[] = [...REAL_SERVERS, ...SLOW_SERVERS];

function row(
  name: string,
  host: number,
  ports: readonly number[],
  plan: Plans,
  configured: string,
): RealServer {
  return { name, configured, address: address(host), ports, plan: plan(address(host)) };
}
