import type { EmulatedServer } from '../probe.js';
import { berElement, berInteger } from '../wire/ber.js';
import {
  PDU,
  SNMP_TYPE,
  SNMP_VERSION,
  encodeSnmpMessage,
  encodeVarBind,
  readSnmpMessage,
} from './message.js';
import type { CommunityVersion, PduHeader, SnmpMessage, VarBind } from './message.js';
import type { MibObject } from './emulated-mib.js';
import { printerMib, stockMib, systemOnlyMib } from './emulated-mib.js';
import type { Engine } from './v3-message.js';
import { REPORTABLE, encodeV3Message, readV3Message } from './v3-message.js';

/** An engine id of net-snmp's own format, as captured in length: enterprise 8072, format 128. */
const NET_SNMP_ENGINE: Engine = {
  engineId: Uint8Array.of(0x80, 0, 0x1f, 0x88, 0x80, 0xc0, 0xff, 0xee, 0, 1, 2, 3, 4, 0, 0, 0, 0),
  boots: 2,
  time: 67,
};

const { v1, v2c } = SNMP_VERSION;
const snmpd = { versions: [v1, v2c], bulkInV1: true, engine: NET_SNMP_ENGINE } as const;

/** SNMP agents of the lab: all of them answer what the real ones do, in every version they speak. */
export const emulatedServers: readonly EmulatedServer[] = [
  agent({
    ...snmpd,
    name: 'snmpd-stock',
    about:
      'an agent with `rocommunity public` and nothing else; held against snmpd 5.9.3 (snmp-snmpd-open): 2,377 bytes',
    community: 'public',
    mib: stockMib(),
  }),
  agent({
    ...snmpd,
    name: 'snmpd-system-only',
    about:
      "an agent with Debian's default view, the system group only; by the measured size of snmpd 5.9.3: 1,546 bytes to 50 repetitions and more",
    community: 'public',
    mib: systemOnlyMib(),
  }),
  agent({
    ...snmpd,
    name: 'snmpd-own-community',
    about: 'an agent that stays silent to every community but its own, as snmpd 5.9.3 does (snmp-snmpd-open)',
    community: 'only-the-noc',
    mib: stockMib(),
  }),
  agent({
    name: 'printer-v1-only',
    about: 'an old device that knows SNMPv1 and nothing after it, by RFC 1157; made up, not captured',
    versions: [v1],
    community: 'public',
    mib: printerMib(),
  }),
  agent({
    name: 'router-v3-only',
    about:
      'a router with v1 and v2c switched off: only SNMPv3 discovery is answered, with an engine id of the format for MAC addresses; by RFC 3414 §4, not captured',
    versions: [],
    community: '',
    mib: [],
    // 0x7ed9 is 32473, for documentation (RFC 5612), as is the MAC address (RFC 7042 §2.1.2).
    engine: {
      engineId: Uint8Array.of(0x80, 0, 0x7e, 0xd9, 3, 0x00, 0x00, 0x5e, 0x00, 0x53, 0x02),
      boots: 12,
      time: 2_591_999,
    },
  }),
];

interface Agent {
  readonly name: string;
  readonly about: string;
  readonly versions: readonly CommunityVersion[];
  readonly community: string;
  /** In the order of the names. */
  readonly mib: readonly MibObject[];
  /** Whether a GetBulk inside a message of v1 is answered too, as net-snmp does. */
  readonly bulkInV1?: boolean;
  /** Absent where SNMPv3 is unknown. */
  readonly engine?: Engine;
}

function agent({ name, about, versions, community, mib, bulkInV1 = false, engine }: Agent): EmulatedServer {
  const objects = mib.map(({ oid, value }) => ({
    oid,
    arcs: arcsOf(oid),
    varBind: encodeVarBind(oid, value),
  }));
  const exactly = ({ oid }: VarBind): Uint8Array | undefined =>
    objects.find((object) => object.oid === oid)?.varBind;
  const after = ({ oid }: VarBind, count: number): readonly Uint8Array[] => {
    const arcs = arcsOf(oid);
    return objects
      .filter((object) => compareArcs(object.arcs, arcs) > 0)
      .slice(0, count)
      .map(({ varBind }) => varBind);
  };
  const answer = (asked: SnmpMessage): Uint8Array | undefined => {
    const [from] = asked.varBinds;
    switch (asked.pdu) {
      case PDU.get:
        return each(asked, exactly, SNMP_TYPE.noSuchObject);
      case PDU.getNext:
        return each(asked, (varBind) => after(varBind, 1)[0], SNMP_TYPE.endOfMibView);
      case PDU.getBulk: {
        if (from === undefined || (asked.version === v1 && !bulkInV1)) return undefined;
        const repetitions = Math.min(Math.max(0, asked.fourth), MOST_VARBINDS);
        const varBinds = after(from, repetitions);
        const end = encodeVarBind(mib.at(-1)?.oid ?? '0.0', berElement(SNMP_TYPE.endOfMibView));
        if (varBinds.length === repetitions) return response(asked, varBinds);
        return asked.version === v1
          ? noSuchName(asked, varBinds.length)
          : response(asked, [...varBinds, end]);
      }
      default:
        return undefined;
    }
  };
  return {
    name,
    about,
    reply: (request) => {
      const asked = readSnmpMessage(request);
      if (asked === undefined) return report(request, engine);
      if (!versions.includes(asked.version)) return [];
      if (new TextDecoder().decode(asked.community) !== community) return [];
      const answered = answer(asked);
      return answered === undefined ? [] : [answered];
    },
  };
}

/** snmpd's maxGetbulkResponses unless configured: more is asked in vain. */
const MOST_VARBINDS = 100;

/** What is not there is an error of the whole in v1 (RFC 1157 §4.1.2), a value of its own since (RFC 3416 §4.2). */
function each(
  asked: SnmpMessage,
  find: (varBind: VarBind) => Uint8Array | undefined,
  missing: number,
): Uint8Array {
  const found = asked.varBinds.map(find);
  const failed = found.indexOf(undefined);
  if (asked.version === v1 && failed >= 0) return noSuchName(asked, failed);
  return response(
    asked,
    asked.varBinds.map(({ oid }, i) => found[i] ?? encodeVarBind(oid, berElement(missing))),
  );
}

/** The bindings of the request, and the place of the first that has no answer. */
function noSuchName(asked: SnmpMessage, place: number): Uint8Array {
  return response(
    asked,
    asked.varBinds.map(({ oid, type, value }) => encodeVarBind(oid, berElement(type, value))),
    { third: 2, fourth: place + 1 },
  );
}

function response(
  { version, community, requestId }: SnmpMessage,
  varBinds: readonly Uint8Array[],
  error: Pick<PduHeader, 'third' | 'fourth'> = { third: 0, fourth: 0 },
): Uint8Array {
  return encodeSnmpMessage({ version, community, pdu: PDU.response, requestId, ...error }, varBinds);
}

/** usmStatsUnknownEngineIDs: a client that does not name the engine is told its id (RFC 3414 §3.2, §4). */
function report(request: Uint8Array, engine: Engine | undefined): readonly Uint8Array[] {
  const asked = readV3Message(request);
  if (engine === undefined || asked === undefined || (asked.flags & REPORTABLE) === 0) return [];
  if (asked.engineId.length > 0) return [];
  const { msgId, requestId } = asked;
  const counter = encodeVarBind('1.3.6.1.6.3.15.1.1.4.0', berInteger(1, SNMP_TYPE.counter32));
  return [
    encodeV3Message({ ...engine, msgId, flags: 0, pdu: PDU.report, requestId, third: 0, fourth: 0 }, [
      counter,
    ]),
  ];
}

function arcsOf(oid: string): readonly number[] {
  return oid.split('.').map(Number);
}

/** Lexicographical (RFC 3416 §4.2.2): arc by arc, the shorter of two first. */
function compareArcs(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((arc, i) => arc !== b[i]);
  return differing < 0 ? a.length - b.length : (a[differing] ?? 0) - (b[differing] ?? -1);
}
