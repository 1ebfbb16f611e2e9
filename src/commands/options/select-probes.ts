import type { Options } from 'yargs';
import { probes } from '../../../probes/list.js';
import type { ProbeDefinition } from '../../../probes/probe.js';
import { UsageError } from '../../domain/usage-error.js';
import type { SelectedProbe } from '../../engine/selected-probe.js';
import { buildProbe, definitionOf } from '../../engine/selected-probe.js';
import type { ScopeFile } from '../../scope/scope-file.js';
import { flagOption, listOption } from './arguments.js';
import type { Arguments } from '../command.js';

/** What `--probe` takes beside the probes' ids. */
const GROUPS = ['default', 'all'] as const;

/** What is asked where `--probe` names nothing, for the help. */
export const DEFAULT_PROBES = probes.filter(({ byDefault }) => byDefault).map(({ id }) => id);

/** Each option that a probe declares, as a flag of the command line; several probes may share one. */
export const PROBE_FLAGS: Readonly<Record<string, Options>> = Object.fromEntries(
  probes
    .flatMap(({ options }) => options ?? [])
    .map(({ flag, describe }) => [flag, { group: 'Probes:', type: 'boolean', describe }]),
);

/**
 * The probes that `--probe` names, by id or group, or the default ones, each with the port that `--port` gives it
 * and the flags that it knows.
 * @throws UsageError for what is no probe or port, and for a flag of none of the selected probes.
 */
export function selectProbes(
  argv: Arguments,
  scopeFile: Pick<ScopeFile, 'settings'>,
  definitions: readonly ProbeDefinition[] = probes,
): readonly SelectedProbe[] {
  const named = listOption(argv, 'probe').map((word) => namedBy(word, definitions));
  const ids = new Set(
    (named.length > 0 ? named.flat() : inGroup('default', definitions)).map(({ id }) => id),
  );
  const ports = portsIn(argv, definitions);
  const selected = definitions.filter(({ id }) => ids.has(id));
  refuseOrphans(argv, selected, definitions);
  return selected.map((definition) => {
    const { id, port, settings } = definition;
    const options = flagsOf(definition).filter((flag) => flagOption(argv, flag));
    const chosen = {
      port: ports.get(id) ?? port,
      options,
      settings: settings && scopeFile.settings[settings.key],
    };
    return buildProbe(id, chosen, definitions);
  });
}

function namedBy(word: string, definitions: readonly ProbeDefinition[]): readonly ProbeDefinition[] {
  const group = GROUPS.find((name) => name === word);
  return group ? inGroup(group, definitions) : [definitionOf(word, '--probe', definitions)];
}

function inGroup(
  group: (typeof GROUPS)[number],
  definitions: readonly ProbeDefinition[],
): readonly ProbeDefinition[] {
  return group === 'all' ? definitions : definitions.filter(({ byDefault }) => byDefault);
}

/** What `--port` names and is not asked: one set of ports may serve several commands, but nobody shall overlook it. */
export function portsWithoutProbe(argv: Arguments, selected: readonly SelectedProbe[]): readonly string[] {
  const asked = new Set<string>(selected.map(({ probe }) => probe.id));
  return [...portsIn(argv, probes).keys()].filter((id) => !asked.has(id));
}

function portsIn(argv: Arguments, definitions: readonly ProbeDefinition[]): ReadonlyMap<string, number> {
  const ports = new Map<string, number>();
  for (const text of listOption(argv, 'port')) {
    const [, word = '', digits = ''] = /^([^=]+)=(\d+)$/.exec(text) ?? [];
    const port = Number(digits);
    if (word === '')
      throw new UsageError(`--port: "${text}" is not PROBE=PORT`, 'write for example --port dns-any=5353');
    const { id } = definitionOf(word, '--port', definitions);
    if (port < 1 || port > 65_535)
      throw new UsageError(`--port: ${digits} is not a UDP port`, `write for example --port ${id}=5353`);
    if (ports.has(id))
      throw new UsageError(`--port: ${id} is given a port twice`, 'give each probe one port');
    ports.set(id, port);
  }
  return ports;
}

function flagsOf({ options }: ProbeDefinition): readonly string[] {
  return (options ?? []).map(({ flag }) => flag);
}

/** A flag that would do nothing is a mistake that the user wants to hear of before the run. */
function refuseOrphans(
  argv: Arguments,
  selected: readonly ProbeDefinition[],
  definitions: readonly ProbeDefinition[],
): void {
  const known = new Set(selected.flatMap(flagsOf));
  const orphan = definitions.flatMap(flagsOf).find((flag) => flagOption(argv, flag) && !known.has(flag));
  if (orphan === undefined) return;
  const owners = definitions.filter((definition) => flagsOf(definition).includes(orphan)).map(({ id }) => id);
  throw new UsageError(
    `--${orphan}: no probe that knows it is selected`,
    `add ${owners.map((id) => `--probe ${id}`).join(' or ')}`,
  );
}
