/**
 * Does an SNMPv3 engine give its identity without authentication? (discovery, RFC 3414 §4: no user, no community)
 *
 *     sent      30 3e  02 01 03                                      version 3
 *                      30 11  02 04 40 00 00 01  02 03 00 ff e3      msgID, msgMaxSize
 *                             04 01 04  02 01 03                     reportable, User-based Security Model
 *                      04 10 30 0e  04 00 02 01 00 02 01 00 …        no engine id, no user
 *                      30 14  04 00 04 00                            no context
 *                             a0 0e  02 04 40 00 00 01 … 30 00       Get of nothing
 *     received  … 04 11 80 00 1f 88 80 …  02 01 02  02 01 43         engine id, boots, seconds since the last one
 *               … a8 … 06 0a 2b 06 01 06 03 0f 01 01 04 00           report: usmStatsUnknownEngineIDs
 *
 * The engine id names the maker, and often holds an address of the device: that is never kept.
 */
import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import { reportedExchange } from '../../src/domain/factors.js';
import type { Exchange, Judgement, Nonce, Reading, RequestForm } from '../probe.js';
import { defineProbe, forms } from '../probe.js';
import { Reader } from '../wire/reader.js';
import { durationOf, vendorOf } from './describe.js';
import { dissectSnmp } from './dissect.js';
import { readEngineId } from './engine-id.js';
import { PDU } from './message.js';
import { REQUEST_ID_BIT, nonceOf, numberedForm } from './request-id.js';
import { emulatedServers } from './emulated-servers.js';
import { REPORTABLE, encodeV3Message, readV3Header, readV3Message } from './v3-message.js';
import { v3Texts, v3TextsFor } from './texts.js';

const discovery: RequestForm = numberedForm(
  'v3-discovery',
  encodeV3Message(
    {
      msgId: REQUEST_ID_BIT,
      flags: REPORTABLE,
      engineId: new Uint8Array(),
      boots: 0,
      time: 0,
      pdu: PDU.get,
      requestId: REQUEST_ID_BIT,
      third: 0,
      fourth: 0,
    },
    [],
  ),
);

export const snmpV3Discovery = defineProbe({
  id: 'snmp-v3-discovery',
  protocol: 'snmp',
  port: 161,
  standard: 'RFC 3414 §4, RFC 3412 §6, ITU-T X.690',
  published: {
    factor: '-',
    source: 'none known',
    note: {
      en: 'none known of SNMPv3; of SNMPv2 see snmp-getbulk',
      ja: 'SNMPv3については公表値なし（SNMPv2は snmp-getbulk を参照）',
    },
  },
  severity: 'medium',
  inDefault: 'no: like-getbulk',
  quietGapMs: 2000,
  report: 'x_snmp_v3',
  texts: v3Texts,
  textsFor: v3TextsFor,
  sweepForms: [discovery],
  nonce: { bits: 30, echoed },
  read,
  next: forms(),
  judge,
  dissect: dissectSnmp,
  emulatedServers,
});

/** The nonce in a message's msgID. Whether the rest of it is ours, `read` says. */
function echoed(payload: Uint8Array): Nonce | undefined {
  const header = readV3Header(new Reader(payload));
  // A request wants a report; a report wants none (RFC 3412 §6.4).
  return header === undefined || (header.flags & REPORTABLE) !== 0 ? undefined : nonceOf(header.msgId);
}

/** The counter that a report carries says what was wrong with the request (RFC 3414 §5, RFC 3412 §5). */
const REPORTS: Readonly<Record<string, string>> = {
  '1.3.6.1.6.3.15.1.1.1.0': 'unsupported-security-level',
  '1.3.6.1.6.3.15.1.1.2.0': 'not-in-time-window',
  '1.3.6.1.6.3.15.1.1.3.0': 'unknown-user-name',
  '1.3.6.1.6.3.15.1.1.4.0': 'unknown-engine-id',
  '1.3.6.1.6.3.15.1.1.5.0': 'wrong-digest',
  '1.3.6.1.6.3.15.1.1.6.0': 'decryption-error',
  '1.3.6.1.6.3.11.2.1.1.0': 'unknown-security-model',
  '1.3.6.1.6.3.11.2.1.2.0': 'invalid-message',
  '1.3.6.1.6.3.11.2.1.3.0': 'unknown-pdu-handler',
};

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const asked = readV3Message(request);
  if (asked === undefined) return unrecognised('the request is no SNMPv3 message');
  const message = readV3Message(payload);
  if (message === undefined) return unrecognised('no whole message of SNMPv3 in plain text');
  if (message.pdu !== PDU.report) return unrecognised('no report PDU');
  if (message.msgId !== asked.msgId) return unrecognised('another msgID');
  const report = REPORTS[message.varBinds[0]?.oid ?? ''] ?? 'unknown-report';
  if (message.engineId.length === 0) return { kind: 'refusal', reason: report };
  return {
    kind: 'answer',
    facts: {
      version: 3,
      ...readEngineId(message.engineId),
      engine_boots: message.boots,
      uptime: message.time,
      report,
    },
  };
}

function judge(done: readonly Exchange[]): Judgement {
  const measuring = done.filter(({ purpose }) => purpose === 'measure');
  const strongest = reportedExchange(measuring.filter((exchange) => answersIn(exchange).length > 0));
  const [facts] = strongest === undefined ? [] : answersIn(strongest);
  if (facts === undefined) {
    const [reason] = measuring.flatMap(refusalsIn);
    return reason === undefined ? { kind: 'nothing' } : { kind: 'refusal', reason };
  }
  return {
    kind: 'exposure',
    tags: ['snmp-v3'],
    detail: [
      ...vendorOf(facts),
      `engine id: ${String(facts['engine_id'] ?? 'not shown')} (format ${String(facts['engine_id_format'])})`,
      `boots: ${String(facts['engine_boots'])}`,
      `since the last: ${durationOf(Number(facts['uptime']))}`,
    ].join('; '),
    facts,
  };
}

function unrecognised(why: string): Reading {
  return { kind: 'unrecognised', why };
}
