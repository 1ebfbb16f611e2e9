/**
 * Does this SNMP agent answer in SNMPv1, which has no GetBulk? (RFC 1157 §4.1.3)
 *
 *     sent      30 26  02 01 00                          version 1
 *                      04 06 70 75 62 6c 69 63           community: public
 *                      a1 19  02 04 40 00 00 01          GetNext, request-id
 *                             02 01 00  02 01 00         no error
 *                             30 0b 30 09 06 05 2b 06 01 02 01 05 00     1.3.6.1.2.1, MIB-2
 *     received  30 62 … a2 55 02 04 40 00 00 01 02 01 00 02 01 00 30 47 30 45 06 08 2b 06 01 02 01 01 01 00 …
 *                                                        sysDescr: 100 bytes
 *
 * The same name ten times over brings sysDescr ten times: that is how a request of v1 amplifies. net-snmp takes even
 * a GetBulk inside a message of v1, unless it would reach the end of what may be seen (measured on snmpd 5.9.3). So
 * agents that say they are net-snmp, and no others, are asked that too: v2c switched off takes nothing from the
 * figure there. Nothing is ever written.
 */
import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import type { Ask, Exchange, RequestForm } from '../probe.js';
import { defineConfigurableProbe } from '../probe.js';
import { perCommunity, snmpSettings } from './communities.js';
import { dissectSnmp } from './dissect.js';
import { NET_SNMP } from './enterprises.js';
import { judgeAgent } from './judge-agent.js';
import { PDU, SNMP_VERSION } from './message.js';
import { SYSTEM, agentNonce, communityForm, readAgent } from './read-agent.js';
import { emulatedServers } from './emulated-servers.js';
import { agentTextsFor, v1Texts } from './texts.js';

export const snmpV1GetNext = defineConfigurableProbe({
  id: 'snmp-v1-getnext',
  protocol: 'snmp',
  port: 161,
  standard: 'RFC 1157 §4.1.3, ITU-T X.690',
  published: {
    factor: '-',
    source: 'none known',
    note: {
      en: 'none known of SNMPv1; of SNMPv2 see snmp-getbulk',
      ja: 'SNMPv1については公表値なし（SNMPv2は snmp-getbulk を参照）',
    },
  },
  severity: 'high',
  inDefault: 'no: like-getbulk',
  quietGapMs: 2000,
  report: 'scan_snmp',
  texts: v1Texts,
  textsFor: agentTextsFor,
  settings: { key: 'snmp', schema: snmpSettings },
  emulatedServers,
  configure: ({ communities }) => ({
    ...perCommunity(communities, (community) => v1Form('getnext', community, PDU.getNext, [MIB_2]), further),
    nonce: agentNonce,
    read: readAgent(SNMP_VERSION.v1),
    judge: (done) => judgeAgent(done, 'snmp-v1'),
    dissect: dissectSnmp,
  }),
});

const MIB_2 = '1.3.6.1.2.1';

function further(community: string, done: readonly Exchange[]): readonly Ask[] {
  const isNetSnmp = done.flatMap(answersIn).some(({ vendor_id: number }) => NET_SNMP.has(number));
  const bulks = (isNetSnmp ? [10, 50, 100] : []).map((n) =>
    v1Form(`getbulk-${n}`, community, PDU.getBulk, [MIB_2], n),
  );
  // One that reaches the end is refused, and so would be the larger ones.
  const refused = bulks.findIndex(({ name }) =>
    done.some((exchange) => exchange.form === name && refusalsIn(exchange).length > 0),
  );
  const measuring = [
    v1Form('getnext-10', community, PDU.getNext, Array<string>(10).fill(MIB_2)),
    ...(refused < 0 ? bulks : bulks.slice(0, refused)),
  ];
  return [
    { form: v1Form('get-system', community, PDU.get, Object.values(SYSTEM)), purpose: 'prove' },
    ...measuring.map((form): Ask => ({ form, purpose: 'measure' })),
  ];
}

function v1Form(
  question: string,
  community: string,
  pdu: number,
  oids: readonly string[],
  fourth = 0,
): RequestForm {
  return communityForm(
    `v1-${question}`,
    community,
    { version: SNMP_VERSION.v1, pdu, third: 0, fourth },
    oids,
  );
}
