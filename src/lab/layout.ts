import type { EmulatedServer, ProbeDefinition } from '../../probes/probe.js';

/** A place of the lab: an emulated server on an address and port, and the probes that ask it there. */
export interface LabHost {
  readonly address: string;
  readonly port: number;
  /** Where it listens too: the port that its answers name. */
  readonly alsoAt?: number;
  readonly emulated: EmulatedServer;
  readonly probes: readonly string[];
}

/** A network of the lab, as it stands in its scope file; the ASNs are those for documentation (RFC 5398). */
export interface LabNetwork {
  readonly prefix: string;
  readonly asn: number;
  readonly asName: string;
  readonly customer: string;
}

export const LAB_NETWORKS: readonly LabNetwork[] = [
  { prefix: '127.64.1.0/26', asn: 64496, asName: 'LAB-ACCESS', customer: 'C-1001' },
  { prefix: '127.64.2.0/26', asn: 64497, asName: 'LAB-CAMPUS', customer: 'C-2002' },
  { prefix: '127.64.3.0/26', asn: 64498, asName: 'LAB-HOSTING', customer: 'C-3003' },
];

/** The one address that every machine with IPv6 has; there is no second one to make a network of. */
export const LAB_IPV6_NETWORK: LabNetwork = {
  prefix: '::1/128',
  asn: 64499,
  asName: 'LAB-IPV6',
  customer: 'C-4004',
};

/** The first host of each network; what lies before and after is silent. Each network has room for 61. */
const FIRST_HOST = 2;

/**
 * Deals the emulated servers of all probes out to the networks, one address each, so every network has some of most
 * protocols, and the first one of each port to the one IPv6 address. One that several probes list is one host, on the
 * port of each of them. A probe that is added to the list is in the lab without a word here.
 * @param basePort added to each probe's own port, so that the lab needs no root.
 * @param hasIpv6 whether ::1 is there: not every container has it.
 */
export function labHosts(
  definitions: readonly ProbeDefinition[],
  { basePort, hasIpv6 }: { readonly basePort: number; readonly hasIpv6: boolean },
): readonly LabHost[] {
  const emulatedServers = [...new Set(definitions.flatMap((definition) => definition.emulatedServers))];
  const hosts = emulatedServers.flatMap((emulated, index) => {
    const network = LAB_NETWORKS[index % LAB_NETWORKS.length];
    const host = FIRST_HOST + Math.floor(index / LAB_NETWORKS.length);
    const address = (network?.prefix ?? '').replace(/\.\d+\/\d+$/, `.${host}`);
    const askers = definitions.filter((definition) => definition.emulatedServers.includes(emulated));
    const ports = [...new Set(askers.map(({ port }) => port))];
    return ports.map((port): LabHost => ({
      address,
      port: labPort(basePort, port),
      ...(emulated.alsoAt !== undefined && { alsoAt: labPort(basePort, emulated.alsoAt) }),
      emulated,
      probes: askers.filter((asker) => asker.port === port).map(({ id }) => id),
    }));
  });
  if (!hasIpv6) return hosts;
  const firsts = hosts.filter(({ port }, index) => hosts.findIndex((other) => other.port === port) === index);
  return [...hosts, ...firsts.map((host): LabHost => ({ ...host, address: '::1' }))];
}

/** The ports that need no root. */
const [FIRST_PORT, LAST_PORT] = [1024, 65_535];

/** Where the lab serves a port: so much higher, and what goes beyond the last one begins again at the first. */
export function labPort(basePort: number, port: number): number {
  return FIRST_PORT + ((basePort + port - FIRST_PORT) % (LAST_PORT - FIRST_PORT + 1));
}

/** `127.64.1.10:10019`, `[::1]:10019` (RFC 3986 §3.2.2). */
export function addressAndPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** What a run says of its scope where it was of the lab. */
export const LAB_ORGANISATION = 'Ampscope lab';

/** The scope file that allows exactly the lab. @param validUntil a day, `2027-03-31`. */
export function labScope(validUntil: string, { hasIpv6 }: { readonly hasIpv6: boolean }): string {
  const networks = [...LAB_NETWORKS, ...(hasIpv6 ? [LAB_IPV6_NETWORK] : [])]
    .map(
      ({ prefix, asn, asName, customer }) =>
        `  - prefix: ${prefix}\n    asn: ${asn}\n    as_name: ${asName}\n    customer: ${customer}\n`,
    )
    .join('');
  return `# The lab's own scope: reflectors that Ampscope itself started on loopback.
organisation: ${LAB_ORGANISATION}
authorised_by: whoever started the lab
contact: noc@lab.example
valid_until: ${validUntil}
networks:
${networks}limits: { rate: 2000, per_subnet: 400, per_host: 10, reply_bandwidth: 100M }
dns: { names: [fat.test], check: { name: small.fat.test, address: 192.0.2.1 } }
`;
}
