/**
 * Does this directory server describe itself to anybody over UDP? (RFC 4511 §4.5, RFC 4512 §5.1; MS-ADTS 3.1.1.3.1.10)
 *
 *     sent      30 28 02 04 40 00 4d 3a 63 20 …   a search for the root DSE, all attributes: 42 bytes
 *     received  30 82 07 35 02 04 40 00 4d 3a 64 82 07 2b …   the entry with its 21 attributes, and the end of the
 *                                                             search in the same datagram: 1,866 bytes from Samba
 *
 * RFC 1798, CLDAP, is historic; domain controllers answer it because members find them by it.
 */
import type { Exchange } from '../../src/domain/exchange.js';
import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Judgement, type Reading } from '../probe.js';
import { emulatedServers } from './emulated-servers.js';
import {
  NONCE_BITS,
  dissectCldap,
  nonceEchoed,
  readEntry,
  readMessages,
  readResultCode,
  writeRootSearch,
} from './message.js';
import { texts, textsFor } from './texts.js';

export const cldap = defineProbe({
  id: 'cldap',
  protocol: 'cldap',
  port: 389,
  standard: 'RFC 4511 §4.5, RFC 4512 §5.1',
  published: { factor: '56-70', source: 'US-CERT TA14-017A' },
  severity: 'high',
  inDefault: 'yes: reported',
  quietGapMs: 2000,
  report: 'scan_ldap_udp',
  texts,
  textsFor,
  sweepForms: [{ name: 'root-dse', encode: writeRootSearch }],
  nonce: { bits: NONCE_BITS, echoed: nonceEchoed },
  read,
  next: forms(),
  judge,
  dissect: dissectCldap,
  emulatedServers,
});

/** The columns of scan_ldap_udp that are attributes, by the attribute's name in small letters. */
const COLUMN_OF: ReadonlyMap<string, string> = new Map(
  (
    'configuration_naming_context,current_time,default_naming_context,dns_host_name,' +
    'domain_controller_functionality,domain_functionality,ds_service_name,forest_functionality,' +
    'highest_committed_usn,is_global_catalog_ready,is_synchronized,ldap_service_name,naming_contexts,' +
    'root_domain_naming_context,schema_naming_context,server_name,subschema_subentry,supported_capabilities,' +
    'supported_control,supported_ldap_policies,supported_ldap_version,supported_sasl_mechanisms,vendor_name'
  )
    .split(',')
    .map((column) => [column.replaceAll('_', ''), column]),
);

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const [asked] = readMessages(request);
  const messages = readMessages(payload).filter(({ id }) => id === asked?.id);
  const entry = messages.map(readEntry).find((each) => each !== undefined);
  if (entry) {
    const facts: Record<string, string | number> = { attributes: entry.size };
    for (const [attribute, value] of entry) {
      const column = COLUMN_OF.get(attribute.toLowerCase());
      if (column !== undefined && value !== '') facts[column] = value;
    }
    return { kind: 'answer', facts };
  }
  const code = messages.map(readResultCode).find((each) => each !== undefined);
  if (code === undefined)
    return { kind: 'unrecognised', why: 'no result of a search with the message id of the request' };
  return { kind: 'refusal', reason: code === 0 ? 'no entry' : `result code ${code}` };
}

/** RFC 4511 §4.1.1.1: an id of one octet brings the same answer. */
const SHORTEST_REQUEST = { name: 'message id of one octet', bytes: 39 };

function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose }) => purpose === 'measure');
  const [facts] = measured.flatMap(answersIn);
  if (!facts) {
    const [reason] = measured.flatMap(refusalsIn);
    return reason === undefined ? { kind: 'nothing' } : { kind: 'refusal', reason };
  }
  const { vendor_name: vendor, dns_host_name: host } = facts;
  return {
    kind: 'exposure',
    tags: ['ldap-udp'],
    ...(vendor !== undefined && { version: String(vendor) }),
    detail: `root DSE with ${String(facts['attributes'])} attributes${host === undefined ? '' : ` of ${String(host)}`}`,
    facts,
    equivalentRequests: [SHORTEST_REQUEST],
  };
}
