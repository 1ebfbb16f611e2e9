import { formatPrefix } from '../domain/address.js';
import type { ScopeFile } from './scope-file.js';

/**
 * The commented scope.yaml that `ampscope init` writes. Its values are examples that parse, its networks
 * documentation prefixes (RFC 5737, RFC 3849) ; a scan refuses a file that was left as it is.
 * @param validUntil the day to fill in: `2027-03-31`.
 */
export function scopeTemplate({ validUntil }: { readonly validUntil: string }): string {
  return `# The scope of Ampscope: what you are authorised to probe. Nothing outside it is ever sent a packet.
# Replace every value below; all of them are examples. Lines that begin with # are comments.
# \`ampscope init --schema\` prints the JSON Schema of this file, for editors that complete and check.

# Who owns the address space.
organisation: ${EXAMPLE.organisation}

# Who authorised the scan, and where that is written down. It is recorded with every run.
authorised_by: ${EXAMPLE.authorisedBy}

# Whom to ask about the scan. It goes into the reports.
contact: noc@example.net

# The last day (UTC) of the authorisation. A run after it is refused, a run still sending then stops;
# a warning comes from 30 days before.
valid_until: ${validUntil}

# The networks that may be probed: IPv4 or IPv6 prefixes without host bits, /8 or longer, or single addresses.
# IPv6 is swept from /112 on: of a wider network name the addresses in use as targets.
# Multicast, broadcast and reserved addresses are never probed, nor IPv6 addresses that lead to an IPv4 host
# (mapped, translated, 6to4 2002::/16, Teredo 2001::/32): list the IPv4 address itself.
# asn, as_name and customer are optional: they say whose an address is in the reports. Networks may nest: the
# most specific prefix wins, and what it leaves out it inherits from the network around it.
networks:
  - prefix: ${EXAMPLE.network}
    asn: 64496
    as_name: EXAMPLE-AS
  - prefix: 192.0.2.64/26
    customer: C-1001

# Addresses and prefixes that are never probed, whatever else says otherwise. Put an IPv6 address that ends
# in :: in quotes.
exclude: [192.0.2.7, 192.0.2.128/28]

# Hosts of yours that must answer (with anything, a refusal too), as many as you want, one in each network that may
# go dark: without an answer of any in its network a run is suspect, and its silence proves nothing. Without
# canaries the hosts that answered earlier runs have to do.
# canaries: [{ address: 192.0.2.53, probe: dns-any }]

# Ceilings, and the defaults where a flag is absent; flags lower them, never raise them.
limits:
  rate: 1000 # packets per second in all
  per_subnet: 200 # packets per second to one /24 (IPv4) or /64 (IPv6)
  per_host: 1 # packets per second to one address
  reply_bandwidth: 20M # bits per second of replies that the probing may bring about

# Names that your servers serve, at most 8: reflectors are asked for these. Without them the root zone is asked.
# check: a name that none of the servers in your networks serves, and its right address: whoever resolves it is an
# open resolver. Without it, NS of the root is asked.
# dns: { names: [example.net], check: { name: www.example.com, address: 192.0.2.80 } }

# SNMP communities to try, at most 4.
# snmp: { communities: [public] }
`;
}

const EXAMPLE = {
  organisation: 'Example ISP',
  authorisedBy: 'NOC manager, ticket 4711',
  network: '192.0.2.0/24',
  asName: 'EXAMPLE-AS',
};

/**
 * What of a scope file is still what the template says, which has not been authorised: the documentation prefixes
 * lead nowhere on the Internet, but some networks use them inside.
 */
export function exampleValuesIn({ organisation, authorisedBy, networks }: ScopeFile): readonly string[] {
  const isExample = ({ prefix, asName }: ScopeFile['networks'][number]): boolean =>
    formatPrefix(prefix) === EXAMPLE.network && asName === EXAMPLE.asName;
  return [
    ...(organisation === EXAMPLE.organisation ? ['organisation'] : []),
    ...(authorisedBy === EXAMPLE.authorisedBy ? ['authorised_by'] : []),
    ...(networks.some(isExample) ? [`the network ${EXAMPLE.network} of ${EXAMPLE.asName}`] : []),
  ];
}
