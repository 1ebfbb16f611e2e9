import type { Address } from '../domain/address.js';
import type { Origin } from '../domain/finding.js';
import type { AsnMap } from './asn-map.js';

/**
 * Joins what is known of an address. The scope's networks come first, then each map in the order given: the AS
 * number, its prefix and all its origins are the first source's that has one, the customer likewise. An AS name
 * is taken from a source only where that source does not mean another AS. Nothing known is `{}`, with the
 * scope's network as `prefix` where there is one.
 * @param scopeOrigin what the most specific network of the scope says, its `prefix` included.
 */
export function createOrigins(
  scopeOrigin: (address: Address) => Origin | undefined,
  maps: readonly Pick<AsnMap, 'lookup'>[],
): (address: Address) => Origin {
  return (address) => {
    const scope = scopeOrigin(address);
    const known = [scope, ...maps.map((map) => map.lookup(address))].filter((origin) => origin !== undefined);
    const announced = known.find(({ asn }) => asn !== undefined);
    const named = known.find(
      ({ asn, asName }) => asName !== undefined && (asn === undefined || asn === announced?.asn),
    );
    const asName = named?.asName;
    const customer = known.find((origin) => origin.customer !== undefined)?.customer;
    const prefix = announced?.prefix ?? scope?.prefix;
    return {
      ...(announced?.asn !== undefined && { asn: announced.asn }),
      ...(asName !== undefined && { asName }),
      ...(customer !== undefined && { customer }),
      ...(prefix !== undefined && { prefix }),
      ...(announced?.asns !== undefined && { asns: announced.asns }),
    };
  };
}
