import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Address } from '../../src/domain/address.js';
import { formatPrefix, parseAddress, subnetOf } from '../../src/domain/address.js';
import type { PathEvidence, PathProof, Silence } from '../../src/history/path-proof.js';
import { proofOfPath } from '../../src/history/path-proof.js';

const at = (text: string): Address => {
  const address = parseAddress(text);
  assert.ok(address !== undefined);
  return address;
};
/** `+` answered now and before, `-` before alone, `=` neither, `^` now alone. */
const responders = (...written: readonly string[]): PathEvidence['expected'] =>
  written.map((text) => ({
    address: at(text.slice(1)),
    answered: '+^'.includes(text.charAt(0)),
    recent: '+-'.includes(text.charAt(0)),
  }));
const silence = (text: string, probe = 'ntp'): Silence => ({ address: at(text), probe });
const canary = (text: string, network: string, answered: boolean): PathEvidence['canaries'][number] => ({
  address: at(text),
  network,
  answered,
});
const proof = (evidence: Partial<PathEvidence>): PathProof =>
  proofOfPath({
    expected: [],
    canaries: [],
    isAlive: true,
    fell: [],
    answered: new Set(['ntp']),
    networksOf: (address) => [formatPrefix(subnetOf(address))],
    ...evidence,
  });

describe('a run as a whole', () => {
  for (const [name, expected, counts] of [
    ['both of two known responders are silent', ['-10.0.0.1', '-11.0.0.1'], [2, 0]],
    ['two of three are', ['+10.0.0.1', '-11.0.0.1', '-12.0.0.1'], [3, 1]],
    ['those that are left are silent, and the others were before', ['-10.0.0.1', '=11.0.0.1'], [2, 0]],
    [
      'those of the last time are silent, and one of long ago answers',
      ['-10.0.0.1', '-11.0.0.1', '^12.0.0.1'],
      [2, 0],
    ],
    ['all have been silent for long', ['=10.0.0.1', '=11.0.0.1'], [2, 0]],
  ] as const)
    it(`is suspect where ${name}`, () => {
      const { suspect, dark, doubtOf } = proof({ expected: responders(...expected) });
      assert.deepEqual(dark, []);
      assert.deepEqual(suspect, { reason: 'responders', expected: counts[0], answered: counts[1] });
      assert.equal(doubtOf(silence('10.0.0.9')), 'path not proved');
    });

  for (const [name, expected] of [
    ['one of two known responders answers', ['+10.0.0.1', '-11.0.0.1']],
    ['the only one is silent', ['-10.0.0.1']],
    ['none is known', []],
    ['most were silent before, and the one that was not answers', ['=10.0.0.1', '=11.0.0.1', '+12.0.0.1']],
  ] as const)
    it(`is not suspect where ${name}`, () => {
      const { suspect, doubtOf } = proof({ expected: responders(...expected) });
      assert.equal(suspect, undefined);
      assert.equal(doubtOf(silence('14.0.0.1')), undefined);
    });

  it('that nothing answered proves nothing, though it is not suspect', () => {
    const { suspect, dark, doubtOf } = proof({ expected: responders('-10.0.0.1'), isAlive: false });
    assert.deepEqual(dark, []);
    assert.equal(suspect, undefined);
    assert.equal(doubtOf(silence('10.0.0.1')), 'path not proved');
  });

  it('is suspect where all canaries of one network are silent, whatever else answers', () => {
    const { suspect } = proof({
      expected: responders('+10.0.0.1', '+11.0.0.1'),
      canaries: [
        canary('10.0.0.53', '10.0.0.0/24', true),
        canary('11.0.0.53', '11.0.0.0/24', false),
        canary('11.0.0.54', '11.0.0.0/24', false),
      ],
    });
    assert.deepEqual(suspect, {
      reason: 'canaries',
      expected: 2,
      answered: 0,
      networks: ['11.0.0.0/24'],
    });
  });

  it('is not suspect where one canary of each network answers, whatever else is silent', () => {
    const { suspect } = proof({
      expected: responders('-12.0.0.1', '-12.0.0.2', '-12.0.0.3'),
      canaries: [canary('10.0.0.53', '10.0.0.0/24', true), canary('10.0.0.54', '10.0.0.0/24', false)],
    });
    assert.equal(suspect, undefined);
  });
});

describe('a part of the network', () => {
  const rest = ['+10.0.0.1', '+10.0.0.2', '+10.0.0.3'];

  it('is dark where fewer than half of its known responders answer, and the rest stands', () => {
    const { suspect, dark, doubtOf } = proof({ expected: responders(...rest, '-11.0.0.1', '-11.0.0.2') });
    assert.equal(suspect, undefined);
    assert.deepEqual(dark, [{ network: '11.0.0.0/24', expected: 2, answered: 0 }]);
    assert.equal(doubtOf(silence('11.0.0.9')), 'outage');
    assert.equal(doubtOf(silence('10.0.0.9')), undefined);
  });

  it('stays dark for as long as nothing in it answers', () => {
    const { doubtOf } = proof({ expected: responders(...rest, '=11.0.0.1', '=11.0.0.2') });
    assert.equal(doubtOf(silence('11.0.0.1')), 'outage');
  });

  it('is not dark any more where what answered the last time answers again', () => {
    const { dark } = proof({ expected: responders(...rest, '=11.0.0.1', '=11.0.0.2', '+11.0.0.3') });
    assert.deepEqual(dark, []);
  });

  it('is proved by a canary in it', () => {
    const { dark } = proof({
      expected: responders(...rest, '-11.0.0.1', '-11.0.0.2'),
      canaries: [canary('11.0.0.53', '11.0.0.0/24', true)],
    });
    assert.deepEqual(dark, []);
  });

  it('may be a prefix of the scope or an AS, wider than a /24', () => {
    const { dark } = proof({
      expected: responders(...rest, '-11.0.0.1', '-11.0.1.1'),
      networksOf: (address) => (address === at('11.0.0.1') || address === at('11.0.1.1') ? ['AS64497'] : []),
    });
    assert.deepEqual(dark, [{ network: 'AS64497', expected: 2, answered: 0 }]);
    const { doubtOf } = proof({
      expected: responders(...rest, '-11.0.0.1', '-11.0.1.1'),
      networksOf: (address) =>
        rest.some((text) => at(text.slice(1)) === address) ? ['mine'] : ['mine', 'AS64497'],
    });
    assert.equal(doubtOf(silence('11.0.0.1')), 'outage', 'one of its networks is enough');
  });

  it('is dark for one run where three of its exposures fell silent at once, however many answer', () => {
    const ofSubnet = ['-11.0.0.1', '-11.0.0.2', '-11.0.0.3', '+11.0.0.4', '+11.0.0.5', '+11.0.0.6'];
    const fell = ['11.0.0.1', '11.0.0.2', '11.0.0.3'].map((text) => silence(text));
    const expected = responders(...ofSubnet);
    assert.deepEqual(proof({ expected, fell }).dark, [{ network: '11.0.0.0/24', expected: 6, answered: 3 }]);
    assert.deepEqual(proof({ expected, fell: fell.slice(1) }).dark, []);
  });

  it('may be a probe that three exposures fell silent to, wherever they are, and that found nothing', () => {
    const fell = ['11.0.0.1', '12.0.0.1', '13.0.0.1'].map((text) => silence(text, 'snmp'));
    const { dark, doubtOf } = proof({ fell });
    assert.deepEqual(dark, [{ probe: 'snmp', expected: 3, answered: 0 }]);
    assert.equal(doubtOf(silence('14.0.0.1', 'snmp')), 'outage');
    assert.equal(doubtOf(silence('14.0.0.1', 'ntp')), undefined);
    assert.deepEqual(proof({ fell, answered: new Set(['snmp']) }).dark, []);
    assert.deepEqual(proof({ fell: fell.slice(1) }).dark, []);
  });
});
