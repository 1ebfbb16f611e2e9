import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatPrefix } from '../../src/domain/address.js';
import { UsageError } from '../../src/domain/usage-error.js';
import { isEmpty } from '../../src/scope/address-set.js';
import { checkValidity, createScope } from '../../src/scope/scope.js';
import { address, prefix, range, scopeFileOf } from './scope-of.js';

describe('a scope', () => {
  it('allows what its networks hold and nothing else', () => {
    const scope = createScope(scopeFileOf({ networks: [{ prefix: prefix('127.9.0.0/24') }] }));
    assert.equal(scope.allows(address('127.9.0.0')), true);
    assert.equal(scope.allows(address('127.9.0.255')), true);
    assert.equal(scope.allows(address('127.9.1.0')), false);
    assert.equal(scope.allows(address('127.8.255.255')), false);
    assert.equal(scope.allows(address('::1')), false);
  });

  it('accepts private, loopback and documentation ranges of both families', () => {
    const texts = ['10.0.0.0/8', '127.0.0.0/8', '192.0.2.0/24', '::1', '2001:db8::/32', 'fd00::/8'];
    const scope = createScope(scopeFileOf({ networks: texts.map((text) => ({ prefix: prefix(text) })) }));
    for (const text of texts) assert.equal(scope.allows(prefix(text).first), true, text);
  });

  it('lets an exclusion win over a network, whichever is the more specific', () => {
    const scope = createScope(
      scopeFileOf({
        networks: [{ prefix: prefix('192.0.2.0/24') }, { prefix: prefix('192.0.2.8/32') }],
        exclude: [range('192.0.2.0/28')],
      }),
      [range('192.0.2.200')],
    );
    assert.equal(scope.allows(address('192.0.2.8')), false);
    assert.equal(scope.allows(address('192.0.2.16')), true);
    assert.equal(scope.allows(address('192.0.2.200')), false);
  });

  it('lets what is never probed win over a network that got past the parser', () => {
    const scope = createScope(
      scopeFileOf({ networks: [{ prefix: prefix('224.0.0.0/8') }, { prefix: prefix('::/120') }] }),
    );
    assert.equal(scope.allows(address('224.0.0.1')), false);
    assert.equal(scope.allows(address('::')), false);
    assert.equal(scope.allows(address('::1')), true);
  });

  it('excludes nothing where nothing is to be excluded, and has no day that is none', () => {
    const file = scopeFileOf({ networks: [{ prefix: prefix('192.0.2.0/24') }] });
    assert.ok(isEmpty(createScope(file).excluded));
    assert.throws(
      () => createScope({ ...file, validUntil: '2027-02-30' }),
      new RangeError('no day: 2027-02-30'),
    );
  });

  it('ends with the last millisecond of its last day in UTC', () => {
    const scope = createScope(scopeFileOf({ networks: [{ prefix: prefix('192.0.2.0/24') }] }));
    assert.equal(new Date(scope.validUntilEnd).toISOString(), '2027-03-31T23:59:59.999Z');
  });
});

describe('the network of an address', () => {
  const scope = createScope(
    scopeFileOf({
      networks: [
        { prefix: prefix('10.1.2.0/24'), customer: 'C-2' },
        { prefix: prefix('10.0.0.0/8'), asn: 64496, asName: 'OUTER', customer: 'C-1' },
        { prefix: prefix('10.1.0.0/16'), asn: 64497 },
        { prefix: prefix('10.255.255.255/32'), asName: 'RENAMED' },
        { prefix: prefix('2001:db8::/32'), asn: 64498 },
      ],
      exclude: [range('10.1.2.3')],
    }),
  );

  function named(text: string): unknown {
    const network = scope.networkOf(address(text));
    if (!network) return undefined;
    const { prefix: most, asn, asName, customer } = network;
    return JSON.parse(JSON.stringify({ prefix: formatPrefix(most), asn, asName, customer }));
  }

  it('is the most specific one, in whatever order they stand', () => {
    assert.equal((named('10.1.2.9') as { prefix: string }).prefix, '10.1.2.0/24');
    assert.equal((named('10.1.3.0') as { prefix: string }).prefix, '10.1.0.0/16');
    assert.equal((named('10.0.255.255') as { prefix: string }).prefix, '10.0.0.0/8');
    assert.equal((named('10.2.0.0') as { prefix: string }).prefix, '10.0.0.0/8');
  });

  it('inherits key by key what it leaves out', () => {
    assert.deepEqual(named('10.1.2.9'), { prefix: '10.1.2.0/24', asn: 64497, customer: 'C-2' });
    assert.deepEqual(named('10.255.255.255'), {
      prefix: '10.255.255.255/32',
      asn: 64496,
      asName: 'RENAMED',
      customer: 'C-1',
    });
  });

  it('takes the name of its AS from the network around it, where it leaves the number out or repeats it', () => {
    const networks = [
      { prefix: prefix('10.0.0.0/16') },
      { prefix: prefix('10.1.0.0/16'), asn: 64496, customer: 'C-3' },
      { prefix: prefix('10.0.0.0/8'), asn: 64496, asName: 'OUTER' },
      { prefix: prefix('10.0.0.0/24'), asName: 'OWN' },
      { prefix: prefix('11.0.0.0/8') },
      { prefix: prefix('11.0.0.0/16'), customer: 'C-4' },
    ];
    for (const listed of [networks, networks.toReversed()]) {
      const nested = createScope(scopeFileOf({ networks: listed }));
      const known = (text: string): object => {
        const all = Object.entries(nested.networkOf(address(text)) ?? {});
        return Object.fromEntries(all.filter(([key]) => key !== 'prefix' && key !== 'line'));
      };
      assert.deepEqual(known('10.0.1.1'), { asn: 64496, asName: 'OUTER' });
      assert.deepEqual(known('10.0.0.1'), { asn: 64496, asName: 'OWN' });
      assert.deepEqual(known('10.1.0.1'), { asn: 64496, asName: 'OUTER', customer: 'C-3' });
      assert.deepEqual(known('11.0.0.1'), { customer: 'C-4' });
      assert.deepEqual(known('11.1.0.1'), {});
    }
  });

  it("does not take another AS's name for its own", () => {
    assert.deepEqual(named('10.1.3.0'), { prefix: '10.1.0.0/16', asn: 64497, customer: 'C-1' });
  });

  it('is told for an excluded address too: whose it is does not depend on whether it is probed', () => {
    assert.equal(scope.allows(address('10.1.2.3')), false);
    assert.equal((named('10.1.2.3') as { prefix: string }).prefix, '10.1.2.0/24');
  });

  it('is unknown outside, and no other family has it', () => {
    assert.equal(named('11.0.0.0'), undefined);
    assert.equal(named('a00::1'), undefined);
    assert.deepEqual(named('2001:db8::1'), { prefix: '2001:db8::/32', asn: 64498 });
  });
});

describe('the authorisation', () => {
  const file = scopeFileOf({ networks: [{ prefix: prefix('192.0.2.0/24') }] });
  const at = (time: string) => checkValidity(file, Date.parse(time));
  const ends = (when: string) => ({
    warning: `scope.yaml:4: the authorisation ends ${when}, with 2027-03-31 (UTC)`,
  });

  it('holds without a word until 31 days before its last day', () => {
    assert.deepEqual(at('2027-02-28T23:59:59.999Z'), {});
  });

  it('warns from 30 days before', () => {
    assert.deepEqual(at('2027-03-01T00:00:00Z'), ends('in 30 days'));
    assert.deepEqual(at('2027-03-29T12:00:00Z'), ends('in 2 days'));
    assert.deepEqual(at('2027-03-30T12:00:00Z'), ends('tomorrow'));
    assert.deepEqual(at('2027-03-31T23:59:59.999Z'), ends('today'));
  });

  it('has ended as soon as its last day is over', () => {
    assert.throws(
      () => at('2027-04-01T00:00:00.000Z'),
      new UsageError(
        'scope.yaml:4: the authorisation ended with 2027-03-31 (UTC)',
        'have the authorisation renewed, then set valid_until to its new last day',
      ),
    );
  });
});
