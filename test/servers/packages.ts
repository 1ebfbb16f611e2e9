/** Debian packages that are unpacked together into one folder of the cache, never installed. */
export interface PackageSet {
  /** The folder's name. */
  readonly name: string;
  /** What is asked for; what it depends on and the machine lacks comes along. */
  readonly packages: readonly [string, ...string[]];
  /** A file that proves the set complete, relative to its folder: the program. */
  readonly proof: string;
  /** Whether it looks for its own parts under /usr: then its folder lies over the machine's while it runs. */
  readonly overUsr?: true;
}

/**
 * The one list of what the tests fetch from Debian. Each set has a folder of its own, because the inetds exclude
 * each other, as ntpsec and chrony do, and because installing a server would start it.
 */
export const PACKAGE_SETS = {
  tcpdump: { name: 'tcpdump', packages: ['tcpdump'], proof: 'usr/bin/tcpdump' },
  nftables: { name: 'nftables', packages: ['nftables'], proof: 'usr/sbin/nft' },
  bind9: { name: 'bind9', packages: ['bind9'], proof: 'usr/sbin/named' },
  unbound: { name: 'unbound', packages: ['unbound'], proof: 'usr/sbin/unbound' },
  pdnsRecursor: { name: 'pdns-recursor', packages: ['pdns-recursor'], proof: 'usr/sbin/pdns_recursor' },
  knotResolver: {
    name: 'knot-resolver',
    packages: ['knot-resolver'],
    proof: 'usr/sbin/kresd',
    overUsr: true,
  },
  nsd: { name: 'nsd', packages: ['nsd'], proof: 'usr/sbin/nsd' },
  knot: { name: 'knot', packages: ['knot'], proof: 'usr/sbin/knotd' },
  dnsmasq: { name: 'dnsmasq', packages: ['dnsmasq-base'], proof: 'usr/sbin/dnsmasq' },
  snmpd: { name: 'snmpd', packages: ['snmpd'], proof: 'usr/sbin/snmpd' },
  xinetd: { name: 'xinetd', packages: ['xinetd'], proof: 'usr/sbin/xinetd' },
  openbsdInetd: { name: 'openbsd-inetd', packages: ['openbsd-inetd'], proof: 'usr/sbin/inetd' },
  inetutilsInetd: {
    name: 'inetutils-inetd',
    packages: ['inetutils-inetd'],
    proof: 'usr/sbin/inetutils-inetd',
  },
  ntpsec: { name: 'ntpsec', packages: ['ntpsec'], proof: 'usr/sbin/ntpd' },
  dig: { name: 'dig', packages: ['bind9-dnsutils'], proof: 'usr/bin/dig' },
  snmpTools: { name: 'snmp', packages: ['snmp'], proof: 'usr/bin/snmpbulkget' },
  netcat: { name: 'netcat', packages: ['netcat-openbsd'], proof: 'bin/nc.openbsd' },
  chrony: { name: 'chrony', packages: ['chrony'], proof: 'usr/sbin/chronyd' },
} as const satisfies Record<string, PackageSet>;

/** What has to be installed for good where the machine lacks it: two packages without any service. */
export const INSTALLED_PACKAGES = [
  { package: 'iproute2', because: 'network namespaces are made with ip', present: { program: 'ip' } },
  {
    package: 'netbase',
    because: 'openbsd-inetd looks chargen up in /etc/services',
    present: { file: '/etc/services' },
  },
] as const;
