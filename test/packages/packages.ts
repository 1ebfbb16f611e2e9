/** A folder of test/ whose tests need programs that npm does not have. */
export type Room = 'browser' | 'readers' | 'servers' | 'spreadsheet';

/** Debian packages that are unpacked together into one folder of the cache, never installed. */
export interface PackageSet {
  /** The folder's name. */
  readonly name: string;
  /** The folder of test/ whose tests need it. */
  readonly room: Room;
  /** What is asked for; what it depends on and the machine lacks comes along. */
  readonly packages: readonly [string, ...string[]];
  /** Of what it depends on, what the tests can do without: textures, sounds and models of a game. */
  readonly without?: readonly string[];
  /** A file that proves the set complete, relative to its folder: the program. */
  readonly proof: string;
  /** Whether it looks for its own parts under /usr: then its folder lies over the machine's while it runs. */
  readonly overUsr?: true;
  /**
   * Whether it writes below /run and reads what its packages put into /etc: then it has a /run of its own, and their etc
   * and that of its own folder lie over the machine's while it runs.
   */
  readonly ownEtc?: true;
}

/**
 * The one list of what the tests fetch from Debian. Each set has a folder of its own, because the inetds exclude
 * each other, as ntpsec and chrony do, and because installing a server would start it.
 */
export const PACKAGE_SETS = {
  tcpdump: { name: 'tcpdump', room: 'servers', packages: ['tcpdump'], proof: 'usr/bin/tcpdump' },
  nftables: { name: 'nftables', room: 'servers', packages: ['nftables'], proof: 'usr/sbin/nft' },
  bind9: { name: 'bind9', room: 'servers', packages: ['bind9'], proof: 'usr/sbin/named' },
  unbound: { name: 'unbound', room: 'servers', packages: ['unbound'], proof: 'usr/sbin/unbound' },
  pdnsRecursor: {
    name: 'pdns-recursor',
    room: 'servers',
    packages: ['pdns-recursor'],
    proof: 'usr/sbin/pdns_recursor',
  },
  knotResolver: {
    name: 'knot-resolver',
    room: 'servers',
    packages: ['knot-resolver'],
    proof: 'usr/sbin/kresd',
    overUsr: true,
  },
  nsd: { name: 'nsd', room: 'servers', packages: ['nsd'], proof: 'usr/sbin/nsd' },
  knot: { name: 'knot', room: 'servers', packages: ['knot'], proof: 'usr/sbin/knotd' },
  dnsmasq: { name: 'dnsmasq', room: 'servers', packages: ['dnsmasq-base'], proof: 'usr/sbin/dnsmasq' },
  samba: {
    name: 'samba',
    room: 'servers',
    packages: [
      'samba',
      'samba-dsdb-modules',
      'samba-vfs-modules',
      'samba-ad-provision',
      'python3-samba',
      'winbind',
    ],
    proof: 'usr/sbin/samba',
    overUsr: true,
  },
  snmpd: { name: 'snmpd', room: 'servers', packages: ['snmpd'], proof: 'usr/sbin/snmpd' },
  armagetron: {
    name: 'armagetronad',
    room: 'servers',
    packages: ['armagetronad-dedicated'],
    proof: 'usr/games/armagetronad-dedicated.real',
  },
  bzflag: {
    name: 'bzflag-server',
    room: 'servers',
    packages: ['bzflag-server'],
    proof: 'usr/games/bzfs',
    overUsr: true,
  },
  ddnet: {
    name: 'ddnet-server',
    room: 'servers',
    packages: ['ddnet-server'],
    proof: 'usr/games/DDNet-Server',
    overUsr: true,
  },
  transmission: {
    name: 'transmission-daemon',
    room: 'servers',
    packages: ['transmission-daemon'],
    proof: 'usr/bin/transmission-daemon',
  },
  aria2: { name: 'aria2', room: 'servers', packages: ['aria2'], proof: 'usr/bin/aria2c' },
  mumble: {
    name: 'mumble',
    room: 'servers',
    packages: ['mumble-server'],
    proof: 'usr/sbin/murmurd',
    overUsr: true,
  },
  // Qt looks for its platform under /usr.
  jamulus: {
    name: 'jamulus',
    room: 'servers',
    packages: ['jamulus'],
    proof: 'usr/bin/Jamulus',
    overUsr: true,
  },
  minetest: {
    name: 'minetest',
    room: 'servers',
    packages: ['minetest-server'],
    proof: 'usr/lib/minetest/minetestserver',
    overUsr: true,
  },
  memcached: {
    name: 'memcached',
    room: 'servers',
    packages: ['memcached'],
    proof: 'usr/bin/memcached',
  },
  kerberos: { name: 'krb5-kdc', room: 'servers', packages: ['krb5-kdc'], proof: 'usr/sbin/krb5kdc' },
  openvpn: { name: 'openvpn', room: 'servers', packages: ['openvpn'], proof: 'usr/sbin/openvpn' },
  nmbd: { name: 'nmbd', room: 'servers', packages: ['samba'], proof: 'usr/sbin/nmbd' },
  rpcbind: {
    name: 'rpcbind',
    room: 'servers',
    packages: ['rpcbind', 'libtirpc-common'],
    proof: 'sbin/rpcbind',
    ownEtc: true,
  },
  nfsKernelServer: {
    name: 'nfs-kernel-server',
    room: 'servers',
    packages: ['nfs-kernel-server', 'rpcbind', 'libtirpc-common'],
    proof: 'usr/sbin/rpc.mountd',
    ownEtc: true,
  },
  knxd: { name: 'knxd', room: 'servers', packages: ['knxd'], proof: 'usr/bin/knxd', overUsr: true },
  serf: { name: 'serf', room: 'servers', packages: ['serf'], proof: 'usr/bin/serf' },
  gdomap: {
    name: 'gnustep-base-runtime',
    room: 'servers',
    packages: ['gnustep-base-runtime'],
    proof: 'usr/bin/gdomap',
  },
  teeworlds: {
    name: 'teeworlds-server',
    room: 'servers',
    packages: ['teeworlds-server', 'teeworlds-data'],
    proof: 'usr/games/teeworlds-server',
    overUsr: true,
  },
  coturn: { name: 'coturn', room: 'servers', packages: ['coturn'], proof: 'usr/bin/turnserver' },
  xl2tpd: { name: 'xl2tpd', room: 'servers', packages: ['xl2tpd'], proof: 'usr/sbin/xl2tpd' },
  wsdd2: { name: 'wsdd2', room: 'servers', packages: ['wsdd2'], proof: 'usr/sbin/wsdd2' },
  ipmiSim: { name: 'openipmi', room: 'servers', packages: ['openipmi'], proof: 'usr/bin/ipmi_sim' },
  minidlna: { name: 'minidlna', room: 'servers', packages: ['minidlna'], proof: 'usr/sbin/minidlnad' },
  avahi: {
    name: 'avahi',
    room: 'servers',
    packages: ['avahi-daemon'],
    proof: 'usr/sbin/avahi-daemon',
    ownEtc: true,
  },
  // Its daemons want a group of its own.
  frr: { name: 'frr', room: 'servers', packages: ['frr'], proof: 'usr/lib/frr/ripd', ownEtc: true },
  rtpengine: {
    name: 'rtpengine',
    room: 'servers',
    packages: ['rtpengine-daemon'],
    proof: 'usr/bin/rtpengine',
  },
  ngtcp2: { name: 'ngtcp2', room: 'servers', packages: ['ngtcp2-server'], proof: 'usr/sbin/gtlsserver' },
  osmoGgsn: { name: 'osmo-ggsn', room: 'servers', packages: ['osmo-ggsn'], proof: 'usr/bin/osmo-ggsn' },
  openssl: { name: 'openssl', room: 'servers', packages: ['openssl'], proof: 'usr/bin/openssl' },
  gnutls: { name: 'gnutls', room: 'servers', packages: ['gnutls-bin'], proof: 'usr/bin/gnutls-serv' },
  libcoap: {
    name: 'libcoap',
    room: 'servers',
    packages: ['libcoap3-bin'],
    proof: 'usr/bin/coap-server-openssl',
  },
  tftpdHpa: { name: 'tftpd-hpa', room: 'servers', packages: ['tftpd-hpa'], proof: 'usr/sbin/in.tftpd' },
  atftpd: { name: 'atftpd', room: 'servers', packages: ['atftpd'], proof: 'usr/sbin/atftpd' },
  // Its programs and one folder of maps, 41 of 300 MB.
  openarena: {
    name: 'openarena',
    room: 'servers',
    packages: ['openarena-server', 'ioquake3-server', 'openarena-081-maps'],
    without: [
      'openarena-081-misc',
      'openarena-081-players',
      'openarena-081-players-mature',
      'openarena-081-textures',
      'openarena-085-data',
      'openarena-088-data',
      'openarena-data',
    ],
    proof: 'usr/lib/ioquake3/ioq3ded',
  },
  // The largest of all, 267 MB without its textures: no smaller game of Debian is on DarkPlaces.
  nexuiz: {
    name: 'nexuiz',
    room: 'servers',
    packages: ['nexuiz-server', 'darkplaces-server', 'nexuiz-data'],
    without: ['nexuiz-textures'],
    proof: 'usr/games/darkplaces-server',
  },
  miniupnpd: {
    name: 'miniupnpd',
    room: 'servers',
    packages: ['miniupnpd', 'miniupnpd-nftables'],
    proof: 'usr/sbin/miniupnpd',
  },
  xdm: { name: 'xdm', room: 'servers', packages: ['xdm'], proof: 'usr/bin/xdm' },
  kamailio: { name: 'kamailio', room: 'servers', packages: ['kamailio'], proof: 'usr/sbin/kamailio' },
  sipsak: { name: 'sipsak', room: 'servers', packages: ['sipsak'], proof: 'usr/bin/sipsak' },
  redeclipse: {
    name: 'redeclipse',
    room: 'servers',
    packages: ['redeclipse-server', 'redeclipse-common'],
    without: ['redeclipse-data'],
    proof: 'usr/lib/games/redeclipse/redeclipse-server',
  },
  strongswan: {
    name: 'strongswan',
    room: 'servers',
    packages: ['strongswan-charon', 'strongswan-swanctl'],
    proof: 'usr/lib/ipsec/charon',
    overUsr: true,
  },
  ikeScan: { name: 'ike-scan', room: 'servers', packages: ['ike-scan'], proof: 'usr/bin/ike-scan' },
  xinetd: { name: 'xinetd', room: 'servers', packages: ['xinetd'], proof: 'usr/sbin/xinetd' },
  openbsdInetd: {
    name: 'openbsd-inetd',
    room: 'servers',
    packages: ['openbsd-inetd'],
    proof: 'usr/sbin/inetd',
  },
  inetutilsInetd: {
    name: 'inetutils-inetd',
    room: 'servers',
    packages: ['inetutils-inetd'],
    proof: 'usr/sbin/inetutils-inetd',
  },
  ntpsec: { name: 'ntpsec', room: 'servers', packages: ['ntpsec'], proof: 'usr/sbin/ntpd' },
  dig: { name: 'dig', room: 'servers', packages: ['bind9-dnsutils'], proof: 'usr/bin/dig' },
  snmpTools: { name: 'snmp', room: 'servers', packages: ['snmp'], proof: 'usr/bin/snmpbulkget' },
  tftpClient: { name: 'tftp-hpa', room: 'servers', packages: ['tftp-hpa'], proof: 'usr/bin/tftp' },
  netcat: { name: 'netcat', room: 'servers', packages: ['netcat-openbsd'], proof: 'bin/nc.openbsd' },
  chrony: { name: 'chrony', room: 'servers', packages: ['chrony'], proof: 'usr/sbin/chronyd' },
  // The program by its name in Debian 12: php-cli is a name alone.
  php: { name: 'php', room: 'readers', packages: ['php8.2-cli'], proof: 'usr/bin/php8.2' },
  // What lies beside the program is named too: where the machine has it installed, it would not come along.
  // Two fonts, Latin and Japanese, so that a page is drawn alike on every machine.
  chromium: {
    name: 'chromium',
    room: 'browser',
    packages: ['chromium', 'chromium-common', 'fonts-liberation2', 'fonts-ipaexfont-gothic'],
    proof: 'usr/lib/chromium/chromium',
  },
  libreoffice: {
    name: 'libreoffice',
    room: 'spreadsheet',
    packages: [
      'libreoffice-calc-nogui',
      'libreoffice-base-core',
      'libreoffice-common',
      'libreoffice-core-nogui',
      'libreoffice-style-colibre',
      'libuno-cppu3',
      'libuno-cppuhelpergcc3-3',
      'libuno-purpenvhelpergcc3-3',
      'libuno-sal3',
      'libuno-salhelpergcc3-3',
      'uno-libs-private',
      'ure',
    ],
    proof: 'usr/lib/libreoffice/program/soffice.bin',
  },
} as const satisfies Record<string, PackageSet>;

/** What has to be installed for good where the machine lacks it: two packages without any service. */
export const INSTALLED_PACKAGES = [
  {
    package: 'iproute2',
    room: 'servers',
    because: 'network namespaces are made with ip',
    present: { program: 'ip' },
  },
  {
    package: 'netbase',
    room: 'servers',
    because: 'openbsd-inetd looks chargen up in /etc/services',
    present: { file: '/etc/services' },
  },
] as const;
