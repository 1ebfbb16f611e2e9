import { EventEmitter, once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askUntilAnswer } from './ask-in.js';
import { unpacked } from '../packages/fetch.js';
import { spawnIn, type Link } from './namespace.js';
import type { PackageSet } from '../packages/packages.js';

/** How one server is set up: pure, and made by the small file of its family. */
export interface ServerPlan {
  readonly address: string;
  readonly packages: PackageSet;
  /** Written into the server's own folder first. */
  readonly files?: Readonly<Record<string, string>>;
  /** The one of its files that it sees as /etc/hosts: where it looks up a name of the world, it finds it there. */
  readonly hosts?: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * A question that the server answers as soon as it is up; not the one that the scanner asks. Where an answer would be
   * heard in the capture for long, or says too little: what the server prints when it is ready.
   */
  readonly ready:
    | {
        readonly port: number;
        readonly request: Uint8Array;
        /** Absent: from the scanner's side. */
        readonly from?: 'servers';
      }
    | { readonly prints: string };
}

/** A plan that still needs to know the server's own folder. */
export type PlanIn = (folder: string) => ServerPlan;

export interface RunningServer {
  readonly name: string;
  readonly address: string;
  /** All it has said until now. */
  output(): string;
  /** SIGTERM, and SIGKILL where that is not enough. */
  stop(): Promise<void>;
}

/** `ip netns exec` has given the program mounts of its own: no other program sees these, and they end with it. */
const OVER_USR = 'mount -t overlay overlay -o lowerdir="$USR:/usr" /usr';
const OVER_HOSTS = 'mount --bind "$HOSTS" /etc/hosts';

const READY_WITHIN_MS = 20_000;
const STOP_WITHIN_MS = 3_000;

/**
 * Starts a server on the servers' side and waits until it answers the scanner's side.
 * @param name unlike all others: it names the server's folder too.
 * @param plan from the server's own folder to its set-up.
 * @throws Error with the server's output when it does not come up.
 */
export async function startServer(
  link: Link,
  parent: string,
  name: string,
  plan: PlanIn,
): Promise<RunningServer> {
  const folder = join(parent, name);
  mkdirSync(folder, { recursive: true });
  const { address, packages, files = {}, hosts, arguments: args, environment = {}, ready } = plan(folder);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  const set = unpacked(packages);
  const variables = Object.entries({ ...set.environment, ...environment }).map(
    ([key, value]) => `${key}=${value}`,
  );
  // No server gets at the machine's clock, whatever its configuration says.
  const mounts = [
    ...(packages.overUsr === true ? [`USR=${set.path('usr')}; ${OVER_USR}`] : []),
    ...(hosts === undefined ? [] : [`HOSTS=${join(folder, hosts)}; ${OVER_HOSTS}`]),
  ];
  const command = [
    ...(mounts.length > 0 ? ['sh', '-c', [...mounts, 'exec "$@"'].join(' && '), 'sh'] : []),
    'setpriv',
    '--bounding-set=-sys_time',
    'env',
    ...variables,
    set.path(packages.proof),
    ...args,
  ];
  const server = spawnIn(link.servers, command, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const printed = new EventEmitter();
  for (const stream of [server.stdout, server.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      printed.emit('more');
    });
  const isReady = async (): Promise<void> => {
    if ('request' in ready)
      await askUntilAnswer(
        link[ready.from ?? 'scanner'],
        { address, port: ready.port },
        ready.request,
        READY_WITHIN_MS,
      );
    else {
      const signal = AbortSignal.timeout(READY_WITHIN_MS);
      while (!output.includes(ready.prints)) await once(printed, 'more', { signal });
    }
  };
  const ended = once(server, 'exit');
  const stop = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGTERM');
    await Promise.race([ended, sleep(STOP_WITHIN_MS, undefined, { ref: false })]);
    server.kill('SIGKILL');
    await ended;
  };
  try {
    await Promise.race([isReady(), ended.then(() => Promise.reject(new Error('it ended')))]);
  } catch (error) {
    await stop();
    throw new Error(`${name} is not ready: ${String(error)}\n${output}`, { cause: error });
  }
  return { name, address, output: () => output, stop };
}
