import { BER, berElement, berInteger, berToInteger } from '../wire/ber.js';
import { readBerContent, readBerHeader } from '../wire/ber.js';
import { Reader } from '../wire/reader.js';
import { SNMP_VERSION, encodePdu, readPduHeader, readVarBinds } from './message.js';
import type { PduHeader, VarBinds } from './message.js';

/** msgFlags (RFC 3412 §6.4): the sender wants to be told what is wrong; nothing is authenticated or encrypted. */
export const REPORTABLE = 0x04;

/** The User-based Security Model (RFC 3411 §5, SnmpSecurityModel). */
export const USM = 3;

/** What the security model says of the engine that is in charge (RFC 3414 §2.4). */
export interface Engine {
  readonly engineId: Uint8Array;
  /** How often it started, and how many seconds ago. */
  readonly boots: number;
  readonly time: number;
}

/** One message in plain text and without a user, as discovery exchanges them (RFC 3414 §4). */
export interface V3Message extends Engine, PduHeader, VarBinds {
  readonly msgId: number;
  readonly flags: number;
}

export function encodeV3Message(
  message: Omit<V3Message, keyof VarBinds>,
  varBinds: readonly Uint8Array[],
): Uint8Array {
  const empty = berElement(BER.octetString);
  const engineId = berElement(BER.octetString, message.engineId);
  return berElement(
    BER.sequence, //                                                  SNMPv3Message (RFC 3412 §6)
    berInteger(SNMP_VERSION.v3),
    berElement(
      BER.sequence, //                                                msgGlobalData
      berInteger(message.msgId),
      berInteger(LARGEST_PAYLOAD), //                                 msgMaxSize
      berElement(BER.octetString, Uint8Array.of(message.flags)), //   msgFlags
      berInteger(USM), //                                             msgSecurityModel
    ),
    berElement(
      BER.octetString, //                                             msgSecurityParameters (RFC 3414 §2.4)
      berElement(
        BER.sequence,
        engineId, //                                                  msgAuthoritativeEngineID
        berInteger(message.boots), //                                 msgAuthoritativeEngineBoots
        berInteger(message.time), //                                  msgAuthoritativeEngineTime
        empty, //                                                     msgUserName
        empty, //                                                     msgAuthenticationParameters
        empty, //                                                     msgPrivacyParameters
      ),
    ),
    berElement(
      BER.sequence, //                                                ScopedPDU
      engineId, //                                                    contextEngineID
      empty, //                                                       contextName
      encodePdu(message, varBinds),
    ),
  );
}

/** UDP over IPv4 carries no more: as net-snmp says of itself. */
const LARGEST_PAYLOAD = 65_507;

/** Total and bounded. Undefined where a part is missing or the PDU is encrypted. */
export function readV3Message(payload: Uint8Array): V3Message | undefined {
  const reader = new Reader(payload);
  const header = readV3Header(reader);
  const engine = readEngine(readBerContent(reader, BER.octetString));
  if (readBerHeader(reader)?.tag !== BER.sequence) return undefined;
  readBerContent(reader, BER.octetString);
  readBerContent(reader, BER.octetString);
  const pdu = readPduHeader(reader);
  const bindings = readVarBinds(reader);
  return header && engine && pdu && bindings && { ...header, ...engine, ...pdu, ...bindings };
}

/** Undefined where this is no message of SNMPv3 in the User-based Security Model. */
export function readV3Header(reader: Reader): Pick<V3Message, 'msgId' | 'flags'> | undefined {
  if (readBerHeader(reader)?.tag !== BER.sequence) return undefined;
  if (berToInteger(readBerContent(reader, BER.integer)) !== SNMP_VERSION.v3) return undefined;
  if (readBerHeader(reader)?.tag !== BER.sequence) return undefined;
  const msgId = berToInteger(readBerContent(reader, BER.integer));
  readBerContent(reader, BER.integer);
  const flags = readBerContent(reader, BER.octetString)?.[0];
  const model = berToInteger(readBerContent(reader, BER.integer));
  return msgId === undefined || flags === undefined || model !== USM ? undefined : { msgId, flags };
}

function readEngine(parameters: Uint8Array | undefined): Engine | undefined {
  const reader = new Reader(parameters ?? new Uint8Array());
  if (readBerHeader(reader)?.tag !== BER.sequence) return undefined;
  const engineId = readBerContent(reader, BER.octetString);
  const boots = berToInteger(readBerContent(reader, BER.integer));
  const time = berToInteger(readBerContent(reader, BER.integer));
  if (engineId === undefined || boots === undefined || time === undefined) return undefined;
  return boots < 0 || time < 0 ? undefined : { engineId, boots, time };
}
