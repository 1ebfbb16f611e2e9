import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Answer } from 'dns-packet';
import fc from 'fast-check';
import { dnsAny } from '../../probes/dns/any.js';
import { dnsResolver } from '../../probes/dns/resolver.js';
import type { Judgement } from '../../probes/probe.js';
import { severityOf } from '../../src/domain/finding.js';
import { captures } from './captures.js';
import {
  ID,
  asResponse,
  converse as converseWith,
  namesOf,
  questionsOf,
  reply,
  serverNamed,
  type Reply,
  type Server,
} from './dns-messages.js';

const RIGHT = '192.0.2.80';
const check = { name: 'www.example.net', address: RIGHT };
const [RA, TC, AA] = [0x0080, 0x0200, 0x0400];
const a = (data: string): Answer => ({ name: check.name, type: 'A', ttl: 60, data });

const converse = (settings: unknown, server: Server, chosen?: readonly string[]) =>
  converseWith(dnsResolver, settings, server, chosen);

/** What is made of a server that always gives these answers. */
function judged(settings: unknown, flags: number, answers: Answer[], more: Reply = {}): Judgement {
  const server: Server = {
    reply: (query) => {
      const [question] = questionsOf(query);
      return question ? [reply({ flags, question, ...more }, answers)] : [];
    },
  };
  return dnsResolver.build(settings).judge(converse(settings, server));
}

function tagsOf(judgement: Judgement): readonly string[] | string {
  return judgement.kind === 'exposure'
    ? judgement.tags
    : judgement.kind === 'refusal'
      ? judgement.reason
      : judgement.kind;
}

describe('an answer of a resolver that was open', () => {
  for (const [name, flags, answers, exposesNothing] of [
    ['without recursion and without an answer', 0, [], undefined],
    ['without recursion, of a server that has the name itself', AA, [a(RIGHT)], true],
    ['cut short, and without recursion', TC, [], true],
    ['cut short, with recursion on offer', TC | RA, [], undefined],
    ['without recursion, out of a cache', 0, [a(RIGHT)], undefined],
    ['with recursion on offer, of a server that has the name itself', AA | RA, [], undefined],
  ] as const)
    it(`${name}: ${exposesNothing === true ? 'exposes nothing' : 'proves nothing'}`, () => {
      const judgement = judged({ check }, flags, [...answers]);
      assert.equal(judgement.kind === 'refusal' && judgement.exposesNothing, exposesNothing);
    });
});

describe('the question of dns-resolver', () => {
  const questionFor = (settings: unknown): unknown =>
    questionsOf(dnsResolver.build(dnsResolver.settings?.schema.parse(settings)).sweepForms[0].encode(ID));

  it('is the name of the check, A or AAAA by the family of its address', () => {
    assert.deepEqual(questionFor({ check }), [{ name: 'www.example.net', type: 'A', class: 'IN' }]);
    assert.deepEqual(questionFor({ check: { ...check, address: '2001:db8::80' } }), [
      { name: 'www.example.net', type: 'AAAA', class: 'IN' },
    ]);
  });

  it("is the root's name servers where the scope has no check, whatever names it has", () => {
    assert.deepEqual(questionFor({ names: ['fat.test'] }), [{ name: '.', type: 'NS', class: 'IN' }]);
  });

  it('is byte for byte the captured one, without EDNS', () => {
    const capture = captures.find(
      ({ file, label }) => file === 'dns-bind9-open.json' && label === 'A small.fat.test',
    );
    const settings = { check: { name: 'small.fat.test', address: '192.0.2.1' } };
    assert.deepEqual(dnsResolver.build(settings).sweepForms[0].encode(ID), capture?.request);
  });
});

describe('recursion', () => {
  const table: readonly (readonly [string, number, Answer[], readonly string[] | string])[] = [
    ['RA and the right address', RA, [a(RIGHT)], ['openresolver']],
    ['the right address among others', RA, [a('192.0.2.81'), a(RIGHT)], ['openresolver']],
    [
      'the right address behind a CNAME',
      RA,
      [
        { name: check.name, type: 'CNAME', data: 'web.example.net' },
        { ...a(RIGHT), name: 'web.example.net' },
      ],
      ['openresolver'],
    ],
    ['a wrong address', RA, [a('192.0.2.81')], ['openresolver', 'bogusresolver']],
    ['a wrong address that claims authority, as dnsmasq does', RA | AA, [a('192.0.2.81')], ['bogusresolver']],
    ['a wrong address without RA', 0, [a('192.0.2.81')], ['bogusresolver']],
    ['the right address with AA: its own zone', AA, [a(RIGHT)], 'authoritative'],
    [
      'the right address with RA and AA: a forwarder that hands the bit on',
      RA | AA,
      [a(RIGHT)],
      ['openresolver'],
    ],
    ['the right address without RA: a cache that anyone may look into', 0, [a(RIGHT)], 'no recursion'],
    [
      'an address of the other family',
      RA,
      [{ name: check.name, type: 'AAAA', data: '2001:db8::80' }],
      'no answer',
    ],
    ['an error', RA | 3, [], 'nxdomain'],
    ['NOERROR with nothing', RA, [], 'empty'],
    ['TC with nothing', RA | 0x0200, [], 'truncated'],
  ];
  for (const [what, flags, answers, expected] of table)
    it(`${typeof expected === 'string' ? 'is not proved by' : 'or worse is shown by'} ${what}`, () => {
      assert.deepEqual(tagsOf(judged({ check }, flags, answers)), expected);
    });

  it('is proved by an IPv6 address as by an IPv4 one', () => {
    const settings = { check: { ...check, address: '2001:db8::80' } };
    const aaaa = (data: string): Answer => ({ name: check.name, type: 'AAAA', ttl: 60, data });
    assert.deepEqual(tagsOf(judged(settings, RA, [aaaa('2001:db8::80')])), ['openresolver']);
    assert.deepEqual(tagsOf(judged(settings, RA, [aaaa('2001:db8::81')])), ['openresolver', 'bogusresolver']);
  });

  it("is proved by the root's own name servers, and not by others or by a referral to them", () => {
    const ns = (data: string): Answer => ({ name: '.', type: 'NS', ttl: 60, data });
    const roots = ['m', 'a'].map((letter) => ns(`${letter}.root-servers.net`));
    assert.deepEqual(tagsOf(judged({ names: [] }, RA, roots)), ['openresolver']);
    assert.deepEqual(tagsOf(judged({ names: [] }, RA, [ns('ns1.example.net')])), [
      'openresolver',
      'bogusresolver',
    ]);
    const referring: Server = {
      reply: (query) => [reply({ flags: RA, question: questionsOf(query)[0] ?? {} }, [], roots)],
    };
    const probe = dnsResolver.build({ names: [] });
    assert.deepEqual(tagsOf(probe.judge(converse({ names: [] }, referring))), 'no answer');
  });

  it("is decided by AA where the root's name servers were asked, and a forwarder that hands the bit on is asked twice", () => {
    const roots: Answer[] = [{ name: '.', type: 'NS', ttl: 60, data: 'a.root-servers.net' }];
    const settings = { names: [] };
    const answering = (flags: readonly number[]): Server => {
      let asked = 0;
      return {
        reply: (query) => [
          reply({ flags: flags[asked++] ?? 0, question: questionsOf(query)[0] ?? {} }, roots),
        ],
      };
    };
    const forwarder = converse(settings, answering([RA | AA, RA]));
    assert.deepEqual(namesOf(forwarder), ['ns .', 'ns .']);
    assert.deepEqual(tagsOf(dnsResolver.build(settings).judge(forwarder)), ['openresolver']);
    const own = converse(settings, answering([RA | AA, RA | AA]));
    assert.deepEqual(tagsOf(dnsResolver.build(settings).judge(own)), 'authoritative');
  });

  it('is proved by the right answer without the question that it answers', () => {
    const bare: Server = {
      reply: (query) => [
        withoutQuestion(reply({ flags: RA, question: questionsOf(query)[0] ?? {} }, [a(RIGHT)])),
      ],
    };
    assert.deepEqual(tagsOf(dnsResolver.build({ check }).judge(converse({ check }, bare))), ['openresolver']);
  });
});

describe('an open resolver', () => {
  it('is at least high however small its answer, and its factor is that of this question', () => {
    const judgement = judged({ check }, RA, [a(RIGHT)]);
    assert.ok(judgement.kind === 'exposure');
    assert.equal(severityOf(judgement, 0.5, 'medium').level, 'high');
    assert.equal(severityOf(judgement, 600, 'medium').level, 'critical');
    // Twelve octets of header, 21 of question; the reply of dns-packet has the name uncompressed: 31 more.
    assert.equal(judgement.facts?.['min_amplification'], Number((64 / 33).toFixed(4)));
  });

  it('never says which address was wrong', () => {
    const judgement = judged({ check }, RA, [a('198.51.100.99')]);
    assert.ok(judgement.kind === 'exposure');
    assert.equal(judgement.detail, 'gives anyone a wrong answer to A www.example.net');
    assert.doesNotMatch(JSON.stringify(judgement), /198\.51\.100/);
  });

  it('is asked for its version only on request, and only when it is one', () => {
    const version = (query: Uint8Array): boolean => questionsOf(query)[0]?.name === 'version.bind';
    const open: Server = {
      reply: (query) => {
        const question = questionsOf(query)[0] ?? {};
        return version(query)
          ? [reply({ question }, [{ name: 'version.bind', type: 'TXT', class: 'CH', data: 'dnsmasq-2.90' }])]
          : [reply({ flags: RA, question }, [a(RIGHT)])];
      },
    };
    const done = converse({ check }, open, ['dns-version']);
    assert.deepEqual(namesOf(done), ['a www.example.net', 'txt version.bind']);
    const judgement = dnsResolver.build({ check }).judge(done);
    assert.ok(judgement.kind === 'exposure');
    assert.equal(judgement.version, 'dnsmasq-2.90');
    assert.equal(converse({ check }, open).length, 1);
    assert.equal(converse({ check }, { reply: () => [] }, ['dns-version']).length, 1);
  });

  it('is two findings with two remedies beside an authoritative server, which is one', () => {
    const settings = { names: ['fat.test'], check: { name: 'small.fat.test', address: '192.0.2.1' } };
    const both = (name: string): readonly string[] =>
      [dnsAny, dnsResolver].map(
        (each) => each.build(settings).judge(converseWith(each, settings, serverNamed(name))).kind,
      );
    assert.deepEqual(both('bind9-open'), ['exposure', 'exposure']);
    assert.deepEqual(both('bind9-auth'), ['exposure', 'refusal']);
    assert.deepEqual(both('unbound-refuse'), ['refusal', 'refusal']);
    assert.deepEqual(
      tagsOf(dnsResolver.build(settings).judge(converse(settings, serverNamed('bogus-resolver')))),
      ['openresolver', 'bogusresolver'],
    );
    assert.notDeepEqual(dnsAny.texts.remedy, dnsResolver.texts.remedy);
  });
});

describe('the reader of dns-resolver', () => {
  const probe = dnsResolver.build({ check });
  const request = probe.sweepForms[0].encode(ID);

  it('gives a reading for any bytes behind a matching header, pointers that lead anywhere included', () => {
    for (const settings of [{ check }, { names: [] }]) {
      const of = dnsResolver.build(settings);
      const query = of.sweepForms[0].encode(ID);
      const head = asResponse(query);
      fc.assert(
        fc.property(
          fc.uint8Array({ maxLength: 200 }),
          fc.uint8Array({ minLength: 2, maxLength: 2 }),
          (tail, count) => {
            const payload = Uint8Array.from([...head, ...tail]);
            payload.set(count, 6);
            assert.match(of.read(payload, query).kind, /^(answer|refusal)$/);
          },
        ),
      );
    }
  });

  it('takes an A record of the wrong length for a wrong answer, not for a fault', () => {
    const payload = reply({ flags: RA, question: { name: check.name, type: 'A' } }, [a(RIGHT)]);
    // RDLENGTH 4, of which the last octet is gone.
    payload[payload.length - 5] = 3;
    const reading = probe.read(payload.subarray(0, -1), request);
    assert.equal(reading.kind === 'answer' && reading.facts['check'], 'wrong');
  });
});

/** QDCOUNT 0, and the records where the question stood: their names are not compressed. */
function withoutQuestion(message: Uint8Array): Uint8Array {
  const question = message.indexOf(0, 12) + 5;
  const header = Uint8Array.from(message.subarray(0, 12));
  header[5] = 0;
  return Uint8Array.from([...header, ...message.subarray(question)]);
}
