import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Probe } from '../../probes/probe.js';
import type { Exchange, Reading } from '../../src/domain/exchange.js';
import { NO_TRAFFIC, trafficOf } from '../../src/domain/exchange.js';
import { ipv4 } from '../../src/domain/address.js';
import type { Exposure } from '../../src/domain/finding.js';
import { verdictOn } from '../../src/measure/verdict.js';
import { probeDouble } from '../probe-double.js';

const PROBE = probeDouble({ id: 'double-plain', hasNonce: false, forms: 1 });
const ASKED = { probe: PROBE, port: 4242 };
const ANSWER: Reading = { kind: 'answer', facts: {} };
const REFUSAL: Reading = { kind: 'refusal', reason: 'refused' };
const UNRECOGNISED: Reading = { kind: 'unrecognised', why: 'neither A nor R' };

describe('the verdict on a responder', () => {
  it('is the exposure that the measurement shows, with its strongest exchange', () => {
    const weak = exchange('weak', ANSWER, 100);
    const strong = exchange('strong', ANSWER, 1000);
    const verdict = verdictOn(ASKED, sighting(ANSWER, 60_000), [weak, strong, silent()]);
    assert.equal(verdict.kind, 'exposure');
    assert.equal(verdict.reported, strong);
    assert.equal(verdict.report, undefined);
  });

  it('rests on the sighting where the measurement stayed silent, was refused, or never was', () => {
    const seen = sighting(ANSWER, 500);
    for (const measured of [[silent()], [silent(), silent()], [], [exchange('x', REFUSAL, 8)]]) {
      const verdict = verdictOn(ASKED, seen, measured);
      assert.equal(verdict.kind, 'exposure');
      assert.equal(verdict.reported, seen);
      assert.equal(verdict.reported.seenIn, 'sweep');
    }
  });

  it('is unstable where the same form brought much less twice: the strongest alone, and the range as a remark', () => {
    const alone = [600, 900].map((bytes) => exchange('sighted', ANSWER, bytes));
    const verdict = verdictOn(ASKED, sighting(ANSWER, 5000), alone);
    assert.equal(verdict.kind, 'exposure');
    assert.equal(verdict.reported, alone[1]);
    assert.deepEqual(verdict.exposure.tags, ['double', 'unstable']);
    assert.deepEqual(verdict.exposure.remarks, [{ code: 'unstable', data: { least: 600, most: 5000 } }]);
    assert.deepEqual(verdict.exposure.facts, { least_bytes: 600, most_bytes: 5000 });
    const steady = verdictOn(ASKED, sighting(ANSWER, 5000), alone.slice(1));
    assert.deepEqual(steady.kind === 'exposure' && steady.exposure.tags, ['double']);
  });

  it('puts its remarks behind what the probe itself says', () => {
    const says: Exposure = { kind: 'exposure', tags: ['own'], detail: 'open to all', facts: { peers: 3 } };
    const probe: Probe = { ...PROBE, judge: () => says };
    const alone = [exchange('sighted', ANSWER, 600), exchange('sighted', ANSWER, 900)];
    for (const [seen, measured, expected] of [
      [5000, [exchange('sighted', ANSWER, 5000)], says],
      [
        5000,
        alone,
        {
          kind: 'exposure',
          tags: ['own', 'unstable'],
          detail: 'open to all',
          remarks: [{ code: 'unstable', data: { least: 600, most: 5000 } }],
          facts: { peers: 3, least_bytes: 600, most_bytes: 5000 },
        },
      ],
      [
        900,
        alone.toReversed().map((one, index) => ({ ...one, received: trafficOf([900, 400][index] ?? 0, 4) })),
        { ...says, remarks: [{ code: 'dwindling', data: { times: 3, bytes: '900, 900, 400' } }] },
      ],
    ] as const) {
      const verdict = verdictOn({ probe, port: 4242 }, sighting(ANSWER, seen), measured);
      assert.deepEqual(verdict.kind === 'exposure' && verdict.exposure, expected);
    }
  });

  it('keeps the strongest answer to a question whose later ones shrank or failed, and says the pattern', () => {
    const full = exchange('sa-init', ANSWER, 392);
    const again = [
      full,
      exchange('sa-init', ANSWER, 392),
      exchange('sa-init', ANSWER, 60),
      silent('sa-init'),
    ];
    const verdict = verdictOn(ASKED, undefined, again);
    assert.equal(verdict.kind, 'exposure');
    assert.equal(verdict.reported, full);
    assert.deepEqual(verdict.exposure.tags, ['double']);
    assert.deepEqual(verdict.exposure.remarks, [
      { code: 'dwindling', data: { times: 4, bytes: '392, 392, 60, 0' } },
    ]);
    const growing = verdictOn(ASKED, undefined, [exchange('sa-init', ANSWER, 60), full]);
    assert.equal(growing.kind === 'exposure' && growing.exposure.remarks, undefined);
    // Neither another question, half of the bytes, a loss nor a request that never left says anything.
    const small = exchange('sa-init', ANSWER, 60);
    for (const later of [
      silent('other'),
      exchange('sa-init', ANSWER, 196),
      { ...small, caveats: ['lossy'] },
      { ...small, purpose: 'prime' },
      { ...small, end: 'unsent' },
    ] as const) {
      const plain = verdictOn(ASKED, undefined, [full, later]);
      assert.equal(plain.kind === 'exposure' && plain.reported, full);
      assert.equal(plain.kind === 'exposure' && plain.exposure.remarks, undefined);
    }
  });

  it('says that the answer has shrunk since the sweep, but not where it is missing or came from elsewhere', () => {
    const seen = sighting(ANSWER, 392);
    const remarksOf = (sighted: Exchange, measured: readonly Exchange[]): unknown => {
      const verdict = verdictOn(ASKED, sighted, measured);
      assert.ok(verdict.kind === 'exposure');
      return verdict.exposure.remarks;
    };
    const [other, cookie] = [exchange('main-mode', ANSWER, 116), exchange('sighted', REFUSAL, 60)];
    const remarks = [{ code: 'dwindling', data: { times: 2, bytes: '392, 60' } }];
    assert.deepEqual(remarksOf(seen, [cookie, other]), remarks);
    assert.deepEqual(remarksOf(seen, [cookie]), remarks);
    assert.equal(remarksOf(seen, [silent('sighted'), other]), undefined);
    assert.equal(remarksOf({ ...seen, caveats: ['off-address'] }, [cookie, other]), undefined);
  });

  it('needs no sweep', () => {
    const verdict = verdictOn(ASKED, undefined, [exchange('alone', ANSWER, 500)]);
    assert.equal(verdict.kind, 'exposure');
    assert.equal(verdictOn(ASKED, undefined, [silent()]).kind, 'none');
  });

  it('is a refusal by its reason, whichever stage saw it', () => {
    assert.deepEqual(verdictOn(ASKED, sighting(REFUSAL, 8), [exchange('x', REFUSAL, 8)]), {
      kind: 'none',
      reason: 'refused',
    });
    assert.deepEqual(verdictOn(ASKED, sighting(REFUSAL, 8), [silent()]), { kind: 'none', reason: 'refused' });
    const fewer = [exchange('x', REFUSAL, 800), exchange('x', REFUSAL, 8)];
    assert.deepEqual(verdictOn(ASKED, undefined, fewer), { kind: 'none', reason: 'refused' });
    assert.deepEqual(verdictOn(ASKED, sighting(UNRECOGNISED, 8), [exchange('x', REFUSAL, 8)]), {
      kind: 'none',
      reason: 'refused',
    });
  });

  it('on bytes that no reader knows is x_unidentified, low, from 2 on the wire', () => {
    // A request of 2 bytes is a frame of 64: 82 bytes of payload make 128.
    const verdict = verdictOn(ASKED, sighting(UNRECOGNISED, 8), [exchange('x', UNRECOGNISED, 82)]);
    assert.equal(verdict.kind, 'exposure');
    assert.equal(verdict.report, 'x_unidentified');
    assert.deepEqual(verdict.exposure, {
      kind: 'exposure',
      tags: ['unidentified'],
      remarks: [{ code: 'unrecognised', data: { why: 'neither A nor R' } }],
      severity: { level: 'low', reason: 'amplifies with bytes that no reader knows' },
    });
  });

  it('on bytes that no reader knows is nothing below 2 on the wire', () => {
    assert.deepEqual(verdictOn(ASKED, sighting(UNRECOGNISED, 81), [exchange('x', UNRECOGNISED, 81)]), {
      kind: 'none',
      reason: 'unidentified',
    });
  });

  it('on unknown bytes that amplified in the sweep does not forget them when the measurement is silent', () => {
    const seen = sighting(UNRECOGNISED, 500);
    const verdict = verdictOn(ASKED, seen, [silent()]);
    assert.equal(verdict.kind, 'exposure');
    assert.equal(verdict.report, 'x_unidentified');
    assert.equal(verdict.reported, seen);
  });

  it('on unknown bytes from another address than the asked one is nothing', () => {
    const elsewhere: Exchange = { ...exchange('x', UNRECOGNISED, 5000), caveats: ['off-address'] };
    assert.equal(verdictOn(ASKED, sighting(UNRECOGNISED, 8), [elsewhere]).kind, 'none');
  });

  it('on unknown bytes from another port than the asked one is nothing', () => {
    const otherPort: Exchange = {
      ...exchange('x', UNRECOGNISED, 5000),
      responder: { address: ipv4(5), port: 4243 },
    };
    assert.equal(verdictOn(ASKED, sighting(UNRECOGNISED, 8), [otherPort]).kind, 'none');
  });

  it('does not rest on a sighting from another address that no measurement confirms', () => {
    const seen: Exchange = { ...sighting(ANSWER, 500), caveats: ['off-address'] };
    assert.deepEqual(verdictOn(ASKED, seen, [silent()]), {
      kind: 'none',
      reason: 'off-address-unconfirmed',
    });
    const confirmed: Exchange = { ...exchange('x', ANSWER, 500), caveats: ['off-address'] };
    assert.equal(verdictOn(ASKED, seen, [silent(), confirmed]).kind, 'exposure');
  });

  it('is none where the probe knows that the answers expose nothing', () => {
    const probe: Probe = { ...PROBE, judge: () => ({ kind: 'refusal', reason: 'harmless' }) };
    const verdict = verdictOn({ probe, port: 4242 }, sighting(ANSWER, 500), [exchange('x', ANSWER, 500)]);
    assert.deepEqual(verdict, { kind: 'none', reason: 'harmless' });
  });

  it('shows no exchange that was not to be measured', () => {
    const prime: Exchange = { ...exchange('x', ANSWER, 900), purpose: 'prime' };
    const seen = sighting(ANSWER, 500);
    const verdict = verdictOn(ASKED, seen, [prime]);
    assert.equal(verdict.kind === 'exposure' && verdict.reported, seen);
    assert.equal(verdictOn(ASKED, undefined, [prime]).kind, 'none');
  });

  it('shows an answer, though a refusal beside it was larger', () => {
    const answer = exchange('small', ANSWER, 200);
    const verdict = verdictOn(ASKED, undefined, [exchange('large', REFUSAL, 900), answer]);
    assert.equal(verdict.kind === 'exposure' && verdict.reported, answer);
  });

  it('on a known answer among unknown bytes is not x_unidentified', () => {
    const mixed: Exchange = {
      ...exchange('x', UNRECOGNISED, 5000),
      replies: [
        { payloadBytes: 8, reading: REFUSAL },
        { payloadBytes: 5000, reading: UNRECOGNISED },
      ],
    };
    assert.deepEqual(verdictOn(ASKED, sighting(REFUSAL, 8), [mixed]), { kind: 'none', reason: 'refused' });
  });
});

function exchange(form: string, reading: Reading, bytes: number): Exchange {
  return {
    ...silent(form),
    end: 'quiet',
    received: trafficOf(bytes, 4),
    replies: [{ payloadBytes: bytes, reading }],
    responder: { address: ipv4(5), port: 4242 },
  };
}

function sighting(reading: Reading, bytes: number): Exchange {
  return { ...exchange('sighted', reading, bytes), seenIn: 'sweep' };
}

function silent(form = 'silent'): Exchange {
  return {
    form,
    purpose: 'measure',
    seenIn: 'measurement',
    request: new Uint8Array(2),
    requestedAt: 0,
    end: 'silent',
    sent: trafficOf(2, 4),
    received: NO_TRAFFIC,
    replies: [],
    offPath: NO_TRAFFIC,
    caveats: [],
  };
}
