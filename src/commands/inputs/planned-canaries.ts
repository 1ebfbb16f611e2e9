import type { PlannedCanary } from '../../engine/scan-plan.js';
import type { SelectedProbe } from '../../engine/selected-probe.js';
import { buildProbe, definitionOf } from '../../engine/selected-probe.js';
import type { Scope } from '../../scope/scope.js';
import type { ScopeFile } from '../../scope/scope-file.js';

/**
 * The canaries of the scope file that may be asked, each with the probe that asks it: at its own port, else at the one
 * that the run asks this probe at. One that `--exclude` names is left out: it is not asked.
 */
export function plannedCanaries(
  { canaries, settings }: ScopeFile,
  scope: Pick<Scope, 'allows'>,
  selected: readonly SelectedProbe[],
): readonly PlannedCanary[] {
  return canaries
    .filter(({ address }) => scope.allows(address))
    .map(({ address, probe: id, port }) => {
      const definition = definitionOf(id, 'canaries');
      return {
        address,
        asks: buildProbe(id, {
          port: port ?? selected.find(({ probe }) => probe.id === id)?.port ?? definition.port,
          options: [],
          settings: definition.settings && settings[definition.settings.key],
        }),
      };
    });
}
