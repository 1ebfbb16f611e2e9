import type { Twin } from '../probe.js';
import { berElement } from '../wire/ber.js';
import { PDU, SNMP_TYPE, encodeSnmpMessage, encodeVarBind, readSnmpMessage } from './message.js';
import type { SnmpMessage } from './message.js';
import type { MibObject } from './twin-mib.js';
import { stockMib, systemOnlyMib } from './twin-mib.js';

/** SNMP agents of the lab. They answer GetBulk over v2c and nothing else. */
export const twins: readonly Twin[] = [
  agent({
    name: 'snmpd-stock',
    about:
      'an agent with `rocommunity public` and nothing else; held against snmpd 5.9.3 (snmp-snmpd-open): 2,377 bytes',
    community: 'public',
    mib: stockMib(),
  }),
  agent({
    name: 'snmpd-system-only',
    about:
      "an agent with Debian's default view, the system group only; by the measured size of snmpd 5.9.3: 1,546 bytes to 50 repetitions and more",
    community: 'public',
    mib: systemOnlyMib(),
  }),
  agent({
    name: 'snmpd-own-community',
    about: 'an agent that stays silent to every community but its own, as snmpd 5.9.3 does (snmp-snmpd-open)',
    community: 'only-the-noc',
    mib: stockMib(),
  }),
];

interface Agent {
  readonly name: string;
  readonly about: string;
  readonly community: string;
  /** In the order of the names. */
  readonly mib: readonly MibObject[];
}

function agent({ name, about, community, mib }: Agent): Twin {
  const objects = mib.map(({ oid, value }) => ({ arcs: arcsOf(oid), varBind: encodeVarBind(oid, value) }));
  const last = mib.at(-1)?.oid ?? '0.0';
  const end = encodeVarBind(last, berElement(SNMP_TYPE.endOfMibView));
  return {
    name,
    about,
    reply: (request) => {
      const asked = readSnmpMessage(request);
      if (asked?.pdu !== PDU.getBulk || new TextDecoder().decode(asked.community) !== community) return [];
      const [from] = asked.varBinds;
      if (from === undefined) return [];
      const arcs = arcsOf(from.oid);
      const after = objects.filter((object) => compareArcs(object.arcs, arcs) > 0);
      const repetitions = Math.min(Math.max(0, asked.fourth), MOST_VARBINDS);
      const varBinds = after.slice(0, repetitions).map(({ varBind }) => varBind);
      return [response(asked, varBinds.length < repetitions ? [...varBinds, end] : varBinds)];
    },
  };
}

/** snmpd's maxGetbulkResponses unless configured: more is asked in vain. */
const MOST_VARBINDS = 100;

function response({ community, requestId }: SnmpMessage, varBinds: readonly Uint8Array[]): Uint8Array {
  return encodeSnmpMessage({ community, pdu: PDU.response, requestId, third: 0, fourth: 0 }, varBinds);
}

function arcsOf(oid: string): readonly number[] {
  return oid.split('.').map(Number);
}

/** Lexicographical (RFC 3416 §4.2.2): arc by arc, the shorter of two first. */
function compareArcs(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((arc, i) => arc !== b[i]);
  return differing < 0 ? a.length - b.length : (a[differing] ?? 0) - (b[differing] ?? -1);
}
