import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatAddress } from '../../src/domain/address.js';
import { eachRange, rangeCount } from '../../src/domain/ranges.js';
import { UsageError } from '../../src/domain/usage-error.js';
import { givenRange } from '../../src/scope/parse-range.js';
import type { Scope } from '../../src/scope/scope.js';
import { createScope } from '../../src/scope/scope.js';
import type { TargetSpace } from '../../src/scope/target-space.js';
import { createTargetSpace, targetSpaceOf } from '../../src/scope/target-space.js';
import { address, prefix, range, scopeFileOf } from './scope-of.js';

function scopeOf(networks: readonly string[], exclude: readonly string[] = []): Scope {
  return createScope(
    scopeFileOf({
      networks: networks.map((text) => ({ prefix: prefix(text) })),
      exclude: exclude.map(range),
    }),
  );
}

function space(scope: Scope, ...targets: readonly string[]): TargetSpace {
  return createTargetSpace({ scope, targets: targets.map((text) => givenRange(text)) });
}

const scope = scopeOf(['192.0.2.0/24', '10.0.0.0/9'], ['192.0.2.7', '192.0.2.128/28']);
const mixed = scopeOf(
  ['192.0.2.0/24', '2001:db8::/32', '2001:db8:7::/112', '2001:db8:8::1/128'],
  ['192.0.2.7', '2001:db8:7::100/120'],
);
const TOO_WIDE = 'an IPv6 prefix shorter than /112 holds too many addresses to sweep';
const IS_TOO_WIDE = { reason: 'ipv6-too-wide', shortest: 112 };

describe('the target space', () => {
  it('without targets is all of the scope less the exclusions', () => {
    const all = space(scope);
    assert.equal(all.size, 256 + 2 ** 23 - 17);
    assert.equal(all.excludedAddresses, 17);
    assert.deepEqual([...all.given], []);
  });

  it('without targets covers IPv6 networks of /112 or longer, leaves wider ones out, and says so', () => {
    const all = space(mixed);
    assert.equal(all.size, 255 + 65_536 - 256 + 1);
    assert.equal(all.excludedAddresses, 257);
    assert.deepEqual(all.leftOut, [{ prefix: '2001:db8::/32', ...IS_TOO_WIDE }]);
    assert.equal(all.indexOf(address('2001:db8:6::1')), undefined);
    assert.deepEqual(space(mixed, '192.0.2.1').leftOut, []);
  });

  it('reaches into a wide IPv6 network where targets name addresses or prefixes of /112 or longer', () => {
    const some = space(mixed, '2001:db8:5::1', '192.0.2.1', '2001:db8:5::1:0/112', '2001:db8:7::f0/124');
    assert.equal(some.size, 1 + 1 + 65_536 + 16);
    assert.deepEqual(
      [0, 1, 2, 65_537, 65_538].map((index) => formatAddress(some.addressAt(index))),
      ['192.0.2.1', '2001:db8:5::1', '2001:db8:5::1:0', '2001:db8:5::1:ffff', '2001:db8:7::f0'],
    );
    assert.equal(some.indexOf(address('2001:db8:7::ff')), some.size - 1);
    assert.equal(some.indexOf(address('2001:db8:7::100')), undefined);
    // The same bits as 192.0.2.1, in the other family.
    assert.equal(some.indexOf(address('::c000:201')), undefined);
  });

  it('without targets covers the family of the source address alone, and leaves the other out', () => {
    const sourceIs4 = { reason: 'source-family', family: 4 };
    assert.deepEqual(createTargetSpace({ scope: mixed, targets: [], sourceFamily: 4 }).leftOut, [
      { prefix: '2001:db8::/32', ...IS_TOO_WIDE },
      { prefix: '2001:db8:7::/112', ...sourceIs4 },
      { prefix: '2001:db8:8::1/128', ...sourceIs4 },
    ]);
    const from6 = createTargetSpace({ scope: mixed, targets: [], sourceFamily: 6 });
    assert.equal(from6.size, 65_536 - 256 + 1);
    assert.deepEqual(from6.leftOut[0], {
      prefix: '192.0.2.0/24',
      reason: 'source-family',
      family: 6,
    });
  });

  it('merges overlapping targets and counts what exclusions take from them once', () => {
    const targets = space(scope, '192.0.2.0/29', '192.0.2.0/28', '192.0.2.16', '192.0.2.4/30');
    assert.equal(targets.size, 16);
    assert.equal(targets.excludedAddresses, 1);
    assert.deepEqual(
      Array.from(
        eachRange(targets.set.ranges),
        ({ first, last }) => `${formatAddress(first)}-${formatAddress(last)}`,
      ),
      ['192.0.2.0-192.0.2.6', '192.0.2.8-192.0.2.16'],
    );
    assert.deepEqual([...targets.given], ['192.0.2.0/29', '192.0.2.0/28', '192.0.2.16', '192.0.2.4/30']);
  });

  it('gives each address an index in the order of addresses, and back', () => {
    const targets = space(scope, '192.0.2.0/28', '10.0.0.2/31');
    const addresses = Array.from({ length: targets.size }, (_, i) => targets.addressAt(i));
    assert.deepEqual(addresses.slice(0, 3).map(formatAddress), ['10.0.0.2', '10.0.0.3', '192.0.2.0']);
    assert.equal(targets.size, 17);
    assert.deepEqual(
      addresses.map((target) => targets.indexOf(target)),
      Array.from(addresses.keys()),
    );
    for (const text of ['10.0.0.1', '10.0.0.4', '192.0.2.7', '192.0.2.16', '::', '0.0.0.0'])
      assert.equal(targets.indexOf(address(text)), undefined, text);
    for (const index of [-1, 17, 0.5, NaN, Infinity])
      assert.throws(() => targets.addressAt(index), RangeError);
  });

  it('of a run that goes on is what it was made of', () => {
    const made = space(mixed, '192.0.2.0/28', '2001:db8:7::f0/124');
    const { set, excludedAddresses, leftOut, given } = made;
    const again = targetSpaceOf({ set, excludedAddresses, leftOut, given });
    assert.equal(again.size, 31);
    assert.deepEqual([again.set, again.excludedAddresses, again.leftOut, again.given], [set, 1, [], given]);
    for (let index = 0; index < made.size; index++) {
      assert.equal(again.addressAt(index), made.addressAt(index));
      assert.equal(again.indexOf(made.addressAt(index)), index);
    }
    assert.throws(() => again.addressAt(31), new RangeError('no target 31 of 31'));
  });

  it('needs no list for the widest scope there can be', () => {
    const eights = Array.from({ length: 223 }, (_, i) => `${i + 1}.0.0.0/8`);
    const all = space(scopeOf(eights, ['10.0.0.0/8']));
    assert.equal(all.size, 222 * 2 ** 24);
    assert.equal(rangeCount(all.set.ranges), 2);
    assert.equal(formatAddress(all.addressAt(all.size - 1)), '223.255.255.255');
    assert.equal(all.indexOf(address('223.255.255.255')), all.size - 1);
    assert.equal(all.indexOf(address('11.0.0.0')), 9 * 2 ** 24);
  });
});

describe('a target is refused', () => {
  const addIt = 'add it to the networks of scope.yaml if you are authorised to probe it, or leave it out';
  const refusals = [
    ['outside the scope', '127.9.1.1', '"127.9.1.1" is outside the scope', addIt],
    [
      'when one part lies outside',
      '10.0.0.0/8',
      '"10.0.0.0/8" is not all in the scope: 10.128.0.0/9 is outside',
      addIt,
    ],
    [
      'when several parts lie outside: up to three are named',
      '192.0.0.0/8',
      '"192.0.0.0/8" is not all in the scope: 192.0.0.0/23, 192.0.3.0/24, 192.0.4.0/22 and 13 more are outside',
      addIt,
    ],
    [
      'when it is never probed, whatever the scope says',
      '224.0.0.1',
      '"224.0.0.1" is never probed: 224.0.0.0/4 (multicast, RFC 5771)',
      'leave it out; no scope can open that part of the address space',
    ],
    [
      'when it is an IPv6 prefix shorter than /112',
      '2001:db8::/111',
      `"2001:db8::/111" can not be probed: ${TOO_WIDE}`,
      'name the addresses in use, or prefixes of /112 or longer: --targets takes a list of them',
    ],
    [
      'when it is link-local IPv6, which means no host without a zone',
      'fe80::1',
      '"fe80::1" is never probed: fe80::/10 (link-local, RFC 4291 §2.5.6: it is an address only together with a ' +
        'zone, and zones are not scanned)',
      'leave it out; no scope can open that part of the address space',
    ],
    ['when it is IPv6 outside the scope', '2001:db8::7', '"2001:db8::7" is outside the scope', addIt],
    [
      'when it is excluded',
      '192.0.2.7',
      '"192.0.2.7" is wholly excluded',
      'leave it out, or lift the exclusion in scope.yaml or --exclude',
    ],
    [
      'when all of it is excluded',
      '192.0.2.132/30',
      '"192.0.2.132/30" is wholly excluded',
      'leave it out, or lift the exclusion in scope.yaml or --exclude',
    ],
  ] as const;
  for (const [when, text, message, hint] of refusals)
    it(when, () => {
      // The good target beside it does not save it.
      assert.throws(() => space(scope, '192.0.2.1', text), new UsageError(message, hint));
    });

  it('with two parts outside, both named', () => {
    const middle = scopeOf(['192.0.2.64/26', '192.0.2.128/26']);
    assert.throws(() => space(middle, '192.0.2.0/24'), {
      message: '"192.0.2.0/24" is not all in the scope: 192.0.2.0/26 and 192.0.2.192/26 are outside',
    });
  });

  it('with single addresses outside, each named alone', () => {
    const holed = scopeOf(['2001:db8::/127', '2001:db8::3/128', '192.0.2.0/31']);
    assert.throws(() => space(holed, '2001:db8::/126'), {
      message: '"2001:db8::/126" is not all in the scope: 2001:db8::2 is outside',
    });
    assert.throws(() => space(holed, '192.0.2.0/29'), {
      message: '"192.0.2.0/29" is not all in the scope: 192.0.2.2/31 and 192.0.2.4/30 are outside',
    });
    assert.throws(() => space(scopeOf(['192.0.2.0/31', '192.0.2.3/32']), '192.0.2.0/29'), {
      message: '"192.0.2.0/29" is not all in the scope: 192.0.2.2 and 192.0.2.4/30 are outside',
    });
    assert.throws(() => space(scopeOf(['192.0.2.1/32']), '192.0.2.0/29'), {
      message: '"192.0.2.0/29" is not all in the scope: 192.0.2.0, 192.0.2.2/31 and 192.0.2.4/30 are outside',
    });
  });

  it('of the other family than the source address', () => {
    for (const [sourceFamily, text] of [
      [4, '2001:db8:7::1'],
      [6, '192.0.2.1'],
    ] as const)
      assert.throws(
        () => createTargetSpace({ scope: mixed, targets: [givenRange(text)], sourceFamily }),
        new UsageError(
          `"${text}" can not be probed: the source address is IPv${sourceFamily}`,
          'scan IPv4 and IPv6 in two runs, each with a --source of its own, or leave --source out',
        ),
      );
  });

  it('with the place it was written at', () => {
    assert.throws(() => createTargetSpace({ scope, targets: [givenRange('127.9.1.1', 'targets.txt:3')] }), {
      message: 'targets.txt:3: "127.9.1.1" is outside the scope',
    });
  });
});

describe('a run with nothing to probe is refused', () => {
  it('when the scope excludes all that it lists', () => {
    assert.throws(
      () => space(scopeOf(['192.0.2.0/24'], ['192.0.2.0/25', '192.0.2.128/25'])),
      new UsageError(
        'scope.yaml: everything in the scope is excluded',
        'lift an exclusion in scope.yaml or --exclude',
      ),
    );
  });

  it('when the scope holds nothing of the family of the source address', () => {
    assert.throws(
      () => createTargetSpace({ scope: scopeOf(['192.0.2.0/24']), targets: [], sourceFamily: 6 }),
      new UsageError(
        'scope.yaml: no network in it can be swept: 192.0.2.0/24: the source address is IPv6',
        'name targets inside the networks: addresses, or IPv6 prefixes of /112 or longer',
      ),
    );
  });

  it('when the scope excludes all that can be swept, and holds a network that cannot', () => {
    assert.throws(() => space(scopeOf(['2001:db8::/64', '192.0.2.0/24'], ['192.0.2.0/24'])), {
      message: 'scope.yaml: everything in the scope is excluded',
    });
  });

  it('when the scope holds nothing but IPv6 networks too wide to sweep', () => {
    assert.throws(
      () => space(scopeOf(['2001:db8::/64'])),
      new UsageError(
        `scope.yaml: no network in it can be swept: 2001:db8::/64: ${TOO_WIDE}`,
        'name targets inside the networks: addresses, or IPv6 prefixes of /112 or longer',
      ),
    );
  });
});
