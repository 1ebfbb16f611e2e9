import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Address } from '../../src/domain/address.js';
import { formatAddress, ipv4 } from '../../src/domain/address.js';
import type { Exchange } from '../../src/domain/exchange.js';
import { NO_TRAFFIC, trafficOf } from '../../src/domain/exchange.js';
import type { ProgressState } from '../../src/engine/progress.js';
import { recheckKnown } from '../../src/engine/recheck-known.js';
import type { ScanPlan } from '../../src/engine/scan-plan.js';
import type { ExposureHistory } from '../../src/history/exposure-history.js';
import type { Rechecked } from '../../src/measure/recheck.js';
import { createLedger } from '../../src/sweep/ledger.js';
import { probeDouble } from '../probe-double.js';
import { sightingDouble } from '../sweep/sighting-double.js';

const PROBE = probeDouble({ id: 'double', hasNonce: false, forms: 2 });
const OTHER = probeDouble({ id: 'double-other', hasNonce: false, forms: 1 });
const PORT = 4242;
const SILENT: Rechecked = { kind: 'silent', exchanges: [] };

describe('asked again at the end of a run is', () => {
  it('each known exposure that it was to ask, at the same port with the same probe, and that it did not hear', async () => {
    const { asked, rechecked } = await recheckedIn({
      known: [
        knownAt('10.0.0.1'),
        knownAt('10.0.0.2', { probe: OTHER.id }),
        knownAt('10.0.0.3', { probed_port: PORT + 1 }),
        knownAt('10.0.0.4', { probe: 'double-of-another-run' }),
        // Not to be asked; heard by this probe; heard by the other probe alone.
        knownAt('10.0.0.99'),
        knownAt('10.0.0.5'),
        knownAt('10.0.0.6'),
        knownAt('no address'),
      ],
      sighted: [sightingDouble({ probed: host(5) }), sightingDouble({ probed: host(6), probe: 1 })],
    });
    assert.deepEqual(asked, ['double 10.0.0.1', 'double-other 10.0.0.2', 'double 10.0.0.6']);
    assert.deepEqual([...rechecked.keys()], ['f 10.0.0.1', 'f 10.0.0.2', 'f 10.0.0.6']);
  });

  it('one that answered from elsewhere on a socket that hears other addresses, any other on a connected one', async () => {
    const { asked } = await recheckedIn({
      known: [
        knownAt('10.0.0.1', { ip: '10.0.0.9' }),
        knownAt('10.0.0.2', { last: { tag: 'open;off-address' } }),
        knownAt('10.0.0.3', { last: { tag: 'open' } }),
        knownAt('10.0.0.4', { last: {} }),
      ],
      isConnectedTold: true,
    });
    assert.deepEqual(asked, [
      'double 10.0.0.1 -',
      'double 10.0.0.2 -',
      'double 10.0.0.3 +',
      'double 10.0.0.4 +',
    ]);
  });

  it('each canary that the scope still allows, on a connected socket', async () => {
    const { asked, canaries } = await recheckedIn({
      canaries: [host(7), host(98)],
      isConnectedTold: true,
    });
    assert.deepEqual(asked, ['double-other 10.0.0.7 +']);
    assert.deepEqual(
      canaries.map(({ address, outcome }) => [address, outcome]),
      [[host(7), SILENT]],
    );
  });

  it('nothing where nothing is known, and no stage is begun for it', async () => {
    const { asked, stages } = await recheckedIn({ known: [knownAt('10.0.0.99')] });
    assert.deepEqual([asked, stages], [[], []]);
  });
});

describe('a known exposure that answers when it is asked again', () => {
  const ANSWER: Exchange = {
    form: 'form 1',
    purpose: 'prove',
    seenIn: 'measurement',
    request: Uint8Array.of(0x51, 1),
    requestedAt: 5000,
    end: 'quiet',
    sent: trafficOf(2, 4),
    received: trafficOf(100, 4),
    replies: [{ afterMs: 30, payloadBytes: 100, reading: { kind: 'refusal', reason: 'refused' } }],
    responder: { address: host(9), port: 53 },
    offPath: { datagrams: 2, payloadBytes: 20 },
    caveats: [],
  };
  const answered = { kind: 'answered', answer: ANSWER, exchanges: [ANSWER] } as const;

  it('becomes a sighting, to be measured like any other', async () => {
    const { ledger } = await recheckedIn({ known: [knownAt('10.0.0.1')], outcome: answered });
    assert.deepEqual(ledger.takeNew(), [
      [
        {
          ...sightingDouble({
            probed: host(1),
            form: 1,
            forms: new Set([1]),
            responder: host(9),
            responderPort: 53,
          }),
          request: ANSWER.request,
          firstReading: { kind: 'refusal', reason: 'refused' },
          firstSeenAt: 5000,
          firstReplyMs: 0,
          offPathDatagrams: 2,
          offPathBytes: 20,
        },
      ],
    ]);
  });

  it('becomes none where it is a canary, or nothing came that could be measured', async () => {
    const { ledger } = await recheckedIn({ canaries: [host(7)], outcome: answered });
    assert.equal(ledger.size, 0);
    const nothing = { ...ANSWER, replies: [], received: NO_TRAFFIC };
    const empty = await recheckedIn({
      known: [knownAt('10.0.0.1')],
      outcome: { ...answered, answer: nothing },
    });
    assert.equal(empty.ledger.size, 0);
  });
});

describe('the progress of asking again', () => {
  it('counts each of those that are asked, and no other', async () => {
    const { stages } = await recheckedIn({ known: [knownAt('10.0.0.1')], canaries: [host(7), host(98)] });
    assert.deepEqual(stages, [
      ['recheck', { done: 0, total: 2, responders: 0 }],
      ['update', { done: 1, total: 2, responders: 0 }],
      ['update', { done: 2, total: 2, responders: 0 }],
      ['stop', { done: 2, total: 2, responders: 0 }],
    ]);
  });
});

/** A run whose targets are 10.0.0.0 to .97, and whose scope allows them and .99; each is asked one after the other. */
async function recheckedIn({
  known = [],
  canaries = [],
  sighted = [],
  outcome = SILENT,
  isConnectedTold = false,
}: {
  readonly known?: readonly ExposureHistory[];
  readonly canaries?: readonly Address[];
  readonly sighted?: Parameters<typeof createLedger>[1];
  readonly outcome?: Rechecked;
  readonly isConnectedTold?: boolean;
}) {
  const asks = { probe: OTHER, port: PORT, options: [] };
  const asked: string[] = [];
  const stages: (readonly [string, ProgressState])[] = [];
  const ledger = createLedger(2, sighted);
  const outcomes = await recheckKnown({
    plan: {
      known,
      canaries: canaries.map((address) => ({ address, asks })),
      probes: [{ ...asks, probe: PROBE }, asks],
      parallel: 1,
      scope: { allows: (address: Address) => address !== host(98) },
    } as unknown as ScanPlan,
    ledger,
    stage: {
      recheck({ probe, port }, to, { connected }) {
        assert.equal(port, PORT);
        const how = isConnectedTold ? [connected ? '+' : '-'] : [];
        asked.push([probe.id, formatAddress(to), ...how].join(' '));
        return Promise.resolve(outcome);
      },
    },
    isTarget: (address) => address < host(98),
    progress: {
      start: (...stage) => stages.push(stage),
      update: (state) => stages.push(['update', state]),
      stop: (state) => stages.push(['stop', state]),
    },
  });
  return { ...outcomes, asked, stages, ledger };
}

function host(number: number): Address {
  return ipv4(0x0a00_0000 + number);
}

function knownAt(probed_ip: string, more: object = {}): ExposureHistory {
  const known = {
    finding_id: `f ${probed_ip}`,
    ip: probed_ip,
    probe: PROBE.id,
    probed_ip,
    probed_port: PORT,
  };
  return { ...known, ...more } as unknown as ExposureHistory;
}
