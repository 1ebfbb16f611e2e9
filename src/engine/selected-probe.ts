import { probes } from '../../probes/list.js';
import type { Probe, ProbeDefinition } from '../../probes/probe.js';
import { UsageError } from '../domain/usage-error.js';

/** A probe of a run. */
export interface SelectedProbe {
  readonly probe: Probe;
  readonly port: number;
  /** The flags of its options that the user gave. */
  readonly options: readonly string[];
  /** What the scope file says for it, checked. */
  readonly settings?: unknown;
}

/** A probe as it was selected before: in another thread only its id is known. @throws UsageError for no probe. */
export function buildProbe(
  id: string,
  chosen: Omit<SelectedProbe, 'probe'>,
  definitions: readonly ProbeDefinition[] = probes,
): SelectedProbe {
  const definition = definitionOf(id, '--probe', definitions);
  return { ...chosen, probe: definition.build(chosen.settings, new Set(chosen.options)) };
}

/** @throws UsageError that lists the probes there are. */
export function definitionOf(
  id: string,
  place: string,
  definitions: readonly ProbeDefinition[] = probes,
): ProbeDefinition {
  const found = definitions.find((definition) => definition.id === id);
  if (found !== undefined) return found;
  throw new UsageError(
    `${place}: there is no probe "${id}"`,
    `the probes are ${definitions.map((d) => d.id).join(', ')}`,
  );
}
