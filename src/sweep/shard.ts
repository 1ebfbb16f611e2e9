import type { Subnets } from './subnets.js';

/** One of `of` parts of a target space, by its number from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/**
 * Part `index` of `of` of a shard, as a shard of the whole: each `of`-th of its subnets, so of the whole's list each
 * (shard.of × of)-th.
 */
export function partOf(shard: Shard = { index: 1, of: 1 }, { index, of }: Shard): Shard {
  return { index: shard.index + shard.of * (index - 1), of: shard.of * of };
}

/**
 * The subnets of one shard: those whose place in the one list (class by class) gives `index` − 1 when divided by
 * `of`. Whole subnets, so that the caps of each hold without the shards knowing of one another; every class is
 * dealt round, so the shards are of one size up to one subnet in all; arithmetic, so nothing is stored.
 * A space of few subnets can leave a shard empty.
 */
export function shardOf(subnets: Subnets, { index, of }: Shard): Subnets {
  let base = 0;
  const dealt = subnets.classes.map((subnetClass, classIndex) => {
    // The first place of the class that is ours.
    const first = (index - 1 - (base % of) + of) % of;
    base += subnetClass.count;
    const count = Math.max(0, Math.ceil((subnetClass.count - first) / of));
    return { subnetClass, classIndex, first, count };
  });
  const classes = dealt.filter(({ count }) => count > 0);
  const ownIndex = new Map(classes.map(({ classIndex }, own) => [classIndex, own]));
  return {
    families: subnets.families,
    classes: classes.map(({ subnetClass, count }) => ({ hosts: subnetClass.hosts, count })),
    addressAt(classIndex, subnet, host) {
      const own = classes[classIndex];
      if (own === undefined || subnet >= own.count)
        throw new RangeError(`no subnet ${subnet} in class ${classIndex}`);
      return subnets.addressAt(own.classIndex, own.first + subnet * of, host);
    },
    placeOf(address) {
      const place = subnets.placeOf(address);
      const classIndex = place && ownIndex.get(place.classIndex);
      const own = classIndex === undefined ? undefined : classes[classIndex];
      if (place === undefined || own === undefined || classIndex === undefined) return undefined;
      const subnet = (place.subnet - own.first) / of;
      return Number.isInteger(subnet) && subnet >= 0 ? { classIndex, subnet, host: place.host } : undefined;
    },
  };
}

/** As run.json has it: `2/4`. */
export function formatShard({ index, of }: Shard): string {
  return `${index}/${of}`;
}
