import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The checkout's top folder, from wherever the compiled tests lie in it (or from the current folder). */
export const repositoryRoot: string =
  findRoot(import.meta.dirname) ?? findRoot(process.cwd()) ?? process.cwd();

function findRoot(start: string): string | undefined {
  for (let folder = start; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'tsconfig.json')) && existsSync(join(folder, 'probes'))) return folder;
  }
  return undefined;
}
