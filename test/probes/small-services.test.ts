import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { daytime } from '../../probes/small-services/daytime.js';
import { echo } from '../../probes/small-services/echo.js';
import { isInDefault, type Probe } from '../../probes/probe.js';
import { qotd } from '../../probes/small-services/qotd.js';
import { systat } from '../../probes/small-services/systat.js';
import { time } from '../../probes/small-services/time.js';
import { severityOf } from '../../src/domain/finding.js';
import { factorsOf } from '../../src/domain/factors.js';
import { exchangeFrom } from './exchanges.js';

const text = (texts: string): Uint8Array => new TextEncoder().encode(texts);

describe('echo', () => {
  const probe = echo.build(undefined);
  const [form] = probe.sweepForms;

  it('is nothing but the bytes that were sent: another nonce, fewer or more bytes are unrecognised', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 30 - 1), fc.nat(7), fc.nat(7), (nonce, at, bit) => {
        const request = form.encode(nonce);
        assert.equal(probe.read(request, request).kind, 'answer');
        assert.equal(probe.nonce?.echoed(request), nonce);
        const other = Uint8Array.from(request);
        other[at] = (other[at] ?? 0) ^ (1 << bit);
        for (const wrong of [other, request.subarray(0, at), Uint8Array.from([...request, 0])])
          assert.equal(probe.read(wrong, request).kind, 'unrecognised');
      }),
    );
  });

  it('has the factor 1 and is of severity high all the same, because of loops', () => {
    const request = form.encode(7);
    const exchange = exchangeFrom({ reply: (sent) => [sent] }, form.name, request, probe);
    assert.equal(factorsOf(exchange).amplification, 1);
    const judgement = probe.judge([exchange]);
    assert.ok(judgement.kind === 'exposure');
    assert.deepEqual(judgement.tags, ['echo', 'loop-risk']);
    const { level, reason } = severityOf(judgement, factorsOf(exchange).wireAmplification, probe.severity);
    assert.equal(level, 'high');
    assert.match(reason, /without end/);
  });
});

describe('daytime', () => {
  const probe = daytime.build(undefined);

  it('is a line with a time and a year, as inetd, xinetd, Cisco, Windows and NIST write it', () => {
    for (const line of [
      'Fri Nov 20 21:26:26 2026\r\n',
      '20 NOV 2026 21:26:17 UTC\r\n',
      'Friday, November 20, 2026 21:26:17-UTC\r\n',
      '9:26:17 PM 11/20/2026\n',
      '21:26:17 20.11.26\n\0',
      '\n61364 26-11-20 21:26:17 00 0 0 554.9 UTC(NIST) * \n',
    ])
      assert.equal(kindOf(probe, text(line)), 'answer', line);
  });

  it('is no line without a date, no several lines, no page of text, nothing unprintable', () => {
    for (const line of [
      '21:26:17\r\n',
      'Fri Nov 20 2026\r\n',
      'HTTP/1.1 200 OK\r\nDate: Fri, 20 Nov 2026 21:26:17 GMT\r\n\r\n',
      `Fri Nov 20 21:26:26 2026 ${'x'.repeat(120)}`,
      'Fri Nov 20 21:26:26 2026\u0001',
      '1234:5678 120260',
      '',
    ])
      assert.equal(kindOf(probe, text(line)), 'unrecognised', line);
  });
});

describe('time', () => {
  const probe = time.build(undefined);
  const seconds = (value: number, more: readonly number[] = []): Uint8Array =>
    Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255, ...more);

  it('is 4 bytes, or 8 with four zeros behind, of a number between 2020 and 2036', () => {
    // From 1900 to 2020: 120 years of 365 days, and 29 leap days.
    const first = (120 * 365 + 29) * 86_400;
    for (const value of [first, 0xeeab3983, 0xffffffff])
      for (const zeros of [[], [0, 0, 0, 0]])
        assert.equal(kindOf(probe, seconds(value, zeros)), 'answer', String(value));
    for (const payload of [
      seconds(first - 1),
      seconds(0),
      seconds(0xeeab3983, [0, 0, 0, 1]),
      seconds(0xeeab3983, [0]),
      seconds(0xeeab3983).subarray(0, 3),
    ])
      assert.equal(kindOf(probe, payload), 'unrecognised', Buffer.from(payload).toString('hex'));
  });

  it('says which time it reads, and that nothing else tells it is one', () => {
    const [form] = probe.sweepForms;
    const judgement = probe.judge([
      exchangeFrom({ reply: () => [seconds(0xeeab3983)] }, form.name, form.encode(0), probe),
    ]);
    assert.ok(judgement.kind === 'exposure');
    assert.equal(
      judgement.detail,
      '4 bytes that read as 2026-11-20T21:26:27Z; nothing else in the answer says that it is a time',
    );
  });
});

describe('qotd', () => {
  const probe = qotd.build(undefined);

  it('is printable prose of at most 512 bytes', () => {
    for (const quote of [
      '"It is a bad plan that admits of no modification." -- Publilius Syrus\r\n',
      'To be, or not to be: that is the question.\n\t-- Shakespeare\n',
      `We want a few mad people now. ${'x'.repeat(482)}`,
    ])
      assert.equal(kindOf(probe, text(quote)), 'answer', quote);
  });

  it('is no date, no pattern of characters, no header or markup of another protocol, nothing longer', () => {
    for (const other of [
      'Fri Nov 20 21:26:26 2026\r\n',
      ' !"#$%&\'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ\r\n',
      'HTTP/1.1 200 OK\r\nServer: some words in a row\r\n\r\n',
      'NOTIFY * HTTP/1.1\r\nHOST: some words in a row\r\n\r\n',
      'SIP/2.0 400 some words in a row\r\n\r\n',
      '<?xml version="1.0"?><p>some words in a row</p>',
      `We want a few mad people now. ${'x'.repeat(483)}`,
      'some words in a \u0002row',
      '',
    ])
      assert.equal(kindOf(probe, text(other)), 'unrecognised', other);
  });

  it('keeps the quote for the report, without its line ends', () => {
    const [form] = probe.sweepForms;
    const judgement = probe.judge([
      exchangeFrom(
        { reply: () => [text('Less is more than enough.\r\n')] },
        form.name,
        form.encode(0),
        probe,
      ),
    ]);
    assert.ok(judgement.kind === 'exposure');
    assert.deepEqual(judgement.facts, { quote: 'Less is more than enough.' });
  });
});

describe('systat', () => {
  const probe = systat.build(undefined);

  it('is a list of users, as who, w and finger write it, or of processes, as ps does', () => {
    for (const [shows, list] of [
      ['users', 'alice    pts/0        2026-05-21 15:08 (host0.example.net)\n'],
      ['users', 'root     tty1         May 21 15:08\r\n'],
      [
        'users',
        'Login     Name       Tty      Idle  Login Time\nalice     Alice B    pts/0    1:23  May 21 15:08\n',
      ],
      [
        'users',
        'USER     TTY      FROM             LOGIN@   IDLE   WHAT\nalice    :0       :0               15:08    3:11 -bash',
      ],
      ['processes', '  PID TTY          TIME CMD\n    1 ?        00:00:03 init\n'],
      ['processes', 'USER         PID %CPU COMMAND\nroot           1  0.0 /sbin/init\n'],
    ] as const) {
      const reading = probe.read(text(list), text('\n'));
      assert.ok(reading.kind === 'answer', list);
      assert.equal(reading.facts['shows'], shows, list);
    }
  });

  it('is no date, no quote, no page, nothing with control characters', () => {
    for (const other of [
      'Fri Nov 20 21:26:26 2026\r\n',
      '"It is a bad plan that admits of no modification." -- at pts/0, he said\r\n',
      'HTTP/1.1 200 OK\r\nDate: Fri, 20 Nov 2026 21:26:17 GMT\r\n\r\n',
      'alice pts/0 15:08\u0001\n',
      '',
    ])
      assert.equal(kindOf(probe, text(other)), 'unrecognised', other);
  });

  it('keeps which list it is and how long, and shows no line of it', () => {
    const [form] = probe.sweepForms;
    const list = text('alice pts/0 15:08\nbob pts/1 15:09');
    const judgement = probe.judge([exchangeFrom({ reply: () => [list] }, form.name, form.encode(0), probe)]);
    assert.ok(judgement.kind === 'exposure');
    assert.deepEqual(judgement.facts, { shows: 'users', lines: 2 });
    assert.equal(judgement.detail, 'tells anyone who is logged in, in 2 lines');
    assert.deepEqual(
      probe.dissect(list).map(({ value, masked }) => [value, masked]),
      [['', true]],
    );
  });
});

describe('what answers every datagram', () => {
  it('is tagged as a risk of loops, and at least high, whatever its factor', () => {
    for (const definition of [daytime, time, qotd, systat, echo]) {
      const probe = definition.build(undefined);
      const [form] = probe.sweepForms;
      const [server] = definition.emulatedServers;
      assert.ok(server);
      const judgement = probe.judge([exchangeFrom(server, form.name, form.encode(0), probe)]);
      assert.ok(judgement.kind === 'exposure');
      assert.ok(judgement.tags.includes('loop-risk'), definition.id);
      assert.equal(severityOf(judgement, 1, probe.severity).level, 'high');
      assert.ok(!isInDefault(probe));
    }
  });
});

function kindOf(probe: Probe, payload: Uint8Array): string {
  return probe.read(payload, probe.sweepForms[0].encode(0)).kind;
}
