/**
 * How much does this SNMP agent send to anyone who knows a community? (GetBulk over SNMPv2c, RFC 3416 §4.2.3)
 *
 *     sent      30 26  02 01 01                          version 2c
 *                      04 06 70 75 62 6c 69 63           community: public
 *                      a5 19  02 04 40 00 00 01          GetBulk, request-id
 *                             02 01 00  02 01 0a         non-repeaters 0, max-repetitions 10
 *                             30 0b 30 09 06 05 2b 06 01 02 01 05 00     1.3.6.1.2.1, MIB-2
 *     received  30 82 01 25 … a2 82 01 16 02 04 40 00 00 01 02 01 00 02 01 00 30 82 01 06 …
 *                                                        response, error-status 0, 10 bindings: 297 bytes
 *
 * Ten repetitions find the agent with an answer that needs no fragments, which a filter on the way may drop; 50 and
 * 100 then measure it. 100 bring all that a stock agent gives (it stops at 100 bindings). Where that limit is off,
 * 1,000 and more can block the agent for seconds, and are never asked. Nothing is ever written.
 */
import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import type { Ask, Exchange, RequestForm } from '../probe.js';
import { defineConfigurableProbe } from '../probe.js';
import { perCommunity, snmpSettings } from './communities.js';
import { dissectSnmp } from './dissect.js';
import { judgeAgent } from './judge-agent.js';
import { PDU, SNMP_VERSION } from './message.js';
import { agentNonce, communityForm, readAgent } from './read-agent.js';
import { emulatedServers } from './emulated-servers.js';
import { agentTextsFor, getBulkTexts } from './texts.js';

export const snmpGetBulk = defineConfigurableProbe({
  id: 'snmp-getbulk',
  protocol: 'snmp',
  port: 161,
  standard: 'RFC 3416 §4.2.3, RFC 1901, ITU-T X.690',
  published: { factor: '6.3', source: 'US-CERT TA14-017A' },
  severity: 'high',
  inDefault: 'yes: reported',
  quietGapMs: 2000,
  report: 'scan_snmp',
  texts: getBulkTexts,
  textsFor: agentTextsFor,
  settings: { key: 'snmp', schema: snmpSettings },
  emulatedServers,
  configure: ({ communities }) => ({
    ...perCommunity(communities, (community) => getBulkForm(10, community), further),
    nonce: agentNonce,
    read: readAgent(SNMP_VERSION.v2c),
    judge: (done) => judgeAgent(done, 'snmp-v2c'),
    dissect: dissectSnmp,
  }),
});

/**
 * More than all there is brings the same answer again. An agent that finds every GetBulk too big for it is asked for one
 * value, by GetNext of the same version.
 */
function further(community: string, done: readonly Exchange[]): readonly Ask[] {
  const isTooBig = done.some(
    (exchange) =>
      exchange.form === getBulkForm(10, community).name && refusalsIn(exchange).includes('toobig'),
  );
  if (isTooBig) return [{ form: getNextForm(community), purpose: 'measure' }];
  const isAll = done
    .flatMap(answersIn)
    .some((facts) => facts['community'] === community && facts['end_of_mib_view'] === true);
  return isAll ? [] : [50, 100].map((n) => ({ form: getBulkForm(n, community), purpose: 'measure' }));
}

function getBulkForm(repetitions: number, community: string): RequestForm {
  return communityForm(
    `getbulk-${repetitions}`,
    community,
    { version: SNMP_VERSION.v2c, pdu: PDU.getBulk, third: 0, fourth: repetitions },
    [MIB_2],
  );
}

function getNextForm(community: string): RequestForm {
  return communityForm(
    'getnext',
    community,
    { version: SNMP_VERSION.v2c, pdu: PDU.getNext, third: 0, fourth: 0 },
    [MIB_2],
  );
}

const MIB_2 = '1.3.6.1.2.1';
