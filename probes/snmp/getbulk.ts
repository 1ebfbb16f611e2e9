/**
 * How much does this SNMP agent send to anyone who knows a community? (GetBulk over SNMPv2c, RFC 3416 §4.2.3)
 *
 *     sent      30 26  02 01 01                          version 2c
 *                      04 06 70 75 62 6c 69 63           community: public
 *                      a5 19  02 04 40 00 00 01          GetBulk, request-id
 *                             02 01 00  02 01 64         non-repeaters 0, max-repetitions 100
 *                             30 0b 30 09 06 05 2b 06 01 02 01 05 00     1.3.6.1.2.1, MIB-2
 *     received  30 82 09 45 … a2 82 09 36 02 04 40 00 00 01 02 01 00 02 01 00 30 82 09 26 …
 *                                                        response, error-status 0, 100 bindings: 2,377 bytes
 *
 * 100 repetitions bring all that a stock agent gives (it stops at 100 bindings). Where that limit is off, 1,000
 * and more can block the agent for seconds, and nothing more than the figure is needed.
 */
import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import { reportedExchange } from '../../src/domain/measurement.js';
import type { Exchange, Facts, Judgement, NonEmpty, Reading, RequestForm } from '../probe.js';
import { defineConfigurableProbe, forms } from '../probe.js';
import { BER, berElement, berToInteger } from '../wire/ber.js';
import { snmpSettings } from './communities.js';
import {
  PDU,
  SNMP_TYPE,
  encodeSnmpMessage,
  encodeVarBind,
  errorStatusName,
  readSnmpHeader,
  readSnmpMessage,
} from './message.js';
import type { SnmpHeader, SnmpMessage } from './message.js';
import { twins } from './twin.js';
import { words } from './words.js';

export const snmpGetBulk = defineConfigurableProbe({
  id: 'snmp-getbulk',
  protocol: 'snmp',
  port: 161,
  standard: 'RFC 3416 §4.2.3, RFC 1901, ITU-T X.690',
  published: { factor: '6.3', source: 'US-CERT TA14-017A' },
  severity: 'medium',
  byDefault: true,
  quietGapMs: 2000,
  report: 'scan_snmp',
  words,
  settings: { key: 'snmp', schema: snmpSettings },
  twins,
  configure: ({ communities: [first = 'public', ...further] }) => ({
    sweepForms: [getBulkForm(first), ...further.map(getBulkForm)] satisfies NonEmpty<RequestForm>,
    nonce: { bits: 30, echoed },
    read,
    next: forms(),
    judge,
  }),
});

const MAX_REPETITIONS = 100;
const MIB_2 = '1.3.6.1.2.1';

function getBulkForm(community: string): RequestForm {
  const header: SnmpHeader = {
    community: new TextEncoder().encode(community),
    pdu: PDU.getBulk,
    requestId: REQUEST_ID_BIT,
    third: 0, //               non-repeaters
    fourth: MAX_REPETITIONS,
  };
  const template = encodeSnmpMessage(header, [encodeVarBind(MIB_2, berElement(BER.null))]);
  // Sequence (2), version (3), community (2 and its octets), PDU (2) and the integer's own tag and length (2).
  const requestIdAt = 2 + 3 + 2 + header.community.length + 2 + 2;
  return {
    name: `getbulk-${MAX_REPETITIONS} ${community}`,
    encode: (nonce) => {
      const request = template.slice();
      new DataView(request.buffer).setUint32(requestIdAt, REQUEST_ID_BIT + nonce);
      return request;
    },
  };
}

/** Bit 30: with it every request-id takes four octets and is positive, so the request has one length. */
const REQUEST_ID_BIT = 0x4000_0000;

/** The request-id's lower 30 bits, from a response. Whether the rest of it is ours, `read` says. */
function echoed(payload: Uint8Array): number | undefined {
  const header = readSnmpHeader(payload);
  return header?.pdu === PDU.response ? header.requestId & (REQUEST_ID_BIT - 1) : undefined;
}

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const asked = readSnmpMessage(request);
  if (asked === undefined) return alien('the request is no SNMPv2c message');
  const message = readSnmpMessage(payload);
  if (message === undefined) return alien('no SNMPv2c header');
  if (message.pdu !== PDU.response) return alien('no response PDU');
  if (message.requestId !== asked.requestId) return alien('another request-id');
  if (!sameOctets(message.community, asked.community)) return alien('another community');
  if (message.third !== 0) return { kind: 'refusal', reason: errorStatusName(message.third) };
  return { kind: 'answer', facts: toldBy(message) };
}

/** RFC 3418 §2, the system group: what the device says it is, since when it runs, what it is called. */
const SYS_DESCR = '1.3.6.1.2.1.1.1.0';
const SYS_UP_TIME = '1.3.6.1.2.1.1.3.0';
const SYS_NAME = '1.3.6.1.2.1.1.5.0';

function toldBy(message: SnmpMessage): Facts {
  const sysDescr = textAt(message, SYS_DESCR);
  const sysName = textAt(message, SYS_NAME);
  const sysUpTime = ticksAt(message, SYS_UP_TIME);
  return {
    community: decodeText(message.community),
    varbinds: message.varBinds.length,
    ...(sysDescr !== undefined && { sysDescr }),
    ...(sysName !== undefined && { sysName }),
    // TimeTicks: hundredths of a second.
    ...(sysUpTime !== undefined && { sysUpTime }),
    ...(message.varBinds.some(({ type }) => type === SNMP_TYPE.endOfMibView) && { endOfMibView: true }),
    ...(!message.complete && { complete: false }),
  };
}

function textAt({ varBinds }: SnmpMessage, oid: string): string | undefined {
  const found = varBinds.find((varBind) => varBind.oid === oid && varBind.type === BER.octetString);
  return found && decodeText(found.value);
}

function ticksAt({ varBinds }: SnmpMessage, oid: string): number | undefined {
  return berToUnsigned(
    varBinds.find((varBind) => varBind.oid === oid && varBind.type === SNMP_TYPE.timeTicks)?.value,
  );
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
  return new TextDecoder().decode(octets).slice(0, LONGEST_TEXT);
}

/** Communities that devices are delivered with: everybody tries these two. */
const DEFAULT_COMMUNITIES: ReadonlySet<unknown> = new Set(['public', 'private']);

function judge(done: readonly Exchange[]): Judgement {
  const measuring = done.filter(({ purpose }) => purpose === 'measure');
  const strongest = reportedExchange(measuring.filter((exchange) => answersIn(exchange).length > 0));
  const [facts] = strongest === undefined ? [] : answersIn(strongest);
  if (facts === undefined) {
    const [reason] = measuring.flatMap(refusalsIn);
    return reason === undefined ? { kind: 'nothing' } : { kind: 'refusal', reason };
  }
  const communities = new Set(measuring.flatMap(answersIn).map(({ community }) => String(community)));
  return {
    kind: 'exposure',
    tags: [
      'snmp-v2c',
      ...([...communities].some((community) => DEFAULT_COMMUNITIES.has(community))
        ? ['default-community']
        : []),
    ],
    detail: [
      ...(facts.sysDescr === undefined ? [] : [`sysDescr: ${facts.sysDescr}`]),
      ...(facts.sysName === undefined ? [] : [`sysName: ${facts.sysName}`]),
      `${communities.size === 1 ? 'community' : 'communities'}: ${[...communities].join(', ')}`,
    ].join('; '),
    facts,
  };
}

function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, i) => octet === b[i]);
}

function alien(why: string): Reading {
  return { kind: 'alien', why };
}
