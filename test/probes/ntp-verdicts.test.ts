/**
 * What classic ntpd is judged to be, configuration by configuration: once over the captures of the real ones, where
 * after a request for the time the next capture answers, and once over the emulation, held to the same replies.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerAs, XNTPD, XNTPD_OLD } from '../../probes/ntp/classic-ntpd.js';
import { ntpMonlist } from '../../probes/ntp/monlist.js';
import { ntpReadvar } from '../../probes/ntp/readvar.js';
import type { Probe } from '../../probes/probe.js';
import type { Exchange } from '../../src/domain/exchange.js';
import { severityOf } from '../../src/domain/finding.js';
import { factorsOf, reportedExchange } from '../../src/domain/factors.js';
import { createClassicNtpd, type ClassicNtpdOptions } from '../servers/classic-ntpd.js';
import { captures } from './captures.js';
import { exchangeFrom } from './exchanges.js';

const monlist = ntpMonlist.build(undefined);
const readvar = ntpReadvar.build(undefined);

interface Verdict {
  readonly what: string;
  /** Of test/captures/ntp-classic-ntpd-….json: before, and after, a client has come. */
  readonly captured: readonly [string, string];
  readonly emulated: ClassicNtpdOptions;
  /** Tags and severity, or silence. */
  readonly monlist: string;
  readonly readvar: string;
}

const BOTH = [XNTPD, XNTPD_OLD];
const variables = 'version="ntpd 4", stratum=11';
const clients = (count: number): NonNullable<ClassicNtpdOptions['clients']> =>
  Array.from({ length: count }, (_, i) => ({
    address: [127, 10, i >> 8, i & 0xff],
    asked: [127, 0, 0, 1],
  }));

const VERDICTS: readonly Verdict[] = [
  {
    what: '4.2.6p5 with a full list',
    captured: ['mru600', 'mru600'],
    emulated: { mode7: BOTH, variables, clients: clients(600) },
    monlist: 'monlist critical',
    readvar: 'readvar',
  },
  {
    what: '4.2.6p5 that six hosts have asked',
    captured: ['mru6', 'mru6'],
    emulated: { mode7: BOTH, variables, clients: clients(6) },
    monlist: 'monlist medium',
    readvar: 'readvar',
  },
  {
    what: '4.2.6p5 without a client so far',
    captured: ['mru0', 'mru1'],
    emulated: { mode7: BOTH, variables },
    monlist: 'monlist medium',
    readvar: 'readvar',
  },
  {
    what: '4.2.6p5 with `disable monitor`',
    captured: ['nomonitor', 'nomonitor'],
    emulated: { mode7: BOTH, variables, monitors: false },
    monlist: 'mode7-open-no-monlist info',
    readvar: 'readvar',
  },
  {
    what: '4.2.6p5 with `restrict default noquery`',
    captured: ['noquery', 'noquery'],
    emulated: {},
    monlist: 'silence',
    readvar: 'silence',
  },
  {
    what: "4.2.6p5 with Debian's restrictions, from elsewhere",
    captured: ['debian-remote', 'debian-remote'],
    emulated: {},
    monlist: 'silence',
    readvar: 'silence',
  },
  {
    what: '4.2.8p6 as it comes',
    captured: ['428p6-default', '428p6-default'],
    emulated: { variables, monitors: false },
    monlist: 'silence',
    readvar: 'readvar',
  },
  {
    what: '4.2.8p6 with `enable mode7`',
    captured: ['428p6-mode7', '428p6-mode7'],
    emulated: { mode7: BOTH, variables, monitors: false },
    monlist: 'mode7-open-no-monlist info',
    readvar: 'readvar',
  },
];

type Answer = (request: Uint8Array) => readonly Uint8Array[];

describe('the verdict on classic ntpd', () => {
  for (const { what, captured, emulated, ...expected } of VERDICTS)
    for (const [how, start] of [
      ['captured', () => replay(captured)],
      ['emulated', () => emulation(emulated)],
    ] as const)
      it(`${what}, ${how}: monlist ${expected.monlist}, readvar ${expected.readvar}`, () => {
        assert.equal(verdictOn(monlist, start()), expected.monlist);
        assert.equal(verdictOn(readvar, start()).split(' ')[0], expected.readvar);
      });

  it('the emulation answers monlist with as many datagrams of the same sizes as the captured server', () => {
    for (const [name, count] of [
      ['mru0', 0],
      ['mru1', 1],
      ['mru5', 5],
      ['mru6', 6],
      ['mru600', 600],
    ] as const) {
      const answer = emulation({ mode7: BOTH, clients: clients(count) });
      const asked = capturesOf(name).filter(
        ({ request, label }) => request[3] === 42 && !label.includes('source port'),
      );
      assert.ok(asked.length >= 3);
      for (const { request, sizes, family, label } of asked)
        if (family === 4)
          assert.deepEqual(
            answer(request).map(({ length }) => length),
            sizes,
            `${name}, ${label}`,
          );
    }
  });

  it('the emulation keeps 600 clients, each once, and none that sends modes 6 and 7 only', () => {
    const ntpd = createClassicNtpd({ mode7: BOTH, variables });
    const [request] = [monlist.sweepForms[0].encode(0)];
    const time = Uint8Array.from({ length: 48 }, (_, i) => (i === 0 ? 0x23 : 0));
    for (const asked of [request, readvar.sweepForms[0].encode(0)]) ntpd.answer(asked, [127, 0, 0, 2]);
    assert.deepEqual(
      ntpd.answer(request, [127, 0, 0, 2]).map(({ length }) => length),
      [8],
    );
    for (let i = 0; i < 1400; i++) ntpd.answer(time, [127, 1, (i % 700) >> 8, (i % 700) & 0xff]);
    assert.equal(ntpd.answer(request, [127, 0, 0, 2]).length, 100);
  });
});

function capturesOf(name: string) {
  const own = captures.filter(({ file }) => file === `ntp-classic-ntpd-${name}.json`);
  assert.ok(own.length > 0, name);
  return own;
}

/** The captured answers; a request for the time is answered as ntpd does, and then the second capture answers. */
function replay([before, after]: Verdict['captured']): Answer {
  let name = before;
  return (request) => {
    if (((request[0] ?? 0) & 7) === 3) {
      name = after;
      return answerAs({ clients: [] }, request);
    }
    const asked = Buffer.from(request);
    // The captures have sequence number 1.
    if (((request[0] ?? 0) & 7) === 6) asked.writeUInt16BE(1, 2);
    const capture = capturesOf(name).find((each) => asked.equals(each.request) && each.family === 4);
    assert.ok(capture, asked.toString('hex'));
    return capture.responses;
  };
}

function emulation(options: ClassicNtpdOptions): Answer {
  const ntpd = createClassicNtpd(options);
  return (request) => ntpd.answer(request, [127, 0, 0, 1]);
}

function verdictOn(probe: Probe, reply: Answer): string {
  const done: Exchange[] = probe.sweepForms.map((form) =>
    exchangeFrom({ reply }, form.name, form.encode(1), probe),
  );
  for (let ask = probe.next(done); ask; ask = probe.next(done))
    done.push({
      ...exchangeFrom({ reply }, ask.form.name, ask.form.encode(1), probe),
      purpose: ask.purpose,
    });
  const judgement = probe.judge(done);
  if (judgement.kind !== 'exposure') return judgement.kind === 'nothing' ? 'silence' : judgement.reason;
  const reported = reportedExchange(done);
  assert.ok(reported);
  const { level } = severityOf(judgement, factorsOf(reported).wireAmplification, probe.severity);
  return `${judgement.tags.join()} ${level}`;
}
