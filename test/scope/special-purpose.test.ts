import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { membership } from '../../src/scope/address-set.js';
import { neverProbed, whyNeverProbed } from '../../src/scope/special-purpose.js';
import { address, range } from './scope-of.js';

describe('what is never probed', () => {
  const closed = [
    ['0.0.0.0', '0.0.0.0/8 (this network, RFC 791 §3.2)'],
    ['0.255.255.255', '0.0.0.0/8 (this network, RFC 791 §3.2)'],
    ['224.0.0.0', '224.0.0.0/4 (multicast, RFC 5771)'],
    ['239.255.255.255', '224.0.0.0/4 (multicast, RFC 5771)'],
    ['240.0.0.0', '240.0.0.0/4 (reserved, RFC 1112 §4)'],
    ['255.255.255.254', '240.0.0.0/4 (reserved, RFC 1112 §4)'],
    ['255.255.255.255', '255.255.255.255/32 (the limited broadcast address, RFC 919 §7)'],
    ['::', '::/128 (the unspecified address, RFC 4291 §2.5.2)'],
    ...['fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'].map(
      (text) =>
        [
          text,
          'fe80::/10 (link-local, RFC 4291 §2.5.6: it is an address only together with a zone, and zones are not scanned)',
        ] as const,
    ),
    ['ff00::', 'ff00::/8 (multicast, RFC 4291 §2.7)'],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'ff00::/8 (multicast, RFC 4291 §2.7)'],
    [
      '::ffff:a00:1',
      '::ffff:0:0/96 (IPv4-mapped, RFC 4291 §2.5.5.2: the packet would go to the IPv4 address)',
    ],
    ['::2', '::2/127 (IPv4-compatible, RFC 4291 §2.5.5.1: the packet would go to the IPv4 address)'],
    [
      '::ffff:ffff',
      '::8000:0/97 (IPv4-compatible, RFC 4291 §2.5.5.1: the packet would go to the IPv4 address)',
    ],
    ...['2002::', '2002:a4d:1::1', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'].map(
      (text) => [text, '2002::/16 (6to4, RFC 3056 §2: the packet would go to the IPv4 address)'] as const,
    ),
    ...['2001::', '2001:0:a00:1::f5ff:fffe', '2001:0:ffff:ffff:ffff:ffff:ffff:ffff'].map(
      (text) => [text, '2001::/32 (Teredo, RFC 4380 §4: the packet would go to the IPv4 address)'] as const,
    ),
    [
      '64:ff9b::a00:1',
      '64:ff9b::/96 (IPv4 through a translator, RFC 6052 §2.1: the packet would go to the IPv4 address)',
    ],
  ] as const;
  for (const [text, reason] of closed)
    it(`${text} lies in ${reason}`, () => {
      assert.ok(membership(neverProbed)(address(text)));
      assert.equal(whyNeverProbed(range(text)), reason);
    });

  const open = [
    '1.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.0.1',
    '172.16.0.1',
    '192.0.2.1',
    '192.168.0.1',
    '198.18.0.1',
    '223.255.255.255',
    '::1',
    '::1:0:0',
    '::fffe:ffff:ffff',
    '::1:0:0:0',
    '2001:1::',
    '2001:db8::1',
    '2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    '2003::',
    'fc00::1',
    'fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    'fec0::',
    'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    '64:ff9b:1::1',
  ];
  for (const text of open)
    it(`${text} may be probed where a scope lists it`, () => {
      assert.ok(!membership(neverProbed)(address(text)));
      assert.equal(whyNeverProbed(range(text)), undefined);
    });

  it('a range that only touches it is refused for that part', () => {
    assert.match(whyNeverProbed(range('::/127')) ?? '', /^::\/128 /);
    assert.match(whyNeverProbed({ first: address('223.0.0.0'), last: address('224.0.0.0') }) ?? '', /^224/);
  });
});
