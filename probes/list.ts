import * as declared from './index.js';
import type { ProbeDefinition } from './probe.js';

/** Every probe of index.ts, sorted by id. */
export const probes: readonly ProbeDefinition[] = Object.values<ProbeDefinition>(declared).sort((a, b) =>
  a.id < b.id ? -1 : 1,
);
