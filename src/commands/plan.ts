import { trafficOf } from '../domain/exchange.js';
import { sizeOf, toPrefixes, addressSet } from '../scope/address-set.js';
import { familyOf, formatPrefix } from '../domain/address.js';
import { interview } from '../measure/interview.js';
import { createOrder, placesPerSubnet } from '../sweep/order.js';
import { flagOption } from './arguments.js';
import type { Command } from './command.js';
import { EXIT } from './command.js';
import { retriesOption } from './pace-options.js';
import { readScanInputs } from './scan-inputs.js';
import { TARGET_OPTIONS } from './scan-options.js';
import type { SelectedProbe } from './select-probes.js';
import { definitionOf } from './select-probes.js';

/** Says what a scan would send, and sends nothing. */
export const plan: Command = {
  name: 'plan',
  positional: {
    usage: '[target..]',
    key: 'target',
    describe: 'Addresses or prefixes; none means all of the scope',
  },
  describe: 'Show what a scan would send: packets, bytes, time; sends nothing',
  options: {
    ...TARGET_OPTIONS,
    json: { group: 'Output:', type: 'boolean', describe: 'Print the plan as JSON' },
  },
  example: ['ampscope plan 192.0.2.0/24', 'what a scan of this network would send'],
  async run(argv, io) {
    const { space, probes, rate, scopeFile, validityWarning, notes } = await readScanInputs(argv, io);
    for (const note of [validityWarning ?? [], notes].flat()) io.stderr.write(`ampscope: note: ${note}\n`);
    const { perSubnet, perHost } = scopeFile.limits;
    const forms = probes.reduce((sum, { probe }) => sum + probe.sweepForms.length, 0);
    const order = createOrder({
      ranges: space.ranges,
      forms,
      pad: placesPerSubnet({ perSubnet, perHost }),
      key: new Uint32Array(8),
    });
    const families = order.families.map((family) => ({
      family,
      addresses: Number(sizeOf(addressSet(space.ranges.filter(({ first }) => familyOf(first) === family)))),
    }));
    const passes = 1 + retriesOption(argv);
    const rows = probes.map((selected) => {
      const { probe, port } = selected;
      // The same request is another packet in each family.
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
        payload_bytes: requests.reduce(
          (sum, { addresses, payloadBytes }) => sum + addresses * payloadBytes,
          0,
        ),
        wire_bytes: requests.reduce((sum, { addresses, wireBytes }) => sum + addresses * wireBytes, 0),
        ...measurementOf(selected),
      };
    });
    // Both bounds hold: packets at the rate, and rounds of which each subnet has at most one packet.
    const seconds = passes * Math.max(order.positions / rate, order.rounds / perSubnet);
    const packets = passes * order.positions;
    const summary = {
      scope: scopeFile.name,
      networks: toPrefixes(addressSet(space.ranges)).map(formatPrefix),
      addresses: Number(sizeOf(addressSet(space.ranges))),
      excluded_addresses: space.excludedAddresses,
      left_out: space.leftOut,
      probes: rows,
      retries: passes - 1,
      packets,
      rate_limit: rate,
      effective_rate: Math.round((packets / seconds) * 10) / 10,
      seconds: Math.ceil(seconds),
    };
    io.stdout.write(
      flagOption(argv, 'json') ? `${JSON.stringify(summary, undefined, 2)}\n` : describePlan(summary),
    );
    return EXIT.finished;
  },
};

/** What a measurement asks of one responder at most, going by the servers that the lab knows. */
function measurementOf({ probe, options }: SelectedProbe): {
  readonly requests_to_a_responder: number;
  readonly options?: readonly string[];
  readonly bursts?: readonly { readonly requests: number; readonly within_ms: number }[];
} {
  const measurements = definitionOf(probe.id, 'plan').twins.map((twin) => interview(probe, twin));
  const bursts = measurements.map(({ asks }) => asks.flatMap(({ burst }) => burst ?? []));
  const most = bursts.reduce((a, b) => (b.length > a.length ? b : a), []);
  return {
    requests_to_a_responder: Math.max(...measurements.map(({ exchanges }) => exchanges.length)),
    ...(options.length > 0 && { options }),
    ...(most.length > 0 && {
      bursts: most.map(({ repeat, withinMs }) => ({ requests: repeat, within_ms: withinMs })),
    }),
  };
}

interface PlanSummary {
  readonly networks: readonly string[];
  readonly addresses: number;
  readonly excluded_addresses: number;
  readonly probes: readonly {
    readonly probe: string;
    readonly port: number;
    readonly packets: number;
    readonly payload_bytes: number;
    readonly wire_bytes: number;
    readonly requests_to_a_responder: number;
    readonly bursts?: readonly { readonly requests: number; readonly within_ms: number }[];
  }[];
  readonly retries: number;
  readonly packets: number;
  readonly rate_limit: number;
  readonly effective_rate: number;
  readonly seconds: number;
}

const NETWORKS_SHOWN = 8;

function describePlan(plan: PlanSummary): string {
  const shown = plan.networks.slice(0, NETWORKS_SHOWN).join(', ');
  const more =
    plan.networks.length > NETWORKS_SHOWN ? ` and ${plan.networks.length - NETWORKS_SHOWN} more` : '';
  const header = ['probe', 'port', 'packets', 'payload bytes', 'wire bytes', 'to a responder'];
  const cells = plan.probes.map((row) =>
    [row.probe, row.port, row.packets, row.payload_bytes, row.wire_bytes, row.requests_to_a_responder].map(
      String,
    ),
  );
  const widths = header.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return `${[
    `targets    ${plan.addresses} addresses: ${shown}${more}`,
    `excluded   ${plan.excluded_addresses} addresses`,
    '',
    line(header),
    ...cells.map(line),
    '',
    `sweep      at most ${plan.packets} packets${describeRetries(plan.retries)}, at ${plan.effective_rate} packets/s (limit ${plan.rate_limit}): about ${duration(plan.seconds)}`,
    'then       the cooldown, and to each responder about as many requests more as the last column says',
    ...plan.probes.flatMap(({ probe, bursts = [] }) =>
      bursts.map(
        ({ requests, within_ms }) =>
          `burst      ${probe}: ${requests} requests within ${within_ms / 1000} s to each responder, beyond per_host`,
      ),
    ),
  ].join('\n')}\n`;
}

function describeRetries(retries: number): string {
  if (retries === 0) return '';
  return ` (who does not answer is asked ${retries === 1 ? 'once' : `${retries} times`} more)`;
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
