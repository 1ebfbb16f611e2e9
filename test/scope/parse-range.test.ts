import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import IPCIDR from 'ip-cidr';
import { formatPrefix, ipv4, ipv6, lastOf, prefixOf } from '../../src/domain/address.js';
import { UsageError } from '../../src/domain/usage-error.js';
import { givenRange, parseRange, rangesIn, textsIn, together } from '../../src/scope/parse-range.js';

const anyIpv4 = fc.nat(0xffff_ffff).map(ipv4);
const anyIpv6 = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }).map(ipv6);
const anyPrefix = fc.oneof(
  fc.tuple(anyIpv4, fc.integer({ min: 8, max: 32 })).map(([address, length]) => prefixOf(address, length)),
  fc.tuple(anyIpv6, fc.integer({ min: 8, max: 128 })).map(([address, length]) => prefixOf(address, length)),
);

describe('parseRange reads what people type', () => {
  const readings = [
    ['192.0.2.7', '192.0.2.7/32'],
    ['192.0.2.0/24', '192.0.2.0/24'],
    ['192.0.2.7/32', '192.0.2.7/32'],
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['0.0.0.0/8', '0.0.0.0/8'],
    ['255.255.255.255', '255.255.255.255/32'],
    ['2001:db8::/32', '2001:db8::/32'],
    ['2001:DB8:0:0::7', '2001:db8::7/128'],
    ['::', '::/128'],
    ['ff00::/8', 'ff00::/8'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0/128'],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128'],
    // In hexadecimal a mapped address stays what it looks like: IPv6.
    ['::ffff:a00:1', '::ffff:a00:1/128'],
  ] as const;
  for (const [text, meaning] of readings)
    it(`"${text}" is ${meaning}`, () => {
      const parsed = parseRange(text);
      assert.ok('prefix' in parsed);
      assert.equal(formatPrefix(parsed.prefix), meaning);
      assert.equal(parsed.range.first, parsed.prefix.first);
      assert.equal(parsed.range.last, lastOf(parsed.prefix));
    });

  it('agrees with ip-cidr on every valid prefix', () => {
    fc.assert(
      fc.property(anyPrefix, (prefix) => {
        const text = formatPrefix(prefix);
        const parsed = parseRange(text);
        const oracle = new IPCIDR(text);
        assert.ok('range' in parsed);
        assert.equal(BigInt(parsed.range.first), oracle.start<bigint>({ type: 'bigInteger' }));
        assert.equal(BigInt(parsed.range.last), oracle.end<bigint>({ type: 'bigInteger' }));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('parseRange refuses what ip-cidr by itself would misread', () => {
  const example = 'write an address such as 192.0.2.7 or 2001:db8::7, or a prefix such as 192.0.2.0/24';
  const length = 'write one plain decimal prefix length, without a sign or leading zeros: 192.0.2.0/24';
  const zone = 'leave out the zone, the part from % on';
  const embedded = 'write the IPv4 address itself, or the IPv6 address in hexadecimal groups alone';
  const octets = 'write four decimal octets from 0 to 255 without leading zeros';
  const refusals = [
    // Read by ip-cidr as a target, because it takes what follows the last colon.
    ['exclude:10.0.0.0/8', example],
    ['garbage:1.2.3.4/24', example],
    ['a:1.2.3.4/24', example],
    ['1.2.3.4/08', length],
    ['2001:db8::/064', length],
    ['fe80::1%eth0/64', zone],
    ['fe80::1%eth0', zone],
    // Read by ip-cidr as IPv4, and with a longer prefix not at all.
    ['::ffff:1.2.3.4/24', embedded],
    ['::ffff:1.2.3.4/120', embedded],
    ['::ffff:1.2.3.4', embedded],
    ['192.0.2.0/', length],
    ['192.0.2.0/+24', length],
    ['192.0.2.0/24/24', length],
    ['192.0.2.0/255.255.255.0', length],
    ['192.0.2.0/-1', length],
    ['192.0.2.0/ 24', length],
    ['010.0.0.1', octets],
    ['256.0.0.1', octets],
    ['1.256.0.1', octets],
    ['192.0.2.1-192.0.2.9x', example],
    ['x192.0.2.1-192.0.2.9', example],
    ['ns1.example.net:53', example],
    ['10/8', 'write all four octets: 10.0.0.0/8, not 10/8'],
    ['10.0.0/8', 'write all four octets: 10.0.0.0/8, not 10/8'],
    ['167772160', 'write all four octets: 10.0.0.0/8, not 10/8'],
    ['0x7f.1', example],
    ['1.2.3.4.5', 'write all four octets: 10.0.0.0/8, not 10/8'],
    ['1.2.3.', 'write all four octets: 10.0.0.0/8, not 10/8'],
    ['2001:db8::1-2001:db8::9', 'write a range as prefixes: 192.0.2.0/25, 192.0.2.128/26'],
    ['192.0.2.1-', example],
    ['-192.0.2.1', example],
    ['192.0.2.1 192.0.2.2', 'write one address or prefix a line'],
    ['10.0.0.0/8;2001:DB8::/32', 'write one address or prefix a line'],
    ['10.0.0.0/8, 10.1.0.0/16', 'write one address or prefix a line'],
    ['192.0.2.1 host', example],
    ['host 192.0.2.1', example],
    ['example.NET/24', 'write the address; names are not looked up'],
    ['example.n', example],
    ['localhost', example],
    ['192.0.2.0/24 ', 'remove the blanks around it'],
    ['192.0.2.1 24', example],
    [' ', example],
    ['192.0.2.1-192.0.2.9', 'write a range as prefixes: 192.0.2.0/25, 192.0.2.128/26'],
    ['ns1.example.net', 'write the address; names are not looked up'],
    [' 10.0.0.0/8', 'remove the blanks around it'],
    ['', example],
    ['/24', example],
    ['1::2::3', example],
    ['1:2:3:4:5:6:7:8:9', example],
    ['::12345', example],
    // Full-width digits.
    ['\uFF11.1.1.1', example],
  ] as const;
  for (const [text, hint] of refusals)
    it(`"${text}" is not an address or a prefix`, () => {
      assert.deepEqual(parseRange(text), { problem: `"${text}" is not an address or a prefix`, hint });
    });

  it('a line break behind a prefix is not overlooked, and not printed as it is', () => {
    assert.deepEqual(parseRange('10.0.0.0/8\n'), {
      problem: '"10.0.0.0/8\\u000a" is not an address or a prefix',
      hint: 'remove the blanks around it',
    });
  });

  it('a very long text is cut in the message', () => {
    const parsed = parseRange('9'.repeat(1_000_000));
    assert.ok('problem' in parsed);
    assert.equal(parsed.problem, `"${'9'.repeat(60)}…" is not an address or a prefix`);
  });

  const lengths = [
    ['10.0.0.0/33', '"10.0.0.0/33" has a prefix length above 32', 'an IPv4 prefix length is at most 32'],
    [
      '2001:db8::/129',
      '"2001:db8::/129" has a prefix length above 128',
      'an IPv6 prefix length is at most 128',
    ],
  ] as const;
  for (const [text, problem, hint] of lengths)
    it(`"${text}" is longer than an address`, () => {
      assert.deepEqual(parseRange(text), { problem, hint });
    });

  for (const text of ['0.0.0.0/0', '::/0', '128.0.0.0/1', '10.0.0.0/7', '2000::/3', 'fe00::/7'])
    it(`"${text}" is shorter than /8, and no network is so large`, () => {
      assert.deepEqual(parseRange(text), {
        problem: `"${text}" is shorter than /8`,
        hint: 'list the networks themselves, each as /8 or longer; this holds for IPv4 and IPv6',
      });
    });

  const hostBits = [
    ['10.0.0.5/8', '10.0.0.0/8', '10.0.0.5/32'],
    ['192.0.2.255/31', '192.0.2.254/31', '192.0.2.255/32'],
    ['2001:DB8::1/32', '2001:db8::/32', '2001:DB8::1/128'],
  ] as const;
  for (const [text, network, one] of hostBits)
    it(`"${text}" has host bits set`, () => {
      assert.deepEqual(parseRange(text), {
        problem: `"${text}" has host bits set`,
        hint: `write ${network} for the network, or ${one} for the one address`,
      });
    });

  it('no text throws, and what is accepted means the same when written in full', () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...Array.from('0123456789abf:./%- ')), maxLength: 24 }),
      fc
        .tuple(anyPrefix.map(formatPrefix), fc.nat(40), fc.constantFrom(...Array.from('0128f:./%-x')))
        .map(([valid, at, other]) => valid.slice(0, at) + other + valid.slice(at + 1)),
    );
    let accepted = 0;
    fc.assert(
      fc.property(text, (typed) => {
        const parsed = parseRange(typed);
        if ('problem' in parsed) return;
        accepted++;
        assert.deepEqual(parseRange(formatPrefix(parsed.prefix)), parsed);
      }),
      { numRuns: 20_000 },
    );
    assert.ok(accepted > 100, `only ${accepted} texts were accepted, which proves little`);
  });
});

describe('givenRange', () => {
  it('keeps what was written and where', () => {
    const { text, place } = givenRange('192.0.2.0/24', 'targets.txt:3');
    assert.deepEqual({ text, place }, { text: '192.0.2.0/24', place: 'targets.txt:3' });
    assert.ok(!('place' in givenRange('192.0.2.0/24')));
  });

  it('puts the place before the problem', () => {
    assert.throws(
      () => givenRange('10.0.0.5/8', 'targets.txt:3'),
      new UsageError(
        'targets.txt:3: "10.0.0.5/8" has host bits set',
        'write 10.0.0.0/8 for the network, or 10.0.0.5/32 for the one address',
      ),
    );
    assert.throws(() => givenRange('10/8'), { message: '"10/8" is not an address or a prefix' });
  });
});

describe('ranges as they were written', () => {
  const lists = [['192.0.2.0/24'], [], ['2001:db8::1', '10.0.0.0/8']].map((texts) =>
    texts.map((text) => givenRange(text)),
  );
  const texts = lists.flat().map(({ text }) => text);

  it('are one list after the other, as often as it is gone through', () => {
    const all = together(...lists);
    assert.equal(all.length, 3);
    for (let pass = 0; pass < 2; pass++)
      assert.deepEqual(
        Array.from(all, ({ text }) => text),
        texts,
      );
    assert.deepEqual([together().length, [...together()]], [0, []]);
  });

  it('give their texts as often as asked, and their ranges', () => {
    const all = textsIn(together(...lists));
    for (let pass = 0; pass < 2; pass++) assert.deepEqual([...all], texts);
    assert.deepEqual(
      [...rangesIn(lists.flat())],
      lists.flat().map(({ range }) => range),
    );
  });
});
