import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';
import { DNS_READY } from './zones.js';

/** kresd, open to all; asks the authoritative server of the tests alone. */
export function knotResolver(address: string, { upstream }: { readonly upstream: string }): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.knotResolver,
    files: {
      // The modules that would ask the root servers on their own are unloaded; there is no trust anchor to update.
      'kresd.lua': `net.listen('${address}', 53, { kind = 'dns' })
net.ipv6 = false
for _, name in ipairs({ 'priming', 'ta_update', 'ta_signal_query', 'detect_time_skew', 'detect_time_jump' }) do
  modules.unload(name)
end
trust_anchors.remove('.')
cache.size = 4 * MB
policy.add(policy.all(policy.STUB({ '${upstream}' })))
`,
    },
    arguments: ['-n', '-c', `${folder}/kresd.lua`, folder],
    ready: DNS_READY,
  });
}
