import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Address } from '../../src/domain/address.js';
import { parseAddress, prefixOf } from '../../src/domain/address.js';
import type { Origin } from '../../src/domain/finding.js';
import type { AsnMap } from '../../src/origin/asn-map.js';
import { openAsnMap, readAsnMap } from '../../src/origin/asn-map.js';
import { gunzip } from '../../src/origin/gunzip.js';
import { writeMmdb } from './write-mmdb.js';

function address(text: string): Address {
  const value = parseAddress(text);
  assert.ok(value !== undefined, text);
  return value;
}

function open(text: string): AsnMap {
  return openAsnMap(Buffer.from(text), 'map');
}

function look(map: AsnMap, text: string): Origin | undefined {
  return map.lookup(address(text));
}

function network(text: string): { prefix: ReturnType<typeof prefixOf> } {
  const [first = '', length] = text.split('/');
  return { prefix: prefixOf(address(first), Number(length)) };
}

describe("the operator's own map", () => {
  it('is read with a header and without, quoted fields too, by longest match in both families', () => {
    const rows =
      '192.0.2.0/24,64496,"Example, ""the"" AS",C-1\n192.0.2.8/32,AS64497,,C-2\n2001:db8::/32,64498\n192.0.2.16/28,,,C-3\n';
    for (const map of [open(rows), open(`prefix,asn,as_name,customer\r\n${rows.replaceAll('\n', '\r\n')}`)]) {
      assert.deepEqual([map.format, map.prefixes], ['operator-map', 4]);
      assert.deepEqual(look(map, '192.0.2.7'), {
        asn: 64496,
        asName: 'Example, "the" AS',
        customer: 'C-1',
        prefix: '192.0.2.0/24',
      });
      assert.deepEqual(look(map, '192.0.2.8'), { asn: 64497, customer: 'C-2', prefix: '192.0.2.8/32' });
      assert.deepEqual(look(map, '2001:db8::1'), { asn: 64498, prefix: '2001:db8::/32' });
      assert.deepEqual(look(map, '192.0.2.17'), { customer: 'C-3', prefix: '192.0.2.16/28' });
      assert.equal(look(map, '192.0.3.0'), undefined);
      assert.equal(look(map, '::c000:207'), undefined);
    }
  });

  it('may name its columns in another order, and more of them', () => {
    const map = open('\ufeffcustomer,contact,ASN,Prefix\n# ours\nC-9,noc@example.net,64496,192.0.2.0/24\n');
    assert.deepEqual(look(map, '192.0.2.1'), { asn: 64496, customer: 'C-9', prefix: '192.0.2.0/24' });
    assert.deepEqual(map.notes, ['map: passed over the columns "contact"']);
  });

  it('may name its columns as others do, and says what it took them for', () => {
    const owner = { asn: 64496, asName: 'EX', customer: 'C1', prefix: '192.0.2.0/24' };
    const headers = [
      ['prefix,origin_as,name,customer', '"origin_as" as asn, "name" as as_name'],
      ['Network,AS,AS Name,Customer ID', '"Network" as prefix, "AS" as asn, "Customer ID" as customer'],
      ['cidr,AS-Number,as.name,Client', '"cidr" as prefix, "AS-Number" as asn, "Client" as customer'],
      [
        'プレフィックス,AS番号,AS名,顧客',
        '"プレフィックス" as prefix, "AS番号" as asn, "AS名" as as_name, "顧客" as customer',
      ],
    ] as const;
    for (const [header, read] of headers) {
      const map = open(`${header}\r\n192.0.2.0/24,64496,EX,C1\r\n`);
      assert.deepEqual(look(map, '192.0.2.1'), owner, header);
      assert.deepEqual(map.notes, [`map: read ${read}`]);
    }
    assert.deepEqual(open('prefix,asn,as_name,customer\n192.0.2.0/24,64496,EX,C1\n').notes, []);
  });

  it('may come from a spreadsheet: line breaks inside a cell, rows cut short or empty, comments', () => {
    const map = open(
      '\ufeffprefix,asn,as_name,customer,\r\n"192.0.2.0/24",64496,"EX\r\nAS","C-1"" x",\r\n,,,,\r\n#a,b,c\r\n198.51.100.0/24,64497\r\n',
    );
    assert.deepEqual(look(map, '192.0.2.1'), {
      asn: 64496,
      asName: 'EX AS',
      customer: 'C-1" x',
      prefix: '192.0.2.0/24',
    });
    assert.deepEqual(look(map, '198.51.100.1'), { asn: 64497, prefix: '198.51.100.0/24' });
    assert.throws(
      () => open('prefix,customer\r\n192.0.2.0/24,"a\r\nb"\r\n\r\n198.51.100.0/33,c\r\n'),
      /^UsageError: map:5: "33" is not/,
      'lines are counted as an editor counts them',
    );
  });

  it('that names a network twice with one owner has it once', () => {
    assert.equal(open('192.0.2.7,64496,ONE\n192.0.2.7/32,64496,ONE\n').prefixes, 1);
  });

  const headers: readonly (readonly [what: string, text: string, message: string, hint: RegExp])[] = [
    [
      'an unknown column where one is missing',
      'prefix,asn,firma\n',
      'map:1: unknown column "firma", and no customer',
      /^known are prefix \(or network, .*asn .*as_name .*customer .*rename/,
    ],
    [
      'several',
      'prefix,nummer,name,firma\n',
      'map:1: unknown columns "nummer", "firma", and no asn, no customer',
      /known are/,
    ],
    [
      'two columns of one meaning',
      'prefix,as,origin_as,customer\n',
      'map:1: the columns "as" and "origin_as" both mean asn',
      /one of the two/,
    ],
    [
      'no prefix',
      'Netz,ASN,customer\n',
      'map:1: no column is called prefix: there are "Netz", "ASN", "customer"',
      /known are prefix/,
    ],
    [
      'semicolons',
      'prefix;asn;as_name;customer\n192.0.2.0/24;64496;EX;C1\n',
      'map:1: semicolons stand between the fields, not commas',
      /CSV with commas/,
    ],
    [
      'semicolons without a header',
      '# ours\n192.0.2.0/24;64496;Harbour, Ltd;C1\n',
      'map:2: semicolons stand between the fields, not commas',
      /CSV with commas/,
    ],
    [
      'tabs',
      'prefix\tasn\tcustomer\n',
      'map:1: tabs stand between the fields, not commas',
      /CSV with commas/,
    ],
    [
      'the first line of a spreadsheet with semicolons',
      'sep=;\nprefix;asn\n',
      'map:1: semicolons stand between the fields, not commas',
      /CSV with commas/,
    ],
    [
      'a network of two owners',
      'prefix,asn,as_name,customer\n192.0.2.0/24,64496,ONE,C-1\n192.0.2.0/24,64511,TWO,\n',
      'map:3: "192.0.2.0/24" is "AS64511 TWO" here and "AS64496 ONE C-1" on line 2',
      /keep one/,
    ],
    [
      'an address that is written in two ways with and without an owner',
      '192.0.2.7,64496\n192.0.2.7/32,,\n',
      'map:2: "192.0.2.7/32" is without an owner here and "AS64496" on line 1',
      /keep one/,
    ],
    [
      'a quote left open far above the end',
      `prefix,customer\n192.0.2.0/24,"C-1\n${'192.0.2.0/24,x\n'.repeat(20_000)}`,
      'map:2: a field in quotes does not end, or does not end at a comma',
      /write a quote inside it twice/,
    ],
  ];
  for (const [what, text, message, hint] of headers)
    it(`is refused for ${what}, and says what to write`, () => {
      assert.throws(() => open(text), { name: 'UsageError', message, hint });
    });

  const encodings: readonly (readonly [what: string, bytes: Buffer, message: RegExp, hint: RegExp])[] = [
    [
      'Windows-1252',
      Buffer.from('prefix,customer\r\n127.9.1.1,M\u00fcller\r\n', 'latin1'),
      /^map:2: the file is not UTF-8: probably Windows-1252 or Shift_JIS/,
      /"CSV UTF-8".*iconv -f WINDOWS-1252 -t UTF-8 map/,
    ],
    [
      'Windows-1252 far into the file',
      Buffer.from(`${'10.0.0.1,64496,EX\n'.repeat(10_000)}10.0.0.1,64496,\u00d6X\n`, 'latin1'),
      /^map:10001: the file is not UTF-8/,
      /iconv/,
    ],
    [
      'Windows-1252 in the names of an ip2asn file',
      Buffer.from(
        `${'10.0.0.0\t10.0.0.255\t1\tX\tY\n'.repeat(10_000)}10.0.0.0\t10.0.0.255\t1\tX\t\u00d6X\n`,
        'latin1',
      ),
      /^map:10001: the file is not UTF-8/,
      /iconv/,
    ],
    [
      'UTF-16 with a mark',
      Buffer.from('\ufeffprefix,asn\n', 'utf16le'),
      /^map:1: the file is not UTF-8: it begins as UTF-16 does/,
      /iconv -f UTF-16/,
    ],
    ['UTF-16 without one', Buffer.from('prefix,asn\n', 'utf16le'), /^map:1: .* UTF-16/, /"CSV UTF-8"/],
  ];
  for (const [what, bytes, message, hint] of encodings)
    it(`is refused in ${what}, with the line and how to save it`, () => {
      assert.throws(() => openAsnMap(bytes, 'map'), { name: 'UsageError', message, hint });
    });

  const bad: readonly [string, RegExp][] = [
    ['192.0.2.5/24,64496', /^map:2: "192\.0\.2\.5\/24" has host bits set$/],
    ['192.0.2.0/33,64496', /^map:2: "33" is not a prefix length from 0 to 32$/],
    ['192.0.2.0/08,64496', /^map:2: "08" is not a prefix length/],
    ['192.0.2/24,64496', /^map:2: "192\.0\.2" is not an IP address$/],
    ['::ffff:192.0.2.1,64496', /^map:2: "::ffff:192\.0\.2\.1" is not an IP address$/],
    ['192.0.2.0/24,ASX', /^map:2: "ASX" is not an AS number$/],
    ['192.0.2.0/24,4294967296', /^map:2: "4294967296" is not an AS number$/],
    ['192.0.2.0/24,64496,"x', /^map:2: a field in quotes does not end, or/],
    ['192.0.2.0/24,64496,x,y,z', /^map:2: 5 fields where 4 are known$/],
  ];
  for (const [line, message] of bad)
    it(`is refused for the line ${line}, by file and line`, () => {
      assert.throws(() => open(`198.51.100.0/24,64500\n${line}\n`), { name: 'UsageError', message });
    });
});

describe('CAIDA pfx2as', () => {
  it('gives the first of several origins and all of them, AS sets too', () => {
    const map = open(
      '192.0.2.0\t24\t30_10_20\n198.51.100.0\t24\t10,20\n203.0.113.0\t24\t10_20,30\n2001:db8::\t32\t64496\n',
    );
    assert.deepEqual([map.format, map.prefixes], ['pfx2as', 4]);
    assert.deepEqual(look(map, '192.0.2.9'), { asn: 30, asns: [30, 10, 20], prefix: '192.0.2.0/24' });
    assert.deepEqual(look(map, '198.51.100.9'), { asn: 10, asns: [10, 20], prefix: '198.51.100.0/24' });
    assert.deepEqual(look(map, '203.0.113.9'), { asn: 10, asns: [10, 20, 30], prefix: '203.0.113.0/24' });
    assert.deepEqual(look(map, '2001:db8:ffff::'), { asn: 64496, prefix: '2001:db8::/32' });
  });

  it('takes AS 0 for no origin, and lets a wider prefix show', () => {
    const map = open('10.0.0.0\t8\t64496\n10.1.0.0\t16\t0\n');
    assert.equal(look(map, '10.1.0.1')?.prefix, '10.0.0.0/8');
  });

  it('is refused for a bad line, by file and line', () => {
    assert.throws(() => open('10.0.0.0\t8\t64496\n10.0.0.0\t8\t6_x\n'), {
      name: 'UsageError',
      message: 'map:2: "6_x" is not an AS number or a list of them',
    });
    assert.throws(
      () => open('10.0.0.0\t8\t64496\n10.0.0.1\t8\t64496\n'),
      /map:2: "10\.0\.0\.1\/8" has host bits set/,
    );
  });
});

describe('iptoasn TSV', () => {
  it('has ranges, and gives the widest network in a range that holds the address', () => {
    const map = open(
      '1.0.0.0\t1.0.0.255\t13335\tUS\tCLOUDFLARENET\n1.0.1.0\t1.0.3.255\t0\tNone\tNot routed\n1.0.4.0\t1.0.16.127\t64496\tAU\tEXAMPLE - "Ltd"\n2001:db8::\t2001:db8:ffff:ffff:ffff:ffff:ffff:ffff\t64500\tJP\tJ\n',
    );
    assert.deepEqual([map.format, map.prefixes], ['ip2asn', 3]);
    assert.deepEqual(look(map, '1.0.0.7'), { asn: 13335, asName: 'CLOUDFLARENET', prefix: '1.0.0.0/24' });
    assert.equal(look(map, '1.0.2.0'), undefined);
    assert.equal(look(map, '1.0.4.0')?.prefix, '1.0.4.0/22');
    assert.equal(look(map, '1.0.8.0')?.prefix, '1.0.8.0/21');
    assert.deepEqual(look(map, '1.0.16.127'), {
      asn: 64496,
      asName: 'EXAMPLE - "Ltd"',
      prefix: '1.0.16.0/25',
    });
    assert.equal(look(map, '1.0.16.128'), undefined);
    assert.equal(look(map, '2001:db8::5')?.prefix, '2001:db8::/32');
  });

  it('is refused for a bad line, by file and line', () => {
    const good = '1.0.0.0\t1.0.0.255\t13335\tUS\tX\n';
    assert.throws(
      () => open(`${good}1.0.2.0\t1.0.1.0\t1\tUS\tX\n`),
      /map:2: "1\.0\.1\.0" does not come after "1\.0\.2\.0"/,
    );
    assert.throws(() => open(`${good}1.0.2.0\t::1\t1\tUS\tX\n`), /map:2: "::1" does not come after/);
    assert.throws(() => open(`${good}1.0.2.0\t1.0.2.255\tUS\tX\n`), /map:2: "US" is not an AS number/);
    assert.throws(() => open(`${good}\n# c\nx\t1.0.2.255\t1\n`), /map:4: "x" is not an IP address/);
  });
});

describe('a MaxMind database', () => {
  const records = [
    {
      ...network('192.0.2.0/25'),
      record: { autonomous_system_number: 64496, autonomous_system_organization: 'Example' },
    },
    { ...network('192.0.2.128/32'), record: { asn: 'AS64511', as_name: 'Ipinfo', as_domain: 'example.net' } },
    { ...network('198.51.100.0/24'), record: { country: 'JP' } },
  ];
  const six = { ...network('2001:db8::/33'), record: { autonomous_system_number: 64500 } };

  for (const recordSize of [24, 28, 32] as const)
    it(`of ${recordSize}-bit records gives number, name and the prefix that matched, in both families`, () => {
      const map = openAsnMap(writeMmdb([...records, six], { ipVersion: 6, recordSize }), 'x.mmdb');
      assert.deepEqual([map.format, map.prefixes], ['mmdb', 4]);
      assert.deepEqual(look(map, '192.0.2.127'), { asn: 64496, asName: 'Example', prefix: '192.0.2.0/25' });
      assert.deepEqual(look(map, '192.0.2.128'), { asn: 64511, asName: 'Ipinfo', prefix: '192.0.2.128/32' });
      assert.equal(look(map, '192.0.2.129'), undefined);
      assert.equal(look(map, '198.51.100.1'), undefined);
      assert.deepEqual(look(map, '2001:db8::1'), { asn: 64500, prefix: '2001:db8::/33' });
      assert.equal(look(map, '2001:db8:8000::1'), undefined);
    });

  it('of IPv4 alone knows no IPv6 address', () => {
    const map = openAsnMap(writeMmdb(records, { ipVersion: 4, recordSize: 24 }), 'x.mmdb');
    assert.equal(look(map, '192.0.2.1')?.asn, 64496);
    assert.equal(map.lookup(address('c000:201::')), undefined);
  });

  it('without AS numbers is refused', () => {
    const cities = writeMmdb(records.slice(2), { ipVersion: 4, recordSize: 24 });
    assert.throws(() => openAsnMap(cities, 'city.mmdb'), {
      name: 'UsageError',
      message: 'city.mmdb: a MaxMind database without AS numbers',
    });
  });

  it('that is damaged is refused when it is opened, or answers without an error ever after', () => {
    const whole = writeMmdb([...records, six], { ipVersion: 6, recordSize: 24 });
    let refused = 0;
    for (let at = 0; at < whole.length; at += 3) {
      const damaged = Buffer.from(whole);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 0xff, at);
      let map: AsnMap | undefined;
      try {
        map = openAsnMap(damaged, 'x.mmdb');
      } catch (error) {
        assert.equal((error as Error).name, 'UsageError');
        refused++;
      }
      for (const text of ['192.0.2.1', '192.0.2.128', '198.51.100.1', '2001:db8::1', '::'])
        map?.lookup(address(text));
    }
    assert.ok(refused > 10);
  });

  it('that is cut short is refused, never read past its end', () => {
    const whole = writeMmdb(records, { ipVersion: 4, recordSize: 24 });
    const marker = whole.lastIndexOf('MaxMind.com') - 3;
    const cut = Buffer.concat([whole.subarray(0, 12), whole.subarray(marker)]);
    assert.throws(() => openAsnMap(cut, 'x.mmdb'), { name: 'UsageError' });
  });
});

describe('any AS map', () => {
  const text = '192.0.2.0\t24\t64496\n';

  it('may be gzip, whatever its name', () => {
    assert.equal(look(openAsnMap(gzipSync(text), 'map.txt'), '192.0.2.1')?.asn, 64496);
    const mmdb = writeMmdb([{ ...network('192.0.2.0/24'), record: { asn: 'AS1' } }], {
      ipVersion: 4,
      recordSize: 28,
    });
    assert.equal(look(openAsnMap(gzipSync(mmdb), 'x'), '192.0.2.1')?.asn, 1);
  });

  it('that unpacks to more than is allowed is refused', () => {
    const bomb = gzipSync(Buffer.alloc(4 << 20));
    assert.equal(gunzip(bomb, 'x', 4 << 20).length, 4 << 20);
    assert.throws(() => gunzip(bomb, 'x', 3 << 20), {
      name: 'UsageError',
      message: 'x: unpacks to more than 3 MiB',
    });
  });

  it('whose gzip is damaged or cut is refused', () => {
    const packed = gzipSync(text.repeat(100));
    assert.throws(() => openAsnMap(packed.subarray(0, -9), 'x'), {
      name: 'UsageError',
      message: /^x: a damaged gzip file/,
    });
  });

  it('of an unknown kind is refused, by its first line of data', () => {
    assert.throws(() => open('# notes\n\nhello\n'), {
      name: 'UsageError',
      message: 'map:3: no known kind of AS map begins so',
    });
    assert.throws(() => open('start;end;asn\n'), { name: 'UsageError' });
    assert.throws(() => open(''), { name: 'UsageError', message: 'map: holds no line of data' });
    assert.throws(() => openAsnMap(Buffer.of(0x50, 0x4b, 3, 4, 0, 0), 'x.zip'), {
      name: 'UsageError',
      message: 'x.zip: neither text nor a MaxMind database',
    });
  });

  it('is counted in lines as an editor counts them, also far into a large file', () => {
    const many = Array.from({ length: 30_000 }, (_, i) => `10.${i >> 8}.${i & 255}.0\t24\t${1 + (i % 70)}`);
    assert.equal(open(many.join('\n')).prefixes, 30_000);
    many[29_000] = '10.0.0.0\t24\tx';
    assert.throws(() => open(many.join('\n')), /^UsageError: map:29001: /);
  });

  it("is read from its path, and one that is not there is the user's mistake", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ampscope-asn-'));
    try {
      writeFileSync(join(folder, 'map'), text);
      assert.equal((await readAsnMap(join(folder, 'map'))).prefixes, 1);
      await assert.rejects(readAsnMap(join(folder, 'none')), {
        name: 'UsageError',
        message: `${join(folder, 'none')}: cannot be read: ENOENT`,
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
