import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { elsewhereOf, type Directly, type Elsewhere } from '../../src/measure/elsewhere.js';
import type { Origin } from '../../src/domain/finding.js';

const ISP: Origin = { asn: 64496 };
const CUSTOMER: Origin = { asn: 64496, customer: 'C-1001' };
const OTHER_CUSTOMER: Origin = { asn: 64496, customer: 'C-2002' };
const OTHER_AS: Origin = { asn: 64497 };
const UNKNOWN: Origin = {};

type Case = readonly [
  what: string,
  directly: Directly,
  probed: Origin,
  responder: Origin,
  expected: Elsewhere,
];

describe('an answer from another address than the asked one', () => {
  const inside: readonly Case[] = [
    ['refuses us when asked itself', 'refused', ISP, ISP, 'other-address'],
    ['refuses us when asked itself, whosever it is', 'refused', ISP, OTHER_AS, 'other-address'],
    ['is silent when asked itself', 'silent', ISP, ISP, 'other-address'],
    ['is silent, but another AS has it: a filter hides it', 'silent', ISP, OTHER_AS, 'transparent-forwarder'],
    ['answers, and is in another AS', 'answered', ISP, OTHER_AS, 'transparent-forwarder'],
    ["answers, and is another customer's", 'answered', CUSTOMER, OTHER_CUSTOMER, 'transparent-forwarder'],
    ['answers, and its owner is unknown', 'answered', CUSTOMER, UNKNOWN, 'forwarder-or-other-address'],
    [
      'answers, and nobody knows whose the asked one is',
      'answered',
      UNKNOWN,
      ISP,
      'forwarder-or-other-address',
    ],
    ['answers, and is in the same AS', 'answered', CUSTOMER, ISP, 'forwarder-or-other-address'],
    ['was not asked itself', 'unknown', ISP, ISP, 'forwarder-or-other-address'],
  ];
  for (const [what, directly, probed, responder, expected] of inside)
    it(`is ${expected} where the other one is in the scope and ${what}`, () => {
      const seen = { isInScope: true, directly, probed, responder };
      assert.equal(elsewhereOf({ ...seen, answersOtherProtocols: false }), expected);
      assert.equal(elsewhereOf({ ...seen, answersOtherProtocols: true }), 'other-address');
    });

  it('is a forwarder where the other one is outside, unless a second protocol was answered from there', () => {
    for (const responder of [ISP, OTHER_AS, UNKNOWN]) {
      const seen = { isInScope: false, directly: 'unknown', probed: ISP, responder } as const;
      assert.equal(elsewhereOf({ ...seen, answersOtherProtocols: false }), 'transparent-forwarder');
      assert.equal(elsewhereOf({ ...seen, answersOtherProtocols: true }), 'other-address');
    }
  });
});
