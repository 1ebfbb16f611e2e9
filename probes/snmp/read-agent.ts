import type { Facts, Nonce, Probe, Reading, RequestForm } from '../probe.js';
import { BER, berOid, berToInteger, berToOid } from '../wire/ber.js';
import { enterpriseOf } from './enterprises.js';
import { DEVIATIONS } from './describe.js';
import {
  PDU,
  SNMP_TYPE,
  SNMP_VERSION,
  encodeSnmpMessage,
  encodeVarBind,
  errorStatusName,
  readSnmpHeader,
  readSnmpMessage,
} from './message.js';
import type { CommunityVersion, SnmpHeader, SnmpMessage } from './message.js';
import { REQUEST_ID_BIT, nonceOf, numberedForm } from './request-id.js';

/** RFC 3418 §2, the system group: what the device says it is, whose it is, since when it runs, its name. */
export const SYSTEM = {
  sysDescr: '1.3.6.1.2.1.1.1.0',
  sysObjectId: '1.3.6.1.2.1.1.2.0',
  sysUpTime: '1.3.6.1.2.1.1.3.0',
  sysName: '1.3.6.1.2.1.1.5.0',
} as const;

/** The same as they stand on the wire, without tag and length. */
const ON_WIRE = {
  sysDescr: berOid(SYSTEM.sysDescr).subarray(2),
  sysObjectId: berOid(SYSTEM.sysObjectId).subarray(2),
  sysUpTime: berOid(SYSTEM.sysUpTime).subarray(2),
  sysName: berOid(SYSTEM.sysName).subarray(2),
} as const;

/** A question put in a community's name: `getbulk-100 public`. */
export function communityForm(
  question: string,
  community: string,
  header: Omit<SnmpHeader, 'community' | 'requestId'>,
  oids: readonly string[],
): RequestForm {
  const numbered = { ...header, community: new TextEncoder().encode(community), requestId: REQUEST_ID_BIT };
  return numberedForm(
    `${question} ${community}`,
    encodeSnmpMessage(
      numbered,
      oids.map((oid) => encodeVarBind(oid)),
    ),
  );
}

/** The nonce in a response's request-id. Whether the rest of it is ours, `read` says. */
export const agentNonce = { bits: 30, echoed };

function echoed(payload: Uint8Array): Nonce | undefined {
  const header = readSnmpHeader(payload);
  return header?.pdu === PDU.response ? nonceOf(header.requestId) : undefined;
}

/** What one datagram says in answer to a request with a community, in this version. Total. */
export function readAgent(version: CommunityVersion): Probe['read'] {
  return (payload, request) => {
    const asked = readSnmpMessage(request);
    if (asked?.version !== version) return unrecognised('the request is no message of this version');
    const message = readSnmpMessage(payload);
    return message?.version === version || message?.version === SNMP_VERSION.v1
      ? readAnswer(message, asked)
      : unrecognised('no message of this version');
  };
}

/**
 * RFC 3416 §4.2 has a response repeat the request-id, and RFC 1901 and 1157 the version and the community. Devices are
 * seen that keep 16 bits of the number, leave the community empty or always say version 1; they are agents all the same.
 */
function readAnswer(message: SnmpMessage, asked: SnmpMessage): Reading {
  if (message.pdu !== PDU.response) return unrecognised('no response PDU');
  const isCut = message.requestId !== asked.requestId;
  if (isCut && !isLow16(message.requestId, asked.requestId)) return unrecognised('another request-id');
  const hasCommunity = message.community.length > 0;
  if (hasCommunity && !sameOctets(message.community, asked.community))
    return unrecognised('another community');
  if (message.third !== 0) return refusal(message.third);
  const deviations = [
    ...(isCut ? [DEVIATIONS.request_id.en] : []),
    ...(hasCommunity ? [] : [DEVIATIONS.community.en]),
    ...(message.version === asked.version ? [] : [DEVIATIONS.version.en]),
  ];
  return {
    kind: 'answer',
    facts: {
      ...toldBy({ ...message, version: asked.version, community: asked.community }),
      ...(deviations.length > 0 && { deviation: deviations.join(', ') }),
    },
  };
}

/** Sixteen bits of a number, read with a sign or without. */
function isLow16(cut: number, whole: number): boolean {
  return cut >= -0x8000 && cut <= 0xffff && (cut & 0xffff) === (whole & 0xffff);
}

function refusal(errorStatus: number): Reading {
  const reason = errorStatusName(errorStatus);
  return { kind: 'refusal', reason, ...(FAILURES.has(errorStatus) && { transient: true as const }) };
}

/** RFC 3416 §3: tooBig, genErr, resourceUnavailable. The community was accepted, and the answer failed. */
const FAILURES: ReadonlySet<number> = new Set([1, 5, 13]);

function toldBy(message: SnmpMessage): Facts {
  const sysdesc = textAt(message, ON_WIRE.sysDescr);
  const sysname = textAt(message, ON_WIRE.sysName);
  const uptime = berToUnsigned(valueAt(message, ON_WIRE.sysUpTime, SNMP_TYPE.timeTicks));
  return {
    version: message.version === SNMP_VERSION.v1 ? 1 : 2,
    community: decodeText(message.community),
    varbinds: message.varBinds.length,
    ...(sysdesc !== undefined && { sysdesc }),
    ...(sysname !== undefined && { sysname }),
    // TimeTicks are hundredths of a second.
    ...(uptime !== undefined && { uptime: Math.floor(uptime / 100) }),
    ...enterpriseOf(berToOid(valueAt(message, ON_WIRE.sysObjectId, BER.oid))),
    ...(message.varBinds.some(({ type }) => type === SNMP_TYPE.endOfMibView) && { end_of_mib_view: true }),
    ...(!message.complete && { complete: false }),
  };
}

function valueAt({ varBinds }: SnmpMessage, name: Uint8Array, type: number): Uint8Array | undefined {
  return varBinds.find((varBind) => varBind.type === type && varBind.isNamed(name))?.value;
}

function textAt(message: SnmpMessage, name: Uint8Array): string | undefined {
  const value = valueAt(message, name, BER.octetString);
  return value && decodeText(value);
}

/** Some agents leave out the leading zero that keeps a large unsigned value from looking negative. */
function berToUnsigned(content: Uint8Array | undefined): number | undefined {
  const value = berToInteger(content);
  return value === undefined || content === undefined || value >= 0
    ? value
    : value + 2 ** (8 * content.length);
}

/** DisplayString is at most 255 octets by RFC 2579; agents do not always know. */
const LONGEST_TEXT = 512;

function decodeText(octets: Uint8Array): string {
  // A character has at most four octets.
  return new TextDecoder().decode(octets.subarray(0, 4 * LONGEST_TEXT)).slice(0, LONGEST_TEXT);
}

function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, i) => octet === b[i]);
}

function unrecognised(why: string): Reading {
  return { kind: 'unrecognised', why };
}
