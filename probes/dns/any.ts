/**
 * How much does this DNS server send to anyone who asks? (RFC 1035 §4, EDNS of RFC 6891)
 *
 *     sent      4a 5b 01 00 00 01 00 00 00 00 00 01      id, RD; one question, one additional record
 *               03 66 61 74 04 74 65 73 74 00            fat.test
 *               00 ff 00 01                              ANY IN
 *               00 00 29 10 00 00 00 80 00 00 00         OPT: 4,096 bytes, DO
 *     received  4a 5b 81 80 00 01 00 42 00 00 00 01 …    RA; 66 answers: 3,072 bytes from an open resolver
 *     or        4a 5b 83 80 00 01 00 00 00 00 00 01 …    TC: come again over TCP; as long as the request
 *     or        4a 5b 81 05 00 00 00 00 00 00 00 00      REFUSED, with the bare header from Unbound
 *
 * The names are the scope's, for an answer that its owner knows says most; without any, the root. What is asked
 * of a responder, and in which order, stands in plan-any.ts.
 */
import { defineConfigurableProbe } from '../probe.js';
import { dissectDns } from './dissect.js';
import { judgeAny } from './judge-any.js';
import { nextOf, planOf } from './plan-any.js';
import { readAny } from './read-any.js';
import { rrlCheck } from './rate-check.js';
import { idEchoed } from './reply.js';
import { dnsSettings } from './settings.js';
import { emulatedServers } from './emulated-servers.js';
import { dnsVersion } from './version.js';
import { texts, textsFor } from './texts-any.js';

export const dnsAny = defineConfigurableProbe({
  id: 'dns-any',
  protocol: 'dns',
  port: 53,
  standard: 'RFC 1035 §4, RFC 6891 §6, RFC 8482',
  published: { factor: '28-54', source: 'US-CERT TA14-017A' },
  severity: 'medium',
  inDefault: 'yes: attacked',
  quietGapMs: 2000,
  report: 'x_dns_any',
  texts,
  textsFor,
  settings: { key: 'dns', schema: dnsSettings },
  // Of the two DNS probes this one alone makes the burst: it knows the strongest question, and a host that both
  // report is not burst twice.
  options: [rrlCheck, dnsVersion],
  emulatedServers,
  configure: ({ names }, chosen) => {
    const plan = planOf(names);
    return {
      sweepForms: [plan.any[0].full],
      nonce: idEchoed,
      read: readAny,
      next: nextOf(plan, chosen),
      judge: judgeAny,
      dissect: dissectDns,
    };
  },
});
