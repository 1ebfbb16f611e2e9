import { probes } from '../../probes/list.js';
import type { Probe, Twin } from '../../probes/probe.js';

/** A probe as a scope without settings has it, its first request, and the first of its twins that has an answer. */
export function answeringTwin(id: string): {
  readonly probe: Probe;
  readonly request: Uint8Array;
  readonly twin: Twin;
} {
  const definition = probes.find((probe) => probe.id === id);
  const probe = definition?.build(definition.settings?.schema.parse(undefined));
  if (definition === undefined || probe === undefined) throw new RangeError(`no probe ${id}`);
  const request = probe.sweepForms[0].encode(0);
  const twin = definition.twins.find((candidate) => {
    const [first] = candidate.reply(request);
    return first !== undefined && probe.read(first, request).kind === 'answer';
  });
  if (twin === undefined) throw new RangeError(`no twin of ${id} has an answer`);
  return { probe, request, twin };
}
