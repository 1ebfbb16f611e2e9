import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mailAddressOf } from '../../src/domain/mail-address.js';

describe('the mail address of a contact', () => {
  const found = [
    ['noc@example.net', 'noc@example.net'],
    ['NOC <noc@example.net>', 'noc@example.net'],
    ['"Harbour, NOC" <noc+ddos@example.net> ', 'noc+ddos@example.net'],
    ['"old@example.net" <noc@example.net> ', 'noc@example.net'],
    ['noc@example.net, in the morning < 9', 'noc@example.net'],
    ['first.last-name@a-b.example', 'first.last-name@a-b.example'],
    ['a.b@c', 'a.b@c'],
    ['MAILTO:noc@example.net', 'noc@example.net'],
    ['NOC, noc@example.net, +49 30 1234', 'noc@example.net'],
    ['mailto:noc@example.net', 'noc@example.net'],
    ['運用窓口 <noc@example.jp>', 'noc@example.jp'],
    ['root@localhost', 'root@localhost'],
  ] as const;
  for (const [text, address] of found)
    it(`is ${address} in ${text}`, () => {
      assert.equal(mailAddressOf(text), address);
    });

  for (const text of [
    '',
    'NOC',
    '+49 30 1234',
    'a@example.net, b@example.net',
    'NOC <noc>',
    'NOC <noc@>',
    'noc@@example.net',
    '.noc@example.net',
    'noc.@example.net',
    'no..c@example.net',
    'noc@-example.net',
    'noc@example.net-',
    'noc@exam_ple.net',
    'nöc@example.net',
    'first.läst@example.net',
    'xmailto:noc@example.net',
    'noc@example.net.',
    'https://example.net/@noc',
  ])
    it(`is unknown in "${text}"`, () => {
      assert.equal(mailAddressOf(text), undefined);
    });
});
