import type { Clock } from '../domain/time.js';
import type { OpenGuardedSocket } from '../udp/guarded-socket.js';
import type { Checkpointer } from './keep-saving.js';
import type { Progress } from './progress.js';
import type { RunControl } from './scope-reload.js';
import type { StartWorker } from './worker-messages.js';

/**
 * Everything real that a scan uses. The engine imports none of it, so the same scan runs on a simulated network
 * and a clock of its own, hours in milliseconds.
 */
export interface ScanPorts {
  readonly clock: Clock;
  /** Sockets ask the guard they are given before each send, and tell what the kernel dropped of them. */
  readonly openSocket: OpenGuardedSocket;
  /** Begins a worker of the sweep; used where the plan has more than one partition. */
  readonly startWorker: StartWorker;
  /** What the kernel took and threw away, of all sockets; undefined where the system does not tell. */
  readonly readSendBufferDrops: () => Promise<number | undefined>;
  /** Asked to save before the first packet, every so often, and when nothing more is sent. */
  readonly checkpointer: Checkpointer;
  readonly progress: Progress;
  /** The guard, and what may change while the scan runs. */
  readonly control: RunControl;
}
