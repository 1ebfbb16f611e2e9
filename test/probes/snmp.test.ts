import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import snmp from 'net-snmp';
import { snmpSettings } from '../../probes/snmp/communities.js';
import { snmpGetBulk } from '../../probes/snmp/getbulk.js';
import {
  PDU,
  SNMP_TYPE,
  SNMP_VERSION,
  encodeSnmpMessage,
  encodeVarBind,
  readSnmpMessage,
} from '../../probes/snmp/message.js';
import type { SnmpHeader } from '../../probes/snmp/message.js';
import type { Reading } from '../../probes/probe.js';
import { BER, berElement, berInteger, berOid, berToInteger, berToOid } from '../../probes/wire/ber.js';
import { readBerContent, readBerElement, readBerHeader } from '../../probes/wire/ber.js';
import { Reader } from '../../probes/wire/reader.js';
import { captures } from './captures.js';
import { exchangeFrom, exchangeWith } from './exchanges.js';
import { Wire, furtherForms, serverNamed } from './snmp-wire.js';

const probe = snmpGetBulk.build(undefined);
const [getBulk] = probe.sweepForms;
const NONCE = 0x0123_4567;
const request = getBulk.encode(NONCE);
const captured = captures.filter(({ protocol }) => protocol === 'snmp');
const MIB_2 = '1.3.6.1.2.1';

describe('BER', () => {
  const integers: readonly (readonly [value: number, hex: string])[] = [
    [0, '020100'],
    [1, '020101'],
    [127, '02017f'],
    [128, '02020080'],
    [255, '020200ff'],
    [256, '02020100'],
    [-1, '0201ff'],
    [-128, '020180'],
    [-129, '0202ff7f'],
    [0x4000_0000, '020440000000'],
    [0x7fff_ffff, '02047fffffff'],
    [0xffff_ffff, '020500ffffffff'],
  ];
  for (const [value, hex] of integers)
    it(`writes ${value} as ${hex}, and reads it back`, () => {
      assert.equal(hexOf(berInteger(value)), hex);
      assert.equal(berToInteger(berInteger(value).subarray(2)), value);
    });

  it('reads back every integer of 48 bits that it wrote', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 47), max: 2 ** 47 - 1 }), (value) => {
        assert.equal(berToInteger(berInteger(value).subarray(2)), value);
      }),
    );
  });

  it('reads no integer of no octets, or of more than six', () => {
    assert.equal(berToInteger(new Uint8Array()), undefined);
    assert.equal(berToInteger(new Uint8Array(7)), undefined);
    assert.throws(() => berInteger(0.5), RangeError);
    assert.throws(() => berInteger(2 ** 53), RangeError);
  });

  it('writes object identifiers with multi-octet arcs, and reads them back', () => {
    assert.equal(hexOf(berOid('1.3.6.1.4.1.8072.3.2.10')), '060a2b06010401bf0803020a');
    const arc = fc.integer({ min: 0, max: 0xffff_ffff });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 39 }), fc.array(arc, { maxLength: 20 }), (second, arcs) => {
        const oid = [1, second, ...arcs].join('.');
        assert.equal(berToOid(berOid(oid).subarray(2)), oid);
      }),
    );
  });

  it('reads no object identifier that is empty, cut, or has an arc of more than 32 bits', () => {
    assert.equal(berToOid(new Uint8Array()), undefined);
    assert.equal(berToOid(Uint8Array.of(0x2b, 0x86)), undefined);
    assert.equal(berToOid(Uint8Array.of(0x2b, 0xff, 0xff, 0xff, 0xff, 0x7f)), undefined);
  });

  it('writes the shortest length, and reads longer ones too', () => {
    for (const [length, head] of [
      [0, '0400'],
      [127, '047f'],
      [128, '048180'],
      [255, '0481ff'],
      [256, '04820100'],
    ] as const)
      assert.equal(hexOf(berElement(BER.octetString, new Uint8Array(length))).slice(0, head.length), head);
    for (const longForm of ['048101aa', '04820001aa', '0484' + '00000001aa'])
      assert.equal(hexOf(readBerContent(readerOf(longForm), BER.octetString) ?? new Uint8Array()), 'aa');
  });

  it('reads no indefinite length, no tag of several octets, and nothing past the end', () => {
    for (const hex of ['', '30', '3080', '3f8001', '308500000000000', '3082ff'])
      assert.equal(readBerHeader(readerOf(hex)), undefined, hex);
    assert.equal(readBerElement(readerOf('0402aa')), undefined);
    assert.equal(readBerContent(readerOf('0401aa'), BER.integer), undefined);
  });
});

describe('the scope key snmp', () => {
  const accepted: readonly (readonly [given: unknown, communities: readonly string[]])[] = [
    [undefined, ['public']],
    [{}, ['public']],
    [{ communities: ['public', 'private', 'a b', '~'] }, ['public', 'private', 'a b', '~']],
    [{ communities: ['x'.repeat(32)] }, ['x'.repeat(32)]],
  ];
  for (const [given, communities] of accepted)
    it(`takes ${JSON.stringify(given)}, and takes what it made of it again`, () => {
      const settings = snmpSettings.parse(given);
      assert.deepEqual(settings, { communities });
      assert.deepEqual(snmpSettings.parse(settings), settings);
    });

  const refused: readonly (readonly [given: unknown, message: RegExp])[] = [
    [{ communities: [] }, /communities is empty/],
    [{ communities: [''] }, /1 to 32 printable ASCII/],
    [{ communities: ['x'.repeat(33)] }, /1 to 32 printable ASCII/],
    [{ communities: ['pass\n'] }, /1 to 32 printable ASCII/],
    [{ communities: ['秘密'] }, /1 to 32 printable ASCII/],
    [{ communities: [4711] }, /in quotes where it looks like a number/],
    [{ communities: ['public', 'public'] }, /lists "public" twice/],
    [{ communities: ['1', '2', '3', '4', '5'] }, /more than 4 entries/],
    [{ communities: 'public' }, /must be a list, such as \[public\]/],
    [{ community: ['public'] }, /community/],
  ];
  for (const [given, message] of refused)
    it(`refuses ${JSON.stringify(given).slice(0, 60)} and says why`, () => {
      const { error } = snmpSettings.safeParse(given);
      assert.match(error?.issues.map((issue) => issue.message).join('; ') ?? 'accepted', message);
    });
});

describe('the request of snmp-getbulk', () => {
  it('is byte for byte the captured one with 10 repetitions, but for the request-id, then with 50 and 100', () => {
    const asked = [request, ...furtherForms(probe).map((form) => form.encode(NONCE))];
    for (const [i, repetitions] of [10, 50, 100].entries()) {
      const capture = captured.find(({ label }) => label === `GetBulk maxrep ${repetitions} 1.3.6.1.2.1`);
      const copy = capture?.request.slice();
      copy?.set([0x41], 17); // bit 30 of 0x01234567
      assert.deepEqual(asked[i], copy);
    }
    assert.equal(asked.length, 3);
  });

  it('never has more than 100 repetitions, with as many communities as there may be', () => {
    const four = snmpGetBulk.build({ communities: ['a', 'b', 'c', 'd'] });
    const forms = [...four.sweepForms, ...furtherForms(four)];
    assert.equal(forms.length, 12);
    for (const form of forms) assert.ok((readSnmpMessage(form.encode(1))?.fourth ?? 1000) <= 100, form.name);
  });

  it('is one form a community, each of one length whatever the nonce', () => {
    const { sweepForms } = snmpGetBulk.build({ communities: ['public', 'noc-only'] });
    assert.deepEqual(
      sweepForms.map(({ name }) => name),
      ['getbulk-10 public', 'getbulk-10 noc-only'],
    );
    const nonces = fc.oneof(
      fc.integer({ min: 0, max: 2 ** 30 - 1 }),
      fc.constantFrom(0, 1, 127, 128, 2 ** 30 - 1),
    );
    fc.assert(
      fc.property(nonces, (nonce) => {
        assert.deepEqual(
          sweepForms.map((form) => form.encode(nonce).length),
          [40, 42],
        );
      }),
    );
  });

  it('carries every 30-bit nonce, and a response brings it back', () => {
    const nonces = fc.oneof(fc.integer({ min: 0, max: 2 ** 30 - 1 }), fc.constantFrom(0, 1, 2 ** 30 - 1));
    fc.assert(
      fc.property(nonces, (nonce) => {
        const query = getBulk.encode(nonce);
        assert.equal(probe.nonce?.echoed(query), undefined, 'a request is no response');
        const [answer] = serverNamed('snmpd-stock').reply(query);
        assert.ok(answer);
        assert.equal(probe.nonce?.echoed(answer), nonce);
        assert.equal(probe.read(answer, query).kind, 'answer');
      }),
    );
  });

  it('is understood by the agent of net-snmp, whose answer the reader understands', async () => {
    const wire = new Wire();
    const agent = snmp.createAgent({ port: 161, dgramModule: wire }, assert.ifError);
    agent.getAuthorizer().addCommunity('public');
    const scalars = [
      {
        name: 'sysDescr',
        oid: `${MIB_2}.1.1`,
        scalarType: snmp.ObjectType.OctetString,
        value: 'a device, Zürich',
      },
      { name: 'sysObjectID', oid: `${MIB_2}.1.2`, scalarType: snmp.ObjectType.OID, value: '1.3.6.1.4.1.9.1' },
      { name: 'sysUpTime', oid: `${MIB_2}.1.3`, scalarType: snmp.ObjectType.TimeTicks, value: 3_000_000_000 },
      {
        name: 'sysName',
        oid: `${MIB_2}.1.5`,
        scalarType: snmp.ObjectType.OctetString,
        value: 'r1.example.net',
      },
    ];
    for (const { name, oid, scalarType, value } of scalars) {
      const type = snmp.MibProviderType.Scalar;
      agent.registerProvider({ name, type, oid, scalarType, maxAccess: snmp.MaxAccess['read-only'] });
      agent.getMib().setScalarValue(name, value);
    }
    const answer = await wire.ask(request);
    agent.close();
    assert.equal(probe.nonce?.echoed(answer), NONCE);
    assert.deepEqual(probe.read(answer, request), {
      kind: 'answer',
      facts: {
        version: 2,
        community: 'public',
        // RFC 3416 §4.2.3 lets an agent stop at the end of its view; this one fills up with endOfMibView.
        varbinds: 10,
        sysdesc: 'a device, Zürich',
        sysname: 'r1.example.net',
        uptime: 30_000_000,
        vendor_id: 9,
        vendor: 'ciscoSystems',
        end_of_mib_view: true,
      },
    });
  });
});

describe('the reader of snmp-getbulk', () => {
  const header: SnmpHeader = {
    version: SNMP_VERSION.v2c,
    community: new TextEncoder().encode('public'),
    pdu: PDU.response,
    requestId: 0x4000_0000 + NONCE,
    third: 0,
    fourth: 0,
  };
  const text = (value: string): Uint8Array => berElement(BER.octetString, new TextEncoder().encode(value));
  const message = (change: Partial<SnmpHeader>, ...varBinds: readonly Uint8Array[]): Uint8Array =>
    encodeSnmpMessage({ ...header, ...change }, varBinds);
  const sysDescr = encodeVarBind(`${MIB_2}.1.1.0`, text('a device'));
  const other = encodeVarBind(`${MIB_2}.2.1.0`, berInteger(2));
  const end = encodeVarBind(`${MIB_2}.2.1.0`, berElement(SNMP_TYPE.endOfMibView));
  const answer = (facts: object): Reading => ({
    kind: 'answer',
    facts: { version: 2, community: 'public', ...facts },
  });
  const refusal = (reason: string): Reading => ({ kind: 'refusal', reason });
  const failure = (reason: string): Reading => ({ kind: 'refusal', reason, transient: true });
  const unrecognised = (why: string): Reading => ({ kind: 'unrecognised', why });
  const ofVersion = (version: number): Uint8Array => {
    const copy = message({}, other);
    copy[4] = version;
    return copy;
  };

  const table: readonly (readonly [what: string, payload: Uint8Array, reading: Reading])[] = [
    ['a device', message({}, sysDescr, other), answer({ varbinds: 2, sysdesc: 'a device' })],
    ['no bindings', message({}), answer({ varbinds: 0 })],
    ['the end of the view', message({}, end), answer({ varbinds: 1, end_of_mib_view: true })],
    [
      'a sysDescr that is a number',
      message({}, encodeVarBind(`${MIB_2}.1.1.0`, berInteger(1))),
      answer({ varbinds: 1 }),
    ],
    [
      'the last binding cut',
      message({}, sysDescr, other).subarray(0, -1),
      answer({ varbinds: 1, sysdesc: 'a device', complete: false }),
    ],
    [
      'a binding that is none',
      message({}, sysDescr, text('x')),
      answer({ varbinds: 1, sysdesc: 'a device', complete: false }),
    ],
    ['bytes after the message', Uint8Array.from([...message({}, other), 1, 2]), answer({ varbinds: 1 })],
    ['tooBig', message({ third: 1 }), failure('toobig')],
    ['noSuchName', message({ third: 2 }, other), refusal('nosuchname')],
    ['genErr', message({ third: 5 }), failure('generr')],
    ['authorizationError', message({ third: 16 }), refusal('authorizationerror')],
    ['inconsistentName', message({ third: 18 }), refusal('inconsistentname')],
    ['an unknown error', message({ third: 99 }), refusal('error-status-99')],
    ['a negative error', message({ third: -1 }), refusal('error-status--1')],
    [
      'another request-id',
      message({ requestId: 0x4000_0000 + NONCE + 1 }, other),
      unrecognised('another request-id'),
    ],
    [
      'the request-id without bit 30',
      message({ requestId: NONCE }, other),
      unrecognised('another request-id'),
    ],
    [
      'another community',
      message({ community: new TextEncoder().encode('publix') }, other),
      unrecognised('another community'),
    ],
    [
      'a longer community',
      message({ community: new TextEncoder().encode('publics') }, other),
      unrecognised('another community'),
    ],
    [
      '16 bits of the request-id',
      message({ requestId: NONCE & 0xffff }, other),
      answer({ varbinds: 1, deviation: '16 bits of the request-id' }),
    ],
    [
      '16 bits of the request-id, negative',
      message({ requestId: 0x4567 - 0x10000 }, other),
      unrecognised('another request-id'),
    ],
    [
      'an empty community',
      message({ community: new Uint8Array() }, other),
      answer({ varbinds: 1, deviation: 'an empty community' }),
    ],
    ['version 1', ofVersion(0), answer({ varbinds: 1, deviation: 'version 1' })],
    ['the request itself', request, unrecognised('no response PDU')],
    ['a report', message({ pdu: 0xa8 }, other), unrecognised('no response PDU')],
    ['SNMPv3', ofVersion(3), unrecognised('no message of this version')],
    ['nothing', new Uint8Array(), unrecognised('no message of this version')],
    [
      'a set in place of the sequence',
      Uint8Array.from([0x31, ...message({}, other).subarray(1)]),
      unrecognised('no message of this version'),
    ],
  ];
  for (const [what, payload, reading] of table)
    it(`reads ${what} as ${reading.kind}`, () => {
      assert.deepEqual(probe.read(payload, request), reading);
    });

  it('reads every cut within the header as unrecognised, and every later one as an incomplete answer', () => {
    const whole = message({}, sysDescr, other);
    const headerBytes = message({}).length;
    for (let length = 0; length < whole.length; length++) {
      const reading = probe.read(whole.subarray(0, length), request);
      if (length < headerBytes) assert.equal(reading.kind, 'unrecognised', `${length} bytes`);
      else assert.equal(reading.kind === 'answer' && reading.facts['complete'], false, `${length} bytes`);
    }
  });

  it('takes 16 bits of a request-id with their sign too', () => {
    const high = getBulk.encode(0x0123_8001);
    const reading = probe.read(message({ requestId: 0x8001 - 0x10000 }, other), high);
    assert.equal(reading.kind === 'answer' && reading.facts['deviation'], '16 bits of the request-id');
  });

  it('takes no answer for a request that is no SNMPv2c message', () => {
    assert.equal(probe.read(message({}, other), Uint8Array.of(1)).kind, 'unrecognised');
  });

  it('keeps texts short, and any octets readable', () => {
    const long = probe.read(message({}, encodeVarBind(`${MIB_2}.1.1.0`, text('x'.repeat(600)))), request);
    assert.equal(long.kind === 'answer' && String(long.facts['sysdesc']).length, 512);
    const latin1 = berElement(BER.octetString, Uint8Array.of(0x5a, 0xfc, 0x72));
    const odd = probe.read(message({}, encodeVarBind(`${MIB_2}.1.5.0`, latin1)), request);
    assert.equal(odd.kind === 'answer' && odd.facts['sysname'], 'Z\ufffdr');
  });

  it('takes an uptime for unsigned, with and without its leading zero', () => {
    for (const octets of [
      [0xff, 0xff, 0xff, 0xff],
      [0, 0xff, 0xff, 0xff, 0xff],
    ]) {
      const ticks = berElement(SNMP_TYPE.timeTicks, Uint8Array.from(octets));
      const reading = probe.read(message({}, encodeVarBind(`${MIB_2}.1.3.0`, ticks)), request);
      assert.equal(reading.kind === 'answer' && reading.facts['uptime'], Math.floor(0xffff_ffff / 100));
    }
  });

  it('gives a Reading for mutated captures and random bytes', () => {
    const payloads = captured.flatMap(({ responses }) => responses).filter(({ length }) => length < 4000);
    const mutated = fc
      .tuple(fc.constantFrom(...payloads), fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat())
      .map(([payload, at, octet, cut]) => {
        const copy = payload.slice(0, payload.length - (cut % payload.length));
        copy[at % Math.min(60, copy.length)] = octet;
        return copy;
      });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 300 })), (payload) => {
        assert.match(probe.read(payload, request).kind, /^(answer|refusal|unrecognised)$/);
        probe.nonce?.echoed(payload);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives a Reading for any bytes behind a matching header', () => {
    const head = message({}).subarray(0, -2);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (tail) => {
        assert.match(
          probe.read(Uint8Array.from([...head, 0x30, 0x82, 0x01, 0x00, ...tail]), request).kind,
          /answer/,
        );
      }),
    );
  });
});

describe('what snmp-getbulk judges', () => {
  it('is shown by GetNext where every GetBulk is too big for the agent', () => {
    const tooBig = exchange({ kind: 'refusal', reason: 'toobig', transient: true });
    const ask = probe.next([tooBig]);
    assert.equal(ask?.form.name, 'getnext public');
    const getNext = exchange(answer({ community: 'public', varbinds: 1 }), 80, 'getnext public');
    assert.equal(probe.next([tooBig, getNext]), undefined);
    assert.equal(probe.judge([tooBig, getNext]).kind, 'exposure');
    assert.equal(probe.judge([tooBig]).kind, 'refusal');
  });

  const exchange = (reading: Reading, payloadBytes = 500, form = getBulk.name) =>
    exchangeWith({ form, request, replies: [{ payloadBytes, reading }] });
  const refusal: Reading = { kind: 'refusal', reason: 'generr' };
  const answer = (facts: Extract<Reading, { kind: 'answer' }>['facts']): Reading => ({
    kind: 'answer',
    facts,
  });

  it('is nothing, a refusal or an exposure', () => {
    assert.deepEqual(probe.judge([]), { kind: 'nothing' });
    assert.deepEqual(probe.judge([exchange({ kind: 'unrecognised', why: 'another request-id' })]), {
      kind: 'nothing',
    });
    assert.deepEqual(probe.judge([exchange(refusal)]), refusal);
    assert.equal(probe.judge([exchange(refusal), exchange(answer({ community: 'x' }))]).kind, 'exposure');
  });

  it('names the device and the form by the strongest answer, and every community that was answered', () => {
    const weak = exchange(answer({ community: 'noc-only', varbinds: 1, sysdesc: 'weak' }), 100);
    const facts = { community: 'public', varbinds: 9, sysdesc: 'strong', sysname: 'r1', uptime: 273_906 };
    const vendor = { vendor_id: 9, vendor: 'ciscoSystems' };
    const strong = exchange(answer({ ...facts, ...vendor }), 900, 'getbulk-100 public');
    assert.deepEqual(probe.judge([weak, strong]), {
      kind: 'exposure',
      tags: ['snmp-v2c', 'default-community'],
      detail:
        'sysDescr: strong; sysName: r1; sysUpTime: 3 d 04:05:06; vendor: ciscoSystems (enterprise 9); communities: noc-only, public; strongest: getbulk-100 public',
      facts: { ...facts, ...vendor },
      atLeast: {
        level: 'medium',
        reason: 'it answers a community: whoever knows it reads the device, however little it amplifies',
      },
    });
  });

  it('takes what another answer tells of the device, and nothing else of it', () => {
    const weak = exchange(
      answer({ community: 'public', varbinds: 1, sysname: 'r1', end_of_mib_view: true }),
      100,
    );
    const strong = exchange(answer({ community: 'public', varbinds: 100 }), 900);
    const judgement = probe.judge([weak, strong]);
    assert.deepEqual(judgement.kind === 'exposure' && judgement.facts, {
      community: 'public',
      varbinds: 100,
      sysname: 'r1',
    });
  });

  it('tags no community of the owner as a default one', () => {
    const judgement = probe.judge([
      exchange(answer({ community: 'noc-only', varbinds: 1, vendor_id: 99_999 })),
    ]);
    assert.deepEqual(judgement.kind === 'exposure' && judgement.tags, ['snmp-v2c']);
    assert.equal(
      judgement.kind === 'exposure' && judgement.detail,
      'vendor: enterprise 99999; community: noc-only; strongest: getbulk-10 public',
    );
  });

  it('asks further only in the name of communities that were answered', () => {
    const two = snmpGetBulk.build({ communities: ['public', 'noc-only'] });
    const done = [exchange(answer({ community: 'noc-only' }), 500, 'getbulk-10 noc-only')];
    assert.equal(two.next(done)?.form.name, 'getbulk-50 noc-only');
    done.push(exchange(answer({ community: 'noc-only' }), 500, 'getbulk-50 noc-only'));
    assert.equal(two.next(done)?.form.name, 'getbulk-100 noc-only');
    done.push(exchange(refusal, 40, 'getbulk-100 noc-only'));
    assert.equal(two.next(done), undefined);
  });

  it('asks no more where an answer reached the end of what may be seen', () => {
    const two = snmpGetBulk.build({ communities: ['public', 'noc-only'] });
    const whole = exchange(answer({ community: 'public', end_of_mib_view: true }));
    assert.equal(two.next([whole]), undefined);
    const other = exchange(answer({ community: 'noc-only' }), 500, 'getbulk-10 noc-only');
    assert.equal(two.next([whole, other])?.form.name, 'getbulk-50 noc-only');
  });
});

describe('the SNMP agents of the lab', () => {
  it('snmpd-stock answers each captured number of repetitions in the captured size', () => {
    const sizes = captured
      .filter(
        ({ file, label }) =>
          file === 'snmp-snmpd-open.json' && /^GetBulk maxrep \d+ 1\.3\.6\.1\.2\.1$/.test(label),
      )
      .map(({ request: asked, sizes: of }) => [
        of,
        serverNamed('snmpd-stock')
          .reply(asked)
          .map(({ length }) => length),
      ]);
    assert.ok(sizes.length >= 9);
    for (const [given, ours] of sizes) assert.deepEqual(ours, given);
  });

  it('snmpd-system-only answers with the measured 1,546 bytes, up to the end of its view', () => {
    const [fifty = getBulk] = furtherForms(probe);
    const query = fifty.encode(NONCE);
    const [answer, ...others] = serverNamed('snmpd-system-only').reply(query);
    assert.ok(answer && others.length === 0);
    assert.equal(answer.length, 1546);
    const reading = probe.read(answer, query);
    assert.equal(reading.kind === 'answer' && reading.facts['end_of_mib_view'], true);
  });

  it('snmpd-own-community is silent to public; no answer is taken for a question', () => {
    assert.deepEqual(serverNamed('snmpd-own-community').reply(request), []);
    assert.equal(snmpGetBulk.build({ communities: ['only-the-noc'] }).sweepForms[0].encode(1).length, 46);
    for (const emulated of snmpGetBulk.emulatedServers) {
      const [answer = new Uint8Array()] = emulated.reply(request);
      assert.deepEqual(emulated.reply(answer), []);
      fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => emulated.reply(bytes).length <= 1));
    }
  });

  it('answer a Get and a GetNext of v2c with a value each, or with why there is none', () => {
    const { v2c: version } = SNMP_VERSION;
    const community = new TextEncoder().encode('public');
    const ask = (pdu: number, ...oids: string[]) => {
      const numbers = { requestId: 7, third: 0, fourth: 0 };
      const bindings = oids.map((oid) => encodeVarBind(oid));
      const query = encodeSnmpMessage({ version, community, pdu, ...numbers }, bindings);
      const [answer = new Uint8Array()] = serverNamed('snmpd-stock').reply(query);
      return readSnmpMessage(answer)?.varBinds.map(({ oid, type }) => [oid, type]);
    };
    assert.deepEqual(ask(PDU.get, `${MIB_2}.1.5.0`, `${MIB_2}.1.5`), [
      [`${MIB_2}.1.5.0`, BER.octetString],
      [`${MIB_2}.1.5`, SNMP_TYPE.noSuchObject],
    ]);
    assert.deepEqual(ask(PDU.getNext, `${MIB_2}.1.5`, '2.5'), [
      [`${MIB_2}.1.5.0`, BER.octetString],
      ['2.5', SNMP_TYPE.endOfMibView],
    ]);
    assert.equal(ask(0xa3, `${MIB_2}.1.5.0`), undefined, 'a Set is never answered');
  });

  it('are read alike by net-snmp and by our reader', async () => {
    const emulated = serverNamed('snmpd-stock');
    const session = snmp.createSession('127.0.0.1', 'public', {
      version: snmp.Version2c,
      retries: 0,
      timeout: 1000,
      dgramModule: new Wire(emulated),
    });
    const theirs = await new Promise<readonly (readonly [string, number])[]>((resolve, reject) => {
      session.getBulk([MIB_2], 0, 100, (error, varBinds) => {
        if (error) reject(error);
        else resolve((varBinds ?? []).flat().map(({ oid, type }) => [oid, type]));
      });
    });
    session.close();
    const hundred = furtherForms(probe).at(-1)?.encode(NONCE);
    const [answer = new Uint8Array()] = emulated.reply(hundred ?? request);
    const ours = readSnmpMessage(answer)?.varBinds.map(({ oid, type }) => [oid, type]);
    assert.equal(theirs.length, 100);
    assert.deepEqual(ours, theirs);
  });

  it('are judged by what they show', () => {
    const asked = [getBulk, ...furtherForms(probe)].map((form) =>
      exchangeFrom(serverNamed('snmpd-stock'), form.name, form.encode(NONCE), probe),
    );
    const judgement = probe.judge(asked);
    assert.ok(judgement.kind === 'exposure');
    assert.match(
      judgement.detail ?? '',
      /^sysDescr: Linux lab .*; sysName: r1; sysUpTime: 0 d 00:00:58; vendor: net-snmp \(enterprise 8072\); community: public; strongest: getbulk-100 public$/,
    );
    assert.equal(judgement.facts?.['varbinds'], 100);
  });
});

function readerOf(hex: string): Reader {
  return new Reader(Uint8Array.from(Buffer.from(hex, 'hex')));
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
