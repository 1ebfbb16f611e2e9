import type { Address } from '../domain/address.js';
import { subnetOf } from '../domain/address.js';

/** Whether the system had known a way to a subnet (/24, /64): only then is a lost way a loss. */
export interface Routes {
  noteSent(address: Address): void;
  /**
   * The system knew no way to this address.
   * @param wasAskedBefore whether its subnet was surely asked earlier in the run, before anything was noted here.
   * @returns whether it had known one.
   */
  noteUnreachable(address: Address, wasAskedBefore: boolean): boolean;
}

/** Subnets of which it is known. */
const MOST_ROUTES = 65_536;

export function createRoutes(): Routes {
  const routes = new Map<Address, { asked: number; failed: number }>();
  return {
    noteSent(address) {
      const route = routes.size === 0 ? undefined : routes.get(subnetOf(address).first);
      if (route !== undefined) route.asked++;
    },
    noteUnreachable(address, wasAskedBefore) {
      const subnet = subnetOf(address).first;
      let route = routes.get(subnet);
      if (route === undefined) {
        route = { asked: wasAskedBefore ? 2 : 1, failed: 0 };
        if (routes.size < MOST_ROUTES) routes.set(subnet, route);
      }
      route.failed++;
      return route.asked > route.failed;
    },
  };
}
