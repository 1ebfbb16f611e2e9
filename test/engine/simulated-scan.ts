import { soundOr } from '../../src/archive/checkpoint.js';
import { checkStoredSweep } from '../../src/commands/runs/stored-sweep.js';
import type { Address, Range } from '../../src/domain/address.js';
import type { Exchange } from '../../src/domain/exchange.js';
import type { Finding } from '../../src/domain/finding.js';
import { formatAddress } from '../../src/domain/address.js';
import type { Checkpointer, ScanSnapshot } from '../../src/engine/keep-saving.js';
import { createMeasured } from '../../src/engine/measured.js';
import { runScan } from '../../src/engine/run-scan.js';
import type { ScanPlan, ScanResult, ScanStart } from '../../src/engine/scan-plan.js';
import type { ScopeReload } from '../../src/engine/scope-reload.js';
import { createScopeReload } from '../../src/engine/scope-reload.js';
import type { SelectedProbe } from '../../src/engine/selected-probe.js';
import { servePartition } from '../../src/engine/serve-partition.js';
import type { FromWorker, StartWorker, ToWorker } from '../../src/engine/worker-messages.js';
import { addressSet, membership, rangeOf } from '../../src/scope/address-set.js';
import { createLiveScope } from '../../src/scope/live-scope.js';
import { createScope } from '../../src/scope/scope.js';
import type { ScopeFile } from '../../src/scope/scope-file.js';
import { targetSpaceOf } from '../../src/scope/target-space.js';
import { decodeSighting, encodeSighting } from '../../src/sweep/sighting-codec.js';
import { openGuardedSocket } from '../../src/udp/guarded-socket.js';
import type { FakeClock } from '../fake-clock.js';
import { prefix, scopeFileOf } from '../scope/scope-of.js';
import type { SimulatedNetwork } from './simulated-network.js';

export interface SimulatedScan {
  readonly clock: FakeClock;
  readonly network: SimulatedNetwork;
  readonly probes: readonly SelectedProbe[];
  readonly ranges: readonly Range[];
  /** Of the authorisation; the targets lie in it. */
  readonly scopeFile?: ScopeFile;
  readonly plan?: Partial<ScanPlan>;
  /** What the scope says when it is read again. @throws UsageError to revoke it. */
  readonly reread?: () => ScopeFile;
  readonly checkpointEveryMs?: number;
  /** The state that an earlier session saved last. */
  readonly from?: Kept | undefined;
}

/** What a scan was seen to do. */
export interface SimulatedResult {
  readonly result: ScanResult;
  readonly findings: readonly Finding[];
  /** Whether the run says that it does not know if an address answers a probe. */
  readonly isUnknown: (probe: number, address: Address) => boolean;
  readonly kept: Kept;
  /** When the state was saved. */
  readonly savedAtMs: readonly number[];
}

/** A run's checkpoint as a file would hold it. */
export interface Kept {
  readonly state: string;
  readonly measured: readonly { readonly key: string; readonly exchanges: readonly Exchange[] }[];
}

export const SCOPE: ScopeFile = scopeFileOf({
  networks: [{ prefix: prefix('10.0.0.0/8') }, { prefix: prefix('2001:db8::/32') }],
});
const KEY = Uint32Array.of(3, 1, 4, 1, 5, 9, 2, 6);

/** One session of a scan, which can be told to stop and to read its scope again while it goes on. */
export function simulateScan(scan: SimulatedScan): {
  readonly done: Promise<SimulatedResult>;
  readonly stop: AbortController;
  readonly control: ScopeReload;
} {
  const { clock, network, probes, ranges, scopeFile = SCOPE } = scan;
  const scope = createLiveScope(createScope(scopeFile));
  const pace = { rate: 1000, perSubnet: 200, perHost: 1, replyBandwidthBps: 1e9, ...scan.plan?.pace };
  const control = createScopeReload({
    scope,
    targets: addressSet(ranges),
    pace: { ...pace, share: 1 },
    limits: scopeFile.limits,
    read() {
      const file = (scan.reread ?? (() => scopeFile))();
      return Promise.resolve({
        scopeFile: file,
        scopeText: '',
        scope: createScope(file),
        exclusions: [],
      });
    },
    clock,
    print: () => undefined,
  });
  const plan: ScanPlan = {
    scope,
    space: targetSpaceOf({ set: addressSet(ranges), given: [], excludedAddresses: 0, leftOut: [] }),
    probes,
    originOf: () => ({}),
    threads: 1,
    parallel: 8,
    retries: 0,
    receiveBufferBytes: 1 << 20,
    cooldownMs: 4000,
    formGapMs: 500,
    seed: 'a seed',
    tokenKey: KEY,
    batchMs: 900_000,
    known: [],
    responders: {},
    canaries: [],
    ...scan.plan,
    pace,
  };
  const stop = new AbortController();
  const checkpointer = memoryCheckpointer(scan);
  const openSocket: typeof openGuardedSocket = (options) => openGuardedSocket(options, network.openSocket);
  const run = async (): Promise<SimulatedResult> => {
    const result = await runScan(
      plan,
      {
        clock,
        openSocket,
        startWorker: inProcess(clock, probes, openSocket),
        readSendBufferDrops: network.readSendBufferDrops,
        checkpointer,
        progress: { start: () => undefined, update: () => undefined, stop: () => undefined },
        control,
      },
      { stop: stop.signal, start: scan.from && startFrom(scan.from) },
    );
    network.sessionEnds();
    const unknown = result.unknown.map(({ prefixes }) => membership(addressSet(prefixes.map(rangeOf))));
    return {
      result,
      findings: [...result.findings],
      isUnknown: (probe, address) => unknown[probe]?.(address) === true,
      kept: checkpointer.kept(),
      savedAtMs: checkpointer.savedAtMs,
    };
  };
  return { done: run(), stop, control };
}

/** What `createRunCheckpointer` and `resumeScan` do, with text in place of files. */
function memoryCheckpointer({
  checkpointEveryMs = 10_000,
  from,
  clock,
  network,
}: SimulatedScan): Checkpointer & { kept(): Kept; readonly savedAtMs: readonly number[] } {
  const measured = [...(from?.measured ?? [])];
  let state = '';
  const savedAtMs: number[] = [];
  return {
    everyMs: checkpointEveryMs,
    save(snapshot: ScanSnapshot) {
      savedAtMs.push(clock.monotonicMs());
      network.sweepIsOpen();
      const { sightings, ...sweep } = snapshot.sweep;
      state = JSON.stringify({
        sweep,
        sightings: Array.from(sightings, encodeSighting),
        counters: snapshot.counters,
      });
      for (const [{ probe, probed, firstSeenAt }, exchanges] of snapshot.measured)
        measured.push({ key: `${probe} ${formatAddress(probed)} ${firstSeenAt}`, exchanges });
      return Promise.resolve();
    },
    kept: () => ({ state, measured: [...measured] }),
    savedAtMs,
  };
}

function startFrom({ state, measured }: Kept): ScanStart {
  const read = soundOr('state', checkStoredSweep(JSON.parse(state)));
  const sightings = read.sightings.map(decodeSighting);
  return {
    ...read.sweep,
    counters: read.counters,
    sightings,
    measured: createMeasured(
      sightings.flatMap((sighting) => {
        const key = `${sighting.probe} ${formatAddress(sighting.probed)} ${sighting.firstSeenAt}`;
        const exchanges = measured.filter((entry) => entry.key === key).flatMap((entry) => entry.exchanges);
        return exchanges.length === 0 ? [] : [[sighting, exchanges] as const];
      }),
    ),
  };
}

/** Workers of the same thread: their messages are copied, and come a turn later. */
function inProcess(
  clock: FakeClock,
  probes: readonly SelectedProbe[],
  openSocket: typeof openGuardedSocket,
): StartWorker {
  return (plan) => {
    let hear: (message: FromWorker) => void = () => undefined;
    let end: (error: Error) => void = () => undefined;
    const later = (act: () => void): void => {
      clock.at(clock.monotonicMs(), act);
    };
    const receive = servePartition(structuredClone(plan), {
      probes,
      clock,
      openSocket,
      post(message) {
        const copy = structuredClone(message);
        later(() => {
          hear(copy);
        });
      },
      end() {
        later(() => {
          end(new Error('ended'));
        });
      },
    });
    return {
      post(message: ToWorker) {
        const copy = structuredClone(message);
        later(() => {
          receive(copy);
        });
      },
      onMessage(listener) {
        hear = listener;
      },
      onEnd(listener) {
        end = listener;
      },
      terminate: () => Promise.resolve(),
    };
  };
}
