import type { Order } from './order.js';
import type { Pass } from './pass.js';
import { createPass } from './pass.js';
import type { ProbeChannel } from './probe-channel.js';

/** The passes of a discovery: the first over everything, the retries over what did not answer, the last after losses. */
export interface Passes {
  /** By number; grows with `addRepair`. */
  readonly all: readonly Pass[];
  readonly first: Pass;
  readonly retries: readonly Pass[];
  /** Of the sweep after losses. */
  repair(): Pass;
  /** One more of these: replies to the one before may still be on their way. */
  addRepair(): void;
  /** The pass whose requests leave now. */
  current: Pass;
}

export interface PassesOptions {
  readonly order: Order;
  readonly cooldownMs: number;
  readonly retries?: number | undefined;
}

/** @param positions where the first pass and each retry go on; absent: at their beginning. */
export function createPasses(
  options: PassesOptions,
  channels: readonly ProbeChannel[],
  positions: readonly number[],
): Passes {
  const { retries = 0 } = options;
  const all: Pass[] = [];
  const add = (position: number): Pass => {
    const pass = createPass(all.length, position, channels, options);
    all.push(pass);
    return pass;
  };
  const first = add(positions[0] ?? 0);
  const others = Array.from({ length: retries }, (_, index) => add(positions[index + 1] ?? 0));
  let repair = add(0);
  return {
    all,
    first,
    retries: others,
    repair: () => repair,
    addRepair() {
      repair = add(0);
    },
    current: first,
  };
}
