/** A zone whose ANY answer fills about 3,000 bytes: more than the EDNS size of 1,232 that servers cap at by default. */
export const FAT_ZONE: string = zone('fat.test', [
  ...numbers(24).map((i) => `@ IN A 192.0.2.${i + 1}`),
  ...numbers(24).map((i) => `@ IN AAAA 2001:db8::${(i + 1).toString(16)}`),
  ...numbers(6).map((i) => `@ IN MX ${i * 10} mx${i}.mail.fat.test.`),
  ...numbers(8).map((i) => `@ IN TXT "v=${i} ${'abcdefghij'.repeat(20)}"`),
  '@ IN CAA 0 issue "ca.example.net"',
]);

/** A zone whose ANY answer fills about 1,150 bytes: whole even where the cap is 1,232. */
export const MID_ZONE: string = zone(
  'mid.test',
  numbers(5).map((i) => `@ IN TXT "${i}${'abcdefghij'.repeat(20)}"`),
);

/** A name that only the upstream of the resolvers serves, and its address: who answers it recurses. */
export const CHECK = { name: 'www.check.test', address: '192.0.2.80' } as const;

/** The zones as files: what an authoritative server of the tests serves. */
export const ZONE_FILES = {
  'fat.zone': FAT_ZONE,
  'mid.zone': MID_ZONE,
  'check.zone': zone('check.test', [`www IN A ${CHECK.address}`]),
} as const;

/**
 * `TXT CH version.bind`: tells that a DNS server is up, whatever it thinks of ANY. It answers or refuses this itself,
 * asks no server, and has nothing in its cache before the scanner comes.
 */
export const DNS_READY: { readonly port: number; readonly request: Uint8Array } = {
  port: 53,
  request: Buffer.from(
    '4242' + '0100' + '0001000000000000' + '0776657273696f6e' + '0462696e64' + '00' + '0010' + '0003',
    'hex',
  ),
};

/** RFC 1035 §5.1. The name servers' own addresses are never asked: they are loopback addresses. */
function zone(name: string, records: readonly string[]): string {
  const head = [
    '$TTL 3600',
    `@ IN SOA ns1.${name}. hostmaster.${name}. 1 3600 900 604800 300`,
    `@ IN NS ns1.${name}.`,
    'ns1 IN A 127.0.0.53',
  ];
  return [...head, ...records, ''].join('\n');
}

function numbers(count: number): number[] {
  return [...Array(count).keys()];
}
