import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ipv4 } from '../../src/domain/address.js';
import { trafficOf } from '../../src/domain/exchange.js';
import { isLowerBound } from '../../src/domain/factors.js';
import type { Sighting } from '../../src/sweep/ledger.js';
import { createLedger, exchangeOfSighting } from '../../src/sweep/ledger.js';

describe('the ledger', () => {
  it('brings each new sighting once, those of one address together, first seen first', () => {
    const ledger = createLedger(2);
    const list = [sighting(5, 0), sighting(3, 1), sighting(5, 1)];
    for (const one of list) ledger.put(one);
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

  it('brings only the later of two sightings of one address and probe', () => {
    const ledger = createLedger(1);
    const later = sighting(5, 0);
    ledger.put(sighting(5, 0));
    ledger.put(later);
    assert.equal(ledger.size, 1);
    assert.equal(ledger.get(0, ipv4(5)), later);
    assert.deepEqual(ledger.takeNew(), [[later]]);
    assert.deepEqual([...ledger.all()], [later]);
  });

  it('brings a sighting again when another form is answered, and not for more replies to the same', () => {
    const ledger = createLedger(1);
    const one = sighting(5, 0);
    ledger.put(one);
    ledger.takeNew();
    const reply = { form: one.form, from: one.responder, traffic: trafficOf(100, 4) };
    ledger.add(one, reply);
    assert.equal(ledger.hasNew(), false);
    ledger.add(one, { ...reply, form: one.form + 1 });
    assert.deepEqual(ledger.takeNew(), [[one]]);
  });

  it('takes over what another thread has: sums into the sighting that is there, a new one as new', () => {
    const ledger = createLedger(1);
    const one = sighting(5, 0);
    const changed: Sighting[] = [];
    const other = createLedger(1, [structuredClone(one)], (each) => changed.push(structuredClone(each)));
    ledger.put(one);
    ledger.takeNew();
    const there = other.get(0, ipv4(5));
    assert.ok(there !== undefined);
    other.add(there, { form: one.form, from: one.responder, traffic: trafficOf(100, 4) });
    for (const each of changed.splice(0)) ledger.merge(each);
    assert.equal(ledger.get(0, ipv4(5)), one, 'whoever holds it sees the new sums');
    assert.deepEqual(one, there);
    assert.equal(ledger.hasNew(), false);
    other.add(there, { form: one.form + 1, from: one.responder, traffic: trafficOf(100, 4) });
    other.put(sighting(6, 0));
    for (const each of changed) ledger.merge(each);
    assert.deepEqual(
      ledger.takeNew().map(([each]) => each?.probed),
      [5, 6],
    );
  });

  it('tells an IPv4 address from the IPv6 address of the same value, and probes from each other', () => {
    const ledger = createLedger(2);
    ledger.put(sighting(5, 0));
    assert.equal(ledger.get(1, ipv4(5)), undefined);
    assert.equal(ledger.get(7, ipv4(5)), undefined);
  });
});

describe('a sighting as an exchange', () => {
  it('has the sums of all datagrams, the first reply only, and its caveats', () => {
    const seen: Sighting = {
      ...sighting(5, 0),
      responder: ipv4(9),
      responderPort: 77,
      late: true,
      datagrams: 3,
      payloadBytes: 300,
      ipPackets: 4,
      wireBytes: 500,
      strangerDatagrams: 2,
      strangerBytes: 20,
    };
    const exchange = exchangeOfSighting(seen, { formName: 'form', sent: trafficOf(8, 4) });
    assert.equal(exchange.seenIn, 'sweep');
    assert.deepEqual(exchange.received, { datagrams: 3, payloadBytes: 300, ipPackets: 4, wireBytes: 500 });
    assert.equal(exchange.replies.length, 1);
    assert.equal(exchange.replies[0]?.afterMs, undefined);
    assert.deepEqual(exchange.responder, { address: 9, port: 77 });
    assert.deepEqual(exchange.caveats, ['off-address', 'late']);
    assert.equal(exchange.strangers.payloadBytes, 20);
    assert.deepEqual(exchangeOfSighting(sighting(5, 0), { formName: '', sent: trafficOf(8, 4) }).caveats, []);
  });

  it('calls a sighting lossy where the sweep lost replies, so a row that rests on it is a lower bound', () => {
    const lossy = exchangeOfSighting(sighting(5, 0), {
      formName: '',
      sent: trafficOf(8, 4),
      lostReplies: true,
    });
    assert.deepEqual(lossy.caveats, ['lossy']);
    assert.equal(isLowerBound(lossy), true);
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
    late: false,
    ...trafficOf(100, 4),
    strangerDatagrams: 0,
    strangerBytes: 0,
  };
}
