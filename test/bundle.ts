/**
 * `npm run bundle`: the program as the npm package ships it, in dist/bundle: a few files that hold the libraries too, in
 * as little text as says the same. The text of a module stays in memory, and each module takes some more: a scan takes
 * 10 MB less and begins in half the time. Tests run what the compiler wrote, a file for a file.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './repository.js';

const FOLDER = join(repositoryRoot, 'dist', 'bundle');
const METAFILE = join(repositoryRoot, 'dist', 'bundle.json');
const ESBUILD = join(repositoryRoot, 'node_modules', '.bin', 'esbuild');

if (!existsSync(ESBUILD)) throw new Error(`there is no ${ESBUILD}: npm ci brings it`);
rmSync(FOLDER, { recursive: true, force: true });
execFileSync(
  ESBUILD,
  [
    // A worker begins with a file of its own.
    ...['src/cli.ts', 'src/engine/sweep-worker-entry.ts', '--entry-names=[name]', `--outdir=${FOLDER}`],
    // What is imported when it is needed stays a file of its own.
    ...['--bundle', '--splitting', '--minify', '--format=esm', '--platform=node', '--target=node20.19'],
    // For `src/source-places.ts`, and whoever debugs.
    ...['--sourcemap', '--sources-content=false'],
    // For libraries that are CommonJS: a module has no `require`.
    "--banner:js=import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
    ...[`--metafile=${METAFILE}`, '--log-level=warning'],
  ],
  { cwd: repositoryRoot, stdio: 'inherit' },
);

const { inputs } = JSON.parse(readFileSync(METAFILE, 'utf8')) as {
  readonly inputs: Readonly<Record<string, unknown>>;
};
/** The packages of which something is in the bundle. */
const packages = new Set(
  Object.keys(inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []),
);
writeFileSync(join(FOLDER, 'LICENSES.txt'), [...packages].sort().map(licenceOf).join('\n\n'));

/** What the licence of a package asks to go with it; of one that has no file for that, its name and who holds it. */
function licenceOf(path: string): string {
  const folder = join(repositoryRoot, path);
  const { name, version, license, author } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as Readonly<Record<'name' | 'version' | 'license', string>> & {
    readonly author?: { readonly name?: string };
  };
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text =
    file === undefined
      ? `${license}, ${author?.name ?? ''}`
      : readFileSync(join(folder, file), 'utf8').trim();
  return `${name} ${version}\n\n${text}`;
}
