/** Apart from what the masking does: a change that is to be seen by its result must not be seen by its time. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { maskAddresses } from '../../src/domain/mask-addresses.js';
import { MOST_HASHES_HERE } from '../fuzz/cost.js';

const masked = (text: string): string => maskAddresses(text, () => false);

const V6 = '2001:db8::beef';
const NIBBLES = 'f.e.e.b.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2';

describe('the time that masking takes is linear', () => {
  const LONGEST = 65_507;
  const patterns = [
    '1',
    '.',
    ':',
    '::',
    '-',
    '1.',
    '1:',
    '1-',
    'a:',
    '1.1.1.1 ',
    '1.1.1.1',
    '::1 ',
    'f.',
    '.ip6.arpa',
    '1-1-1-1.',
    'a:1.',
    '1.1.1.1.in-addr.arpa',
    `${V6} `,
    `${NIBBLES}.ip6.arpa `,
  ];
  for (const pattern of patterns)
    it(`of a datagram full of "${pattern.slice(0, 24)}"`, () => {
      const text = pattern.repeat(Math.ceil(LONGEST / pattern.length)).slice(0, LONGEST);
      const bytes = Buffer.from(text);
      const best = (work: () => unknown): number =>
        Math.min(
          ...Array.from({ length: 30 }, () => {
            const from = process.hrtime.bigint();
            work();
            return Number(process.hrtime.bigint() - from);
          }),
        );
      const hashing = best(() => createHash('sha256').update(bytes).digest());
      const masking = best(() => masked(text));
      assert.ok(masking <= MOST_HASHES_HERE * hashing, `${masking / hashing} times as long as to hash it`);
    });
});
