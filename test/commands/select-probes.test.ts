import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DefaultReason, ProbeDefinition } from '../../probes/probe.js';
import type { Given } from '../../src/commands/command.js';
import { probes } from '../../probes/list.js';
import { SHADOWSERVER_TYPES } from '../../reports/shadowserver/types.js';
import { refuseOrphans, selectProbes } from '../../src/commands/inputs/select-probes.js';
import { probeDouble } from '../probe-double.js';

/** Two by default, one not; the last two share a flag, and the last has another of its own. */
const DEFINITIONS = [
  definition('double-plain', true),
  definition('double-second', true, 'deep-look'),
  definition('double-third', false, 'deep-look', 'burst-check'),
];
type Chosen = Parameters<typeof selectProbes>[0] & Readonly<Record<string, unknown>>;
const NONE: Chosen = { probe: [], port: [] };
const selected = (chosen: Partial<Chosen>): ReturnType<typeof selectProbes> =>
  selectProbes({ ...NONE, ...chosen }, { settings: {} }, DEFINITIONS);
const select = (chosen: Partial<Chosen>): readonly (readonly [string, number, readonly string[]])[] =>
  selected(chosen).map(({ probe, port, options }) => [probe.id, port, options]);
const given = (kind: 'flag' | 'variable'): Given => ({
  operands: [],
  written: new Map([['burst_check', { value: true, source: { kind } }]]),
});

describe('the selection of probes', () => {
  it('is the default ones where none is named; groups and ids add up, in the order of the list', () => {
    const ids = (...texts: readonly string[]): readonly string[] =>
      select({ probe: [...texts] }).map(([id]) => id);
    assert.deepEqual(ids(), ['double-plain', 'double-second']);
    assert.deepEqual(ids('default'), ids());
    assert.deepEqual(ids('all'), ['double-plain', 'double-second', 'double-third']);
    assert.deepEqual(ids('double-third', 'default'), ids('all'));
    assert.deepEqual(ids('double-third', 'double-third'), ['double-third']);
    assert.throws(() => ids('double'), /--probe: there is no probe "double"/);
  });

  it('has a group of those that have a report type of Shadowserver, and no other', () => {
    const chosen = { ...NONE, probe: ['shadowserver'] as Chosen['probe'] };
    const ids = selectProbes(chosen, { settings: {} }, probes).map(({ probe }) => probe.id);
    const published = probes.filter(({ report }) => report in SHADOWSERVER_TYPES).map(({ id }) => id);
    assert.ok(published.length > 5);
    assert.deepEqual(ids, published);
  });

  it('has groups of those that say so themselves: game servers, building automation', () => {
    const GROUPS = [undefined, 'games', 'industrial'] as const;
    const grouped = DEFINITIONS.map((one, i): ProbeDefinition => {
      const group = GROUPS[i];
      return { ...one, ...(group !== undefined && { group }) };
    });
    const idsOf = (group: 'games' | 'industrial') =>
      selectProbes({ ...NONE, probe: [group] }, { settings: {} }, grouped).map(({ probe }) => probe.id);
    assert.deepEqual(idsOf('games'), ['double-second']);
    assert.deepEqual(idsOf('industrial'), ['double-third']);
  });

  it('gives a flag to every selected probe that knows it, and builds the probe with it', () => {
    assert.deepEqual(select({ probe: ['all'], deep_look: true }), [
      ['double-plain', 4242, []],
      ['double-second', 4242, ['deep-look']],
      ['double-third', 4242, ['deep-look']],
    ]);
    const [, second] = selected({ deep_look: true });
    assert.equal(second?.probe.standard, 'built with deep-look');
  });

  it('refuses a flag that no selected probe knows, and names one that does', () => {
    assert.throws(
      () => {
        refuseOrphans(given('flag'), selected({}), DEFINITIONS);
      },
      (error: Error & { hint?: string }) =>
        /--burst-check: no probe that knows it is selected/.test(error.message) &&
        error.hint === 'add --probe double-third',
    );
    refuseOrphans(given('flag'), selected({ probe: ['double-third'] }), DEFINITIONS);
    assert.deepEqual(select({ probe: ['double-third'], burst_check: true }), [
      ['double-third', 4242, ['burst-check']],
    ]);
  });

  it('lets the environment and a settings file have options for probes that are not selected', () => {
    refuseOrphans(given('variable'), selected({}), DEFINITIONS);
  });

  it('gives a probe the port of the source of its port, unless it has one of its own', () => {
    const sourced = DEFINITIONS.map((one, i): ProbeDefinition => {
      const probe = { ...one.build(undefined), ...(i === 2 && { portFrom: 'double-plain' }) };
      return { ...one, ...probe, build: () => probe, emulatedServers: [] };
    });
    const portsOf = (...port: Chosen['port']) =>
      selectProbes({ probe: ['all'], port }, { settings: {} }, sourced).map((one) => one.port);
    assert.deepEqual(portsOf(), [4242, 4242, 4242]);
    assert.deepEqual(portsOf(['double-plain', 53]), [53, 4242, 53]);
    assert.deepEqual(portsOf(['double-plain', 53], ['double-third', 54]), [53, 4242, 54]);
  });

  it('takes ports also for probes that are not selected', () => {
    const port: Chosen['port'] = [
      ['double-plain', 53],
      ['double-third', 54],
    ];
    assert.deepEqual(select({ port })[0], ['double-plain', 53, []]);
  });
});

function definition(id: string, isAsked: boolean, ...flags: readonly string[]): ProbeDefinition {
  const inDefault: DefaultReason = isAsked ? 'yes: reported' : 'no: specific';
  const probe = { ...probeDouble({ id, hasNonce: false, forms: 1 }), inDefault };
  return {
    ...probe,
    options: flags.map((flag) => ({ flag, describe: { en: flag, ja: flag } })),
    build: (_, chosen = new Set()) => ({ ...probe, standard: `built with ${[...chosen].join()}` }),
    emulatedServers: [],
  };
}
