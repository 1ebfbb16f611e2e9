import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProbeDefinition } from '../../probes/probe.js';
import { selectProbes } from '../../src/commands/options/select-probes.js';
import { probeDouble } from '../probe-double.js';

/** Two by default, one not; the last two share a flag, and the last has another of its own. */
const DEFINITIONS = [
  definition('double-plain', true),
  definition('double-second', true, 'deep-look'),
  definition('double-third', false, 'deep-look', 'burst-check'),
];
const select = (argv: Record<string, unknown>): readonly (readonly [string, number, readonly string[]])[] =>
  selectProbes(argv, { settings: {} }, DEFINITIONS).map(({ probe, port, options }) => [
    probe.id,
    port,
    options,
  ]);

describe('the selection of probes', () => {
  it('is the default ones where none is named; groups and ids add up, in the order of the list', () => {
    const ids = (...words: readonly string[]): readonly string[] =>
      select(words.length > 0 ? { probe: words } : {}).map(([id]) => id);
    assert.deepEqual(ids(), ['double-plain', 'double-second']);
    assert.deepEqual(ids('default'), ids());
    assert.deepEqual(ids('all'), ['double-plain', 'double-second', 'double-third']);
    assert.deepEqual(ids('double-third', 'default'), ids('all'));
    assert.deepEqual(ids('double-third', 'double-third'), ['double-third']);
    assert.throws(() => ids('double'), /--probe: there is no probe "double"/);
  });

  it('gives a flag to every selected probe that knows it, and builds the probe with it', () => {
    assert.deepEqual(select({ probe: 'all', 'deep-look': true }), [
      ['double-plain', 4242, []],
      ['double-second', 4242, ['deep-look']],
      ['double-third', 4242, ['deep-look']],
    ]);
    const [, second] = selectProbes({ 'deep-look': true }, { settings: {} }, DEFINITIONS);
    assert.equal(second?.probe.standard, 'built with deep-look');
  });

  it('refuses a flag that no selected probe knows, and names one that does', () => {
    assert.throws(
      () => select({ 'burst-check': true }),
      (error: Error & { hint?: string }) =>
        /--burst-check: no probe that knows it is selected/.test(error.message) &&
        error.hint === 'add --probe double-third',
    );
    assert.deepEqual(select({ probe: 'double-third', 'burst-check': true }), [
      ['double-third', 4242, ['burst-check']],
    ]);
  });

  it('takes ports also for probes that are not selected', () => {
    assert.deepEqual(select({ port: ['double-plain=53', 'double-third=54'] })[0], ['double-plain', 53, []]);
    assert.throws(() => select({ port: ['double-plain=53', 'double-plain=54'] }), /given a port twice/);
  });
});

function definition(id: string, byDefault: boolean, ...flags: readonly string[]): ProbeDefinition {
  const probe = { ...probeDouble({ id, hasNonce: false, forms: 1 }), byDefault };
  return {
    ...probe,
    options: flags.map((flag) => ({ flag, describe: flag })),
    build: (_, chosen = new Set()) => ({ ...probe, standard: `built with ${[...chosen].join()}` }),
    twins: [],
  };
}
