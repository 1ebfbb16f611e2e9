import type { Address, Family, Range } from '../domain/address.js';
import { familyOf, ipv4 } from '../domain/address.js';
import type { Key } from './keyed-permutation.js';
import { permute, unpermute } from './keyed-permutation.js';
import type { Shard } from './shard.js';
import { shardOf } from './shard.js';
import type { SubnetClass } from './subnets.js';
import { subnetsOf } from './subnets.js';

/**
 * The order in which every (address, form) of the target space is asked exactly once, as arithmetic.
 *
 * Rounds visit each subnet once; a subnet of h hosts has P = max(h, pad) places, the last P − h of them empty,
 * and in round r its host place r mod P is asked with form ⌊r / P⌋. Subnets with more hosts come first in a
 * round, so those that are through, or wait at an empty place, are always the last: the list of a round is a
 * prefix of the one sorted list, and a position is (sum of the rounds before) + (place in the list).
 *
 * The caps follow from it: with rounds at least 1 / per_subnet apart no subnet is asked more often, and with
 * pad = ⌈per_subnet / per_host⌉ + 1 the next form reaches a host P rounds later, more than 1 / per_host.
 */
export interface Order {
  /** Packets in all: addresses × forms. */
  readonly positions: number;
  readonly addresses: number;
  /** The families its addresses are of, IPv4 first. */
  readonly families: readonly Family[];
  readonly forms: number;
  readonly rounds: number;
  addressesOf(family: Family): number;
  /** All rounds up to the last that is asked in, those in a row together in which equally many subnets are. */
  steps(): readonly { readonly rounds: number; readonly subnets: number }[];
  slotAt(position: number): Slot;
  /** Undefined where the address is not in the target space. */
  positionOf(address: Address, form: number): number | undefined;
  /** How many positions before this one have a form in [firstForm, endForm). */
  rankOf(position: number, firstForm: number, endForm: number): number;
  /** The position of that rank. */
  positionOfRank(rank: number, firstForm: number, endForm: number): number;
  /** Walks the positions from `start` on without searching. */
  cursor(start?: number): Cursor;
}

export interface Slot {
  readonly address: Address;
  readonly form: number;
  readonly round: number;
}

/** One mutable place in the order, so that a sweep allocates nothing for a packet. */
export interface Cursor {
  /** The position of the slot below, after `advance` said true. */
  readonly position: number;
  readonly address: Address;
  readonly form: number;
  readonly round: number;
  /** Goes to the next position; false after the last. */
  advance(): boolean;
}

/**
 * One closure, for position to address and back are computed from the same few numbers of each class.
 * @param ranges sorted and merged. @param pad places that a subnet has at least. @param shard absent: all of it.
 */
export function createOrder({
  ranges,
  forms,
  pad,
  key,
  shard,
}: {
  readonly ranges: Iterable<Range>;
  readonly forms: number;
  readonly pad: number;
  readonly key: Key;
  readonly shard?: Shard | undefined;
}): Order {
  const subnets = shard === undefined ? subnetsOf(ranges) : shardOf(subnetsOf(ranges), shard);
  let listed = 0;
  const classes = subnets.classes.map((subnetClass, index) => {
    const base = listed;
    listed += subnetClass.count;
    const { hosts, count } = subnetClass;
    return { hosts, count, index, base, places: Math.max(hosts, pad), tweak: index + 1 };
  });
  type OrderedClass = (typeof classes)[number];
  const addresses = classes.reduce((sum, { hosts, count }) => sum + hosts * count, 0);
  const positions = addresses * forms;
  const rounds = classes.reduce((most, { places }) => Math.max(most, places * forms), 0);

  const isActive = ({ places, hosts }: OrderedClass, round: number): boolean =>
    round < places * forms && round % places < hosts;
  /** Packets that one subnet of the class has had before the round. */
  const sentBefore = ({ places, hosts }: OrderedClass, round: number): number =>
    round >= places * forms
      ? forms * hosts
      : Math.floor(round / places) * hosts + Math.min(round % places, hosts);
  const positionsBefore = (round: number): number =>
    classes.reduce((sum, c) => sum + c.count * sentBefore(c, round), 0);
  const rankBefore = (round: number, firstForm: number, endForm: number): number =>
    classes.reduce(
      (sum, c) =>
        sum +
        c.count *
          Math.min(Math.max(sentBefore(c, round) - firstForm * c.hosts, 0), (endForm - firstForm) * c.hosts),
      0,
    );
  /** The last round whose sum before it is at most `value`, for a sum that grows with the round. */
  const roundOf = (value: number, before: (round: number) => number): number => {
    let low = 0;
    let high = rounds;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (before(middle) <= value) low = middle;
      else high = middle;
    }
    return low;
  };
  /** The class with the most hosts waits last and ends last, so where it does not send, none does. */
  const nextActiveRound = (round: number): number => {
    const [most] = classes;
    return most === undefined || isActive(most, round + 1)
      ? round + 1
      : (Math.floor((round + 1) / most.places) + 1) * most.places;
  };
  const classAt = (offset: number): OrderedClass => {
    const found = classes.find(({ base, count }) => offset < base + count);
    if (found === undefined) throw new RangeError(`no subnet at place ${offset} of a round`);
    return found;
  };
  const addressOf = (c: OrderedClass, offset: number, place: number): Address => {
    const subnet = permute(c.count, key, c.tweak, offset - c.base);
    return subnets.addressAt(c.index, subnet, permute(c.hosts, key, hostTweak(c, subnet), place));
  };
  const locate = (position: number): { round: number; offset: number } => {
    if (!(position >= 0 && position < positions))
      throw new RangeError(`no position ${position} of ${positions}`);
    const round = roundOf(position, positionsBefore);
    return { round, offset: position - positionsBefore(round) };
  };

  return {
    positions,
    addresses,
    families: subnets.families,
    forms,
    rounds,
    addressesOf: (family) =>
      classes.reduce((sum, c) => sum + c.hosts * subnetsOfFamily(c.index, c.count, family), 0),
    steps() {
      // By round: how many subnets more, or fewer, are asked from it on.
      const changes = new Map<number, number>();
      const change = (round: number, subnetCount: number): void => {
        changes.set(round, (changes.get(round) ?? 0) + subnetCount);
      };
      for (const { places, hosts, count } of classes)
        for (let form = 0; form < forms; form++) {
          change(form * places, count);
          change(form * places + hosts, -count);
        }
      let from = 0;
      let asked = 0;
      return [...changes]
        .filter(([, more]) => more !== 0)
        .sort(([a], [b]) => a - b)
        .flatMap(([round, more]) => {
          const step = { rounds: round - from, subnets: asked };
          from = round;
          asked += more;
          return step.rounds === 0 ? [] : step;
        });
    },
    slotAt(position) {
      const { round, offset } = locate(position);
      const c = classAt(offset);
      return { address: addressOf(c, offset, round % c.places), form: Math.floor(round / c.places), round };
    },
    positionOf(address, form) {
      const placement = subnets.placeOf(address);
      if (placement === undefined) return undefined;
      const c = classes[placement.classIndex];
      if (c === undefined) return undefined;
      const place = unpermute(c.hosts, key, hostTweak(c, placement.subnet), placement.host);
      const offset = c.base + unpermute(c.count, key, c.tweak, placement.subnet);
      return positionsBefore(form * c.places + place) + offset;
    },
    rankOf(position, firstForm, endForm) {
      const { round, offset } = locate(position);
      return classes.reduce(
        (rank, c) => {
          const form = Math.floor(round / c.places);
          const counts = isActive(c, round) && form >= firstForm && form < endForm;
          return counts ? rank + Math.min(Math.max(offset - c.base, 0), c.count) : rank;
        },
        rankBefore(round, firstForm, endForm),
      );
    },
    positionOfRank(rank, firstForm, endForm) {
      const round = roundOf(rank, (r) => rankBefore(r, firstForm, endForm));
      let rest = rank - rankBefore(round, firstForm, endForm);
      for (const c of classes) {
        const form = Math.floor(round / c.places);
        if (!isActive(c, round) || form < firstForm || form >= endForm) continue;
        if (rest < c.count) return positionsBefore(round) + c.base + rest;
        rest -= c.count;
      }
      throw new RangeError(`no position of rank ${rank}`);
    },
    cursor(start = 0) {
      return walk(start);
    },
  };

  /** Within a class IPv4 comes first: where IPv6 begins is found by halving. */
  function subnetsOfFamily(classIndex: number, count: number, family: Family): number {
    let low = 0;
    for (let high = count; low < high;) {
      const middle = Math.floor((low + high) / 2);
      if (familyOf(subnets.addressAt(classIndex, middle, 0)) === 4) low = middle + 1;
      else high = middle;
    }
    return family === 4 ? low : count - low;
  }

  function walk(start: number): Cursor {
    let { round, offset } = start < positions ? locate(start) : { round: rounds, offset: 0 };
    let c: OrderedClass | undefined = start < positions ? classAt(offset) : undefined;
    let ahead: Address[] = [];
    let next = 0;
    const cursor = {
      position: start - 1,
      // Of no meaning before `advance`; of the family that is usual.
      address: ipv4(0) as Address,
      form: 0,
      round,
      advance(): boolean {
        if (cursor.position + 1 >= positions) return false;
        if (next === ahead.length) lookAhead();
        const address = ahead[next++];
        if (address === undefined) return false;
        cursor.position++;
        cursor.address = address;
        return true;
      },
    };
    /**
     * The next addresses of one form in one round. Many in one go, for between two packets the arithmetic takes three
     * times as long; few at first, for most walks over what is suspect are short.
     */
    const lookAhead = (): void => {
      if (c !== undefined && offset >= c.base + c.count) c = classes[c.index + 1];
      if (c === undefined || !isActive(c, round)) {
        round = nextActiveRound(round);
        offset = 0;
        c = classes[0];
      }
      const count = Math.min(2 * ahead.length + 1, MOST_AHEAD);
      ahead = [];
      next = 0;
      if (c === undefined) return;
      const place = round % c.places;
      cursor.round = round;
      cursor.form = Math.floor(round / c.places);
      for (const end = Math.min(offset + count, c.base + c.count); offset < end; offset++)
        ahead.push(addressOf(c, offset, place));
    };
    return cursor;
  }
}

/** Addresses that a cursor has computed and not come to. */
const MOST_AHEAD = 64;

/** Hosts are in another order in each subnet; the odd factor keeps the tweaks of neighbours apart. */
function hostTweak(c: SubnetClass & { readonly base: number }, subnet: number): number {
  return Math.imul(c.base + subnet + 1, 0x9e3779b1);
}

/**
 * Places a subnet must have so that the next form reaches a host later than 1 / per_host: rounds are
 * 1 / per_subnet apart, and one of them may be late by as much.
 */
export function placesPerSubnet({
  perSubnet,
  perHost,
}: {
  readonly perSubnet: number;
  readonly perHost: number;
}): number {
  return Math.ceil(perSubnet / perHost) + 1;
}
