import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Address } from '../../src/domain/address.js';
import { formatAddress, ipv4, ipv6, parseAddress } from '../../src/domain/address.js';
import { MASK, maskAddresses, mayHoldAddress } from '../../src/domain/mask-addresses.js';

const none = (): boolean => false;
const masked = (text: string): string => maskAddresses(text, none);

const V6 = '2001:db8::beef';
const NIBBLES = 'f.e.e.b.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2';

describe('addresses of others are masked in every usual form', () => {
  const forms: readonly (readonly [string, string])[] = [
    ['198.51.100.77', MASK],
    ['198.051.100.077', MASK],
    ['from 198.51.100.77.', `from ${MASK}.`],
    ['198.51.100.77:53', `${MASK}:53`],
    ['udp:198.51.100.77:53', `udp:${MASK}:53`],
    ['[198.51.100.77]:53', `[${MASK}]:53`],
    ['http://198.51.100.77/x', `http://${MASK}/x`],
    ['198.51.100.0/24', `${MASK}/24`],
    ['198.51.100.77-198.51.100.79', `${MASK}-${MASK}`],
    ['a=198.51.100.77,b="198.51.100.78"', `a=${MASK},b="${MASK}"`],
    ['77.100.51.198.in-addr.arpa.', `${MASK}.in-addr.arpa.`],
    ['198.51.100.77.nip.example', `${MASK}.nip.example`],
    ['gw-198.51.100.77', `gw-${MASK}`],
    ['ip-198-51-100-77.example.net', `ip-${MASK}.example.net`],
    ['198.51.100.77..198.51.100.79', `${MASK}..${MASK}`],
    ['198.51.100.77 -- 198.51.100.79', `${MASK} -- ${MASK}`],
    [V6, MASK],
    [V6.toUpperCase(), MASK],
    ['2001:0db8:0000:0000:0000:0000:0000:beef', MASK],
    ['2001:db8:0:0:0:0:198.51.100.77', MASK],
    ['::ffff:198.51.100.77', MASK],
    ['::ffff:c633:644d', MASK],
    ['64:ff9b::198.51.100.77', MASK],
    [`[${V6}]:53`, `[${MASK}]:53`],
    [`${V6}:53`, MASK],
    [`${V6}%eth0`, `${MASK}%eth0`],
    [`${V6}/64`, `${MASK}/64`],
    [`address:${V6}`, `address:${MASK}`],
    [`prefix:${V6}`, `prefix:${MASK}`],
    [`at ${V6}.`, `at ${MASK}.`],
    ['2001:db8:: and 198.51.100.77', `${MASK} and ${MASK}`],
    ['fe80::21a:2bff:fe3c:4d5e', MASK],
    [`${NIBBLES}.ip6.arpa`, `${MASK}.ip6.arpa`],
    [`x.${NIBBLES}.ip6.arpa, ${NIBBLES}.ip6.arpa`, `x.${MASK}.ip6.arpa, ${MASK}.ip6.arpa`],
    ['198-51-100-77', MASK],
    ['host198-51-100-77x', `host${MASK}x`],
    ['gw.198.51.100.77', `gw.${MASK}`],
    ['ab-198-51-100-77', `ab-${MASK}`],
    ['22-33-44-55', MASK],
    ['22-33-44-55 ab', `${MASK} ab`],
    ['122-33-44-55-aa', `${MASK}-aa`],
    ['22-33-44-155-aa', `${MASK}-aa`],
    [`interface:${V6}`, `interface:${MASK}`],
    [`at :${V6}`, `at :${MASK}`],
    [`${V6}: a host`, `${MASK}: a host`],
    ['2001:db8:00:1a:2b:3c:4d:5e', MASK],
    ['00:1a:2b:3c:4d:5e:2001:db8', MASK],
    // Nothing shows that these are addresses of the scope.
    ['::ffff:300.1.1.1', MASK],
    ['1:2:3:4:5:6:7:8:198.51.100.77', MASK],
    [`PTR ${NIBBLES.toUpperCase()}.IP6.ARPA.`, `PTR ${MASK}.IP6.ARPA.`],
  ];
  for (const [text, expected] of forms)
    it(text, () => {
      assert.equal(masked(text), expected);
      assert.equal(masked(masked(text)), expected, 'masked once, it stays as it is');
    });
});

describe('what is no address stays', () => {
  for (const text of [
    '4.2.8p15@1.3728-o',
    'v1.2.3.4',
    '9.18.33-1~deb12u2-Debian',
    '10.0.19041.1',
    '1.3.6.1.4.1.8072.3.2.10',
    '300.1.2.3',
    '2026-11-30T03:01:00Z',
    '12:34:56',
    '00:1a:2b:3c:4d:5e',
    '00-1a-22-33-44-55',
    '22-33-44-55-1a-00',
    '22-33-44-55-ab-00',
    '4.2.8.1p3',
    '0198.51.100.77',
    '198/51-100-77',
    ':::',
    '1:2:3:4:5:6:7',
    '2001:db8::1x',
    '224.0.0.1',
    `x${NIBBLES.slice(1)}.ip6.arpa`,
    `${NIBBLES.slice(2)}.ip6.arpa`,
    '80:00:1f:88:80:e9:63:00:00',
    '80:00:1f:88:80:e9:63:00',
    'std::string, ::, C++::x',
    '0.0.0.0:123 and [::]:123',
    '127.127.1.0, 127.0.0.1, ::1',
    '255.255.255.0, 239.255.255.250, ff02::fb',
    'ntpd 4.2.6p5@1.2349-o Fri Jan  2 12:11:33 UTC 2015 (1)',
    'a.b.c.d, 1.2.3, 1.2.3.4.5',
    '',
  ])
    it(text, () => {
      assert.equal(masked(text), text);
    });
});

describe('a text is passed over', () => {
  it('where it cannot hold an address in any form, and in no other case', () => {
    for (const text of [
      ...['', 'ntpd', 'HTTP/1.1', '1.2', 'a.b.c', '1-2', 'a-b-c', '12:34:56', '10:20:30:40:50:60', 'a:b'],
      ...['1.2345.6', '1-2345-6', 'x.ip6.example'],
    ])
      assert.equal(mayHoldAddress(text), false, text);
    for (const text of ['1.22.3', '1-222-3', '::', '1:2:3:4:5:6:7', ':::::: ', 'x.IP6.arpa'])
      assert.equal(mayHoldAddress(text), true, text);
  });
});

describe('an address of the scope may stand', () => {
  const own = ['192.0.2.7', '192.1.2.7', '2001:db8::7'];
  const ours = new Set<Address | undefined>(own.map(parseAddress));
  const mask = (text: string): string => maskAddresses(text, (address) => ours.has(address));
  it('in whatever form, beside one that may not', () => {
    const text = '192.0.2.7 ::ffff:192.0.2.7 7.2.0.192.in-addr.arpa 192-0-2-7 2001:db8::7 [2001:DB8:0::7]:1 ';
    assert.equal(mask(`${text}192.0.2.8`), `${text}${MASK}`);
    const more = `7.2.1.192.in-addr.arpa, 2001:db8::7. 7.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`;
    assert.equal(mask(more), more);
  });

  it('and is asked about as what it is, with an IPv4 end as IPv6 but where it is mapped', () => {
    for (const [text, address] of [
      ['64:ff9b::198.51.100.77', '64:ff9b::c633:644d'],
      ['::ffff:198.51.100.77', '198.51.100.77'],
    ] as const) {
      const asked: Address[] = [];
      maskAddresses(text, (each) => asked.push(each) === 0);
      assert.deepEqual(asked, [parseAddress(address)]);
    }
  });
});

const PLACES: readonly (readonly [string, string])[] = [
  ['', ''],
  ['(', ')'],
  ['"', '"'],
  [' ', ' '],
  ['=', ','],
  ['<', '>'],
  ['é', '\n'],
  ['\u3042', '\ud83d\ude00'],
];

describe('for any address that names a host', () => {
  const names = fc.oneof(
    fc
      .integer({ min: 0x0100_0000, max: 0xdfff_ffff })
      .filter((value) => value >>> 24 !== 127)
      .map(ipv4),
    fc.bigInt({ min: 2n, max: (0xffn << 120n) - 1n }).map(ipv6),
  );
  const aroundIt = fc.constantFrom(...PLACES);
  it('nothing of it is left between any marks', () => {
    fc.assert(
      fc.property(names, aroundIt, (address, [before, behind]) => {
        const text = `${before}${formatAddress(address)}${behind}`;
        assert.equal(masked(text), `${before}${MASK}${behind}`);
      }),
    );
  });

  it('any text is taken, and what is masked stays as it is', () => {
    const letters = fc.constantFrom(...Array.from('0123456789abcdefABCDEFgz_.:-[]% \u3042'));
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 120 }), (text) => {
        const once = masked(text);
        assert.equal(masked(once), once);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a text full of addresses', () => {
  it('ends behind the last of 256', () => {
    assert.equal(masked('198.51.100.77 '.repeat(300)), `${MASK} `.repeat(256).trim());
    const names = `${NIBBLES}.ip6.arpa `.repeat(300);
    assert.equal(masked(names), `${MASK}.ip6.arpa `.repeat(256).replace(/\.ip6\.arpa $/, ''));
  });
});
