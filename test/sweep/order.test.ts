import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Address, Range } from '../../src/domain/address.js';
import {
  addressPlus,
  compareAddresses,
  familyOf,
  formatAddress,
  ipv4,
  parseAddress,
  predecessor,
  rangeSize,
  subnetOf,
  successor,
} from '../../src/domain/address.js';
import type { Order } from '../../src/sweep/order.js';
import { createOrder } from '../../src/sweep/order.js';

const KEY = Uint32Array.of(0x9e37_79b9, 7, 0xdead_beef, 42, 0xffff_ffff, 0, 0x1234_5678, 99);

/** Small target spaces, even and uneven, of each kind that the order treats differently. */
const SPACES: Readonly<Record<string, readonly Range[]>> = {
  'a single host': ranges('192.0.2.7-192.0.2.7'),
  'one whole /24': ranges('192.0.2.0-192.0.2.255'),
  'a /22': ranges('10.0.0.0-10.0.3.255'),
  'the last /24 of all': ranges('255.255.255.0-255.255.255.255'),
  'the first and the last address of all': ranges('0.0.0.0-0.0.0.0 255.255.255.255-255.255.255.255'),
  'three single hosts in as many /24s': ranges('10.0.0.1-10.0.0.1 10.0.1.1-10.0.1.1 10.9.9.9-10.9.9.9'),
  'two /24s and a single host': ranges('10.0.0.0-10.0.1.255 10.0.9.1-10.0.9.1'),
  'a range across subnets, whole ones in its middle': ranges('10.0.0.200-10.0.4.3'),
  'holes in one /24': ranges('10.0.0.1-10.0.0.3 10.0.0.5-10.0.0.5 10.0.0.9-10.0.0.12 10.0.0.254-10.0.0.255'),
  'a hole between whole /24s, and one inside': ranges(
    '10.0.0.0-10.0.1.255 10.0.3.0-10.0.5.127 10.0.5.129-10.0.6.255',
  ),
  'equally many hosts at different places': ranges(
    '10.0.0.0-10.0.0.4 10.0.1.7-10.0.1.8 10.0.1.200-10.0.1.202 10.0.7.0-10.0.7.4',
  ),
  'IPv6 single addresses in several /64s': ranges(
    '2001:db8::1-2001:db8::1 2001:db8::ffff-2001:db8::1:0 2001:db8:0:1::-2001:db8:0:1:: 2001:db8:0:2:ffff:ffff:ffff:ffff-2001:db8:0:3::',
  ),
  'both families': ranges(
    '10.0.0.0-10.0.0.30 10.0.1.0-10.0.1.255 2001:db8::-2001:db8::1e 2001:db8:0:1::5-2001:db8:0:1::104',
  ),
  'nothing at all': [],
};

describe('the order of a sweep', () => {
  for (const [name, space] of Object.entries(SPACES))
    it(`over ${name}: its steps and families count what a walk over it finds`, () => {
      const order = createOrder({ ranges: space, forms: 2, pad: 30, key: KEY });
      const inRound: number[] = [];
      const inFamily = { 4: 0, 6: 0 };
      for (const cursor = order.cursor(); cursor.advance();) {
        inRound[cursor.round] = (inRound[cursor.round] ?? 0) + 1;
        inFamily[familyOf(cursor.address)]++;
      }
      const steps = order.steps();
      assert.deepEqual(
        steps.flatMap(({ rounds, subnets }) => Array<number>(rounds).fill(subnets)),
        Array.from(inRound, (count: number | undefined) => count ?? 0),
      );
      for (const [index, { subnets }] of steps.entries()) assert.notEqual(subnets, steps[index + 1]?.subnets);
      for (const family of [4, 6] as const) assert.equal(order.addressesOf(family) * 2, inFamily[family]);
    });

  for (const [name, space] of Object.entries(SPACES)) {
    for (const { forms, pad } of [
      { forms: 1, pad: 1 },
      { forms: 3, pad: 6 },
      { forms: 2, pad: 201 },
      { forms: 4, pad: 300 },
    ]) {
      it(`over ${name}, ${forms} forms, ${pad} places: each (address, form) once, with a way back, in rounds`, () => {
        holdsEveryLaw(createOrder({ ranges: space, forms, pad, key: KEY }), space, forms, pad);
      });
    }
  }

  it('holds the same laws over any small space', () => {
    fc.assert(
      fc.property(
        anySpace,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 40 }),
        anyKey,
        (space, forms, pad, key) => {
          holdsEveryLaw(createOrder({ ranges: space, forms, pad, key }), space, forms, pad);
        },
      ),
      { numRuns: 80 },
    );
  });

  it('finds no position for an address outside, beside a border or in a hole', () => {
    const space = ranges('10.0.0.1-10.0.0.3 10.0.0.5-10.0.4.3 10.0.9.0-10.0.9.255');
    const order = createOrder({ ranges: space, forms: 2, pad: 3, key: KEY });
    for (const text of [
      '0.0.0.0',
      '10.0.0.0',
      '10.0.0.4',
      '10.0.4.4',
      '10.0.8.255',
      '10.0.10.0',
      '255.255.255.255',
      '::a00:1',
    ])
      assert.equal(order.positionOf(address(text), 0), undefined, text);
    for (const text of ['10.0.0.1', '10.0.0.5', '10.0.4.3', '10.0.9.0', '10.0.9.255'])
      assert.notEqual(order.positionOf(address(text), 1), undefined, text);
  });

  it('refuses positions and ranks that do not exist', () => {
    const order = createOrder({ ranges: ranges('10.0.0.0-10.0.0.9'), forms: 2, pad: 3, key: KEY });
    for (const position of [-1, 20, Number.NaN]) assert.throws(() => order.slotAt(position), RangeError);
    assert.throws(() => order.positionOfRank(10, 0, 1), RangeError);
  });

  it('is another for another key, and the same for the same', () => {
    const space = ranges('10.0.0.0-10.0.3.255');
    const walk = (word: number): string =>
      slotsOf(
        createOrder({ ranges: space, forms: 1, pad: 1, key: Uint32Array.of(word, 1, 2, 3, 4, 5, 6, 7) }),
      )
        .map((slot) => slot.address)
        .join();
    assert.equal(walk(1), walk(1));
    assert.notEqual(walk(1), walk(2));
  });

  it('puts neighbouring subnets in different host orders', () => {
    const order = createOrder({ ranges: ranges('10.0.0.0-10.0.1.255'), forms: 1, pad: 1, key: KEY });
    const hosts = (subnet: number): string =>
      slotsOf(order)
        .filter((slot) => subnetOf(slot.address).first === subnet)
        .map((slot) => Number(slot.address) % 256)
        .join();
    assert.notEqual(hosts(Number(address('10.0.0.0'))), hosts(Number(address('10.0.1.0'))));
  });

  it('of a /8 with a hundred exclusions needs no list: made, asked and walked in a moment, in little memory', () => {
    const space = punched(address('10.0.0.0'), address('10.255.255.255'), 100);
    const before = process.memoryUsage().heapUsed;
    const order = createOrder({ ranges: space, forms: 4, pad: 201, key: KEY });
    const grown = process.memoryUsage().heapUsed - before;
    assert.ok(grown < 2 * 1024 * 1024, `${grown} bytes`);
    assert.equal(order.addresses, 2 ** 24 - 100);
    assert.equal(order.positions, 4 * (2 ** 24 - 100));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: order.positions - 1 }), (position) => {
        const slot = order.slotAt(position);
        assert.equal(order.positionOf(slot.address, slot.form), position);
        const cursor = order.cursor(position);
        assert.ok(cursor.advance());
        assert.equal(cursor.address, slot.address);
        const rank = order.rankOf(position, slot.form, slot.form + 1);
        assert.equal(order.positionOfRank(rank, slot.form, slot.form + 1), position);
      }),
      { numRuns: 300 },
    );
  });

  it('of fifty thousand IPv6 hosts in one /64 is made in a moment', () => {
    const first = address('2001:db8::1');
    const space = Array.from({ length: 50_000 }, (_, i): Range => ({
      first: addressPlus(first, i * 3),
      last: addressPlus(first, i * 3),
    }));
    const started = process.cpuUsage();
    const order = createOrder({ ranges: space, forms: 1, pad: 1, key: KEY });
    assert.equal(order.addresses, 50_000);
    // Of the processor, whatever else the machine is doing: what grows with the square takes minutes.
    assert.ok(process.cpuUsage(started).user < 5e6);
  });
});

describe('the caps follow from the order by arithmetic', () => {
  for (const { perSubnet, perHost } of [
    { perSubnet: 200, perHost: 1 },
    { perSubnet: 10, perHost: 3 },
    { perSubnet: 5, perHost: 5 },
    { perSubnet: 7.5, perHost: 0.7 },
    { perSubnet: 0.5, perHost: 0.1 },
    { perSubnet: 1, perHost: 1 },
  ]) {
    it(`rounds 1/${perSubnet} s apart: at most cap + 1 packets a second to a subnet, a host again after 0.95/${perHost} s`, () => {
      const pad = Math.ceil(perSubnet / perHost) + 1;
      for (const [name, space] of Object.entries(SPACES)) {
        const order = createOrder({ ranges: space, forms: 4, pad, key: KEY });
        const subnetTimes = new Map<Address, number[]>();
        const hostTimes = new Map<Address, number[]>();
        for (const slot of slotsOf(order)) {
          const seconds = slot.round / perSubnet;
          push(subnetTimes, subnetOf(slot.address).first, seconds);
          push(hostTimes, slot.address, seconds);
        }
        for (const times of subnetTimes.values())
          assert.ok(mostWithin(times, 1) <= Math.ceil(perSubnet) + 1, `${name}: ${mostWithin(times, 1)}`);
        for (const times of hostTimes.values())
          for (const [index, time] of times.entries())
            assert.ok(time - (times[index - 1] ?? -Infinity) >= 0.95 / perHost, name);
      }
    });
  }
});

/** What must hold for every order; each by the most obvious means. */
function holdsEveryLaw(order: Order, space: readonly Range[], forms: number, pad: number): void {
  const addresses = space.flatMap(listed);
  assert.equal(order.addresses, addresses.length);
  assert.equal(order.positions, addresses.length * forms);
  assert.equal(order.forms, forms);

  const slots = slotsOf(order);
  const seen = new Set<string>();
  const lastRound = new Map<Address, { round: number; form: number }>();
  const inRound = new Set<Address>();
  const placesInRound = new Map<Address, number>();
  let round = 0;
  let place = 0;
  for (const [position, slot] of slots.entries()) {
    seen.add(`${formatAddress(slot.address)} ${slot.form}`);
    if (order.positionOf(slot.address, slot.form) !== position) assert.fail(`no way back from ${position}`);

    assert.ok(slot.round >= round && slot.round < order.rounds, 'rounds never go back');
    if (slot.round > round) {
      inRound.clear();
      place = 0;
    }
    round = slot.round;
    const subnet = subnetOf(slot.address).first;
    assert.ok(!inRound.has(subnet), 'a round visits a subnet once');
    inRound.add(subnet);
    const usual = placesInRound.get(subnet) ?? place;
    assert.equal(place, usual, 'a subnet keeps its place in every round');
    placesInRound.set(subnet, usual);
    place++;

    const last = lastRound.get(slot.address);
    if (last !== undefined) {
      assert.equal(slot.form, last.form + 1, 'forms are the outer loop');
      assert.ok(slot.round - last.round >= pad, 'a host waits as many rounds as there are places');
    } else assert.equal(slot.form, 0);
    lastRound.set(slot.address, { round: slot.round, form: slot.form });
  }
  assert.equal(seen.size, order.positions, 'each (address, form) once');
  for (const one of addresses) assert.ok(lastRound.has(one), `${formatAddress(one)} is asked`);

  for (const position of sampleOf(order.positions, 97)) {
    assert.deepEqual(order.slotAt(position), slots[position]);
    const cursor = order.cursor(position);
    for (const expected of slots.slice(position, position + 5)) {
      assert.ok(cursor.advance());
      assert.deepEqual({ address: cursor.address, form: cursor.form, round: cursor.round }, expected);
    }
  }
  assert.equal(order.cursor(order.positions).advance(), false);

  for (const [first, end] of [
    [0, forms],
    [0, 1],
    [forms - 1, forms],
    [1, Math.max(1, forms - 1)],
  ] as const) {
    let rank = 0;
    for (const [position, { form }] of slots.entries()) {
      if (order.rankOf(position, first, end) !== rank)
        assert.fail(`rank of ${position} in [${first}, ${end})`);
      if (form < first || form >= end) continue;
      if (order.positionOfRank(rank, first, end) !== position) assert.fail(`position of rank ${rank}`);
      rank++;
    }
  }
}

function slotsOf(
  order: Order,
): { readonly address: Address; readonly form: number; readonly round: number }[] {
  const slots = [];
  for (const cursor = order.cursor(); cursor.advance();) {
    assert.equal(cursor.position, slots.length);
    slots.push({ address: cursor.address, form: cursor.form, round: cursor.round });
  }
  return slots;
}

/** Sorted ranges, apart from each other, in a few neighbouring subnets. */
const anySpace: fc.Arbitrary<readonly Range[]> = fc
  .uniqueArray(fc.integer({ min: 0, max: 1279 }), { minLength: 1, maxLength: 12 })
  .map((borders) => {
    const sorted = borders.toSorted((a, b) => a - b);
    const base = Number(address('198.51.100.0'));
    return sorted.flatMap((first, index): Range[] => {
      const last = sorted[index + 1];
      if (index % 2 === 1 || last === undefined) return [];
      return [{ first: ipv4(base + first), last: ipv4(base + last - (last > first + 1 ? 1 : 0)) }];
    });
  })
  .map(merged);

const anyKey = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => new Uint32Array(Uint8Array.from(bytes).buffer));

function merged(list: readonly Range[]): readonly Range[] {
  const result: Range[] = [];
  for (const range of list) {
    const before = result.at(-1);
    if (before !== undefined && compareAddresses(range.first, successor(before.last) ?? before.last) <= 0)
      result[result.length - 1] = { first: before.first, last: range.last };
    else result.push(range);
  }
  return result;
}

/** A range without `count` single addresses, evenly spread. */
function punched(first: Address, last: Address, count: number): readonly Range[] {
  const step = Math.floor(Number(rangeSize({ first, last })) / (count + 1));
  const result: Range[] = [];
  let start = first;
  for (let hole = 1; hole <= count; hole++) {
    const excluded = addressPlus(first, hole * step);
    const before = predecessor(excluded);
    const after = successor(excluded);
    if (before === undefined || after === undefined) break;
    result.push({ first: start, last: before });
    start = after;
  }
  return [...result, { first: start, last }];
}

function ranges(text: string): readonly Range[] {
  return text.split(' ').map((part) => {
    const [first = '', last = ''] = part.split('-');
    return { first: address(first), last: address(last) };
  });
}

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

function listed(range: Range): Address[] {
  return Array.from({ length: Number(rangeSize(range)) }, (_, i) => addressPlus(range.first, i));
}

function sampleOf(count: number, most: number): number[] {
  const step = Math.max(1, Math.floor(count / most));
  return Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);
}

function push(map: Map<Address, number[]>, key: Address, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** The most of these sorted times that any half-open window of so many seconds holds. */
function mostWithin(times: readonly number[], seconds: number): number {
  let most = 0;
  let start = 0;
  for (const [index, time] of times.entries()) {
    while (time - (times[start] ?? 0) >= seconds - 1e-9) start++;
    most = Math.max(most, index - start + 1);
  }
  return most;
}
