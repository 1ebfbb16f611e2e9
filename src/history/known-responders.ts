import * as z from 'zod';
import type { Content } from '../domain/shape.js';
import { ADDRESS } from '../domain/shape.js';
import type { ProbeResponders, RunRecord } from '../domain/run-record.js';
import { standingOf } from '../domain/run-standing.js';
import { fingerprintOf } from './request-fingerprint.js';

/** What is known of the responders to one probe. */
const PROBE_MEMORY = z.object({
  /** The fingerprint of the request that they answered. */
  asked: z.string(),
  addresses: z.array(ADDRESS),
  /** Those of them that were silent when they were last asked, in a run that may not have reached them. */
  silent: z.array(ADDRESS),
});
export type ProbeMemory = Content<typeof PROBE_MEMORY>;

/** By probe. */
export const KNOWN_RESPONDERS = z.record(z.string(), PROBE_MEMORY);
export type KnownResponders = Content<typeof KNOWN_RESPONDERS>;

/**
 * What is remembered of responders after a run, exposures or not: the next run expects them, to prove its path. Only
 * run.json decides, so that it can be made again from the runs. A probe that asks something else begins anew, but not
 * in a run that asked less than usual.
 */
export function respondersAfter(known: KnownResponders, run: RunRecord): KnownResponders {
  if (run.path === undefined) return known;
  const { path } = run;
  const next = new Map(Object.entries(known));
  for (const probe of run.probes) {
    const { id } = probe;
    const asked = fingerprintOf(probe);
    const before = next.get(id);
    const isSame = before?.asked === asked;
    if (before !== undefined && !isSame && standingOf(run) !== 'whole') continue;
    const of = (all: readonly ProbeResponders[] = []): readonly string[] =>
      all.find((entry) => entry.probe === id)?.addresses ?? [];
    const gone = new Set(of(path.gone));
    const heard = new Set(of(path.responders));
    const stay = isSame ? before.addresses.filter((address) => !gone.has(address)) : [];
    const silent = [...(isSame ? before.silent : []), ...of(path.silent)];
    const addresses = [...new Set([...stay, ...heard])];
    if (addresses.length > 0)
      next.set(id, {
        asked,
        addresses,
        silent: [...new Set(silent)].filter((address) => !heard.has(address) && !gone.has(address)),
      });
    else next.delete(id);
  }
  return Object.fromEntries(next);
}
