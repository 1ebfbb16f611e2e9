import type * as z from 'zod';
import type { Address } from '../domain/address.js';
import { formatAddress } from '../domain/address.js';
import type { Exchange } from '../domain/exchange.js';
import { formatInstant } from '../domain/time.js';
import { UsageError } from '../domain/usage-error.js';
import type { Measuring, ObservedExchange } from '../measure/measure-responder.js';
import { measureResponder } from '../measure/measure-responder.js';
import { createRequestGate } from '../measure/request-gate.js';
import { createGuard } from '../scope/guard.js';
import { createPacer, createReplyBudget, PACER_TICK_MS } from '../sweep/pacer.js';
import { openGuardedSocket } from '../udp/guarded-socket.js';
import { plural } from '../../reports/format.js';
import { version } from '../version.js';
import type { Io } from './command.js';
import { defineCommand, EXIT } from './command.js';
import { givingWay } from '../give-way.js';
import { describeExchange, describeOutcome, describeProbe } from './inspection/describe-inspection.js';
import { createExpiry } from '../engine/expiry.js';
import type { Inspection } from './inspection/inspection.js';
import { inspectionRecord, outcomeOf } from './inspection/inspection.js';
import { drawNonce } from '../engine/measurement-stage.js';
import { limitsFor } from '../measure/exchange-limits.js';
import { hostGapMs } from '../engine/rest.js';
import { jsonChunks, lazily } from './inspection/json-chunks.js';
import { chosenLimits } from './inputs/chosen-limits.js';
import type { ScanInputs } from './inputs/scan-inputs.js';
import { readScanInputs } from './inputs/scan-inputs.js';
import type { SelectedProbe } from '../engine/selected-probe.js';
import { ALL_SETTINGS, PROBE_SWITCHES, severitiesInOrder } from '../settings/all-settings.js';

const INSPECT_SETTINGS = ALL_SETTINGS.pick({
  scope: true,
  exclude: true,
  probe: true,
  port: true,
  ...PROBE_SWITCHES,
  source: true,
  quiet_gap: true,
  first_reply: true,
  longest_exchange: true,
  form_gap: true,
  receive_buffer: true,
  severity_critical: true,
  severity_high: true,
  all: true,
  json: true,
}).check(severitiesInOrder);
type InspectSettings = z.output<typeof INSPECT_SETTINGS>;

/** One host, asked as a measurement asks it, and everything that it sends back: for a call with its owner. */
export const inspect = defineCommand({
  positional: { usage: '<host>', describe: 'One address inside the scope' },
  settings: INSPECT_SETTINGS,
  example: ['ampscope inspect 192.0.2.7 --probe ntp-monlist', 'what it answers, byte by byte'],
  async run(settings, io, given) {
    const inputs = await readScanInputs({ ...settings, targets: undefined, rate: undefined }, given, io);
    if (inputs.space.size !== 1)
      throw new UsageError(
        `"${given.operands.join()}" is no single address`,
        'name one host; networks are for ampscope scan',
      );
    if (inputs.validityWarning !== undefined) io.stderr.write(`ampscope: note: ${inputs.validityWarning}\n`);
    return inspectHost(settings, io, inputs, inputs.space.addressAt(0));
  },
});

async function inspectHost(
  settings: InspectSettings,
  io: Io,
  inputs: ScanInputs,
  host: Address,
): Promise<number> {
  const { json } = settings;
  const print = (text: string): void => {
    if (!json) io.stdout.write(text);
  };
  const started = io.clock.now();
  const expiry = createExpiry(inputs.scope.validUntilEnd, io.clock);
  const signal = AbortSignal.any([io.stop, expiry.signal]);
  const measuring = measuringOf(settings, io, inputs, signal);
  const inspections: Inspection[] = [];
  print(headerOf(inputs, host));
  for (const selected of inputs.probes) {
    print(describeProbe(selected));
    const inspection = await inspectWith({ selected, host }, settings, io, measuring);
    inspections.push(inspection);
    print(describeOutcome(inspection));
  }
  expiry.cancel();
  const exchanges = inspections.flatMap((inspection) => inspection.exchanges.map(({ exchange }) => exchange));
  const sent = exchanges.filter(({ end }) => end !== 'unsent');
  const record = {
    ampscope_version: version,
    host: formatAddress(host),
    organisation: inputs.scopeFile.organisation,
    authorised_by: inputs.scopeFile.authorisedBy,
    contact: inputs.scopeFile.contact,
    scope: inputs.scopeFile.name,
    started: formatInstant(started),
    ended: formatInstant(io.clock.now()),
    complete: !signal.aborted,
    requests: sent.length,
    request_bytes: sent.reduce((sum, { request }) => sum + request.length, 0),
    socket_drops: measuring.drops(),
  };
  if (json) {
    const giveWay = givingWay(() => io.clock.monotonicMs());
    const probes = lazily(inspections, (inspection) => inspectionRecord(inspection, host));
    for (const chunk of jsonChunks({ ...record, probes })) {
      io.stdout.write(chunk);
      await giveWay();
    }
    io.stdout.write('\n');
  }
  print(
    `\nsent: ${plural(record.requests, 'request')}, ${plural(record.request_bytes, 'byte')}, from ${record.started} to ${record.ended}\n` +
      'no file was written: this text is the record of it\n',
  );
  if (io.stop.aborted && typeof io.stop.reason === 'number') return io.stop.reason;
  const hasLosses = signal.aborted || record.socket_drops > 0 || sent.length < exchanges.length;
  return hasLosses ? EXIT.losses : EXIT.finished;
}

/** One probe. Each exchange is printed as soon as it is over. */
async function inspectWith(
  asked: { readonly selected: SelectedProbe; readonly host: Address },
  settings: InspectSettings,
  io: Io,
  { common, openConnected }: InspectMeasuring,
): Promise<Inspection> {
  const { selected } = asked;
  const { all, json } = settings;
  const printParts = printerOf(io);
  const observedOf = new Map<Exchange, ObservedExchange>();
  let printed = Promise.resolve();
  const done = await askAll(
    {
      ...common,
      onExchange(observed) {
        observedOf.set(observed.exchange, observed);
        const parts = describeExchange(selected, observed, { number: observedOf.size, all });
        if (!json) printed = printed.then(() => printParts(parts));
      },
    },
    openConnected,
    asked,
  );
  await printed;
  // In the order of asking, which is not that of their ends in a burst.
  const exchanges = done.flatMap((exchange) => observedOf.get(exchange) ?? []);
  const thresholds = { critical: settings.severity_critical, high: settings.severity_high };
  return { selected, exchanges, outcome: outcomeOf(selected, exchanges, thresholds) };
}

/** Prints a text of many parts, and lets a signal be heard between two of them. */
function printerOf({ clock, stdout, stop }: Io): (parts: Iterable<string>) => Promise<void> {
  const giveWay = givingWay(() => clock.monotonicMs());
  return async (parts) => {
    for (const part of parts) {
      if (stop.aborted) {
        stdout.write('  stopped: the rest of it is not shown\n');
        return;
      }
      stdout.write(part);
      await giveWay();
    }
  };
}

/** As a measurement asks; a host that stays silent once more, on a socket that hears that a port is closed. */
async function askAll(
  measuring: Measuring,
  openConnected: (port: number, host: Address) => Measuring['openSocket'],
  { selected, host }: { readonly selected: SelectedProbe; readonly host: Address },
): Promise<readonly Exchange[]> {
  const { probe, port, options } = selected;
  const [first] = probe.sweepForms;
  const responder = { probe, to: host, port, expectedBits: 0, mayBurst: options.length > 0 };
  const done = await measureResponder(measuring, { ...responder, sighted: probe.sweepForms, asks: 'all' });
  if (done.some(({ end }) => end !== 'silent')) return done;
  const again = await measureResponder(
    { ...measuring, openSocket: openConnected(port, host) },
    { ...responder, sighted: [first], asks: 'sighted-only' },
  );
  return [...done, ...again];
}

interface InspectMeasuring {
  readonly common: Measuring;
  readonly openConnected: (port: number, address: Address) => Measuring['openSocket'];
  /** Datagrams that the sockets had no room for. */
  readonly drops: () => number;
}

/** Within every limit of the scope, on sockets that ask the scope before each packet. */
function measuringOf(
  settings: InspectSettings,
  { clock }: Io,
  { scope, rate, scopeFile: { limits } }: ScanInputs,
  signal: AbortSignal,
): InspectMeasuring {
  const guard = createGuard({
    allowed: scope.allowed.ranges,
    validUntilEnd: scope.validUntilEnd,
    isRevoked: false,
  });
  const openSocket =
    (connectTo?: { readonly address: Address; readonly port: number }): Measuring['openSocket'] =>
    (handlers) =>
      openGuardedSocket({
        ...handlers,
        guard,
        clock,
        receiveBufferBytes: settings.receive_buffer,
        sourceAddress: settings.source,
        connectTo,
      });
  let drops = 0;
  return {
    drops: () => drops,
    openConnected: (port, address) => openSocket({ address, port }),
    common: {
      clock,
      signal,
      gate: createRequestGate({
        pacer: createPacer(rate, PACER_TICK_MS),
        budget: createReplyBudget(limits.replyBandwidthBps),
        clock,
        hostGapMs: hostGapMs({ formGapMs: settings.form_gap, pace: limits }),
        perSubnet: limits.perSubnet,
        signal,
      }),
      openSocket: openSocket(),
      limitsFor: (probe) => limitsFor(probe, chosenLimits(settings)),
      drawNonce,
      onSocketDrops: (count) => (drops += count),
      onReceived: () => undefined,
    },
  };
}

function headerOf({ scopeFile }: ScanInputs, host: Address): string {
  const { organisation, authorisedBy, name, validUntil } = scopeFile;
  return (
    `${formatAddress(host)}, asked by ampscope ${version} for ${organisation}\n` +
    `authorised by ${authorisedBy} until ${validUntil}, by ${name}\n`
  );
}
