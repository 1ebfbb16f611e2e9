/**
 * The sweep stage in a process of its own, without the kernel: what it holds for addresses, and for responders.
 * `node --expose-gc sweep-alone.js PREFIX_LENGTH RESPONDERS`; prints a SweepAlone.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Address } from '../../src/domain/address.js';
import { ipv4, lastOf } from '../../src/domain/address.js';
import type { Clock } from '../../src/domain/time.js';
import { openCheckpoint } from '../../src/archive/checkpoint.js';
import { createOrder } from '../../src/sweep/order.js';
import { createPacer, createReplyBudget } from '../../src/sweep/pacer.js';
import { encodeSighting } from '../../src/sweep/sighting-codec.js';
import type { Discovery } from '../../src/sweep/discovery.js';
import { createDiscovery } from '../../src/sweep/discovery.js';
import { systemClock } from '../../src/system-clock.js';
import { answeringServer } from './answering-server.js';
import { loopback, partOf } from './place.js';

export interface SweepAlone {
  readonly addresses: number;
  readonly sightings: number;
  /** What a forced collection left, heap and buffers, before the sweep was made and when it had ended. */
  readonly beforeBytes: number;
  readonly retainedBytes: number;
}

export interface CheckpointCost {
  readonly ms: number;
  readonly stateBytes: number;
}

const KEY = Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
/** Above anything, so nothing waits; the nonces get as many sockets as that needs. */
const NO_LIMIT = 1e6;
const COOLDOWN_MS = 1000;

/**
 * Sweeps a prefix with dns-any, whose replies carry a nonce, so that each sighting keeps a request of its own.
 * @param responders so many answer, evenly spread, each with a payload of its own.
 */
export async function sweepAlone(
  prefixLength: number,
  responders: number,
): Promise<SweepAlone & { readonly sweep: Discovery }> {
  const { first, last } = rangeOf(prefixLength);
  const addresses = Number(last) - Number(first) + 1;
  const stride = responders === 0 ? Infinity : Math.floor(addresses / responders);
  const { probe, request: usual, emulated } = answeringServer('dns-any');
  const [template] = emulated.reply(usual);
  if (template === undefined) throw new Error('the emulated server has no answer');
  const clock = quickClock();
  const due: (() => void)[] = [];
  const beforeBytes = collected();
  const sweep = await createDiscovery({
    order: createOrder({ ranges: [{ first, last }], forms: 1, pad: 2, key: KEY }),
    probes: [{ probe, port: 53 }],
    rate: NO_LIMIT,
    perSubnet: NO_LIMIT,
    cooldownMs: COOLDOWN_MS,
    pacer: createPacer(NO_LIMIT, 5),
    budget: createReplyBudget(1e12),
    clock,
    tokenKey: KEY,
    openSocket: (_probe, onDatagram) =>
      Promise.resolve({
        send(request: Uint8Array, to: Address, port: number) {
          const place = Number(to) - Number(first);
          if (place % stride === 0 && place / stride < responders) {
            const reply = Buffer.from(template);
            reply.set(request.subarray(0, 2));
            due.push(() => {
              onDatagram(reply, to, port);
            });
          }
          return true;
        },
        // Asked before each send: by then the sweep has noted the one before.
        unfinished() {
          for (const deliver of due.splice(0)) deliver();
          return 0;
        },
        unfinishedBelow: () => Promise.resolve(),
      }),
  });
  await sweep.run({ untilMs: Infinity, signal: new AbortController().signal });
  for (const deliver of due.splice(0)) deliver();
  return { addresses, sightings: sweep.ledger.size, beforeBytes, retainedBytes: collected(), sweep };
}

/** What it takes to save all that a sweep has sighted, once the file is there. */
export async function checkpointCost({ ledger }: Pick<Discovery, 'ledger'>): Promise<CheckpointCost> {
  const folder = await mkdtemp(join(tmpdir(), 'ampscope-bench-'));
  try {
    const writer = await openCheckpoint(folder, { fileMode: 0o600 });
    const save = async (): Promise<void> => {
      const sightings = (function* () {
        for (const sighting of ledger.all()) yield encodeSighting(sighting);
      })();
      await writer.save({ saved_at: 0, sweep: {}, sightings, counters: {}, sessions: [] }, []);
    };
    await save();
    const startedMs = systemClock.monotonicMs();
    await save();
    const ms = systemClock.monotonicMs() - startedMs;
    await writer.close();
    return { ms, stateBytes: (await stat(join(folder, 'checkpoint', 'state.json'))).size };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Heap and buffers after a forced collection. */
function collected(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // The second one takes what finalisers of the first have let go.
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function rangeOf(length: number): { readonly first: ReturnType<typeof ipv4>; readonly last: Address } {
  const prefix = partOf(loopback, length);
  return { first: ipv4(Number(prefix.first)), last: lastOf(prefix) };
}

/** Time passes with each look at it, so a sweep never waits. */
function quickClock(): Clock {
  let nowMs = 0;
  return {
    now: () => Math.floor(nowMs),
    monotonicMs: () => (nowMs += 0.001),
    sleep(ms) {
      nowMs += Math.max(0, ms);
      return Promise.resolve();
    },
    schedule: () => () => undefined,
  };
}

if (process.argv[1] === import.meta.filename) {
  const [length = 16, responders = 0] = process.argv.slice(2).map(Number);
  const { sweep, ...result } = await sweepAlone(length, responders);
  const checkpoint = await checkpointCost(sweep);
  process.stdout.write(JSON.stringify({ ...result, ...checkpoint }));
}
