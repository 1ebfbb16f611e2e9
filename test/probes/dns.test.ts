import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import dnsPacket from 'dns-packet';
import fc from 'fast-check';
import type * as z from 'zod';
import { dnsAny } from '../../probes/dns/any.js';
import { CLASS_CH, rdataOf, readDnsMessage } from '../../probes/dns/message.js';
import { rcodeOf } from '../../probes/dns/reply.js';
import { dnsSettings } from '../../probes/dns/settings.js';
import type { Probe, Reading, RequestForm } from '../../probes/probe.js';
import type { Exchange } from '../../src/domain/exchange.js';
import { captures } from './captures.js';
import {
  ID,
  asResponse,
  bareHeader,
  concat,
  converse as converseWith,
  namesOf,
  questionsOf,
  reply,
  serverNamed,
  type Server,
} from './dns-messages.js';
import { exchangeFrom, exchangeOf, exchangeWith } from './exchanges.js';

const ofFatTest = dnsAny.build({ names: ['fat.test'] });
const [anyFatTest] = ofFatTest.sweepForms;
const request = anyFatTest.encode(ID);
const captured = captures.filter(({ protocol, request: query }) => protocol === 'dns' && query.length > 0);

describe('the scope key dns', () => {
  const accepted: readonly (readonly [given: unknown, names: readonly string[]])[] = [
    [undefined, []],
    [{}, []],
    [{ names: [] }, []],
    [{ names: ['example.net'] }, ['example.net']],
    [{ names: ['Example.NET.'] }, ['example.net']],
    [
      { names: ['_dmarc.example.net', 'xn--r8jz45g.jp', 'net', '1-2.example'] },
      ['_dmarc.example.net', 'xn--r8jz45g.jp', 'net', '1-2.example'],
    ],
    [{ names: [`${'a'.repeat(63)}.example`] }, [`${'a'.repeat(63)}.example`]],
    [{ names: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] }, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']],
  ];
  it('takes a check of either family, and writes the address in its one form', () => {
    const parsed = (address: string): unknown =>
      dnsSettings.parse({ check: { name: 'WWW.example.net.', address } }).check;
    assert.deepEqual(parsed('192.0.2.80'), { name: 'www.example.net', address: '192.0.2.80' });
    assert.deepEqual(parsed('2001:DB8:0::80'), { name: 'www.example.net', address: '2001:db8::80' });
    assert.deepEqual(dnsSettings.parse(dnsSettings.parse({ check: parsed('2001:DB8::80') })), {
      names: [],
      check: { name: 'www.example.net', address: '2001:db8::80' },
    });
  });

  for (const [given, names] of accepted) {
    it(`takes ${JSON.stringify(given)}, and takes what it made of it again`, () => {
      const settings = dnsSettings.parse(given);
      assert.deepEqual(settings, { names });
      assert.deepEqual(dnsSettings.parse(settings), settings);
    });
  }

  const refused: readonly (readonly [given: unknown, message: RegExp])[] = [
    [{ names: [''] }, /is not a host name: it is empty/],
    [{ names: ['.'] }, /the root is asked anyway/],
    [{ names: ['example.net..'] }, /a label between its dots is empty/],
    [{ names: ['.example.net'] }, /a label between its dots is empty/],
    [{ names: ['exa mple.net'] }, /"exa mple" has a character other than/],
    [{ names: ['例え.jp'] }, /write international names as xn--/],
    [{ names: ['-a.net'] }, /begins or ends with a hyphen/],
    [{ names: ['a-.net'] }, /begins or ends with a hyphen/],
    [{ names: ['192.0.2.1'] }, /its last label is a number, as in an address/],
    [{ names: [`${'a'.repeat(64)}.example`] }, /longer than 63 characters/],
    [{ names: [`${'abcdefg.'.repeat(32)}net`] }, /longer than 253 characters/],
    [{ names: ['a.net', 'A.net.'] }, /names lists "a\.net" twice/],
    [{ names: 'example.net' }, /names must be a list of host names/],
    [{ names: [7] }, /a host name must be text/],
    [{ names: Array.from({ length: 9 }, (_, i) => `n${i}.net`) }, /more than 8 entries/],
    [{ name: ['example.net'] }, /name/],
    ['example.net', /object/],
    [{ check: { name: 'www.example.net' } }, /the address of check must be text/],
    [{ check: { name: 'www.example.net', address: '192.0.2.256' } }, /"192\.0\.2\.256" is not an address/],
    [{ check: { name: '.', address: '192.0.2.80' } }, /is not a host name/],
    [{ check: 'www.example.net' }, /check must be a name and its address/],
    [{ check: { name: 'www.example.net', address: '192.0.2.80', type: 'A' } }, /type/],
  ];
  for (const [given, message] of refused) {
    it(`refuses ${JSON.stringify(given).slice(0, 60)} and says why`, () => {
      const { error } = dnsSettings.safeParse(given);
      assert.match(messageOf(error), message);
    });
  }

  it('bounds every accepted name so that it can be encoded', () => {
    const label = fc.stringMatching(/^[a-z0-9_-]{1,63}$/);
    const name = fc.array(label, { minLength: 1, maxLength: 6 }).map((labels) => labels.join('.'));
    fc.assert(
      fc.property(name, (text) => {
        const settings = dnsSettings.safeParse({ names: [text] });
        if (!settings.success) return;
        const [form] = dnsAny.build(settings.data).sweepForms;
        assert.deepEqual(questionsOf(form.encode(1)), [{ name: text, type: 'ANY', class: 'IN' }]);
      }),
    );
  });
});

describe('the query of dns-any', () => {
  it('is byte for byte the captured one', () => {
    const capture = captures.find(
      ({ file, label }) => file === 'dns-bind9-open.json' && label === 'ANY fat.test EDNS4096 DO',
    );
    assert.deepEqual(request, capture?.request);
  });

  it('says what its form name says, as dns-packet reads it', () => {
    const forms = allForms(dnsAny.build({ names: ['example.net'] })).concat(
      allForms(dnsAny.build(undefined)),
    );
    const seen = forms.map((form) => {
      const { questions, additionals, flag_rd: rd } = dnsPacket.decode(Buffer.from(form.encode(ID)));
      const [opt] = additionals ?? [];
      const edns = opt?.type === 'OPT' ? `${opt.udpPayloadSize}${opt.flag_do ? ' DO' : ''}` : 'none';
      return [form.name, ...(questions ?? []).map((q) => `${q.type} ${q.name}`), edns, rd];
    });
    assert.deepEqual(seen, [
      ['any-edns4096-do example.net', 'ANY example.net', '4096 DO', true],
      ['any-edns4096-do example.net', 'ANY example.net', '4096 DO', true],
      ['any-edns1232-do example.net', 'ANY example.net', '1232 DO', true],
      ['any example.net', 'ANY example.net', 'none', true],
      ['any-edns4096-do .', 'ANY .', '4096 DO', true],
      ['dnskey-edns4096-do .', 'DNSKEY .', '4096 DO', true],
      ['any-edns4096-do .', 'ANY .', '4096 DO', true],
      ['any-edns1232-do .', 'ANY .', '1232 DO', true],
      ['any .', 'ANY .', 'none', true],
    ]);
  });

  it('carries every 16-bit nonce, and a response brings it back', () => {
    for (let nonce = 0; nonce < 65_536; nonce++) {
      const query = anyFatTest.encode(nonce);
      assert.equal(query.length, request.length);
      assert.equal(ofFatTest.nonce?.echoed(query), undefined, 'a query is no response');
      assert.equal(ofFatTest.nonce?.echoed(asResponse(query)), nonce);
    }
  });
});

describe('the reader of dns-any', () => {
  type Table = readonly (readonly [what: string, payload: Uint8Array, reading: Reading])[];
  const refusal = (reason: string): Reading => ({ kind: 'refusal', reason });
  const failure = (reason: string): Reading => ({ kind: 'refusal', reason, transient: true });
  const unrecognised = (why: string): Reading => ({ kind: 'unrecognised', why });
  const rcode = (code: number): Uint8Array => reply({ flags: code });
  const a = { name: 'fat.test', type: 'A', ttl: 60, data: '192.0.2.1' } as const;
  const ns = { name: '.', type: 'NS', ttl: 60, data: 'a.root-servers.net' } as const;
  const soaData = { mname: 'ns1.fat.test', rname: 'host.fat.test', serial: 1 };
  const soa = { name: 'fat.test', type: 'SOA', ttl: 60, data: soaData } as const;
  const hinfo = { name: 'fat.test', type: 'HINFO', ttl: 60, data: { cpu: 'RFC8482', os: '' } } as const;
  const facts = (more: object): Reading => ({
    kind: 'answer',
    facts: { rcode: 'noerror', aa: false, ra: false, tc: false, answers: 0, ...more },
  });

  const table: Table = [
    ['FORMERR', rcode(1), failure('formerr')],
    ['SERVFAIL', rcode(2), failure('servfail')],
    ['NXDOMAIN', rcode(3), failure('nxdomain')],
    ['NOTIMP', rcode(4), refusal('notimp')],
    ['REFUSED', rcode(5), refusal('refused')],
    ['an error without a name', rcode(12), failure('rcode-12')],
    [
      'BADVERS, whose upper bits stand in the OPT record',
      reply({}, [], [], [badVersion()]),
      failure('badvers'),
    ],
    ['REFUSED with TC', reply({ flags: 0x0205 }), refusal('refused')],
    ['NOERROR with nothing', reply({}), failure('empty')],
    ['NOERROR with the SOA of a name that has nothing', reply({}, [], [soa]), failure('empty')],
    ['the bare header with REFUSED', bareHeader(0x8105), refusal('refused')],
    ['the bare header with NOERROR', bareHeader(0x8100), unrecognised('no question echoed')],
    ['a bare header and one byte', concat(bareHeader(0x8105), [0]), unrecognised('no question echoed')],
    ['one A record', reply({}, [a]), facts({ answers: 1 })],
    ['AA and RA', reply({ flags: 0x0480 }, [a, soa]), facts({ aa: true, ra: true, answers: 2 })],
    [
      'one record set with AA, which may be all there is',
      reply({ flags: 0x0400 }, [a]),
      facts({ aa: true, answers: 1, only_type: 'A' }),
    ],
    [
      'REFUSED with an extended error',
      reply({ flags: 5 }, [], [], [extendedError(18)]),
      refusal('refused (EDE 18 Prohibited)'),
    ],
    [
      'an answer out of a stale cache, which says so in its own words',
      reply({}, [a], [], [extendedError(3, 'no upstream')]),
      facts({ answers: 1, edns_size: 1232, extended_error: 'EDE 3 Stale Answer: no upstream' }),
    ],
    [
      'an extended error that is cut short',
      reply({ flags: 5 }, [], [], [extendedError(18)]).subarray(0, -1),
      refusal('refused'),
    ],
    ['TC without answers', reply({ flags: 0x0200 }), facts({ tc: true })],
    ['TC with answers', reply({ flags: 0x0200 }, [a]), facts({ tc: true, answers: 1 })],
    ['an error with answers', reply({ flags: 3 }, [a]), facts({ rcode: 'nxdomain', answers: 1 })],
    ['a referral to the root', reply({}, [], [ns]), facts({ referral: true })],
    ['HINFO RFC8482', reply({}, [hinfo]), facts({ answers: 1, minimal_any: true })],
    [
      'the SOA alone with AA',
      reply({ flags: 0x0400 }, [soa]),
      facts({ aa: true, answers: 1, minimal_any: true }),
    ],
    ['the SOA alone out of a cache', reply({}, [soa]), facts({ answers: 1 })],
    ['an answer cut short', reply({}, [a, a]).subarray(0, -5), facts({ answers: 1, complete: false })],
    ['bytes after the message', concat(reply({}, [a]), [1, 2, 3]), facts({ answers: 1 })],
    ['the question in other letters', reply({ question: { name: 'FaT.tEsT' } }, [a]), facts({ answers: 1 })],
    ['the query itself', request, unrecognised('a query, not a response')],
    ['another opcode', reply({ flags: 0x2000 }, [a]), unrecognised('opcode 4')],
    ['another id', reply({ id: ID + 1 }, [a]), unrecognised('another id')],
    ['another name', reply({ question: { name: 'fat.tess' } }, [a]), unrecognised('another question')],
    ['a longer name', reply({ question: { name: 'a.fat.test' } }, [a]), unrecognised('another question')],
    ['another type', reply({ question: { type: 'A' } }, [a]), unrecognised('another question')],
    ['another class', reply({ question: { class: 'CH' } }, [a]), unrecognised('another question')],
    ['two questions', reply({ twice: true }, [a]), unrecognised('another question')],
    [
      'an answer to the name without its question',
      withoutQuestion('fat.test'),
      facts({ ra: false, answers: 1 }),
    ],
    [
      'an answer to another name without a question',
      withoutQuestion('fat.tess'),
      unrecognised('no question echoed'),
    ],
    ['nothing', new Uint8Array(), unrecognised('no DNS header and question')],
  ];
  for (const [what, payload, reading] of table)
    it(`reads ${what} as ${reading.kind}`, () => {
      assert.deepEqual(ofFatTest.read(payload, request), reading);
    });

  it('reads a header of any length below twelve bytes as unrecognised', () => {
    for (let length = 0; length < 12; length++)
      assert.equal(ofFatTest.read(bareHeader(0x8105).subarray(0, length), request).kind, 'unrecognised');
  });

  it('takes no answer for a request that is no query', () => {
    assert.equal(ofFatTest.read(reply({}, [a]), Uint8Array.of(1, 2, 3)).kind, 'unrecognised');
    assert.equal(ofFatTest.read(reply({}, [a]), asResponse(request)).kind, 'unrecognised');
  });

  it('agrees with dns-packet on every captured datagram', () => {
    let compared = 0;
    for (const { request: query, responses } of captured) {
      for (const payload of responses) {
        const packet = dnsPacket.decode(Buffer.from(payload)) as dnsPacket.DecodedPacket & { rcode: string };
        const reading = ofFatTest.read(payload, query);
        assert.notEqual(reading.kind, 'unrecognised');
        if (reading.kind === 'refusal') assert.equal(rcodeOf(reading.reason), packet.rcode.toLowerCase());
        if (reading.kind !== 'answer') continue;
        const opt = packet.additionals?.find(({ type }) => type === 'OPT');
        const { minimal_any, only_type, version, ...facts } = reading.facts;
        const [answer] = packet.answers ?? [];
        assert.equal(version, answer?.type === 'TXT' && asksChaos(query) ? textIn(answer) : undefined);
        if (only_type !== undefined) assert.equal(answer?.type, only_type);
        assert.ok(minimal_any === undefined || only_type === undefined);
        assert.deepEqual(
          { edns_size: undefined, ...facts },
          {
            rcode: packet.rcode.toLowerCase(),
            aa: packet.flag_aa,
            ra: packet.flag_ra,
            tc: packet.flag_tc,
            answers: packet.answers?.length,
            edns_size: opt?.type === 'OPT' ? opt.udpPayloadSize : undefined,
          },
        );
        compared++;
      }
    }
    assert.ok(compared > 100, `only ${compared} answers were compared`);
  });

  it('agrees with dns-packet on answers that dns-packet made', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const address = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
    fc.assert(
      fc.property(
        fc.array(address, { maxLength: 40 }),
        fc.array(address, { maxLength: 5 }),
        (first, second) => {
          const records = (list: readonly string[]) => list.map((data) => ({ ...a, data }));
          const message = readDnsMessage(reply({}, records(first), records(second)));
          assert.equal(message?.complete, true);
          assert.deepEqual(
            message.records.map((record) => [record.section, rdataOf(message.payload, record).join('.')]),
            [...first.map((data) => ['answer', data]), ...second.map((data) => ['authority', data])],
          );
        },
      ),
    );
  });

  it('gives a Reading for any bytes behind a matching header', () => {
    const head = asResponse(request).subarray(0, 26);
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.uint8Array({ minLength: 6, maxLength: 6 }),
        (tail, counts) => {
          const payload = concat(head, [...tail]);
          payload.set(counts, 6);
          assert.match(ofFatTest.read(payload, request).kind, /^(answer|refusal)$/);
        },
      ),
    );
  });

  it('gives a Reading for mutated captures and random bytes', () => {
    const anyCapture = fc.constantFrom(...captured.flatMap(({ responses }) => responses));
    const mutation = fc.tuple(anyCapture, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat());
    const mutated = mutation.map(([payload, at, octet, cut]) => {
      const copy = payload.slice(0, payload.length - (cut % payload.length));
      copy[at % copy.length] = octet;
      return copy;
    });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 600 })), (payload) => {
        assert.match(ofFatTest.read(payload, request).kind, /^(answer|refusal|unrecognised)$/);
        ofFatTest.nonce?.echoed(payload);
      }),
      { numRuns: 2000 },
    );
  });

  it('is not held up by compression pointers that point at themselves', () => {
    const loops = Array.from({ length: 5000 }, () => [0xc0, 0x1a, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]).flat();
    const payload = concat(asResponse(request).subarray(0, 26), loops);
    payload.set([0xff, 0xff, 0, 0, 0, 0], 6);
    const before = process.cpuUsage();
    const reading = ofFatTest.read(payload, request);
    assert.deepEqual(reading, facts({ answers: 5000, complete: false }));
    assert.ok(process.cpuUsage(before).user < 500_000, 'half a second for 60,000 bytes');
  });
});

describe('what dns-any asks next', () => {
  const fat = serverNamed('bind9-open');
  const small = serverNamed('bind9-minimal-any');
  const refusing = serverNamed('unbound-refuse');
  const truncating = serverNamed('pdns-any-to-tcp');
  const middling = serverNamed('bind9-default');
  const nothing: Server = { reply: () => [] };

  it('is the further names, then the same again and the smaller sizes for the strongest', () => {
    const strongestIsB: Server = {
      reply: (query) => (questionsOf(query)[0]?.name === 'b.net' ? fat : middling).reply(query),
    };
    assert.deepEqual(namesOf(converse({ names: ['a.net', 'b.net', 'c.net'] }, strongestIsB)), [
      'any-edns4096-do a.net',
      'any-edns4096-do b.net',
      'any-edns4096-do c.net',
      'any-edns4096-do b.net',
      'any-edns1232-do b.net',
      'any b.net',
    ]);
  });

  it('is TXT and DNSKEY of the names where ANY says little, and DNSKEY of the root', () => {
    const names = ['a.net', 'b.net', 'c.net'];
    for (const little of [small, serverNamed('rfc8482-hinfo'), serverNamed('empty-any'), truncating]) {
      const littleOfB: Server = {
        reply: (query) => (questionsOf(query)[0]?.name === 'b.net' ? little : middling).reply(query),
      };
      assert.deepEqual(namesOf(converse({ names }, littleOfB)).slice(0, 6), [
        'any-edns4096-do a.net',
        'any-edns4096-do b.net',
        'any-edns4096-do c.net',
        'txt-edns4096-do b.net',
        'dnskey-edns4096-do b.net',
        'dnskey-edns4096-do .',
      ]);
    }
  });

  it('makes TXT the strongest where ANY is minimal, and names it', () => {
    for (const name of ['bind9-minimal-any', 'rfc8482-hinfo', 'empty-any']) {
      const done = converse({ names: ['fat.test'] }, serverNamed(name));
      assert.deepEqual(namesOf(done).slice(-3), [
        'txt-edns4096-do fat.test',
        'txt-edns1232-do fat.test',
        'txt fat.test',
      ]);
      const judgement = ofFatTest.judge(done);
      assert.ok(judgement.kind === 'exposure');
      assert.match(judgement.detail ?? '', /^strongest: TXT fat\.test, EDNS 4096, 1773 bytes; (AA|RA)$/);
      assert.equal(judgement.facts?.['strongest'], 'TXT fat.test, EDNS 4096');
    }
  });

  it('is, without names, DNSKEY of the root, then the rest for the stronger of the two', () => {
    assert.deepEqual(namesOf(converse(undefined, fat)), [
      'any-edns4096-do .',
      'dnskey-edns4096-do .',
      'any-edns4096-do .',
      'any-edns1232-do .',
      'any .',
    ]);
    assert.deepEqual(namesOf(converse(undefined, small)).slice(2), [
      'dnskey-edns4096-do .',
      'dnskey-edns1232-do .',
      'dnskey .',
    ]);
  });

  it('is no smaller size where everything was refused, and nothing at all after silence', () => {
    assert.deepEqual(namesOf(converse({ names: ['a.net'] }, refusing)), [
      'any-edns4096-do a.net',
      'txt-edns4096-do a.net',
      'dnskey-edns4096-do a.net',
      'dnskey-edns4096-do .',
    ]);
    assert.equal(converse({ names: ['a.net', 'b.net'] }, nothing).length, 2);
  });

  it('is the plain query where a server does not know EDNS', () => {
    const ancient: Server = {
      reply: (query) => {
        if (readDnsMessage(query)?.ednsSize === undefined) return fat.reply(query);
        const formatError = asResponse(query).subarray(0, 12);
        formatError.set([0x81, 0x01, 0, 0, 0, 0, 0, 0, 0, 0], 2);
        return [formatError];
      },
    };
    const done = converse({ names: ['a.net'] }, ancient);
    assert.deepEqual(namesOf(done), ['any-edns4096-do a.net', 'any a.net']);
    assert.equal(dnsAny.build({ names: ['a.net'] }).judge(done).kind, 'exposure');
  });

  it('ends within 28 questions for every server of the lab and eight names, and reaches them', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const counts = dnsAny.emulatedServers.map((emulated) => converse({ names }, emulated).length);
    assert.equal(Math.max(...counts), 28);
  });

  it('finds the small factor of a default resolver only by its smaller name', () => {
    const mid = serverNamed('bind9-default');
    const server: Server = {
      reply: (query) => (questionsOf(query)[0]?.name === 'mid.test' ? mid : truncating).reply(query),
    };
    const settings = { names: ['fat.test', 'mid.test'] };
    const done = converse(settings, server);
    assert.deepEqual(
      done.map(({ received }) => received.payloadBytes),
      // ANY for both; TXT, DNSKEY and the root's DNSKEY for what was truncated; then mid.test again, twice smaller.
      [37, 1166, 37, 609, 589, 1166, 1166, 454],
    );
    const judgement = dnsAny.build(settings).judge(done);
    assert.ok(judgement.kind === 'exposure');
    assert.deepEqual(judgement.tags, ['recursion-available']);
    assert.equal(judgement.detail, 'strongest: ANY mid.test, EDNS 4096, 1166 bytes; RA');
  });
});

describe('what dns-any judges', () => {
  const exchange = (reading: Reading, more: Partial<Parameters<typeof exchangeWith>[0]> = {}): Exchange =>
    exchangeWith({ form: anyFatTest.name, request, replies: [{ payloadBytes: 500, reading }], ...more });
  const answer: Reading = {
    kind: 'answer',
    facts: { rcode: 'noerror', aa: true, ra: true, tc: true, answers: 0 },
  };

  it('is nothing where nothing came, or nothing that belongs to it', () => {
    assert.deepEqual(ofFatTest.judge([]), { kind: 'nothing' });
    assert.deepEqual(ofFatTest.judge([exchange(answer, { replies: [] })]), { kind: 'nothing' });
    assert.deepEqual(ofFatTest.judge([exchange({ kind: 'unrecognised', why: 'another id' })]), {
      kind: 'nothing',
    });
  });

  it('is a refusal by its first reason where nothing was answered', () => {
    const refusals = ['servfail', 'refused'].map((reason) => exchange({ kind: 'refusal', reason }));
    assert.deepEqual(ofFatTest.judge(refusals), { kind: 'refusal', reason: 'servfail' });
  });

  it('is an exposure by one answer among refusals, in the sweep as in the measurement', () => {
    const refused = exchange({ kind: 'refusal', reason: 'refused' });
    for (const seenIn of ['sweep', 'measurement'] as const)
      assert.equal(ofFatTest.judge([refused, exchange(answer, { seenIn })]).kind, 'exposure');
  });

  it('compares the first asking with the second: the first may have found an empty cache', () => {
    const [first, second] = [500, 3000].map((payloadBytes) =>
      exchange(
        { kind: 'answer', facts: { aa: false, ra: true, tc: false, answers: 9 } },
        {
          replies: [{ payloadBytes, reading: { kind: 'answer', facts: { aa: false, ra: true, tc: false } } }],
        },
      ),
    );
    assert.ok(first && second);
    const judgement = ofFatTest.judge([first, second]);
    assert.ok(judgement.kind === 'exposure');
    assert.match(judgement.detail ?? '', /3000 bytes; RA; 500 bytes at the first asking, 3000 at the second/);
    assert.equal(judgement.facts?.['first_asking_bytes'], 500);
    assert.equal(judgement.facts['second_asking_bytes'], 3000);
  });

  it('takes one record set for minimal where another question brought more of the same name', () => {
    const knot = captures.filter(
      ({ file, label }) => file === 'dns-knot-auth.json' && /^(ANY|TXT) fat.test EDNS4096/.test(label),
    );
    const judged = (labels: readonly string[]): readonly string[] => {
      const judgement = ofFatTest.judge(
        knot
          .filter(({ label }) => labels.some((word) => label.startsWith(word)))
          .map((each) => exchangeOf(each, ofFatTest)),
      );
      return judgement.kind === 'exposure' ? judgement.tags : [];
    };
    assert.deepEqual(judged(['ANY']), ['authoritative']);
    assert.deepEqual(judged(['ANY', 'TXT']), ['authoritative', 'minimal-any']);
  });

  it('says in the words of RFC 8914 why a server answers as it does', () => {
    const judgement = ofFatTest.judge([
      exchange({
        kind: 'answer',
        facts: { aa: false, ra: true, tc: false, extended_error: 'EDE 3 Stale Answer' },
      }),
    ]);
    assert.ok(judgement.kind === 'exposure');
    assert.deepEqual(judgement.tags, ['recursion-available', 'extended-error']);
    assert.match(judgement.detail ?? '', /the server says EDE 3 Stale Answer$/);
    assert.deepEqual(
      ofFatTest.judge([exchange({ kind: 'refusal', reason: 'refused (EDE 18 Prohibited)' })]),
      {
        kind: 'refusal',
        reason: 'refused',
      },
    );
  });

  it('tags what only truncates, and does not count what does not measure', () => {
    const judgement = ofFatTest.judge([exchange(answer)]);
    assert.ok(judgement.kind === 'exposure');
    assert.deepEqual(judgement.tags, ['recursion-available', 'authoritative', 'truncated']);
    assert.equal(judgement.detail, 'strongest: ANY fat.test, EDNS 4096, 500 bytes; AA TC RA');
    assert.deepEqual(ofFatTest.judge([exchange(answer, { purpose: 'prove' })]), { kind: 'nothing' });
  });
});

describe('the options of dns-any', () => {
  const open = serverNamed('bind9-open');
  const names = ['fat.test'];

  it('ask nothing that was not chosen', () => {
    assert.ok(converse({ names }, open).every(({ purpose }) => purpose === 'measure'));
    assert.deepEqual(
      dnsAny.options?.map(({ flag }) => flag),
      ['rrl-check', 'dns-version'],
    );
  });

  it('--dns-version brings the version, and is no part of a factor', () => {
    const done = converse({ names }, { reply: withVersion(open, 'ExampleDNS 1.2') }, ['dns-version']);
    assert.deepEqual(
      done.filter(({ purpose }) => purpose === 'prove').map(({ form }) => form),
      ['txt version.bind'],
    );
    const judgement = ofFatTest.judge(done);
    assert.ok(judgement.kind === 'exposure');
    assert.equal(judgement.version, 'ExampleDNS 1.2');
    assert.equal(judgement.facts?.['strongest'], 'ANY fat.test, EDNS 4096');
    // One that does not tell its version is asked no less.
    assert.equal(ofFatTest.judge(converse({ names }, open, ['dns-version'])).kind, 'exposure');
  });

  it('ask nothing of a server that is no exposure', () => {
    const refusing = converse({ names }, serverNamed('unbound-refuse'), ['dns-version', 'rrl-check']);
    assert.ok(refusing.every(({ purpose }) => purpose === 'measure'));
  });

  it('--rrl-check asks the strongest question once more, 15 times in a second', () => {
    const probe = dnsAny.build({ names }, new Set(['rrl-check']));
    const done = converse({ names }, open);
    const ask = probe.next(done);
    assert.deepEqual(
      { ...ask, form: ask?.form.name },
      {
        form: 'any-edns4096-do fat.test',
        purpose: 'rate-check',
        burst: { repeat: 15, withinMs: 1000 },
      },
    );
    const last = done.at(-1);
    assert.ok(last);
    assert.equal(probe.next([...done, { ...last, purpose: 'rate-check' }]), undefined);
  });

  const patterns: readonly (readonly [what: string, letters: string, limited: boolean, words: string])[] = [
    ['no limit', 'FFFFFFFFFFFFFFF', false, '15 full of 15 in 1 s (FFFFFFFFFFFFFFF)'],
    ['two lost on the way', 'FFDFFFFFFFFDFFF', false, '13 full, 2 dropped of 15 in 1 s (FFDFFFFFFFFDFFF)'],
    [
      'a limit of 5 that slips every second',
      'FFFFFDTDTDTDTDT',
      true,
      '5 full, 5 truncated, 5 dropped of 15 in 1 s (FFFFFDTDTDTDTDT)',
    ],
    [
      'a limit that truncates',
      'FFFFFTTTTTTTTTT',
      true,
      '5 full, 10 truncated of 15 in 1 s (FFFFFTTTTTTTTTT)',
    ],
    ['a limit that refuses', 'FFFFFRRRRRRRRRR', true, '5 full, 10 refused of 15 in 1 s (FFFFFRRRRRRRRRR)'],
    ['a server that went away', 'DDDDDDDDDDDDDDD', false, '15 dropped of 15 in 1 s (DDDDDDDDDDDDDDD)'],
  ];
  for (const [what, letters, limited, texts] of patterns)
    it(`tell ${what}`, () => {
      const measured = converse({ names }, open);
      const [whole] = measured;
      assert.ok(whole);
      const answer = (tc: boolean): Reading => ({ kind: 'answer', facts: { tc } });
      const readings: Record<string, readonly Reading[]> = {
        F: [answer(false)],
        T: [answer(true)],
        R: [{ kind: 'refusal', reason: 'refused' }],
        D: [],
      };
      const burst = Array.from(letters, (letter) =>
        exchangeWith({
          form: whole.form,
          request,
          purpose: 'rate-check',
          replies: (readings[letter] ?? []).map((reading) => ({ payloadBytes: 9000, reading })),
        }),
      );
      const judgement = ofFatTest.judge([...measured, ...burst]);
      assert.ok(judgement.kind === 'exposure');
      assert.equal(judgement.tags.includes('rate-limited'), limited);
      assert.ok(judgement.detail?.includes(texts), judgement.detail);
      assert.equal(judgement.facts?.['rate_check'], texts);
      assert.match(judgement.detail ?? '', /^strongest: ANY fat\.test, EDNS 4096, 3072 bytes/);
    });
});

describe('the DNS servers of the lab', () => {
  const names = ['example.net', 'fat.test', 'a.very.long.name.in.a.zone.of.example.org'];
  for (const emulated of dnsAny.emulatedServers) {
    it(`${emulated.name}: answers any name in messages that dns-packet can decode, within the size asked for`, () => {
      for (const probe of [
        dnsAny.build(undefined),
        ...names.map((each) => dnsAny.build({ names: [each] })),
      ]) {
        for (const form of allForms(probe)) {
          const query = form.encode(ID);
          const [payload, ...others] = emulated.reply(query);
          assert.ok(payload && others.length === 0);
          assert.ok(payload.length <= (/\d{4}/.exec(form.name) ? Number(/\d{4}/.exec(form.name)?.[0]) : 512));
          assert.equal(probe.nonce?.echoed(payload), ID);
          assert.notEqual(probe.read(payload, query).kind, 'unrecognised');
          const message = readDnsMessage(payload);
          const decoded = dnsPacket.decode(Buffer.from(payload));
          assert.equal(decoded.answers?.length, message?.answers);
          if (message?.questions === 1) assert.deepEqual(decoded.questions, questionsOf(query));
          const asked = decoded.questions?.[0]?.name;
          for (const record of decoded.answers ?? []) assert.equal(record.name, asked);
        }
      }
    });

    it(`${emulated.name}: stays silent to what is no query`, () => {
      assert.deepEqual(emulated.reply(new Uint8Array()), []);
      assert.deepEqual(emulated.reply(asResponse(request)), []);
      fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => emulated.reply(bytes).length <= 1));
    });
  }

  it('serve the same zone as the captured servers, as dns-packet reads it', () => {
    const capture = captures.find(
      ({ file, label }) => file === 'dns-bind9-open.json' && label === 'ANY fat.test EDNS4096 DO',
    );
    const open = serverNamed('bind9-open');
    assert.ok(capture);
    assert.deepEqual(recordsOf(open.reply(capture.request)[0]), recordsOf(capture.responses[0]));
  });

  /** Types and values, without the order, the serial number and the host names that no size depends on. */
  function recordsOf(payload: Uint8Array | undefined): readonly string[] {
    return (dnsPacket.decode(Buffer.from(payload ?? [])).answers ?? [])
      .map((record) => JSON.stringify([record.type, 'data' in record ? record.data : undefined]))
      .map((text) => text.replace(/"serial":\d+/, '').replace('.inbound-mail.', '.mail.'))
      .sort();
  }

  it('know RFC 8482 in both its ways', () => {
    for (const name of ['bind9-minimal-any', 'rfc8482-hinfo']) {
      const judgement = ofFatTest.judge([
        exchangeFrom(serverNamed(name), anyFatTest.name, request, ofFatTest),
      ]);
      assert.deepEqual(judgement.kind === 'exposure' && judgement.tags, ['authoritative', 'minimal-any']);
    }
  });
});

function converse(settings: unknown, server: Server, chosen?: readonly string[]): readonly Exchange[] {
  return converseWith(dnsAny, settings, server, chosen);
}

/** The sweep forms, and what is asked of a server that answers everything in full. */
function allForms(probe: Probe): readonly RequestForm[] {
  const forms: RequestForm[] = [...probe.sweepForms];
  const reading: Reading = { kind: 'answer', facts: {} };
  for (;;) {
    const done = forms.map((form) =>
      exchangeWith({ form: form.name, request: form.encode(ID), replies: [{ payloadBytes: 900, reading }] }),
    );
    const ask = probe.next(done);
    if (ask === undefined) return forms;
    forms.push(ask.form);
  }
}

/** A server that tells its version. */
function withVersion(server: Server, version: string): Server['reply'] {
  return (query) =>
    asksChaos(query)
      ? [
          Uint8Array.from(
            dnsPacket.encode({
              type: 'response',
              id: ID,
              questions: dnsPacket.decode(Buffer.from(query)).questions ?? [],
              answers: [{ name: 'version.bind', type: 'TXT', class: 'CH', data: version }],
            }),
          ),
        ]
      : server.reply(query);
}

function asksChaos(query: Uint8Array): boolean {
  return readDnsMessage(query)?.question?.class === CLASS_CH;
}

function textIn(answer: dnsPacket.Answer): string {
  const data: unknown = 'data' in answer ? answer.data : undefined;
  return [data].flat().map(String).join('');
}

function extendedError(code: number, text = ''): dnsPacket.Answer {
  const data = Buffer.from([code >> 8, code & 255, ...Buffer.from(text)]);
  return {
    type: 'OPT',
    name: '.',
    udpPayloadSize: 1232,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    options: [{ code: 15, data }],
  } as unknown as dnsPacket.Answer;
}

function badVersion(): dnsPacket.Answer {
  return {
    type: 'OPT',
    name: '.',
    udpPayloadSize: 1232,
    extendedRcode: 1,
    ednsVersion: 0,
    flags: 0,
    options: [],
  } as unknown as dnsPacket.Answer;
}

function withoutQuestion(name: string): Uint8Array {
  return Uint8Array.from(
    dnsPacket.encode({
      type: 'response',
      id: ID,
      answers: [{ name, type: 'A', data: '192.0.2.1' }],
    }),
  );
}

function messageOf(error: z.ZodError | undefined): string {
  return error?.issues.map(({ message }) => message).join('; ') ?? 'accepted';
}
