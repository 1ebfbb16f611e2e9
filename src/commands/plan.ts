import type { Ask, Probe } from '../../probes/probe.js';
import { trafficOf } from '../domain/exchange.js';
import type { AddressSet } from '../scope/address-set.js';
import { eachPrefix } from '../scope/address-set.js';
import type { Family } from '../domain/address.js';
import { formatPrefix } from '../domain/address.js';
import { eachRange } from '../domain/ranges.js';
import { interview } from '../measure/interview.js';
import { RECHECK_ROUNDS } from '../measure/recheck.js';
import type { Order } from '../sweep/order.js';
import { createOrder, placesPerSubnet } from '../sweep/order.js';
import { ALL_SETTINGS, needsSeed, TARGET_SETTINGS } from '../settings/all-settings.js';
import { givingWay } from '../give-way.js';
import { defineCommand, EXIT } from './command.js';
import { describePlan } from './inputs/describe-plan.js';
import { plannedCanaries } from './inputs/planned-canaries.js';
import { readScanInputs } from './inputs/scan-inputs.js';
import type { SelectedProbe } from '../engine/selected-probe.js';
import { definitionOf } from '../engine/selected-probe.js';
import { formatShard } from '../sweep/shard.js';

/** Says what a scan would send, and sends nothing. */
export const plan = defineCommand({
  positional: { usage: '[target..]', describe: 'Addresses or prefixes; none means all of the scope' },
  settings: ALL_SETTINGS.pick({ ...TARGET_SETTINGS, seed: true, shard: true, lang: true, json: true }).check(
    needsSeed,
  ),
  example: ['ampscope plan 192.0.2.0/24', 'what a scan of this network would send'],
  async run({ shard, ...settings }, io, given) {
    const { scope, space, probes, scopeFile, validityWarning, notes, ...inputs } = await readScanInputs(
      settings,
      given,
      io,
    );
    const rate = inputs.rate / (shard?.of ?? 1);
    for (const note of [validityWarning ?? [], notes].flat()) io.stderr.write(`ampscope: note: ${note}\n`);
    const { perSubnet, perHost } = scopeFile.limits;
    const forms = probes.reduce((sum, { probe }) => sum + probe.sweepForms.length, 0);
    const order = createOrder({
      ranges: eachRange(space.set.ranges),
      forms,
      pad: placesPerSubnet({ perSubnet, perHost }),
      key: new Uint32Array(8),
      shard,
    });
    const families = order.families.map((family) => ({ family, addresses: order.addressesOf(family) }));
    const passes = 1 + settings.retries;
    const giveWay = givingWay(() => io.clock.monotonicMs());
    const rows = [];
    for (const selected of probes)
      rows.push({
        ...rowOf(selected, families, passes),
        ...(await measurementOf(selected, giveWay)),
      });
    const seconds = passes * sweepSeconds(order, { rate, perSubnet });
    const packets = passes * order.positions;
    // All of them only for programs: of a million targets there are a million.
    const { networks, more: moreNetworks } = networksOf(space.set, settings.json ? Infinity : NETWORKS_SHOWN);
    const canaries = plannedCanaries(scopeFile, scope, probes);
    const summary = {
      scope: scopeFile.name,
      networks,
      ...(shard && { shard: formatShard(shard) }),
      addresses: order.addresses,
      excluded_addresses: space.excludedAddresses,
      left_out: space.leftOut,
      probes: rows,
      retries: passes - 1,
      packets,
      ...(canaries.length > 0 && {
        canaries: {
          hosts: canaries.length,
          requests: canaries.reduce(
            (sum, { asks }) => sum + RECHECK_ROUNDS * asks.probe.sweepForms.length,
            0,
          ),
        },
      }),
      rate_limit: rate,
      // A shard can be empty.
      effective_rate: seconds > 0 ? Math.round((packets / seconds) * 10) / 10 : 0,
      seconds: Math.ceil(seconds),
    };
    io.stdout.write(
      settings.json
        ? `${JSON.stringify(summary, undefined, 2)}\n`
        : describePlan(summary, moreNetworks)[settings.lang],
    );
    return EXIT.finished;
  },
});

/** What is sent with one probe. The same request is another packet in each family. */
function rowOf(
  selected: SelectedProbe,
  families: readonly { readonly family: Family; readonly addresses: number }[],
  passes: number,
) {
  const { probe, port } = selected;
  const requests = probe.sweepForms.flatMap((form) =>
    families.map(({ family, addresses }) => ({
      addresses: addresses * passes,
      ...trafficOf(form.encode(0).length, family),
    })),
  );
  return {
    probe: probe.id,
    port,
    forms: probe.sweepForms.length,
    packets: requests.reduce((sum, { addresses }) => sum + addresses, 0),
    payload_bytes: requests.reduce((sum, { addresses, payloadBytes }) => sum + addresses * payloadBytes, 0),
    wire_bytes: requests.reduce((sum, { addresses, wireBytes }) => sum + addresses * wireBytes, 0),
  };
}

/**
 * How long one pass over the order takes: of each round the longer of its packets at the rate and the
 * 1 / per_subnet seconds that every round lasts, the empty ones too.
 */
export function sweepSeconds(
  order: Pick<Order, 'steps'>,
  { rate, perSubnet }: { readonly rate: number; readonly perSubnet: number },
): number {
  return order
    .steps()
    .reduce((sum, { rounds, subnets }) => sum + rounds * Math.max(subnets / rate, 1 / perSubnet), 0);
}

/** What a measurement asks of one responder at most, going by the servers that the lab knows. */
async function measurementOf(
  { probe, options }: SelectedProbe,
  giveWay: () => Promise<void>,
): Promise<{
  readonly requests_to_a_responder: number;
  readonly seconds_to_a_responder: number;
  readonly options?: readonly string[];
  readonly bursts?: readonly { readonly requests: number; readonly within_ms: number }[];
}> {
  const measurements = [];
  for (const emulated of definitionOf(probe.id, 'plan').emulatedServers) {
    measurements.push(interview(probe, emulated));
    await giveWay();
  }
  const bursts = measurements.map(({ asks }) => asks.flatMap(({ burst }) => burst ?? []));
  const most = bursts.reduce((a, b) => (b.length > a.length ? b : a), []);
  return {
    requests_to_a_responder: Math.max(...measurements.map(({ exchanges }) => exchanges.length)),
    seconds_to_a_responder: Math.max(...measurements.map(({ asks }) => secondsOf(asks, probe))),
    ...(options.length > 0 && { options }),
    ...(most.length > 0 && {
      bursts: most.map(({ repeat, withinMs }) => ({ requests: repeat, within_ms: withinMs })),
    }),
  };
}

/** How long its answers are listened to at least: each until it has been quiet. */
function secondsOf(asks: readonly Ask[], { quietGapMs }: Pick<Probe, 'quietGapMs'>): number {
  return asks.reduce((sum, { afterMs = 0 }) => sum + Math.max(quietGapMs, afterMs), 0) / 1000;
}

/** The first prefixes of a set, and how many more it has. */
function networksOf(
  set: AddressSet,
  most: number,
): { readonly networks: readonly string[]; readonly more: number } {
  const networks: string[] = [];
  let count = 0;
  for (const prefix of eachPrefix(set)) if (++count <= most) networks.push(formatPrefix(prefix));
  return { networks, more: count - networks.length };
}

const NETWORKS_SHOWN = 8;
