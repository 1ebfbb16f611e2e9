import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Field, Probe } from '../../probes/probe.js';
import { ipv4 } from '../../src/domain/address.js';
import type { Reading } from '../../src/domain/exchange.js';
import type { Judgement } from '../../src/domain/finding.js';
import { maskedProbe } from '../../src/engine/masked-probe.js';
import { probeDouble } from '../probe-double.js';

/** What is left to see of a payload that is one field, of which the probe itself shows this much as hex. */
function shown(payload: string, value: string): Field | undefined {
  const bytes = Buffer.from(payload, 'latin1');
  const probe: Probe = {
    ...probeDouble({ id: 'double-one', hasNonce: false, forms: 1 }),
    dissect: () => [{ at: 0, bytes: bytes.length, name: 'text', value }],
  };
  const { probe: masked } = maskedProbe({ probe, port: 1, options: [] }, () => false);
  return masked.dissect(bytes)[0];
}

describe('what a masked probe says of a reply', () => {
  const text = 'from 203.0.113.9, for 10.0.0.5';
  const masked = 'from [address], for 10.0.0.5';
  /** 10.0.0.5 may stand in what is said. */
  const saying = (reading: Reading, judgement: Judgement): Probe =>
    maskedProbe(
      {
        probe: {
          ...probeDouble({ id: 'double', hasNonce: false, forms: 1 }),
          read: () => reading,
          judge: () => judgement,
        },
        port: 1,
        options: [],
      },
      (address) => address === ipv4(0x0a00_0005),
    ).probe;

  it('names no address outside the scope in any text, be it the name of a fact', () => {
    const facts = { [text]: text, size: 5, open: true };
    const maskedFacts = { [masked]: masked, size: 5, open: true };
    for (const [reading, expected] of [
      [
        { kind: 'answer', facts },
        { kind: 'answer', facts: maskedFacts },
      ],
      [
        { kind: 'refusal', reason: text, transient: true },
        { kind: 'refusal', reason: masked, transient: true },
      ],
      [
        { kind: 'unrecognised', why: text },
        { kind: 'unrecognised', why: masked },
      ],
    ] as const)
      assert.deepEqual(
        saying(reading, { kind: 'nothing' }).read(new Uint8Array(1), new Uint8Array(1)),
        expected,
      );
    for (const [judgement, expected] of [
      [
        { kind: 'exposure', tags: ['open'], version: text, detail: text, facts },
        { kind: 'exposure', tags: ['open'], version: masked, detail: masked, facts: maskedFacts },
      ],
      [
        { kind: 'exposure', tags: ['open'] },
        { kind: 'exposure', tags: ['open'] },
      ],
      [
        { kind: 'refusal', reason: text, exposesNothing: true },
        { kind: 'refusal', reason: masked, exposesNothing: true },
      ],
      [{ kind: 'nothing' }, { kind: 'nothing' }],
    ] as const)
      assert.deepEqual(saying({ kind: 'unrecognised', why: '' }, judgement).judge([]), expected);
  });
});

describe('the fields of a masked probe', () => {
  const reverse = `${'1.'.repeat(32)}IP6.arpa`;

  it('show neither a value with an address nor the bytes of one that the value does not have', () => {
    assert.deepEqual(shown('to 203.0.113.9', 'to 203.0.113.9'), {
      at: 0,
      bytes: 14,
      name: 'text',
      value: 'to [address]',
      masked: 'bytes',
    });
    for (const payload of ['203.0.113.9', '203-0-113-9', '2001:db8::1', '1:2:3:4:5:6:7:8', reverse])
      assert.equal(shown(payload, 'hex')?.masked, true, payload);
    for (const payload of [
      '',
      'ntpd 4.2.8',
      '12:34:56',
      'HTTP/1.1 200 OK',
      '1.2-3.4',
      '2026-12',
      'a.ip6.arpa',
      '-./0:;',
    ])
      assert.equal(shown(payload, 'hex')?.masked, undefined, payload);
  });

  it('hide one longer than 4 KB without reading it', () => {
    const long = '21 2 '.repeat(1000);
    assert.equal(shown(long, 'hex')?.masked, true);
    assert.equal(shown(long.slice(0, 4096), 'hex')?.masked, undefined);
  });
});
