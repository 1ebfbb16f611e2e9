/**
 * Does this DNS server resolve for anyone? (RFC 1035 §4; RFC 5358 says why it must not)
 *
 *     sent      4a 5b 01 00 00 01 00 00 00 00 00 00      id, RD; one question
 *               03 77 77 77 07 65 78 … 00 00 01 00 01    www.example.net A IN
 *     received  4a 5b 81 80 00 01 00 01 00 00 00 00 …    RA, not AA: c0 00 02 50, the right address: it recurses
 *     or        4a 5b 85 80 00 01 00 01 00 00 00 00 …    RA and AA: a forwarder that hands on the bit of its upstream
 *     or        4a 5b 85 00 00 01 00 01 00 00 00 00 …    AA without RA: its own zone
 *     or        4a 5b 81 80 00 01 00 01 00 00 00 00 …    c6 33 64 07: a wrong address, a bogus resolver
 *     or        4a 5b 81 05 00 01 00 00 00 00 00 00      REFUSED
 *
 * The name and its address are the scope's `dns.check`; without it, the name servers of the root. Plain, without
 * EDNS, as the published report asks: its `min_amplification` is the factor of this question.
 */
import { answersIn } from '../../src/domain/exchange.js';
import type { Ask, Exchange, RequestForm } from '../probe.js';
import { defineConfigurableProbe } from '../probe.js';
import { dissectDns } from './dissect.js';
import { askableResolver, judgeResolver } from './judge-resolver.js';
import { queryForm } from './query.js';
import { readResolver } from './read-resolver.js';
import { idEchoed } from './reply.js';
import type { Check } from './settings.js';
import { dnsSettings } from './settings.js';
import { emulatedServers } from './emulated-servers.js';
import { askVersion, dnsVersion } from './version.js';
import { texts, textsFor } from './texts-resolver.js';

export const dnsResolver = defineConfigurableProbe({
  id: 'dns-resolver',
  protocol: 'dns',
  port: 53,
  standard: 'RFC 1035 §4, RFC 5358',
  published: {
    factor: '28-54',
    source: 'US-CERT TA14-017A',
    note: { en: 'for ANY, this question brings less', ja: 'ANYの値。この問い合わせへの応答はより小さい' },
  },
  severity: 'medium',
  inDefault: 'yes: reported',
  quietGapMs: 2000,
  report: 'scan_dns',
  texts,
  textsFor,
  settings: { key: 'dns', schema: dnsSettings },
  options: [dnsVersion],
  emulatedServers,
  configure: ({ check }, chosen) => {
    const form = queryForm(questionOf(check));
    const checked = check !== undefined;
    return {
      sweepForms: [form],
      nonce: idEchoed,
      read: (payload, request) => readResolver(payload, request, check),
      next: (done) =>
        (checked ? undefined : askAgain(form, done)) ??
        (chosen.has(dnsVersion.flag) && askableResolver(done, checked) ? askVersion(done) : undefined),
      judge: (done) => judgeResolver(done, checked),
      dissect: dissectDns,
    };
  },
});

function questionOf(check: Check | undefined): Parameters<typeof queryForm>[0] {
  if (check === undefined) return { name: '.', type: 'NS' };
  return { name: check.name, type: check.address.includes(':') ? 'AAAA' : 'A' };
}

/**
 * Of the root's name servers AA decides, and a forwarder hands that bit on from the server that it asked, but gives the
 * same answer without it out of its cache (dnsmasq): so a server that is both authoritative and recursive is asked twice.
 */
function askAgain(form: RequestForm, done: readonly Exchange[]): Ask | undefined {
  const [first, second] = done;
  if (first === undefined || second !== undefined) return undefined;
  const isBoth = answersIn(first).some(
    ({ aa, ra, check }) => aa === true && ra === true && check === 'right',
  );
  return isBoth ? { form, purpose: 'measure' } : undefined;
}
