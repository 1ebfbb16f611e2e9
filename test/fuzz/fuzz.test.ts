import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readMode6, writeMode6 } from '../../probes/ntp/mode6.js';
import { readSnmpMessage } from '../../probes/snmp/message.js';
import type { Probe } from '../../probes/probe.js';
import { fuzz, type FuzzResult } from './fuzz.js';
import { LARGEST_PAYLOAD, grown } from './grow.js';
import type { Subject } from './subjects.js';
import { subjects } from './subjects.js';

const ONE_BLOCK = { payloads: 10_000, seed: 1, milliseconds: 60_000, firstBlock: 0 };

describe('payloads beyond the captured ones', () => {
  it('leave every reader standing, within its cost: three blocks, the same each time', () => {
    const result = fuzz({ ...ONE_BLOCK, payloads: 30_000, milliseconds: 240_000 });
    assert.deepEqual(result.failures, []);
    assert.equal(result.payloads, 30_000);
    assert.ok(result.calls > 40_000, String(result.calls));
    assert.equal(result.nextBlock, 3);
  });

  it('find a reader that throws, that is slow in quotes, that keeps too much or goes on asking', () => {
    const failureOf = (change: Partial<Probe>): string => found(change).failures.join('\n');
    const chargen = subjectOf('chargen').probe;
    assert.equal(failureOf({}), '');
    const throwing: Probe['read'] = (payload, request) => {
      if (payload.includes(0x22)) throw new TypeError('a quote');
      return chargen.read(payload, request);
    };
    assert.match(failureOf({ read: throwing }), /chargen: TypeError: a quote: [0-9a-f]+/);
    const quadratic: Probe['read'] = (payload, request) => {
      for (const byte of payload) if (byte === 0x22) payload.slice().reverse();
      return chargen.read(payload, request);
    };
    assert.match(failureOf({ read: quadratic }), /chargen read: [\d.]+ times the limit/);
    const keeping: Probe['read'] = ({ length }) => ({
      kind: 'answer',
      facts: { text: 'x'.repeat(5 * length + 2000) },
    });
    assert.match(failureOf({ read: keeping }), /characters of/);
    const endless: Probe['next'] = () => ({ form: chargen.sweepForms[0], purpose: 'measure' });
    assert.match(failureOf({ next: endless }), /still asking/);
  });

  it('are grown with the lengths that their heads say', () => {
    const request = {
      version: 2,
      response: true,
      error: false,
      more: false,
      opcode: 2,
      sequence: 1,
      status: 0,
      association: 0,
      offset: 0,
      data: Uint8Array.from(Buffer.from('version="4"')),
    };
    const quotes = grown(writeMode6(request), 14, Uint8Array.of(0x22), LARGEST_PAYLOAD);
    assert.equal(quotes.length, LARGEST_PAYLOAD);
    assert.equal(readMode6(quotes)?.data.length, LARGEST_PAYLOAD - 12);
    const firstName = Buffer.from('06082b06', 'hex');
    const answer = subjectOf('snmp-getbulk').own.find(({ message }) =>
      Buffer.from(message).includes(firstName),
    );
    assert.ok(answer);
    const binding = Uint8Array.from(Buffer.from('30050601000500', 'hex'));
    // Behind the tag and the length of its binding.
    const start = Buffer.from(answer.message).indexOf(firstName) - 2;
    const bindings = grown(answer.message, start, binding, LARGEST_PAYLOAD);
    assert.ok((readSnmpMessage(bindings)?.varBinds.length ?? 0) > 9000);
  });
});

function subjectOf(id: string): Subject {
  const subject = subjects.find(({ probe }) => probe.id === id);
  assert.ok(subject);
  return subject;
}

/** What one block finds in a probe like chargen's with these changes. */
function found(change: Partial<Probe>): FuzzResult {
  const subject = subjectOf('chargen');
  return fuzz(ONE_BLOCK, [{ ...subject, probe: { ...subject.probe, ...change } }]);
}
