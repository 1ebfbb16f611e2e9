import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RunPath, RunRecord } from '../../src/domain/run-record.js';
import type { KnownResponders } from '../../src/history/known-responders.js';
import { KNOWN_RESPONDERS, respondersAfter } from '../../src/history/known-responders.js';
import { sampleRun } from '../reports/sample-run.js';

const [first] = sampleRun.probes;
assert.ok(first);
const probe = { ...first, id: 'ntp' };
const other = { ...probe, port: probe.port + 1 };
const of = (...addresses: readonly string[]) => [{ probe: 'ntp', addresses }];
const after = (
  known: KnownResponders,
  path: Partial<RunPath>,
  run: Partial<RunRecord> = {},
): KnownResponders =>
  respondersAfter(known, {
    ...sampleRun,
    complete: true,
    probes: [probe],
    path: { expected: 0, answered: 0, responders: [], ...path },
    ...run,
  });
const known = after({}, { responders: of('10.0.0.1', '10.0.0.2', '10.0.0.3') });

describe('the known responders after a run', () => {
  it('are those that it heard and those that it could not reach, without those that it reached and that were silent', () => {
    const next = after(known, { responders: of('10.0.0.4'), silent: of('10.0.0.2'), gone: of('10.0.0.3') });
    assert.deepEqual(next['ntp']?.addresses, ['10.0.0.1', '10.0.0.2', '10.0.0.4']);
    assert.deepEqual(next['ntp'].silent, ['10.0.0.2']);
    assert.deepEqual(after(next, { responders: of('10.0.0.2') })['ntp']?.silent, []);
  });

  it('stay where the run did not ask that probe, or was of a version that does not tell', () => {
    assert.deepEqual(after(known, {}, { probes: [] }), known);
    assert.equal(sampleRun.path, undefined);
    assert.deepEqual(respondersAfter(known, { ...sampleRun, probes: [probe] }), known);
  });

  it('are those of each probe alone', () => {
    const dns = { probe: 'dns', addresses: ['10.0.0.5'] };
    const next = after(known, {
      responders: [dns, ...of('10.0.0.1')],
      silent: [dns, ...of('10.0.0.2')],
      gone: [dns, ...of('10.0.0.3')],
    });
    assert.deepEqual(Object.keys(next), ['ntp']);
    assert.deepEqual(next['ntp']?.addresses, ['10.0.0.1', '10.0.0.2']);
    assert.deepEqual(next['ntp'].silent, ['10.0.0.2']);
  });

  it('are kept with what they were asked, and nothing else is taken for them', () => {
    assert.deepEqual(KNOWN_RESPONDERS.parse(known), known);
    for (const key of ['asked', 'addresses', 'silent'])
      assert.ok(!KNOWN_RESPONDERS.safeParse({ ntp: { ...known['ntp'], [key]: undefined } }).success, key);
    assert.ok(!KNOWN_RESPONDERS.safeParse({ ntp: { ...known['ntp'], silent: ['x'] } }).success);
  });

  it('begin anew where the whole run asked something else, and stay where a part of one did', () => {
    const asksOther = { probes: [other] };
    const heard = { responders: of('10.0.0.9') };
    assert.deepEqual(after(known, heard, asksOther)['ntp']?.addresses, ['10.0.0.9']);
    assert.deepEqual(after(known, {}, asksOther), {});
    const partial = { ...asksOther, partial: { compared_with: 'another', missing_addresses: 1 } };
    assert.deepEqual(after(known, heard, partial), known);
    assert.deepEqual(after({}, heard, partial)['ntp']?.addresses, ['10.0.0.9']);
  });
});
