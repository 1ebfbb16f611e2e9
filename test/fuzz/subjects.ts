import { probes } from '../../probes/list.js';
import type { Probe, ProbeDefinition } from '../../probes/probe.js';
import { maskedProbe } from '../../src/engine/masked-probe.js';
import { captures } from '../probes/captures.js';

/** A message to be changed, and the request that it answers. */
export interface Seed {
  readonly message: Uint8Array;
  readonly request: Uint8Array;
}

/** One probe, and what its readers are tried with. */
export interface Subject {
  readonly probe: Probe;
  /** Of its own protocol: captured responses, what the emulated servers answer, and the requests. */
  readonly own: readonly Seed[];
  /** Those of them that one packet holds: what is made of the others takes as long as a hundred of these. */
  readonly short: readonly Seed[];
  /** Of all others. */
  readonly others: readonly Seed[];
}

const definitions: readonly ProbeDefinition[] = probes;

export const subjects: readonly Subject[] = definitions.map((definition) => {
  const built = definition.build(definition.settings?.schema.parse(undefined));
  // As every run has it: its texts without addresses outside the scope.
  const { probe } = maskedProbe({ probe: built, port: built.port, options: [] }, () => false);
  const captured = (isOwn: boolean): readonly Seed[] =>
    captures
      .filter(({ protocol }) => (protocol === definition.protocol) === isOwn)
      .flatMap(({ request, responses }) => [request, ...responses].map((message) => ({ message, request })));
  const emulated = definition.emulatedServers.flatMap((server) =>
    probe.sweepForms.flatMap((form) => {
      const request = form.encode(1);
      return server.reply(request).map((message) => ({ message, request }));
    }),
  );
  const own = unlike([...captured(true), ...emulated]);
  return {
    probe,
    own,
    short: own.filter(({ message }) => message.length <= 1472),
    others: unlike(captured(false)),
  };
});

/** A hundred datagrams of one answer are alike: one of each length for each request. */
function unlike(seeds: readonly Seed[]): readonly Seed[] {
  const byShape = new Map(
    seeds
      .filter(({ message }) => message.length > 0)
      .map((seed) => [`${seed.message.length} ${Buffer.from(seed.request).toString('hex')}`, seed]),
  );
  return [...byShape.values()];
}
