import { probes } from '../../probes/list.js';
import type { Probe, EmulatedServer } from '../../probes/probe.js';

/** A probe as a scope without settings has it, its first request, and the first of its emulated servers that has an answer. */
export function answeringServer(id: string): {
  readonly probe: Probe;
  readonly request: Uint8Array;
  readonly emulated: EmulatedServer;
} {
  const definition = probes.find((probe) => probe.id === id);
  const probe = definition?.build(definition.settings?.schema.parse(undefined));
  if (definition === undefined || probe === undefined) throw new RangeError(`no probe ${id}`);
  const request = probe.sweepForms[0].encode(0);
  const emulated = definition.emulatedServers.find((candidate) => {
    const [first] = candidate.reply(request);
    return first !== undefined && probe.read(first, request).kind === 'answer';
  });
  if (emulated === undefined) throw new RangeError(`no emulated server of ${id} has an answer`);
  return { probe, request, emulated };
}
