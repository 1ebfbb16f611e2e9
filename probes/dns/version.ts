import type { Ask, Exchange, ProbeOption } from '../probe.js';
import { answersIn } from '../../src/domain/exchange.js';
import { queryForm } from './query.js';

/** Not by default: it tells nothing of the exposure, and intrusion detection knows it as reconnaissance. */
export const dnsVersion: ProbeOption = {
  flag: 'dns-version',
  describe: {
    en: 'Ask exposed DNS servers for version.bind',
    ja: '検出したDNSサーバーに version.bind を問い合わせます',
  },
};

const form = queryForm({ name: 'version.bind', type: 'TXT', class: 'CH' });

/** TXT version.bind in class CHAOS (RFC 4892 §3), once. */
export function askVersion(done: readonly Exchange[]): Ask | undefined {
  return done.some((exchange) => exchange.form === form.name) ? undefined : { form, purpose: 'prove' };
}

/** What the server called itself. */
export function versionIn(done: readonly Exchange[]): string | undefined {
  const told = done.filter(({ purpose }) => purpose === 'prove').flatMap(answersIn);
  const version = told.find((facts) => facts['version'] !== undefined)?.['version'];
  return version === undefined ? undefined : String(version);
}
