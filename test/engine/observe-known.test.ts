import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KnownKnowledge } from '../../src/engine/observe-known.js';
import { observeKnown } from '../../src/engine/observe-known.js';
import type { Address } from '../../src/domain/address.js';
import { formatAddress, ipv4 } from '../../src/domain/address.js';
import type { Exchange, Reading } from '../../src/domain/exchange.js';
import { answersIn, NO_TRAFFIC, trafficOf } from '../../src/domain/exchange.js';
import type { Finding } from '../../src/domain/finding.js';
import { createMeasured } from '../../src/engine/measured.js';
import type { ExposureHistory } from '../../src/history/exposure-history.js';
import { fingerprintOf } from '../../src/history/request-fingerprint.js';
import type { Observation } from '../../src/history/verdict.js';
import { createLedger } from '../../src/sweep/ledger.js';
import type { Probe } from '../../probes/probe.js';
import { findingId } from '../../reports/record.js';
import { probeDouble } from '../probe-double.js';
import { sightingDouble } from '../sweep/sighting-double.js';

const HOST = ipv4(0x0a00_0005);
const PROBE: Probe = {
  ...probeDouble({ id: 'double', hasNonce: false, forms: 2 }),
  judge: (done) => ({
    kind: 'refusal',
    reason: 'no answer that exposes',
    ...(done.flatMap(answersIn).every(({ harmless }) => harmless === true) && { exposesNothing: true }),
  }),
};
/** What it asks: forms 0 and 1 at port 4242. */
const ASKED = fingerprintOf({ port: 4242, forms: [{ request_hex: '5100' }, { request_hex: '5101' }] });
const HARMLESS: Reading = { kind: 'answer', facts: { harmless: true } };
const ANSWER: Reading = { kind: 'answer', facts: {} };
const UNRECOGNISED: Reading = { kind: 'unrecognised', why: 'noise' };
const REFUSAL: Reading = { kind: 'refusal', reason: 'no' };
const FAILURE: Reading = { kind: 'refusal', reason: 'not now', transient: true };

describe('a known exposure that a run did not see, but heard,', () => {
  it('is closed where it said no for good to everything that it was asked alone', () => {
    assert.deepEqual(observed([REFUSAL, REFUSAL]), { kind: 'closed', evidence: 'refused' });
  });

  it('is not closed by a failure, by a no to half of the question, or by what the sweep alone heard', () => {
    for (const alone of [[REFUSAL, FAILURE], [REFUSAL], [REFUSAL, undefined], []])
      assert.deepEqual(observed(alone), { kind: 'answers-otherwise' });
    assert.deepEqual(observed([], { stoppedBy: 'signal' }), { kind: 'not-asked' });
  });

  it('is closed where it answers all of the question, and the probe knows that the answers expose nothing', () => {
    assert.deepEqual(observed([HARMLESS, HARMLESS]), { kind: 'closed', evidence: 'answered' });
    assert.deepEqual(observed([HARMLESS, REFUSAL]), { kind: 'closed', evidence: 'answered' });
    for (const alone of [[HARMLESS], [HARMLESS, FAILURE], [HARMLESS, UNRECOGNISED], [ANSWER, HARMLESS]])
      assert.deepEqual(observed(alone), { kind: 'answers-otherwise' });
  });

  it('is not closed by what another port says', () => {
    assert.deepEqual(observed([REFUSAL, REFUSAL], { port: 4243 }), { kind: 'not-asked' });
  });

  it('has no row where the address that the row names is excluded by now', () => {
    const allows = (address: Address): boolean => address === HOST;
    assert.deepEqual(observed([REFUSAL, REFUSAL], { ip: '10.0.0.9', allows }), { kind: 'no-target' });
  });
});

describe('a known exposure that a run did not hear', () => {
  const silent = { kind: 'silent', fingerprint: ASKED, rechecked: false, lossy: false, unreached: undefined };
  const known = knownAt(5);

  for (const [claim, run, expected] of [
    ['is silent', {}, silent],
    ['was silent thrice more where it was asked again', { again: 'silent' }, { ...silent, rechecked: true }],
    ['was not asked again where that was cut short', { again: 'cut-short' }, silent],
    ['may have answered where something was lost', { lost: [HOST] }, { ...silent, lossy: true }],
    ['is silent whatever was lost elsewhere', { lost: [hostAt(6)] }, silent],
    ['is closed where its port is', { again: 'closed' }, { kind: 'closed', evidence: 'closed' }],
    [
      'is closed even in a run that was stopped',
      { again: 'closed', stoppedBy: 'signal' },
      { kind: 'closed', evidence: 'closed' },
    ],
    ['was not asked in a run that was stopped', { stoppedBy: 'signal' }, { kind: 'not-asked' }],
    [
      'was not asked by a run without its probe',
      { known: [knownAt(5, { probe: 'another' })] },
      { kind: 'not-asked' },
    ],
    ['is no target of a run of other addresses', { isTarget: () => false }, { kind: 'no-target' }],
    [
      'is no target where its address is none',
      { known: [knownAt(5, { probed_ip: '-' })] },
      { kind: 'no-target' },
    ],
  ] as const)
    it(claim, () => {
      const { observed } = observedIn({ known: [known], alive: [hostAt(9)], ...run });
      assert.deepEqual(observed.get('f 10.0.0.5')?.observation, expected);
    });

  it('has the exchanges in which it was asked again, before those of its measurement', () => {
    const [again, alone] = [exchangeOf(0), exchangeOf(1, REFUSAL)];
    const rechecked = new Map([
      ['f 10.0.0.5', { kind: 'answered', answer: again, exchanges: [again] } as const],
    ]);
    const silence = new Map([['f 10.0.0.5', { kind: 'silent', exchanges: [again] } as const]]);
    const sighting = sightingDouble({ firstReading: REFUSAL });
    const measured = createMeasured([[sighting, [alone, exchangeOf(0, REFUSAL)]]]);
    const heard = observedIn({ known: [known], sighted: [sighting], measured, rechecked });
    assert.deepEqual(
      heard.observed.get('f 10.0.0.5')?.exchanges.map(({ form }) => form),
      ['form 0', 'form 1', 'form 0'],
    );
    const unheard = observedIn({ known: [known], rechecked: silence });
    assert.deepEqual(unheard.observed.get('f 10.0.0.5')?.exchanges, [again]);
  });

  it('is none where a finding shows it', () => {
    const row = {
      ip: HOST,
      measurement: { probedPort: 4242 },
      protocol: 'double',
      probe: 'double',
    } as Finding;
    const id = findingId('10.0.0.5', 4242, 'double', 'double');
    const { observed } = observedIn({ known: [known, knownAt(5, { finding_id: id })], found: [row] });
    assert.deepEqual([...observed.keys()], ['f 10.0.0.5']);
  });
});

describe('the path of a run', () => {
  const responders = (...addresses: readonly string[]) => ({
    asked: ASKED,
    addresses,
    silent: [] as readonly string[],
  });

  it('is proved by those that answered the same question before, each address once, as far as nothing was lost', () => {
    const { path } = observedIn({
      known: [
        knownAt(1),
        knownAt(2),
        knownAt(3, { asked: 'something else' }),
        knownAt(4, { silent: { runs: 1 } }),
        knownAt(90),
      ],
      responders: { double: responders('10.0.0.1', '10.0.0.5', '10.0.0.6', '10.0.0.91') },
      isTarget: (address) => address < hostAt(90),
      lost: [hostAt(6)],
      alive: [hostAt(1), hostAt(2)],
    });
    // 1 and 2 answered; 5 did not; 4 was silent before, so it decides nothing; of 6 it is unknown.
    assert.deepEqual([path?.expected, path?.answered], [4, 2]);
    const others = { double: { ...responders('10.0.0.5'), asked: 'something else' } };
    assert.deepEqual(observedIn({ responders: others }).path?.expected, 0);
  });

  it('has what answered by probe, sorted, what was silent in doubt, and what is gone', () => {
    const alive = [hostAt(10), hostAt(9)];
    const known = { double: responders('10.0.0.5', '10.0.0.99', '10.0.0.9') };
    const allows = (address: Address): boolean => address !== hostAt(99);
    const reached = observedIn({ responders: known, alive, allows, isTarget: allows });
    const answered = [{ probe: 'double', addresses: ['10.0.0.9', '10.0.0.10'] }];
    assert.deepEqual(reached.path, {
      expected: 2,
      answered: 1,
      responders: answered,
      gone: [{ probe: 'double', addresses: ['10.0.0.5', '10.0.0.99'] }],
    });
    const doubtful = observedIn({ responders: { double: responders('10.0.0.5', '10.0.0.6') }, alive });
    assert.deepEqual(doubtful.suspect, { reason: 'responders', expected: 2, answered: 0 });
    assert.deepEqual(doubtful.path, {
      expected: 2,
      answered: 0,
      responders: answered,
      silent: [{ probe: 'double', addresses: ['10.0.0.5', '10.0.0.6'] }],
    });
  });

  it('is proved by a port that is closed, too', () => {
    const rechecked = new Map([['f 10.0.0.5', { kind: 'closed', exchanges: [] } as const]]);
    const { path } = observedIn({ known: [knownAt(5)], rechecked });
    assert.deepEqual([path?.expected, path?.answered], [1, 1]);
  });

  it('is in doubt where no canary answered with anything that its reader knows', () => {
    const other = probeDouble({ id: 'a-double', hasNonce: false, forms: 1 });
    const network = '10.0.0.0/24';
    for (const [reading, answered] of [
      [REFUSAL, true],
      [UNRECOGNISED, false],
      [undefined, false],
    ] as const) {
      const { path, suspect, observed } = observedIn({
        known: [knownAt(5)],
        canaries: [
          canaryAt(hostAt(8), PROBE, [exchangeOf(0)]),
          canaryAt(hostAt(7), PROBE, [{ ...exchangeOf(0), end: 'unsent' }, exchangeOf(0, reading)]),
          canaryAt(hostAt(7), other, []),
        ],
      });
      assert.deepEqual(path?.canaries, [
        { ip: '10.0.0.7', probe: 'a-double', port: 4242, network, requests: 0, answered: false },
        { ip: '10.0.0.7', probe: 'double', port: 4242, network, requests: 1, answered },
        { ip: '10.0.0.8', probe: 'double', port: 4242, network, requests: 1, answered: false },
      ]);
      assert.deepEqual(suspect?.reason, answered ? undefined : 'canaries');
      const observation = observed.get('f 10.0.0.5')?.observation;
      assert.ok(observation?.kind === 'silent');
      assert.equal(observation.unreached, answered ? undefined : 'path not proved');
    }
  });

  it('is dark where three exposures of a network, or of a probe that found nothing, fell silent at once', () => {
    const fell = [1, 2, 3].map((host) => knownAt(host));
    const scattered = [1, 2, 3].map((net) => knownAt(net * 256));
    const row = {
      ip: hostAt(9),
      measurement: { probedPort: 4242 },
      protocol: 'double',
      probe: 'double',
    } as Finding;
    const responding = { double: responders(...[20, 21, 22, 23].map((host) => formatAddress(hostAt(host)))) };
    const alive = [20, 21, 22, 23].map(hostAt);
    const run = { responders: responding, alive, found: [row] };
    for (const [known, more, doubt] of [
      [fell, {}, 'outage'],
      [fell.slice(1), {}, undefined],
      [fell.map((one) => ({ ...one, silent: { runs: 1 } })), {}, undefined],
      [fell.map((one) => ({ ...one, asked: 'something else' })), {}, undefined],
      [scattered, {}, undefined],
      [scattered, { found: [] }, 'outage'],
    ] as const) {
      const { observed, path } = observedIn({ ...run, known, ...more });
      const doubts = [...observed.values()].map(
        ({ observation }) => observation.kind === 'silent' && observation.unreached,
      );
      assert.deepEqual(
        doubts,
        known.map(() => doubt),
      );
      assert.equal(path?.dark !== undefined, doubt !== undefined);
    }
  });

  it('is dark by AS as well, where that is known', () => {
    const known = { double: responders('10.0.1.1', '10.0.2.1', '10.0.9.1', '10.0.10.1') };
    const run = { responders: known, alive: [0x901, 0xa01].map(hostAt), networkOf: () => undefined };
    const originOf = (address: Address): object => ({ asn: address < hostAt(0x900) ? 64496 : 64497 });
    assert.deepEqual(observedIn({ ...run, originOf }).path?.dark, [
      { network: 'AS64496', expected: 2, answered: 0 },
    ]);
    assert.equal(observedIn(run).path?.dark, undefined);
  });

  it('is not told by a run that was stopped', () => {
    const { path, suspect } = observedIn({ known: [knownAt(5)], stoppedBy: 'signal' });
    assert.deepEqual([path, suspect], [undefined, undefined]);
  });
});

/** A run whose sweep heard a refusal, and whose measurement heard this of each form; undefined: silence. */
function observed(
  alone: readonly (Reading | undefined)[],
  {
    port = 4242,
    ip = '10.0.0.5',
    ...more
  }: Pick<Run, 'allows' | 'stoppedBy'> & { readonly port?: number; readonly ip?: string } = {},
): Observation | undefined {
  const sighting = sightingDouble({ firstReading: REFUSAL, forms: new Set([0, 1]) });
  const exchanges = alone.map((reading, form) => exchangeOf(form, reading));
  return observedIn({
    known: [knownAt(5, { ip })],
    sighted: [sighting],
    measured: createMeasured([[sighting, exchanges]]),
    port,
    ...more,
  }).observed.get('f 10.0.0.5')?.observation;
}

interface Run extends Partial<Pick<KnownKnowledge, 'measured' | 'canaries' | 'rechecked' | 'isTarget'>> {
  readonly known?: readonly ExposureHistory[];
  readonly responders?: KnownKnowledge['plan']['responders'];
  readonly port?: number;
  readonly allows?: (address: Address) => boolean;
  readonly networkOf?: () => undefined;
  readonly originOf?: (address: Address) => object;
  readonly sighted?: Parameters<typeof createLedger>[1];
  /** These answered the sweep with something. */
  readonly alive?: readonly Address[];
  /** Of these it is unknown whether they answer. */
  readonly lost?: readonly Address[];
  /** What became of all that were asked again, unless `rechecked` says it. */
  readonly again?: 'silent' | 'closed' | 'cut-short';
  readonly found?: readonly Finding[];
  readonly stoppedBy?: 'signal';
}

/** What a run of one probe learned, of 10.0.0.0/24 unless said otherwise. */
function observedIn({
  known = [],
  responders = {},
  port = 4242,
  allows = () => true,
  networkOf,
  originOf = () => ({}),
  sighted,
  alive = [],
  lost = [],
  again,
  found = [],
  stoppedBy,
  ...more
}: Run): ReturnType<typeof observeKnown> {
  const outcomes = known.map(({ finding_id }) => [finding_id, { kind: again, exchanges: [] }] as const);
  return observeKnown(
    {
      plan: {
        scope: { allows, networkOf: networkOf ?? (() => ({ prefix: { first: hostAt(0), length: 24 } })) },
        probes: [{ probe: PROBE, port, options: [] }],
        known,
        responders,
        originOf,
      },
      canaries: [],
      ledger: createLedger(1, sighted ?? alive.map((probed) => sightingDouble({ probed }))),
      measured: createMeasured(),
      unknown: () => lost,
      isTarget: () => true,
      rechecked: new Map(again === undefined ? [] : outcomes),
      ...(stoppedBy && { stoppedBy }),
      ...more,
    } as unknown as KnownKnowledge,
    found,
  );
}

function hostAt(number: number): Address {
  return ipv4(0x0a00_0000 + number);
}

/** That of 10.0.0.0 + `host`, which answered the probe's question when it was last asked. */
function knownAt(host: number, more: object = {}): ExposureHistory {
  const ip = formatAddress(hostAt(host));
  const known = {
    finding_id: `f ${ip}`,
    ip,
    probe: PROBE.id,
    probed_ip: ip,
    probed_port: 4242,
    asked: ASKED,
  };
  return { ...known, ...more } as unknown as ExposureHistory;
}

function canaryAt(
  address: Address,
  probe: Probe,
  exchanges: readonly Exchange[],
): KnownKnowledge['canaries'][number] {
  return { address, asks: { probe, port: 4242, options: [] }, outcome: { kind: 'silent', exchanges } };
}

/** What this form brought alone. @param reading absent: nothing. */
function exchangeOf(form: number, reading?: Reading): Exchange {
  return {
    form: PROBE.sweepForms[form]?.name ?? '',
    purpose: 'measure',
    seenIn: 'measurement',
    request: Uint8Array.of(0x51, form),
    requestedAt: 0,
    end: reading ? 'quiet' : 'silent',
    sent: trafficOf(2, 4),
    received: reading ? trafficOf(4, 4) : NO_TRAFFIC,
    replies: reading ? [{ payloadBytes: 4, reading }] : [],
    offPath: NO_TRAFFIC,
    caveats: [],
  };
}
