import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { repositoryRoot } from '../repository.js';
import { INSTALLED_PACKAGES, PACKAGE_SETS, type PackageSet, type Room } from './packages.js';

/** What is unpacked where, and how a program of it is started. */
export interface Unpacked {
  /** The absolute path of a file of the set. */
  path(inside: string): string;
  /** The variables its programs need to find their own libraries first. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of the package that was asked for, as Debian names it. */
  readonly version: string;
}

const CACHE = join(repositoryRoot, '.cache', 'packages');

/**
 * Fetches from Debian what the tests of a room need: idempotent, and without a single call of apt when all is there.
 * Nothing is configured and no maintainer script runs, so no service of the machine starts; only iproute2 and
 * netbase, which have none, are installed where they are missing.
 * @throws Error when apt cannot give a package; the message holds apt's own words.
 */
export function fetchPackages(room: Room, log: (line: string) => void): void {
  const missing = missingSets(room);
  const uninstalled = INSTALLED_PACKAGES.filter((one) => one.room === room && !isPresent(one.present));
  if (missing.length === 0 && uninstalled.length === 0) return;
  let fresh = updateListsWhereMissing(log);
  const withFreshLists = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      // Lists older than the archive name versions that are gone: one update mends that, a second would not.
      if (fresh) throw error;
      fresh = true;
      log('apt-get update');
      apt(['update']);
      work();
    }
  };
  for (const { package: name, because } of uninstalled) {
    log(`apt-get install ${name} (${because})`);
    withFreshLists(() => apt(['install', '-y', '--no-install-recommends', name]));
  }
  for (const set of missing) {
    log(`fetching ${set.packages.join(' ')} into ${relative(repositoryRoot, join(CACHE, set.name))}`);
    withFreshLists(() => {
      unpack(set);
    });
  }
}

/** Why the tests of a room cannot run here; undefined when they can. */
export function whyMissing(room: Room): string | undefined {
  if (process.getuid?.() !== 0) return `network namespaces need root: ${asRoot(room)}`;
  const missing = missingSets(room);
  if (missing.length > 0)
    return `not fetched yet (${missing.map(({ name }) => name).join(', ')}): ${asRoot(room)}`;
  return undefined;
}

/** The one line that does it. Not through npm, which sudo may not find. */
function asRoot(room: Room): string {
  const runner = relative(repositoryRoot, join(import.meta.dirname, '..', 'run.js'));
  return `sudo ${process.execPath} ${runner} ${room}`;
}

function missingSets(room: Room): readonly PackageSet[] {
  return Object.values<PackageSet>(PACKAGE_SETS).filter((set) => set.room === room && !isUnpacked(set));
}

/** Where the programs of a fetched set lie. */
export function unpacked(set: PackageSet): Unpacked {
  const folder = join(CACHE, set.name);
  const path = (inside: string): string => join(folder, inside);
  const lines = readFileSync(stampOf(set), 'utf8').split('\n');
  const version = lines.find((line) => line.startsWith(`${set.packages[0]} `))?.split(' ')[1] ?? 'unknown';
  return { path, version, environment: { LD_LIBRARY_PATH: libraryFolders(folder).join(':') } };
}

function isUnpacked(set: PackageSet): boolean {
  return existsSync(stampOf(set)) && readFileSync(stampOf(set), 'utf8').startsWith(stampHead(set));
}

function stampOf(set: PackageSet): string {
  return join(CACHE, `${set.name}.stamp`);
}

/** A cache that another Debian or another list of packages made does not count. */
function stampHead(set: PackageSet): string {
  const debian = /^VERSION_ID=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown';
  return `debian ${debian} ${process.arch}: ${[...set.packages, ...without(set)].join(' ')}\n`;
}

/** As apt names what is not to be installed: `nexuiz-textures-`. */
function without(set: PackageSet): readonly string[] {
  return (set.without ?? []).map((name) => `${name}-`);
}

function isPresent(what: { readonly program: string } | { readonly file: string }): boolean {
  if ('file' in what) return existsSync(what.file);
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.some((folder) => existsSync(join(folder, what.program)));
}

function updateListsWhereMissing(log: (line: string) => void): boolean {
  const lists = '/var/lib/apt/lists';
  if (existsSync(lists) && readdirSync(lists).some((name) => name.includes('_Packages'))) return false;
  log('apt-get update (no package lists yet)');
  apt(['update']);
  return true;
}

function unpack(set: PackageSet): void {
  const folder = join(CACHE, set.name);
  const downloads = `${folder}.download`;
  for (const path of [folder, downloads]) {
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path, { recursive: true });
  }
  const versions = neededPackages(set);
  apt(['download', ...[...versions].map(([name, version]) => `${name}=${version}`)], downloads);
  for (const file of readdirSync(downloads).sort())
    execFileSync('dpkg-deb', ['-x', join(downloads, file), folder]);
  rmSync(downloads, { recursive: true });
  if (!existsSync(join(folder, set.proof)))
    throw new Error(`${set.packages.join(' ')} from Debian holds no ${set.proof}`);
  const lines = [...versions].map(([name, version]) => `${name} ${version}\n`).join('');
  writeFileSync(`${stampOf(set)}.new`, stampHead(set) + lines);
  renameSync(`${stampOf(set)}.new`, stampOf(set));
}

/**
 * The packages of a set and those of their dependencies that the machine lacks, by apt's own resolver: a
 * simulated installation prints `Inst name (version …)` or `Inst name [installed] (version …)`.
 */
function neededPackages(set: PackageSet): Map<string, string> {
  const needed = new Map<string, string>();
  for (const line of apt(['install', '-s', '--reinstall', '--no-install-recommends', ...set.packages]).split(
    '\n',
  )) {
    const [, name, version] = /^Inst (\S+) (?:\[[^\]]*\] )?\((\S+)/.exec(line) ?? [];
    if (name !== undefined && version !== undefined) needed.set(name, version);
  }
  for (const name of set.without ?? []) needed.delete(name);
  return needed;
}

/** Every folder of the set with shared libraries: `/lib`, `/usr/lib` and their multiarch and private ones. */
function libraryFolders(folder: string): string[] {
  const found = new Set<string>();
  for (const top of ['lib', 'usr/lib']) {
    if (!existsSync(join(folder, top))) continue;
    for (const entry of readdirSync(join(folder, top), { recursive: true, withFileTypes: true }))
      if (/\.so(\.|$)/.test(entry.name) && !entry.isDirectory()) found.add(entry.parentPath);
  }
  return [...found].sort();
}

function apt(args: readonly string[], cwd = '/'): string {
  try {
    return execFileSync('apt-get', ['-q', '-o', 'APT::Sandbox::User=root', ...args], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
      // LC_ALL: the output is read. RUNLEVEL 1: invoke-rc.d starts no service in single-user mode.
      env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    });
  } catch (error) {
    const detail = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new Error(`apt-get ${args.slice(0, 3).join(' ')} failed: ${detail}`, { cause: error });
  }
}
