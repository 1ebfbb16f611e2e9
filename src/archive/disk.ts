import type { FileHandle } from 'node:fs/promises';
import * as files from 'node:fs/promises';

/**
 * Every step by which anything that lasts is changed on the disk. What writes for a run takes these and nothing else of
 * node:fs, so that a test can end the program before each of them: what a run promises must hold wherever it is killed.
 */
export interface DiskStep {
  readonly what:
    | 'open'
    | 'write'
    | 'truncate'
    | 'chmod'
    | 'sync'
    | 'rename'
    | 'symlink'
    | 'remove'
    | 'make folder'
    | 'remove folder'
    | 'sync folder';
  readonly path: string;
}

let beforeStep: ((step: DiskStep) => void | Promise<void>) | undefined;

/**
 * Has this called before every step from now on; the step waits for it. For tests alone.
 * @param listener undefined: none any more.
 */
export function onDiskStep(listener: typeof beforeStep): void {
  beforeStep = listener;
}

async function step(what: DiskStep['what'], path: string): Promise<void> {
  await beforeStep?.({ what, path });
}

/** A file that is open for writing. */
export interface WritableFile {
  /** All of it, or an error. */
  write(bytes: Uint8Array): Promise<void>;
  truncate(bytes: number): Promise<void>;
  chmod(mode: number): Promise<void>;
  /** On the disk when it resolves. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** @param flags of node:fs: `wx` for a file that must not be there yet, `a` to append. */
export async function openForWriting(path: string, flags: 'wx' | 'a', mode: number): Promise<WritableFile> {
  await step('open', path);
  const file: FileHandle = await files.open(path, flags, mode);
  return {
    async write(bytes) {
      await step('write', path);
      await file.writeFile(bytes);
    },
    async truncate(bytes) {
      await step('truncate', path);
      await file.truncate(bytes);
    },
    async chmod(mode) {
      await step('chmod', path);
      await file.chmod(mode);
    },
    async sync() {
      await step('sync', path);
      await file.sync();
    },
    close: () => file.close(),
  };
}

export async function rename(from: string, to: string): Promise<void> {
  await step('rename', to);
  await files.rename(from, to);
}

export async function symlink(target: string, path: string): Promise<void> {
  await step('symlink', path);
  await files.symlink(target, path);
}

/** A file, or a folder with all that is in it; it may be gone already. */
export async function remove(path: string): Promise<void> {
  await step('remove', path);
  await files.rm(path, { recursive: true, force: true });
}

/** An empty one. */
export async function removeFolder(path: string): Promise<void> {
  await step('remove folder', path);
  await files.rmdir(path);
}

/** @returns the first folder that was made; undefined: it was there. @throws EEXIST unless `recursive`. */
export async function makeFolder(
  path: string,
  options: { readonly mode?: number; readonly recursive?: boolean } = {},
): Promise<string | undefined> {
  await step('make folder', path);
  return await files.mkdir(path, options);
}

export async function chmod(path: string, mode: number): Promise<void> {
  await step('chmod', path);
  await files.chmod(path, mode);
}

/** Makes the names in a folder last: a rename is on the disk only when the folder is. */
export async function syncFolder(folder: string): Promise<void> {
  await step('sync folder', folder);
  const handle = await files.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
