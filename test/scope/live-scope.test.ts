import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatPrefix, ipv4 } from '../../src/domain/address.js';
import { toPrefixes } from '../../src/scope/address-set.js';
import { createLiveScope } from '../../src/scope/live-scope.js';
import { createScope } from '../../src/scope/scope.js';
import { address, prefix, range, scopeFileOf } from './scope-of.js';

const scopeOf = (networks: readonly string[], exclude: readonly string[] = [], validUntil = '2027-03-31') =>
  createScope(
    scopeFileOf({
      networks: networks.map((text) => ({ prefix: prefix(text) })),
      exclude: exclude.map(range),
      validUntil,
    }),
  );

describe('a live scope', () => {
  it('forbids at once what is excluded now, and tells what that is', () => {
    const live = createLiveScope(scopeOf(['192.0.2.0/24'], ['192.0.2.7']));
    const allows = (of: ReturnType<typeof address>): boolean => live.allows(of);
    assert.equal(allows(address('192.0.2.200')), true);
    const taken = live.narrow(scopeOf(['192.0.2.0/24'], ['192.0.2.7', '192.0.2.128/25']));
    assert.deepEqual(toPrefixes(taken).map(formatPrefix), ['192.0.2.128/25']);
    assert.equal(allows(address('192.0.2.200')), false);
    assert.equal(allows(address('192.0.2.8')), true);
  });

  it('forbids a network that was taken out of the file, and knows whose it was', () => {
    const live = createLiveScope(scopeOf(['192.0.2.0/24', '198.51.100.0/24']));
    live.narrow(scopeOf(['192.0.2.0/24']));
    assert.equal(live.allows(address('198.51.100.1')), false);
    assert.ok(live.networkOf(address('198.51.100.1')));
  });

  it('never allows a network that was added, nor what is no longer excluded', () => {
    const live = createLiveScope(scopeOf(['192.0.2.0/24'], ['192.0.2.7']));
    live.narrow(scopeOf(['192.0.2.0/24', '198.51.100.0/24']));
    assert.equal(live.allows(address('198.51.100.1')), false);
    assert.equal(live.allows(address('192.0.2.7')), false);
  });

  it('ends with the last day of the file as it is now, and tells what that excludes and allows', () => {
    const initial = scopeOf(['192.0.2.0/24'], ['192.0.2.7']);
    const live = createLiveScope(initial);
    assert.deepEqual(
      [live.validUntilEnd, live.allowed, live.excluded, live.name],
      [initial.validUntilEnd, initial.allowed, initial.excluded, 'scope.yaml'],
    );
    const next = scopeOf(['192.0.2.0/24'], ['192.0.2.8'], '2026-12-31');
    live.narrow(next);
    assert.equal(new Date(live.validUntilEnd).toISOString(), '2026-12-31T23:59:59.999Z');
    assert.equal(live.excluded, next.excluded);
    assert.deepEqual(live.allowed, scopeOf(['192.0.2.0/24'], ['192.0.2.7', '192.0.2.8']).allowed);
  });

  it('only shrinks, whatever it is narrowed to, and allows what `allowed` holds', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const exclusions = fc.array(
      fc.integer({ min: 24, max: 32 }).chain((length) => octet.map((last) => ({ length, last }))),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(fc.array(exclusions, { maxLength: 5 }), (reloads) => {
        const live = createLiveScope(scopeOf(['192.0.2.0/24']));
        const all = Array.from({ length: 256 }, (_, i) => ipv4(0xc0_00_02_00 + i));
        let before = all.filter((each) => live.allows(each));
        for (const reload of reloads) {
          const exclude = reload.map(({ length, last }) => {
            const first = last - (last % 2 ** (32 - length));
            return `192.0.2.${first}/${length}`;
          });
          const next = scopeOf(['192.0.2.0/24'], exclude);
          live.narrow(next);
          const now = all.filter((each) => live.allows(each));
          assert.deepEqual(
            now,
            before.filter((each) => next.allows(each)),
          );
          before = now;
        }
      }),
    );
  });
});
