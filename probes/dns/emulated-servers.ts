import type { EmulatedServer } from '../probe.js';
import { CLASS_IN, TYPE, readDnsMessage } from './message.js';
import { dnsResponse, responseHeader } from './emulated-message.js';
import type { Query } from './emulated-message.js';
import { addressRecord, fatZone, keyRecords, midZone, rootServers, text } from './emulated-zone.js';
import type { ZoneRecord } from './emulated-zone.js';

// The header's second word (RFC 1035 §4.1.1).
const RESPONSE = 0x8000;
const AUTHORITATIVE = 0x0400;
const TRUNCATED = 0x0200;
const RECURSION_AVAILABLE = 0x0080;
const REFUSED = 5;

interface Server {
  readonly name: string;
  readonly about: string;
  /** The records, in the order of the answer. */
  readonly zone: readonly ZoneRecord[];
  /** What ANY brings; `tcp`: the advice to come again over TCP. */
  readonly any: readonly ZoneRecord[] | 'tcp';
  /** The server's own limit where the query has EDNS; without it is 512 bytes (RFC 1035 §4.2.1). */
  readonly largestBytes: number;
  /** The flags of every answer besides RESPONSE and the query's own RD. */
  readonly flags: number;
  /** Gives the same address for every name, and no name servers of the root but its own. */
  readonly isBogus?: true;
}

/** The right address of every name that begins with `small`, as in the captured zone: what the lab's check asks. */
const SMALL = addressRecord([192, 0, 2, 1]);
/** RFC 5737, TEST-NET-3. */
const BOGUS = addressRecord([203, 0, 113, 7]);

/**
 * DNS servers of the lab. Each answers for whatever name it is asked, the root included, with records from the
 * documentation ranges; names are compressed as real servers do, so that the sizes come out as measured.
 */
export const emulatedServers: readonly EmulatedServer[] = [
  emulated({
    name: 'bind9-open',
    about:
      'an open resolver that sends up to 4,096 bytes, with a large zone behind it; held against BIND 9.18 (dns-bind9-open, fat.test)',
    zone: fatZone,
    any: fatZone,
    largestBytes: 4096,
    flags: RECURSION_AVAILABLE,
  }),
  emulated({
    name: 'bind9-default',
    about:
      'an open resolver with the default limit of 1,232 bytes, and a zone that just fits; held against BIND 9.18 (dns-bind9-default, mid.test)',
    zone: midZone,
    any: midZone,
    largestBytes: 1232,
    flags: RECURSION_AVAILABLE,
  }),
  emulated({
    name: 'bind9-minimal-any',
    about:
      'an authoritative server that answers ANY with one record set (RFC 8482 §4.1); held against BIND 9.18 with minimal-any (dns-bind9-minimalany, fat.test)',
    zone: fatZone,
    any: fatZone.filter(({ type }) => type === TYPE.SOA),
    largestBytes: 4096,
    flags: AUTHORITATIVE,
  }),
  emulated({
    name: 'rfc8482-hinfo',
    about:
      'an authoritative server that answers ANY with a HINFO record (RFC 8482 §4.2); from the standard, without a capture',
    zone: fatZone,
    any: [{ type: TYPE.HINFO, data: [[...text('RFC8482'), ...text('')]] }],
    largestBytes: 4096,
    flags: AUTHORITATIVE,
  }),
  emulated({
    name: 'pdns-any-to-tcp',
    about:
      'a resolver that sends everyone with ANY to TCP; held against PowerDNS Recursor 4.8 with any-to-tcp (dns-pdnsrecursor-anytotcp)',
    zone: fatZone,
    any: 'tcp',
    largestBytes: 1232,
    flags: RECURSION_AVAILABLE,
  }),
  emulated({
    name: 'bind9-auth',
    about:
      'an authoritative server with a large zone that answers ANY in full; held against BIND 9.18 (dns-bind9-auth, fat.test)',
    zone: fatZone,
    any: fatZone,
    largestBytes: 4096,
    flags: AUTHORITATIVE,
  }),
  emulated({
    name: 'bogus-resolver',
    about:
      'a resolver that gives its own address for every name, as portals and some malware do; without a capture',
    zone: midZone,
    any: [BOGUS],
    largestBytes: 1232,
    flags: RECURSION_AVAILABLE,
    isBogus: true,
  }),
  emulated({
    name: 'empty-any',
    about: 'an open resolver that answers ANY with nothing, and everything else in full; without a capture',
    zone: fatZone,
    any: [],
    largestBytes: 4096,
    flags: RECURSION_AVAILABLE,
  }),
  {
    name: 'unbound-refuse',
    about:
      'a resolver that refuses strangers with the bare header; held against Unbound 1.17 (dns-unbound-refuse)',
    reply: (request) => {
      const query = queryIn(request);
      return query ? [Uint8Array.from(responseHeader(query.message, RESPONSE | REFUSED, 0, 0, 0))] : [];
    },
  },
];

function emulated(server: Server): EmulatedServer {
  const { name, about, any, largestBytes, flags } = server;
  return {
    name,
    about,
    reply: (request) => {
      const query = queryIn(request);
      if (query === undefined) return [];
      const response = (more: number, records: readonly ZoneRecord[]): Uint8Array =>
        dnsResponse(query, RESPONSE | flags | more, records, largestBytes);
      const { type, class: questionClass } = query.question;
      if (questionClass !== CLASS_IN) return [response(REFUSED, [])];
      if (type === TYPE.ANY && any === 'tcp') return [response(TRUNCATED, [])];
      return [fitted(response, recordsFor(query, server), query, largestBytes)];
    },
  };
}

function queryIn(request: Uint8Array): Query | undefined {
  const message = readDnsMessage(request);
  return message?.question && !message.response && message.opcode === 0
    ? { message, question: message.question }
    : undefined;
}

function recordsFor(
  { message, question: { type, labels } }: Query,
  { zone, any, isBogus }: Server,
): readonly ZoneRecord[] {
  if (type === TYPE.ANY) return any === 'tcp' ? [] : any;
  if (type === TYPE.A && isBogus) return [BOGUS];
  if (type === TYPE.A && labels[0] === 'small') return [SMALL];
  if (type === TYPE.DNSKEY) return keyRecords(message.dnssecOk);
  if (type === TYPE.NS && labels.length === 0 && !isBogus) return rootServers;
  return zone.filter((record) => record.type === type);
}

/**
 * As BIND was measured: an answer too large for the query's EDNS size goes without any record, one too large for
 * 512 bytes with as many as fit.
 */
function fitted(
  response: (flags: number, records: readonly ZoneRecord[]) => Uint8Array,
  records: readonly ZoneRecord[],
  { message: { ednsSize } }: Query,
  largestBytes: number,
): Uint8Array {
  const limit = ednsSize === undefined ? 512 : Math.min(largestBytes, Math.max(512, ednsSize));
  const whole = response(0, records);
  if (whole.length <= limit) return whole;
  if (ednsSize === undefined) {
    for (let kept = records.length - 1; kept > 0; kept--) {
      const part = response(TRUNCATED, records.slice(0, kept));
      if (part.length <= limit) return part;
    }
  }
  return response(TRUNCATED, []);
}
