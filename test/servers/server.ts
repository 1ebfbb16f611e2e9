import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
  /** Symbolic links in the server's own folder, and where they lead. */
  readonly links?: Readonly<Record<string, string>>;
  /** Programs of the set, with their arguments, that make what the server needs before it starts. */
  readonly prepare?: readonly (readonly [program: string, ...string[]])[];
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Where it says the name of its host: this one, whatever the machine's is. */
  readonly hostname?: string;
  /** Whether it listens on every address there is, and so needs a network namespace of its own. */
  readonly everywhere?: true;
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
const OVER_USR =
  // In a /run of its own it finds no other's process id.
  'mount -t overlay overlay -o lowerdir="$USR:/usr" /usr && mount -t tmpfs run /run';
const OVER_HOSTS = 'mount --bind "$HOSTS" /etc/hosts';

/** A game reads 277 MB of data first, a domain controller sets out slowly, and the machine may be busy. */
const READY_WITHIN_MS = 180_000;
/** A /run of the server's own, for all its programs, and what lies over /etc: see `ownEtc` of a package set. */
const OWN_ETC = 'mount --bind "$RUN" /run && mount -t overlay overlay -o lowerdir="$ETC:/etc" /etc';

/** Characters of what a server said last that are kept: one that writes in a circle would fill the memory. */
const MOST_OUTPUT = 1_000_000;
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
  mkdirSync(join(folder, 'run'), { recursive: true });
  const { address, packages, files = {}, links = {}, hosts, environment = {}, ready, ...rest } = plan(folder);
  const within = (file: string): string => {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    return path;
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(within(file), text);
  for (const [file, target] of Object.entries(links)) symlinkSync(target, within(file));
  const set = unpacked(packages);
  const variables = Object.entries({ ...set.environment, ...environment }).map(
    ([key, value]) => `${key}=${value}`,
  );
  // No server gets at the machine's clock, whatever its configuration says.
  const own = [
    ...(rest.hostname === undefined ? [] : [`hostname ${rest.hostname}`]),
    ...(packages.overUsr === true ? [`USR=${set.path('usr')}; ${OVER_USR}`] : []),
    ...(packages.ownEtc === true
      ? [`RUN=${folder}/run ETC=${folder}/etc:${set.path('etc')}; ${OWN_ETC}`]
      : []),
    ...(hosts === undefined ? [] : [`HOSTS=${join(folder, hosts)}; ${OVER_HOSTS}`]),
  ];
  const commandOf = (program: string, given: readonly string[]): readonly string[] => [
    ...(rest.hostname === undefined ? [] : ['unshare', '--uts']),
    ...(own.length > 0 ? ['sh', '-c', [...own, 'exec "$@"'].join(' && '), 'sh'] : []),
    'setpriv',
    '--bounding-set=-sys_time',
    'env',
    ...variables,
    set.path(program),
    ...given,
  ];
  const where = rest.everywhere === true ? link.hostAt(address) : link.servers;
  let output = '';
  const printed = new EventEmitter();
  const start = (program: string, given: readonly string[]): ChildProcess => {
    const child = spawnIn(where, commandOf(program, given), {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.length > 2 * MOST_OUTPUT) output = output.slice(-MOST_OUTPUT);
        printed.emit('more');
      });
    return child;
  };
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
  for (const [program, ...given] of rest.prepare ?? []) {
    const child = start(program, given);
    await once(child, 'close');
    if (child.exitCode !== 0)
      throw new Error(`${name}: ${program} ended with ${String(child.exitCode)}\n${output}`);
  }
  const server = start(packages.proof, rest.arguments);
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
