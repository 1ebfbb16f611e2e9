import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod';
import { probes } from '../../probes/list.js';
import { formatPrefix, ipv4 } from '../../src/domain/address.js';
import { UsageError } from '../../src/domain/usage-error.js';
import { parseBandwidth } from '../../src/scope/bandwidth.js';
import { parseScopeFile, scopeJsonSchema } from '../../src/scope/scope-file.js';
import type { SettingsKey } from '../../src/scope/scope-file.js';
import { exampleValuesIn, scopeTemplate } from '../../src/scope/scope-template.js';
import { scopeProblem } from '../../src/scope/scope-problem.js';
import { SOUND_LINES } from './scope-of.js';

/** Stand-ins for what probes bring along. */
const settings: readonly SettingsKey[] = [
  {
    key: 'dns',
    schema: z
      .strictObject({ names: z.array(z.string().min(1)).max(8).default([]) })
      .prefault({})
      .describe('names that the servers serve, at most 8'),
  },
  {
    key: 'snmp',
    schema: z.strictObject({ communities: z.array(z.string()).max(4) }).default({ communities: ['public'] }),
  },
];

const SOUND = SOUND_LINES;
const HEAD = SOUND.slice(0, 3);

const parse = (...lines: readonly string[]) => parseScopeFile(lines.join('\n'), 'scope.yaml', settings);

describe('a scope file', () => {
  it('says everything that its keys say', () => {
    const file = parse(
      ...HEAD,
      'valid_until: 2027-03-31',
      'networks:',
      '  - prefix: 192.0.2.0/24',
      '    asn: 64496',
      '    as_name: EXAMPLE-AS',
      '    customer: C-1001',
      '  - { prefix: 2001:db8::/32 }',
      'exclude: [192.0.2.7, 192.0.2.128/28, "2001:db8::"]',
      'canaries: [{ address: 192.0.2.53, probe: dns-any, port: 5353 }, { probe: ntp, address: 192.0.2.54 }]',
      'limits: { rate: 50, per_subnet: 20.5, per_host: 0.5, reply_bandwidth: 500k }',
      'dns: { names: [example.net] }',
      'snmp: { communities: [public, private] }',
    );
    const { networks, exclude, ...rest } = file;
    assert.deepEqual(rest, {
      name: 'scope.yaml',
      organisation: 'Example ISP',
      authorisedBy: 'NOC',
      contact: 'noc@example.net',
      validUntil: '2027-03-31',
      validUntilLine: 4,
      canaries: [
        { address: ipv4(0xc0000235), probe: 'dns-any', port: 5353, line: 12 },
        { address: ipv4(0xc0000236), probe: 'ntp', line: 12 },
      ],
      limits: { rate: 50, perSubnet: 20.5, perHost: 0.5, replyBandwidthBps: 500_000 },
      settings: { dns: { names: ['example.net'] }, snmp: { communities: ['public', 'private'] } },
    });
    assert.deepEqual(
      networks.map(({ prefix, ...others }) => ({ prefix: formatPrefix(prefix), ...others })),
      [
        { prefix: '192.0.2.0/24', asn: 64496, asName: 'EXAMPLE-AS', customer: 'C-1001', line: 6 },
        { prefix: '2001:db8::/32', line: 10 },
      ],
    );
    assert.deepEqual(
      exclude.map(({ text }) => text),
      ['192.0.2.7', '192.0.2.128/28', '2001:db8::'],
    );
  });

  it('has defaults for what it may leave out', () => {
    const file = parse(...SOUND);
    assert.deepEqual(file.limits, {
      rate: 1000,
      perSubnet: 200,
      perHost: 1,
      replyBandwidthBps: 20_000_000,
    });
    assert.deepEqual(file.exclude, []);
    assert.deepEqual(file.settings, { dns: { names: [] }, snmp: { communities: ['public'] } });
    assert.equal(parse(...SOUND, 'limits: { per_host: 2 }').limits.rate, 1000);
    assert.equal(parse(...SOUND, 'limits: { reply_bandwidth: 8000000 }').limits.replyBandwidthBps, 8e6);
  });

  it('may begin with a byte order mark and end its lines with CRLF', () => {
    const text = `\uFEFF${[...SOUND, 'contct: x'].join('\r\n')}`;
    assert.throws(() => parseScopeFile(text, 'scope.yaml', settings), {
      message: 'scope.yaml:7: unknown key "contct"',
    });
    const sound = parseScopeFile(`\uFEFF${SOUND.join('\r\n')}`, 'scope.yaml', settings);
    assert.equal(sound.organisation, 'Example ISP');
    assert.equal(sound.networks[0]?.line, 6);
  });

  it('is read as YAML 1.2 even where it says 1.1', () => {
    // A 1.1 reader would make a Date of the day and `yes` a boolean; here they stay what they look like.
    const file = parse('%YAML 1.1', '---', ...SOUND, '    customer: yes');
    assert.equal(file.validUntil, '2027-03-31');
    assert.equal(file.networks[0]?.customer, 'yes');
  });
});

const SYNTAX = 'check the indentation, the quotes and the blank after each colon';
const QUOTED_TEXT = 'one line of text of at most 200 characters';
const KEYS =
  'organisation, authorised_by, contact, valid_until, networks, exclude, canaries, limits, dns, snmp';
const EXCLUDE = 'write for example exclude: [192.0.2.7, 192.0.2.128/28]';

/** [what is wrong, the lines added behind line 6, message, hint] */
const added: readonly (readonly [string, readonly string[], string, string])[] = [
  [
    'host bits on line 14',
    [...Array.from({ length: 7 }, () => '  # spare'), '  - prefix: 10.0.0.5/8'],
    'scope.yaml:14: "10.0.0.5/8" has host bits set',
    'write 10.0.0.0/8 for the network, or 10.0.0.5/32 for the one address',
  ],
  [
    'a prefix shorter than /8',
    ['  - prefix: 0.0.0.0/0'],
    'scope.yaml:7: "0.0.0.0/0" is shorter than /8',
    'list the networks themselves, each as /8 or longer; this holds for IPv4 and IPv6',
  ],
  [
    'a colon that ip-cidr would overlook',
    ['  - prefix: exclude:10.0.0.0/8'],
    'scope.yaml:7: "exclude:10.0.0.0/8" is not an address or a prefix',
    'write an address such as 192.0.2.7 or 2001:db8::7, or a prefix such as 192.0.2.0/24',
  ],
  [
    'multicast',
    ['  - prefix: 224.0.1.0/24'],
    'scope.yaml:7: "224.0.1.0/24" is never probed: 224.0.0.0/4 (multicast, RFC 5771)',
    'remove the network; no scope can open that part of the address space',
  ],
  [
    'an IPv6 range that reaches into IPv4',
    ['  - prefix: ::ffff:a00:0/104'],
    'scope.yaml:7: "::ffff:a00:0/104" is never probed: ' +
      '::ffff:0:0/96 (IPv4-mapped, RFC 4291 §2.5.5.2: the packet would go to the IPv4 address)',
    'remove the network; no scope can open that part of the address space',
  ],
  [
    'one prefix with two ASNs',
    ['    asn: 64496', '  - asn: 64497', '    prefix: 192.0.2.0/24'],
    'scope.yaml:9: "192.0.2.0/24" has ASN 64497 here and ASN 64496 on line 6',
    'keep one of the two',
  ],
  [
    'one prefix with an ASN and without',
    ['  - prefix: 192.0.2.0/24', '    asn: 64497'],
    'scope.yaml:7: "192.0.2.0/24" has ASN 64497 here and no ASN on line 6',
    'keep one of the two',
  ],
  [
    'one address in two spellings',
    ['  - prefix: 10.0.0.1', '  - prefix: 10.0.0.1/32'],
    'scope.yaml:8: "10.0.0.1/32" is listed twice, first on line 7',
    'keep one of the two',
  ],
  [
    'a network without its key',
    ['  - 10.0.0.0/8'],
    'scope.yaml:7: an entry of networks is "10.0.0.0/8", not a network with its prefix',
    'write for example - prefix: 192.0.2.0/24',
  ],
  [
    'a network without a prefix',
    ['  - asn: 64496'],
    'scope.yaml:7: prefix is missing here',
    'write for example prefix: 192.0.2.0/24',
  ],
  [
    'an unknown key in a network',
    ['    asname: X'],
    'scope.yaml:7: unknown key "asname"',
    'did you mean "as_name"?',
  ],
  ['a misspelt key', ['excludes: []'], 'scope.yaml:7: unknown key "excludes"', 'did you mean "exclude"?'],
  [
    'a key of another case',
    ['limits: { perHost: 1 }'],
    'scope.yaml:7: unknown key "perHost"',
    'did you mean "per_host"?',
  ],
  ['an unknown key', ['colour: red'], 'scope.yaml:7: unknown key "colour"', `the keys here are ${KEYS}`],
  [
    'a key of every object',
    ['__proto__: {}'],
    'scope.yaml:7: unknown key "__proto__"',
    `the keys here are ${KEYS}`,
  ],
  ['a number for a key', ['1: x'], 'scope.yaml:7: unknown key "1"', `the keys here are ${KEYS}`],
  [
    'an escape sequence in a key',
    ['"\\e[31m": x'],
    'scope.yaml:7: unknown key "\\u001b[31m"',
    `the keys here are ${KEYS}`,
  ],
  ['a list for a key', ['? [a, b]', ': x'], 'scope.yaml:7: a key here is not a word', SYNTAX],
  [
    'an ASN with other letters',
    ['    asn: ASN64496'],
    'scope.yaml:7: asn is "ASN64496", not an AS number from 1 to 4294967295',
    'write for example asn: 64496',
  ],
  [
    'ASN 0',
    ['    asn: 0'],
    'scope.yaml:7: asn is "0", not an AS number from 1 to 4294967295',
    'write for example asn: 64496',
  ],
  [
    'an ASN of 33 bits',
    ['    asn: 4294967296'],
    'scope.yaml:7: asn is "4294967296", not an AS number from 1 to 4294967295',
    'write for example asn: 64496',
  ],
  [
    'an ASN of 33 bits with letters',
    ['    asn: AS4294967296'],
    'scope.yaml:7: asn is "AS4294967296", not an AS number from 1 to 4294967295',
    'write for example asn: 64496',
  ],
  ...['AS0', 'AS064496', 'XAS64496', 'AS64496 ', 'AS6449x', 'AS64496000000'].map(
    (asn) =>
      [
        `"${asn}" for an ASN`,
        [`    asn: "${asn}"`],
        `scope.yaml:7: asn is "${asn}", not an AS number from 1 to 4294967295`,
        'write for example asn: 64496',
      ] as const,
  ),
  [
    'half an ASN',
    ['    asn: 1.5'],
    'scope.yaml:7: asn is "1.5", not an AS number from 1 to 4294967295',
    'write for example asn: 64496',
  ],
  [
    'a customer number, which would lose its zeros',
    ['    customer: 0010'],
    `scope.yaml:7: customer is "0010", not ${QUOTED_TEXT}`,
    'put it in quotes: "0010"',
  ],
  [
    'a list for a customer',
    ['    customer: [C-1001]'],
    `scope.yaml:7: customer is a list, not ${QUOTED_TEXT}`,
    'write for example customer: C-1001',
  ],
  [
    'a mapping for a customer',
    ['    customer: { id: C-1001 }'],
    `scope.yaml:7: customer is a mapping, not ${QUOTED_TEXT}`,
    'write for example customer: C-1001',
  ],
  [
    'a customer of more than 200 characters',
    [`    customer: ${'x'.repeat(201)}`],
    `scope.yaml:7: customer is "${'x'.repeat(60)}…", not ${QUOTED_TEXT}`,
    'write for example customer: C-1001',
  ],
  ...['\\u2028', '\\u2029', '\\u0007', '\\u0085'].map(
    (escape) =>
      [
        `${escape} in a customer`,
        [`    customer: "C${escape}1"`],
        `scope.yaml:7: customer is "C${escape}1", not ${QUOTED_TEXT}`,
        'write for example customer: C-1001',
      ] as const,
  ),
  [
    'an empty customer',
    ['    customer:'],
    'scope.yaml:7: customer is empty',
    'write for example customer: C-1001',
  ],
  [
    'a text for a list',
    ['exclude: 192.0.2.7'],
    'scope.yaml:7: exclude is "192.0.2.7", not a list of addresses and prefixes',
    EXCLUDE,
  ],
  [
    'a number for an address',
    ['exclude:', '  - 10'],
    'scope.yaml:8: an entry of exclude is "10", not an address or a prefix',
    EXCLUDE,
  ],
  [
    'a canary outside the networks',
    [
      'canaries:',
      '  - { address: 192.0.2.53, probe: dns-any }',
      '  - { address: 192.0.3.53, probe: dns-any }',
    ],
    'scope.yaml:9: the canary "192.0.3.53" lies outside the networks',
    'name a host inside them: nothing else is ever asked',
  ],
  [
    'a canary outside, on the line of its address',
    ['canaries:', '  - probe: dns-any', '    port: 5353', '    address: 192.0.3.53'],
    'scope.yaml:10: the canary "192.0.3.53" lies outside the networks',
    'name a host inside them: nothing else is ever asked',
  ],
  [
    'a canary that is excluded',
    ['exclude: [192.0.2.48/28]', 'canaries:', '  - { address: 192.0.2.53, probe: dns-any }'],
    'scope.yaml:9: the canary "192.0.2.53" is excluded',
    'name another host, or take it out of exclude',
  ],
  [
    'a canary that is there twice',
    ['canaries:', '  - { address: 192.0.2.53, probe: ntp }', '  - { probe: ntp, address: 192.0.2.53 }'],
    'scope.yaml:9: the canary "192.0.2.53" is listed twice, first on line 8',
    'keep one of the two',
  ],
  [
    'a canary that is a network',
    ['canaries: [{ address: 192.0.2.0/24, probe: dns-any }]'],
    'scope.yaml:7: address is "192.0.2.0/24", not an address',
    'write for example address: 192.0.2.53',
  ],
  [
    'a canary without a probe',
    ['canaries:', '  - address: 192.0.2.53'],
    'scope.yaml:8: probe is missing here',
    'write for example probe: dns-any',
  ],
  [
    'a canary that is there twice on one port',
    [
      'canaries:',
      '  - { address: 192.0.2.53, probe: ntp }',
      '  - { address: 192.0.2.53, probe: dns }',
      '  - { address: 192.0.2.53, probe: ntp, port: 5353 }',
      '  - { address: 192.0.2.54, probe: ntp, port: 5353 }',
      '  - { address: 192.0.2.54, probe: ntp, port: 5353 }',
    ],
    'scope.yaml:12: the canary "192.0.2.54" is listed twice, first on line 11',
    'keep one of the two',
  ],
  [
    'more canaries than a run can ask',
    ['canaries:', ...Array.from({ length: 1001 }, () => '  - { address: 192.0.2.53, probe: ntp }')],
    'scope.yaml:8: canaries is a list, not a list of at most 1000 hosts that must answer',
    'write for example canaries: [{ address: 192.0.2.53, probe: dns-any }]',
  ],
  ...['0', '65536', '53.5', '"53"'].map(
    (port) =>
      [
        `${port} for a port`,
        [`canaries: [{ address: 192.0.2.53, probe: ntp, port: ${port} }]`],
        `scope.yaml:7: port is "${port.replaceAll('"', '')}", not a UDP port from 1 to 65535`,
        'write for example port: 5353',
      ] as const,
  ),
  ['no exclusions', ['exclude:'], 'scope.yaml:7: exclude is empty', EXCLUDE],
  [
    'an exclusion with host bits',
    ['exclude:', '  - 192.0.2.7', '  - 192.0.2.129/28'],
    'scope.yaml:9: "192.0.2.129/28" has host bits set',
    'write 192.0.2.128/28 for the network, or 192.0.2.129/32 for the one address',
  ],
  [
    'an IPv6 address that YAML takes for a key',
    ['exclude: [2001:db8::]'],
    'scope.yaml:7: an entry of exclude is a mapping, not an address or a prefix',
    'put an IPv6 address that ends in :: in quotes',
  ],
  ...['{ a: b }', '{ "a:": b, c: d }', '{}'].map(
    (mapping) =>
      [
        `${mapping} for an address`,
        [`exclude: [${mapping}]`],
        'scope.yaml:7: an entry of exclude is a mapping, not an address or a prefix',
        EXCLUDE,
      ] as const,
  ),
  [
    'an empty entry, on the line of its dash',
    ['exclude:', '  - 192.0.2.7', '  -', '  - 192.0.2.8'],
    'scope.yaml:9: an entry of exclude is empty',
    EXCLUDE,
  ],
  [
    'a word that YAML takes for nothing',
    ['exclude: [null]'],
    'scope.yaml:7: an entry of exclude is "null", not an address or a prefix',
    EXCLUDE,
  ],
  [
    'a limit in words',
    ['limits:', '  rate: fast'],
    'scope.yaml:8: rate is "fast", not a whole number of packets per second from 1 to 10000000',
    'write for example rate: 1000',
  ],
  [
    'no rate',
    ['limits: { rate: 0 }'],
    'scope.yaml:7: rate is "0", not a whole number of packets per second from 1 to 10000000',
    'write for example rate: 1000',
  ],
  [
    'too high a rate',
    ['limits: { rate: 10000001 }'],
    'scope.yaml:7: rate is "10000001", not a whole number of packets per second from 1 to 10000000',
    'write for example rate: 1000',
  ],
  [
    'a negative rate',
    ['limits: { per_subnet: -1 }'],
    'scope.yaml:7: per_subnet is "-1", not a number of packets per second from 0.01 to 10000000',
    'write for example per_subnet: 200',
  ],
  [
    'an endless rate',
    ['limits: { per_host: .inf }'],
    'scope.yaml:7: per_host is ".inf", not a number of packets per second from 0.01 to 10000000',
    'write for example per_host: 1',
  ],
  [
    'too slow a rate',
    ['limits: { per_host: 0.001 }'],
    'scope.yaml:7: per_host is "0.001", not a number of packets per second from 0.01 to 10000000',
    'write for example per_host: 1',
  ],
  [
    'an unknown unit',
    ['limits: { reply_bandwidth: 20mbit }'],
    'scope.yaml:7: reply_bandwidth is "20mbit", not bits per second from 1k to 1000G, such as 20M',
    'write for example reply_bandwidth: 20M',
  ],
  [
    'no bandwidth',
    ['limits: { reply_bandwidth: 0 }'],
    'scope.yaml:7: reply_bandwidth is "0", not bits per second from 1k to 1000G, such as 20M',
    'write for example reply_bandwidth: 20M',
  ],
  [
    'empty limits',
    ['limits:'],
    'scope.yaml:7: limits is empty',
    'write for example limits: { rate: 1000, per_subnet: 200 }',
  ],
  [
    "a wrong type in a probe's settings",
    ['dns: { names: example.net }'],
    'scope.yaml:7: dns.names is "example.net", not a list',
    'dns: names that the servers serve, at most 8',
  ],
  [
    "too many of a probe's settings",
    ['dns: { names: [a, b, c, d, e, f, g, h, i] }'],
    'scope.yaml:7: dns.names has more than 8 entries',
    'dns: names that the servers serve, at most 8',
  ],
  [
    "an entry of a probe's settings",
    ['dns:', '  names: [a, ""]'],
    'scope.yaml:8: dns.names[1] is "": too small: expected string to have >=1 characters',
    'dns: names that the servers serve, at most 8',
  ],
  [
    "a mapping for an entry of a probe's settings",
    ['dns: { names: [{ name: a }] }'],
    'scope.yaml:7: dns.names[0] is a mapping, not text',
    'dns: names that the servers serve, at most 8',
  ],
  [
    "a key that nobody meant in a probe's settings",
    ['dns: { colour: red }'],
    'scope.yaml:7: unknown key "colour"',
    'the keys here are names',
  ],
  [
    "a misspelt key in a probe's settings",
    ['dns:', '  name: [x]'],
    'scope.yaml:8: unknown key "name"',
    'did you mean "names"?',
  ],
  [
    "a probe's settings left empty",
    ['snmp:'],
    'scope.yaml:7: snmp is empty',
    '`ampscope init -` prints a scope file with every key and an example',
  ],
  [
    "a probe's settings without a required key",
    ['snmp: {}'],
    'scope.yaml:7: snmp.communities is missing here',
    '`ampscope init -` prints a scope file with every key and an example',
  ],
  [
    'the same key twice',
    ['contact: b@example.net'],
    'scope.yaml:7: the same key twice: "contact: b@example.net"',
    'remove one of the two keys',
  ],
  [
    'a tab',
    ['\t- prefix: 10.0.0.0/8'],
    'scope.yaml:7: a tab in the indentation: "\\u0009- prefix: 10.0.0.0/8"',
    'indent with spaces',
  ],
  [
    'two colons',
    ['exclude: a: b'],
    'scope.yaml:7: a second "key: value" on one line: "exclude: a: b"',
    'put each key on a line of its own, and a text with a colon in quotes',
  ],
  [
    'an open quote',
    ['exclude: ["x'],
    'scope.yaml:7: a text in quotes does not end: "exclude: ["x"',
    'close the quotes',
  ],
  [
    'an open list',
    ['exclude: [192.0.2.7', 'limits: { rate: 5 }'],
    'scope.yaml:8: a list in [ ] does not end before this line: "limits: { rate: 5 }"',
    'close the list with ]',
  ],
  [
    'an open mapping',
    ['limits: { rate: 5', 'exclude: []'],
    'scope.yaml:8: a mapping in { } does not end before this line: "exclude: []"',
    'close the mapping with }',
  ],
  [
    'entries in different columns',
    ['exclude:', '  - 192.0.2.7', ' - 192.0.2.8'],
    'scope.yaml:9: the entries of a list do not begin in the same column: " - 192.0.2.8"',
    'write the - of each entry below that of the entry before it',
  ],
  [
    'no blank after the colon',
    ['exclude:[]', 'limits: {}'],
    'scope.yaml:7: a line without "key: value": "exclude:[]"',
    'write the key, a colon, a blank and the value; a text of several lines in quotes',
  ],
  [
    'an unknown tag',
    ['exclude: !all []'],
    'scope.yaml:7: a YAML tag stands here: "exclude: !all []"',
    'remove the tag, the word that begins with !, or put the text in quotes',
  ],
  [
    'a second document',
    ['---', 'networks: []'],
    'scope.yaml:7: a second YAML document begins here',
    'keep one document, without --- or ... lines',
  ],
  ['an alias', ['exclude: *all'], 'scope.yaml:7: "*all" is a YAML alias', 'write the value out in full'],
  [
    'aliases that would unfold into a billion entries',
    ['x: &a [y, y, y, y, y, y, y, y, y]', 'z: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]'],
    'scope.yaml:8: "*a" is a YAML alias',
    'write the value out in full',
  ],
];

/** [what is wrong, the whole file, message, hint] */
const whole: readonly (readonly [string, readonly string[], string, string])[] = [
  [
    'an empty file',
    [],
    'scope.yaml:1: the file is empty',
    'write its keys; `ampscope init` writes a file to start from',
  ],
  [
    'a file of comments',
    ['# x', ''],
    'scope.yaml:1: the file is empty',
    'write its keys; `ampscope init` writes a file to start from',
  ],
  ['a list', ['- 10.0.0.0/8'], 'scope.yaml:1: the file is not a list of "key: value" lines', SYNTAX],
  ['a word', ['', '10.0.0.0/8'], 'scope.yaml:2: the file is not a list of "key: value" lines', SYNTAX],
  [
    'a directive',
    ['%FOO', '---', ...SOUND],
    'scope.yaml:1: a YAML directive stands here: "%FOO"',
    'remove the line that begins with %',
  ],
  [
    'no organisation',
    SOUND.slice(1),
    'scope.yaml:1: organisation is missing',
    'write for example organisation: Example ISP',
  ],
  [
    'no contact',
    ['# a comment', ...SOUND.slice(0, 2), ...SOUND.slice(3)],
    'scope.yaml:2: contact is missing',
    'write for example contact: noc@example.net',
  ],
  [
    'no networks',
    SOUND.slice(0, 4),
    'scope.yaml:1: networks is missing',
    'write for example networks: [{ prefix: 192.0.2.0/24 }]',
  ],
  [
    'nothing under networks',
    SOUND.slice(0, 5),
    'scope.yaml:5: networks is empty',
    'write for example networks: [{ prefix: 192.0.2.0/24 }]',
  ],
  [
    'an empty list of networks',
    [...SOUND.slice(0, 4), 'networks: []'],
    'scope.yaml:5: networks is empty',
    'write for example networks: [{ prefix: 192.0.2.0/24 }]',
  ],
  [
    'networks as one word',
    [...SOUND.slice(0, 4), 'networks: 10.0.0.0/8'],
    'scope.yaml:5: networks is "10.0.0.0/8", not a list of networks',
    'write for example networks: [{ prefix: 192.0.2.0/24 }]',
  ],
  [
    'another spelling, told rather than what is missing for it',
    ['organization: Example ISP', ...SOUND.slice(1)],
    'scope.yaml:1: unknown key "organization"',
    'did you mean "organisation"?',
  ],
  [
    'a blank organisation',
    ['organisation: " "', ...SOUND.slice(1)],
    `scope.yaml:1: organisation is " ", not ${QUOTED_TEXT}`,
    'write for example organisation: Example ISP',
  ],
  [
    'an organisation of two lines',
    ['organisation: |', '  a', '  b', ...SOUND.slice(1)],
    `scope.yaml:1: organisation is "a\\u000ab\\u000a", not ${QUOTED_TEXT}`,
    'write for example organisation: Example ISP',
  ],
  [
    'a day that does not exist',
    [...HEAD, 'valid_until: 2027-02-30', ...SOUND.slice(4)],
    'scope.yaml:4: valid_until is "2027-02-30", not a day such as 2027-03-31',
    'write for example valid_until: 2027-03-31',
  ],
  [
    'a day without hyphens',
    [...HEAD, 'valid_until: 20270331', ...SOUND.slice(4)],
    'scope.yaml:4: valid_until is "20270331", not a day such as 2027-03-31',
    'write for example valid_until: 2027-03-31',
  ],
  [
    'a time',
    [...HEAD, 'valid_until: 2027-03-31T12:00:00Z', ...SOUND.slice(4)],
    'scope.yaml:4: valid_until is "2027-03-31T12:00:00Z", not a day such as 2027-03-31',
    'write for example valid_until: 2027-03-31',
  ],
  [
    'two mistakes, in another order than that of the keys: the first is told',
    [
      ...HEAD.slice(0, 2)
        .reverse()
        .map((line) => line.replace(/: .*/, ': 5')),
      ...SOUND.slice(2),
    ],
    `scope.yaml:1: authorised_by is "5", not ${QUOTED_TEXT}`,
    'put it in quotes: "5"',
  ],
  [
    'two mistakes: the first is told',
    [...HEAD, 'valid_until: never', ...SOUND.slice(4), 'foo: x'],
    'scope.yaml:4: valid_until is "never", not a day such as 2027-03-31',
    'write for example valid_until: 2027-03-31',
  ],
];

describe('a scope file is refused, with file, line and hint, for', () => {
  for (const [what, lines, message, hint] of added)
    it(what, () => {
      assert.throws(() => parse(...SOUND, ...lines), new UsageError(message, hint));
    });
  for (const [what, lines, message, hint] of whole)
    it(what, () => {
      assert.throws(() => parse(...lines), new UsageError(message, hint));
    });

  it('whatever it is, in one line of message and one of hint', () => {
    for (const [, lines, message, hint] of [...added, ...whole])
      assert.doesNotMatch(`${message}${hint}`, /\p{Cc}|[.]$/u, lines.join().slice(0, 80));
  });
});

describe('a scope file takes', () => {
  const taken: readonly (readonly [string, readonly string[]])[] = [
    ['the first and the last ASN', ['    asn: 1', '  - { prefix: 10.0.0.0/8, asn: 4294967295 }']],
    ['an ASN with its letters', ['    asn: AS64496', '  - { prefix: 10.0.0.0/8, asn: as4294967295 }']],
    ['200 characters', [`    customer: ${'x'.repeat(200)}`, `    as_name: "${' '.repeat(199)}é"`]],
    [
      'canaries at one address with different questions',
      ['probe: ntp', 'probe: dns', 'probe: ntp, port: 1', 'probe: ntp, port: 65535'].map(
        (probe, i) => `${i === 0 ? 'canaries:\n' : ''}  - { address: 192.0.2.53, ${probe} }`,
      ),
    ],
    [
      'canaries whose addresses and questions read the same when they are run together',
      ['canaries:', '  - { address: 192.0.2.5, probe: "3x" }', '  - { address: 192.0.2.53, probe: x }'],
    ],
    ['no canaries and no exclusions', ['canaries: []', 'exclude: []']],
    ['the lowest limits', ['limits: { rate: 1, per_subnet: 0.01, per_host: 0.01, reply_bandwidth: 1000 }']],
    [
      'the highest limits',
      ['limits: { rate: 10000000, per_subnet: 1.0e7, per_host: 1.0e7, reply_bandwidth: 1000000000000 }'],
    ],
  ];
  for (const [what, lines] of taken)
    it(what, () => {
      assert.ok(parse(...SOUND, ...lines));
    });

  it('an ASN as the number that it is, however it is written', () => {
    for (const [written, asn] of [
      ['64496', 64_496],
      ['AS64496', 64_496],
      ['as4294967295', 4_294_967_295],
    ] as const)
      assert.equal(parse(...SOUND, `    asn: ${written}`).networks[0]?.asn, asn);
  });
});

describe("a probe's settings", () => {
  it('may bring a hint of their own', () => {
    const schema = z.string().superRefine((name, context) => {
      context.addIssue({ code: 'custom', message: `"${name}" is no name`, params: { hint: 'write a name' } });
    });
    assert.throws(
      () => parseScopeFile([...SOUND, 'x: y'].join('\n'), 'scope.yaml', [{ key: 'x', schema }]),
      new UsageError('scope.yaml:7: "y" is no name', 'write a name'),
    );
  });
});

describe("what is wrong with a probe's settings", () => {
  for (const [schema, value, message] of [
    [z.array(z.string()), 'x', 'own is "x", not a list'],
    [z.strictObject({}), 'x', 'own is "x", not a mapping'],
    [z.string(), '5', 'own is "5", not text'],
    [z.number(), 'x', 'own is "x", not a number'],
    [z.int(), '1.5', 'own is "1.5", not a whole number'],
    [z.boolean(), 'x', 'own is "x", not true or false'],
    [z.array(z.string()), '', 'own is empty'],
    [z.date(), 'x', 'own is "x", not date'],
    [z.string().max(2), 'xyz', 'own is "xyz": too big: expected string to have <=2 characters'],
    [z.number().max(2), '3', 'own is "3": too big: expected number to be <=2'],
    [z.array(z.string()).min(2), '[a]', 'own is a list: too small: expected array to have >=2 items'],
    [z.array(z.string()).max(1), '[a, b]', 'own has more than 1 entries'],
    [z.string().refine(() => false, 'No such name'), 'x', 'own is "x": no such name'],
  ] as const)
    it(`is told as ${message}`, () => {
      const lines = [...SOUND, `own: ${value}`];
      for (const [given, hint] of [
        [schema, '`ampscope init -` prints a scope file with every key and an example'],
        [schema.describe('what it is'), 'own: what it is'],
      ] as const)
        assert.throws(
          () => parseScopeFile(lines.join('\n'), 'scope.yaml', [{ key: 'own', schema: given }]),
          new UsageError(`scope.yaml:7: ${message}`, hint),
        );
    });

  it('is something: where nothing is wrong there is nothing to tell', () => {
    const source = { value: {}, lineOf: () => 1, keyLineOf: () => 1, writtenAt: () => undefined };
    assert.throws(
      () => scopeProblem([], { name: 'scope.yaml', source, settings, keysAt: () => [] }),
      new RangeError('no issue to tell of'),
    );
  });

  it('names a key that is missing with its place, and tells first what is there and wrong', () => {
    const schema = z.strictObject({ name: z.string(), ports: z.array(z.int()) }).describe('a name');
    const refused = (text: string): UsageError => {
      try {
        parseScopeFile([...SOUND, ...text.split('\n')].join('\n'), 'scope.yaml', [{ key: 'own', schema }]);
      } catch (error) {
        if (error instanceof UsageError) return error;
      }
      throw new Error(`${text} was taken`);
    };
    assert.equal(refused('own:\n  ports: []').message, 'scope.yaml:8: own.name is missing here');
    assert.equal(refused('own:\n  ports: [1, x]').message, 'scope.yaml:8: own.ports[1] is "x", not a number');
    assert.equal(refused('own:\n  ports: [\n  x,\n  y]').message.slice(0, 12), 'scope.yaml:9');
    assert.equal(refused('own:\n  nme: x').hint, 'did you mean "name"?');
  });
});

describe('bandwidths', () => {
  it('are bits per second with decimal multipliers', () => {
    assert.deepEqual(
      ['20M', '500k', '500K', '1.5G', '1.125M', '1G', '20000000', '1000', '1000G'].map(parseBandwidth),
      [20e6, 500e3, 500e3, 1.5e9, 1.125e6, 1e9, 20e6, 1000, 1e12],
    );
  });

  it('are nothing else', () => {
    for (const text of [
      '',
      'M',
      '20m',
      '20 M',
      '20Mbit',
      '-1M',
      '+1M',
      '1e6',
      '0x10',
      '999',
      '0',
      '1001G',
      '1T',
      'NaN',
    ])
      assert.equal(parseBandwidth(text), undefined, text);
  });
});

describe('the template', () => {
  const template = scopeTemplate({ validUntil: '2027-03-31' });

  it('parses as it is, to the defaults', () => {
    const file = parseScopeFile(template, 'scope.yaml', settings);
    assert.equal(file.validUntil, '2027-03-31');
    assert.deepEqual(file.limits, parse(...SOUND).limits);
  });

  it("parses with the probes' settings uncommented too", () => {
    const uncommented = template.replaceAll(/^# (dns|snmp):/gm, '$1:');
    assert.notEqual(uncommented, template);
    const own = probes.flatMap((definition) => definition.settings ?? []);
    const { dns, snmp } = parseScopeFile(uncommented, 'scope.yaml', own).settings;
    assert.deepEqual(dns, {
      names: ['example.net'],
      check: { name: 'www.example.com', address: '192.0.2.80' },
    });
    assert.notEqual(snmp, undefined);
  });

  it('shows every key there is', () => {
    const { properties = {} } = scopeJsonSchema(settings);
    for (const key of [...Object.keys(properties), 'as_name', 'customer', 'per_subnet', 'reply_bandwidth'])
      assert.match(template, new RegExp(`^[ #-]*${key}:`, 'm'), key);
  });

  it('leads nowhere: its networks are documentation prefixes', () => {
    for (const { prefix } of parseScopeFile(template, 'scope.yaml', settings).networks)
      assert.match(formatPrefix(prefix), /^192\.0\.2\./);
  });
});

describe('what is left of the template', () => {
  const left = (change: (text: string) => string) =>
    exampleValuesIn(
      parseScopeFile(change(scopeTemplate({ validUntil: '2027-03-31' })), 'scope.yaml', settings),
    );

  it('is its organisation, who authorised it, and its network under its name', () => {
    const network = 'the network 192.0.2.0/24 of EXAMPLE-AS';
    assert.deepEqual(
      left((text) => text),
      ['organisation', 'authorised_by', network],
    );
    assert.deepEqual(
      left((text) => text.replace('Example ISP', 'Harbour Networks')),
      ['authorised_by', network],
    );
    assert.deepEqual(
      left((text) => text.replace('ticket 4711', 'ticket 4712')),
      ['organisation', network],
    );
    for (const change of [
      (text: string): string => text.replace('EXAMPLE-AS', 'HARBOUR-AS'),
      (text: string): string => text.replace('prefix: 192.0.2.0/24', 'prefix: 192.0.2.0/25'),
    ])
      assert.deepEqual(left(change), ['organisation', 'authorised_by']);
  });
});

describe('the JSON Schema', () => {
  const schema = scopeJsonSchema(settings);

  it('knows every key, which of them are required, and no other', () => {
    assert.deepEqual(Object.keys(schema.properties ?? {}).join(', '), KEYS);
    assert.deepEqual(schema.required, [
      'organisation',
      'authorised_by',
      'contact',
      'valid_until',
      'networks',
    ]);
    assert.equal(schema.additionalProperties, false);
  });

  it('describes every key of our own', () => {
    const ours = Object.entries(schema.properties ?? {}).filter(([key]) => key !== 'snmp');
    for (const [key, value] of ours) assert.ok(typeof value === 'object' && value.description, key);
  });
});
