import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProbeDefinition } from '../../probes/probe.js';
import { UsageError } from '../../src/domain/usage-error.js';
import { buildProbe, definitionOf } from '../../src/engine/selected-probe.js';
import { probeDouble } from '../probe-double.js';

let built: readonly unknown[] = [];
const [FIRST, SECOND] = ['double-first', 'double-second'].map((id) => ({
  id,
  build(...given: unknown[]) {
    built = given;
    return probeDouble({ id, hasNonce: false, forms: 1 });
  },
})) as unknown as [ProbeDefinition, ProbeDefinition];

describe('a probe that is known by its id alone', () => {
  it('is built again with its settings and options, and keeps port and choice', () => {
    const chosen = { port: 7, options: ['--loud'], settings: { names: ['a'] } };
    const { probe, ...rest } = buildProbe('double-second', chosen, [FIRST, SECOND]);
    assert.equal(probe.id, 'double-second');
    assert.deepEqual([rest, built], [chosen, [{ names: ['a'] }, new Set(['--loud'])]]);
  });

  it('is an error that lists those there are, where there is none', () => {
    assert.equal(definitionOf('double-first', '--probe', [FIRST, SECOND]), FIRST);
    assert.throws(
      () => definitionOf('double-third', '--probe', [FIRST, SECOND]),
      new UsageError(
        '--probe: there is no probe "double-third"',
        'the probes are double-first, double-second',
      ),
    );
    assert.throws(
      () => buildProbe('double-third', { port: 1, options: [] }, [FIRST, SECOND]),
      new UsageError(
        '--probe: there is no probe "double-third"',
        'the probes are double-first, double-second',
      ),
    );
  });
});
