import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ipv4 } from '../../src/domain/address.js';
import { trafficOf } from '../../src/domain/exchange.js';
import type { Sighting } from '../../src/sweep/sightings.js';
import { createLedger } from '../../src/sweep/ledger.js';

describe('the ledger', () => {
  it('brings each new sighting once, those of one address together, first seen first', () => {
    const ledger = createLedger(2);
    const list = [sighting(5, 0), sighting(3, 1), sighting(5, 1)];
    for (const one of list) ledger.put(one);
    assert.equal(ledger.hasNew(), true);
    assert.deepEqual(
      ledger.takeNew().map((group) => group.map(({ probed, probe }) => [probed, probe])),
      [
        [
          [5, 0],
          [5, 1],
        ],
        [[3, 1]],
      ],
    );
    assert.equal(ledger.hasNew(), false);
    assert.deepEqual(ledger.takeNew(), []);
    ledger.put(sighting(3, 0));
    assert.equal(ledger.takeNew().length, 1);
    assert.equal(ledger.size, 4);
  });

  it('brings only the later of two generations of one address and probe', () => {
    const ledger = createLedger(1);
    const later = { ...sighting(5, 0), generation: 1 };
    ledger.put(sighting(5, 0));
    ledger.put(later);
    assert.equal(ledger.size, 1);
    assert.equal(ledger.get(0, ipv4(5)), later);
    assert.deepEqual(ledger.takeNew(), [[later]]);
    assert.deepEqual([...ledger.all()], [later]);
  });

  it('brings a sighting again when it is of another generation or another form is answered, not for new sums', () => {
    const changed: Sighting[] = [];
    const ledger = createLedger(1, [], (each) => changed.push(each));
    const one = sighting(5, 0);
    const more = { ...one, datagrams: 2 };
    const further = { ...more, forms: new Set([0, 1]) };
    const next = { ...further, generation: 1 };
    ledger.put(one);
    assert.deepEqual(ledger.takeNew(), [[one]]);
    ledger.put(more);
    assert.equal(ledger.hasNew(), false);
    assert.equal(ledger.get(0, ipv4(5)), more);
    ledger.put(further);
    assert.deepEqual(ledger.takeNew(), [[further]]);
    ledger.put(next);
    assert.deepEqual(ledger.takeNew(), [[next]]);
    assert.deepEqual(changed, [one, more, further, next]);
  });

  it('brings what is new as it is when it is asked, and what an earlier session knew too', () => {
    const ledger = createLedger(1, [sighting(5, 0)]);
    const more = { ...sighting(5, 0), datagrams: 7 };
    ledger.put(more);
    assert.deepEqual(ledger.takeNew(), [[more]]);
  });

  it('tells an IPv4 address from the IPv6 address of the same value, and probes from each other', () => {
    const ledger = createLedger(2);
    ledger.put(sighting(5, 0));
    assert.equal(ledger.get(1, ipv4(5)), undefined);
    assert.equal(ledger.get(7, ipv4(5)), undefined);
  });
});

function sighting(probed: number, probe: number): Sighting {
  return {
    probed: ipv4(probed),
    probe,
    forms: new Set([0]),
    form: 0,
    request: new Uint8Array(8),
    firstReading: { kind: 'answer', facts: {} },
    firstPayloadBytes: 100,
    responder: ipv4(probed),
    responderPort: 123,
    firstSeenAt: 0,
    generation: 0,
    ...trafficOf(100, 4),
    offPathDatagrams: 0,
    offPathBytes: 0,
  };
}
