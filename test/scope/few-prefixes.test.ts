import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatPrefix, ipv4 } from '../../src/domain/address.js';
import { fewPrefixes } from '../../src/scope/few-prefixes.js';
import { address } from './scope-of.js';

describe('the prefixes that hold some addresses', () => {
  const named = (...given: Parameters<typeof fewPrefixes>): readonly [number, readonly string[]] => {
    const { addresses, prefixes } = fewPrefixes(...given);
    return [addresses, prefixes.map(formatPrefix)];
  };

  it('are exact, and count an address once', () => {
    const some = ['192.0.2.1', '192.0.2.0', '2001:db8::1', '192.0.2.1', '192.0.2.3'];
    assert.deepEqual(named(some.map(address)), [4, ['192.0.2.0/31', '192.0.2.3/32', '2001:db8::1/128']]);
    assert.deepEqual(named([]), [0, []]);
  });

  it('are exact for 262,144 addresses, and the whole subnets of those that come after them', () => {
    const last = 0x0a00_0000 + 262_144;
    const many = Array.from({ length: 262_144 }, (_, i) => ipv4(0x0a00_0000 + i));
    assert.deepEqual(named(many), [262_144, ['10.0.0.0/14']]);
    const more = [...many, ipv4(0x0a00_0000), ipv4(last + 7), address('2001:db8::1')];
    assert.deepEqual(named(more), [262_146, ['10.0.0.0/14', '10.4.0.0/24', '2001:db8::/64']]);
  });
});
