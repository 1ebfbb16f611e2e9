import { parentPort, workerData } from 'node:worker_threads';
import { membership } from '../scope/address-set.js';
import { systemClock } from '../system-clock.js';
import { openGuardedSocket } from '../udp/guarded-socket.js';
import { maskedProbe } from './masked-probe.js';
import { buildProbe } from './selected-probe.js';
import { servePartition } from './serve-partition.js';
import type { FromWorker, ToWorker, WorkerPlan } from './worker-messages.js';

const port = parentPort;
if (port === null) throw new Error('this file is the beginning of a worker');
const plan = workerData as WorkerPlan;
const isInScope = membership({ ranges: plan.guard.allowed });
const receive = servePartition(plan, {
  probes: plan.probes.map(({ id, ...chosen }) => maskedProbe(buildProbe(id, chosen), isInScope)),
  clock: systemClock,
  openSocket: openGuardedSocket,
  post(message: FromWorker) {
    port.postMessage(message);
  },
  end() {
    port.close();
  },
});
port.on('message', (message: ToWorker) => {
  receive(message);
});
