import { createHash, randomBytes } from 'node:crypto';
import { open, readFile, readdir, realpath, stat } from 'node:fs/promises';
import type { Server } from 'node:net';
import { connect, createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../domain/error-code.js';
import { UsageError } from '../domain/usage-error.js';
import { withTemporary, writeAtomically } from './atomic-file.js';
import { makeFolder, openForWriting, remove, removeFolder } from './disk.js';
import { folderMode } from './file-modes.js';

/**
 * One run at a time. Node has no lock of the operating system, but a listening Unix socket is one in all but name: it
 * ends with its process, however that ends, and whether it is there is told by connecting to it, across PID namespaces
 * and containers that share a volume. Each has a name of its own that is never used again, so that what is dead can be
 * removed without taking anything from one that lives.
 */
export interface Lock {
  /** Once. */
  release(): Promise<void>;
}

/** The process that holds a lock, as it is told to those that come later. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601 UTC. */
  readonly since: string;
  /** `scan`, `merge`, or the run that it goes on with. */
  readonly doing: string;
}

/** @param since ISO 8601 UTC. */
export function holderNow(doing: string, since: string): Holder {
  return { pid: process.pid, host: hostname(), since, doing };
}

/** One that holds a lock or wants it. */
interface Entry extends Holder {
  /** False while it looks whether it is alone. */
  readonly holds: boolean;
}

interface Placed extends Lock {
  readonly id: string;
  /** From now on it holds the lock. */
  hold(): Promise<void>;
}

interface Place {
  /** Undefined where the system cannot: nothing keeps a second run away then. */
  readonly enter: () => Promise<Placed | undefined>;
  /** The others that live, by id; one that has not written its entry yet has none here. */
  readonly others: (own: string) => Promise<ReadonlyMap<string, Entry | undefined>>;
}

const TURN_MS = 50;
/** Two that begin in the same moment wait no longer for each other. */
const MOST_TURNS = 200;

/**
 * A process that finds no other one after it has entered holds the lock: of two the one that entered later finds the
 * first. Of two that find each other while they look, the first by name looks again and the other one leaves and begins
 * anew.
 * @throws UsageError made by `refuse` where it is held.
 */
async function lock(place: Place, refuse: (holder: Holder | undefined) => Error): Promise<Lock | undefined> {
  let own: Placed | undefined;
  try {
    for (let turn = 0; turn < MOST_TURNS; turn++) {
      own ??= await place.enter();
      if (own === undefined) return undefined;
      const { id } = own;
      const others = await place.others(id);
      if (others.size === 0) {
        await own.hold();
        return own;
      }
      const holder = [...others.values()].find((entry) => entry?.holds);
      if (holder !== undefined) throw refuse(holder);
      if ([...others.keys()].some((other) => other < id)) {
        await own.release();
        own = undefined;
      }
      await sleep(TURN_MS);
    }
    throw refuse(undefined);
  } catch (error) {
    await own?.release();
    throw error;
  }
}

const FOLDER = '.ampscope-lock';
const HEARTBEAT_MS = 10_000;
/** One on another machine, which no socket reaches, is gone when its heart has not beaten for so long. */
const DEAD_AFTER_MS = 60_000;
/** Its entry is there before its socket. */
const ENTERING_MS = 2000;

/** `<id>.json`, beside the socket `<id>`. */
interface EntryFile extends Entry {
  /** The same for all containers of a machine, until it is started again. */
  readonly boot_id: string;
}

/**
 * Locks a folder of runs, for all processes that see the same folder on this machine. One on another machine is known
 * by a file that it writes anew every ten seconds.
 * @param out is there.
 * @returns undefined where its file system knows no sockets.
 * @throws UsageError that names the holder; what the system says where the folder cannot be written.
 */
export async function lockFolder(
  out: string,
  holder: Holder,
  { fileMode }: { readonly fileMode: number },
): Promise<Lock | undefined> {
  const folder = join(out, FOLDER);
  const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
  return lock(
    {
      enter: () => enterFolder(folder, { ...holder, boot_id: bootId }, fileMode),
      others: (own) => othersIn(folder, own, bootId),
    },
    (other) =>
      new UsageError(
        `${out}: another run is going on here${described(other)}`,
        'wait until it has ended, or give this one a folder of its own with --out',
      ),
  );
}

/** @returns undefined where its file system knows no sockets. */
async function enterFolder(
  folder: string,
  holder: Omit<EntryFile, 'holds'>,
  fileMode: number,
): Promise<Placed | undefined> {
  await makeFolder(folder, { mode: folderMode(fileMode) }).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw error;
  });
  const id = newId();
  const file = join(folder, `${id}.json`);
  let holds = false;
  const write = async (): Promise<void> => {
    const entry: EntryFile = { ...holder, holds };
    await writeAtomically(file, [`${JSON.stringify(entry)}\n`], { mode: fileMode });
  };
  const leave = async (): Promise<void> => {
    await remove(file);
    // Unless another one is in it.
    await removeFolder(folder).catch(() => undefined);
  };
  try {
    await write();
  } catch (error) {
    await leave();
    // Another one left, and with it the folder, after this one had found it there.
    if (errorCode(error) === 'ENOENT') return enterFolder(folder, holder, fileMode);
    throw error;
  }
  const server = await listening(folder, id);
  if (server === undefined) {
    await leave();
    return undefined;
  }
  let beat = Promise.resolve();
  const beating = setInterval(() => {
    beat = write().catch(() => undefined);
  }, HEARTBEAT_MS).unref();
  return {
    id,
    async hold() {
      holds = true;
      await write();
    },
    async release() {
      clearInterval(beating);
      await beat;
      await closed(server);
      await remove(join(folder, id));
      await leave();
    },
  };
}

/** The others that live; what those that do not have left is removed. */
async function othersIn(folder: string, own: string, bootId: string): ReturnType<Place['others']> {
  const ids = new Set((await readdir(folder)).filter((name) => !name.startsWith('.')).map(idIn));
  ids.delete(own);
  const found = new Map<string, Entry | undefined>();
  // A file that is made now has the time of the file system, which all machines agree on.
  const nowMs = ids.size > 0 ? await timeIn(folder) : 0;
  for (const id of ids) {
    const entry = await readEntry(join(folder, `${id}.json`));
    if (await lives(folder, id, entry, { bootId, nowMs })) found.set(id, entry);
    else for (const name of [id, `${id}.json`]) await remove(join(folder, name));
  }
  return found;
}

/**
 * Locks a scope, so that two runs of it do not together ask a host more often than it allows: for all processes of this
 * machine (of this network namespace) that name the same scope file. Shards of the same division go beside each other.
 * @param shard `2/4`; undefined: all of it.
 * @returns undefined where the system has no such sockets, which is everywhere but on Linux.
 * @throws UsageError that names the holder.
 */
export async function lockScope(
  scopeFile: string,
  shard: string | undefined,
  holder: Holder,
): Promise<Lock | undefined> {
  const path = await realpath(scopeFile).catch(() => undefined);
  if (path === undefined || process.platform !== 'linux') return undefined;
  const part = shard?.replace('/', 'of') ?? 'all';
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 32);
  const names = new RegExp(`@(ampscope-${hash}-(all|\\d+of\\d+)-[0-9a-f-]+)@*$`);
  return lock(
    {
      async enter() {
        const id = `ampscope-${hash}-${part}-${newId()}`;
        let holds = false;
        const server = createServer((socket) => {
          // The other end may have gone.
          socket.on('error', () => undefined);
          socket.end(`${JSON.stringify({ ...holder, holds })}\n`);
        });
        if (!(await listensAt(server, `\0${id}`))) return undefined;
        return {
          id,
          hold() {
            holds = true;
            return Promise.resolve();
          },
          release: () => closed(server),
        };
      },
      async others(own) {
        const table = await readFile('/proc/net/unix', 'utf8').catch(() => '');
        const found = new Map<string, Entry | undefined>();
        for (const line of table.split('\n')) {
          const [, id, theirs = ''] = names.exec(line) ?? [];
          if (id === undefined || id === own || found.has(id) || goBeside(part, theirs)) continue;
          const entry = await askedAt(`\0${id}`);
          if (entry !== 'gone') found.set(id, entry);
        }
        return found;
      },
    },
    (other) =>
      new UsageError(
        `${scopeFile}: another run of this scope is going on${described(other)}`,
        'wait until it has ended: both together would ask each host more often than the scope allows',
      ),
  );
}

/** Two different parts of one division have no subnet in common. */
function goBeside(part: string, other: string): boolean {
  const [mine, theirs] = [part, other].map((each) => each.split('of'));
  return part !== other && mine?.[1] !== undefined && mine[1] === theirs?.[1];
}

/** Never used again; the time alone could be, after a clock was set back. */
function newId(): string {
  return `${process.pid}-${randomBytes(8).toString('hex')}`;
}

function idIn(name: string): string {
  return name.replace(/\.json$/, '');
}

function described(holder: Holder | undefined): string {
  if (holder === undefined) return '';
  const { doing, pid, host, since } = holder;
  return `: ${doing}, process ${pid} on ${host}, since ${since}`;
}

async function readEntry(path: string): Promise<EntryFile | undefined> {
  try {
    const entry = JSON.parse(await readFile(path, 'utf8')) as EntryFile | null;
    return typeof entry === 'object' && entry !== null ? entry : undefined;
  } catch {
    return undefined;
  }
}

async function lives(
  folder: string,
  id: string,
  entry: EntryFile | undefined,
  { bootId, nowMs }: { readonly bootId: string; readonly nowMs: number },
): Promise<boolean> {
  const ageMs = await stat(join(folder, `${id}.json`)).then(
    ({ mtimeMs }) => Math.abs(nowMs - mtimeMs),
    () => Infinity,
  );
  if (entry !== undefined && entry.boot_id !== bootId) return ageMs < DEAD_AFTER_MS;
  const answer = await reaches(folder, id);
  return answer === 'there' || (answer === 'missing' && ageMs < ENTERING_MS);
}

async function timeIn(folder: string): Promise<number> {
  let time = 0;
  await withTemporary(join(folder, 'time'), async (temporary) => {
    await (await openForWriting(temporary, 'wx', 0o600)).close();
    time = (await stat(temporary)).mtimeMs;
    await remove(temporary);
  });
  return time;
}

/** A path of a socket has 107 bytes at most (unix(7)): the folder is named by a descriptor of ours. */
async function within<T>(folder: string, use: (short: string) => Promise<T>): Promise<T> {
  if (process.platform !== 'linux') return use(folder);
  const handle = await open(folder, 'r');
  try {
    return await use(`/proc/self/fd/${handle.fd}`);
  } finally {
    await handle.close();
  }
}

async function listening(folder: string, id: string): Promise<Server | undefined> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.destroy();
  });
  return within(folder, async (short) => ((await listensAt(server, join(short, id))) ? server : undefined));
}

/** False where the system does not allow it there. */
function listensAt(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    // Not once: a process without a descriptor left cannot accept, again and again, and holds its lock all the same.
    server.on('error', () => {
      resolve(false);
    });
    server.listen(path, () => {
      resolve(true);
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}

function reaches(folder: string, id: string): Promise<'there' | 'missing' | 'dead'> {
  return within(
    folder,
    (short) =>
      new Promise((resolve) => {
        const socket = connect(join(short, id));
        socket.once('connect', () => {
          socket.destroy();
          resolve('there');
        });
        socket.once('error', (error: NodeJS.ErrnoException) => {
          socket.destroy();
          // Of another user, or more at once than its queue takes: it is there.
          const isThere = ['EACCES', 'EPERM', 'EAGAIN', 'ECONNRESET'].includes(error.code ?? '');
          resolve(isThere ? 'there' : error.code === 'ENOENT' ? 'missing' : 'dead');
        });
      }),
  );
}

const ANSWER_MS = 1000;

/** What one says of itself: undefined where it is too busy to say anything. */
function askedAt(path: string): Promise<Entry | undefined | 'gone'> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let text = '';
    socket.setTimeout(ANSWER_MS, () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      text += part;
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ECONNREFUSED' ? 'gone' : undefined);
    });
    socket.once('end', () => {
      socket.destroy();
      try {
        resolve(JSON.parse(text) as Entry);
      } catch {
        resolve(undefined);
      }
    });
  });
}
