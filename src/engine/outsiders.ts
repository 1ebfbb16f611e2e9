import type { Address } from '../domain/address.js';
import { familyOf } from '../domain/address.js';
import type { Exchange } from '../domain/exchange.js';
import { standIn, standInNumber } from '../domain/stand-in.js';
import type { Sighting } from '../sweep/sightings.js';
import type { ScanPlan } from './scan-plan.js';

type Plan = Pick<ScanPlan, 'scope' | 'originOf'>;
type Responder = NonNullable<Exchange['responder']>;

/** The same sighting without the address of a responder outside the scope: a stand-in and its AS are kept of it. */
export function sightingToKeep(plan: Plan, sighting: Sighting): Sighting {
  const { probed, responder: address, responderPort: port, responderOrigin: origin } = sighting;
  const kept = responderToKeep(plan, probed, { address, port, ...(origin && { origin }) });
  return kept.address === address
    ? sighting
    : { ...sighting, responder: kept.address, ...(kept.origin && { responderOrigin: kept.origin }) };
}

/** The same of an exchange. @param probed the address that was asked. */
export function exchangeToKeep(plan: Plan, probed: Address, exchange: Exchange): Exchange {
  const { responder } = exchange;
  return responder === undefined
    ? exchange
    : { ...exchange, responder: responderToKeep(plan, probed, responder) };
}

function responderToKeep({ scope, originOf }: Plan, probed: Address, responder: Responder): Responder {
  const { address, port } = responder;
  if (address === probed || scope.allows(address)) return responder;
  const { asn, asName } = responder.origin ?? originOf(address);
  return {
    address: standIn(standInNumber(address, probed), familyOf(probed)),
    port,
    origin: { ...(asn !== undefined && { asn }), ...(asName !== undefined && { asName }) },
  };
}
