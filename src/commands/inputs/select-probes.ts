import { probes } from '../../../probes/list.js';
import { isInDefault, type ProbeDefinition } from '../../../probes/probe.js';
import { UsageError } from '../../domain/usage-error.js';
import type { SelectedProbe } from '../../engine/selected-probe.js';
import { buildProbe, definitionOf } from '../../engine/selected-probe.js';
import type { ScopeFile } from '../../scope/scope-file.js';
import type { Settings } from '../../settings/all-settings.js';
import { PROBE_GROUPS } from '../../settings/all-settings.js';
import { keyOf } from '../../settings/names.js';
import type { Given } from '../command.js';

/**
 * The probes that `--probe` names, by id or group, or the default ones, each with the port that `--port` gives it
 * and the options of its own that are on.
 * @throws UsageError for what is no probe.
 */
export function selectProbes(
  settings: Pick<Settings, 'probe' | 'port'>,
  scopeFile: Pick<ScopeFile, 'settings'>,
  definitions: readonly ProbeDefinition[] = probes,
): readonly SelectedProbe[] {
  const named = settings.probe.map((word) => namedBy(word, definitions));
  const ids = new Set<string>(
    (named.length > 0 ? named.flat() : inGroup('default', definitions)).map(({ id }) => id),
  );
  const ports = new Map(settings.port);
  const isOn = new Map<string, unknown>(Object.entries(settings));
  return definitions
    .filter(({ id }) => ids.has(id))
    .map((definition) => {
      const { id, port, portFrom = id, settings: key } = definition;
      const options = flagsOf(definition).filter((flag) => isOn.get(keyOf(flag)) === true);
      const chosen = {
        port: ports.get(id) ?? ports.get(portFrom) ?? port,
        options,
        settings: key && scopeFile.settings[key.key],
      };
      return buildProbe(id, chosen, definitions);
    });
}

function namedBy(word: string, definitions: readonly ProbeDefinition[]): readonly ProbeDefinition[] {
  const group = PROBE_GROUPS.find((name) => name === word);
  return group ? inGroup(group, definitions) : [definitionOf(word, '--probe', definitions)];
}

/** Report types of Shadowserver; our own begin with `x_`. */
const PUBLISHED = 'scan_';

function inGroup(
  group: (typeof PROBE_GROUPS)[number],
  definitions: readonly ProbeDefinition[],
): readonly ProbeDefinition[] {
  return definitions.filter(
    (probe) =>
      ({
        default: isInDefault(probe),
        shadowserver: probe.report.startsWith(PUBLISHED),
        games: probe.group === 'games',
        industrial: probe.group === 'industrial',
        all: true,
      })[group],
  );
}

/** What `--port` names and is not asked: one set of ports may serve several commands, but it shall not be overlooked. */
export function portsWithoutProbe(
  { port }: Pick<Settings, 'port'>,
  selected: readonly SelectedProbe[],
): readonly string[] {
  const asked = new Set<string>(selected.map(({ probe }) => probe.id));
  return port.map(([id]) => id).filter((id) => !asked.has(id));
}

/**
 * A flag that would do nothing is a mistake that the user wants to hear of before the run. A settings file and the
 * environment serve runs of other probes too.
 * @throws UsageError that names the probes which know it.
 */
export function refuseOrphans(
  { written }: Given,
  selected: readonly SelectedProbe[],
  definitions: readonly ProbeDefinition[] = probes,
): void {
  const ids = new Set<string>(selected.map(({ probe }) => probe.id));
  const ownersOf = (flag: string): readonly ProbeDefinition[] =>
    definitions.filter((definition) => flagsOf(definition).includes(flag));
  const orphan = definitions.flatMap(flagsOf).find((flag) => {
    const given = written.get(keyOf(flag));
    return (
      given?.value === true && given.source.kind === 'flag' && !ownersOf(flag).some(({ id }) => ids.has(id))
    );
  });
  if (orphan === undefined) return;
  throw new UsageError(
    `--${orphan}: no probe that knows it is selected`,
    `add ${ownersOf(orphan)
      .map(({ id }) => `--probe ${id}`)
      .join(' or ')}`,
  );
}

function flagsOf({ options }: ProbeDefinition): readonly string[] {
  return (options ?? []).map(({ flag }) => flag);
}
