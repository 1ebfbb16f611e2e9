import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, it } from 'node:test';
import { probes } from '../probes/list.js';
import { repositoryRoot } from './repository.js';

/**
 * Which room may import which: the table of docs/architecture.md. A room may always import itself; what a folder is not given
 * there it may not take. A type-only import counts like any other.
 */
const ROOMS = roomsIn(readFileSync(join(repositoryRoot, 'docs/architecture.md'), 'utf8'));
/** The row of every folder of `probes/` that has none of its own. */
const PROBE_FOLDER = 'probes/…';
/** Several protocols, a file each. */
const SMALL_SERVICES = 'probes/small-services';

const files = ['src', 'probes', 'reports'].flatMap(typescriptIn);

describe('the rooms', () => {
  it('are a table of docs/architecture.md that names every folder', () => {
    const named = [...ROOMS.keys()];
    assert.ok(named.length >= 10, named.join());
    for (const file of files.filter((name) => /^src\/[^/]+\//.test(name)))
      assert.ok(
        named.some((room) => file.startsWith(`${room}/`)) || file.startsWith('src/commands/'),
        `${file} is in no room`,
      );
  });

  for (const room of [...[...ROOMS.keys()].filter((name) => name !== PROBE_FOLDER), ...probeFolders()]) {
    it(`${room} imports only what it may`, () => {
      const allowed = [room, ...(ROOMS.get(room) ?? ROOMS.get(PROBE_FOLDER) ?? [])];
      const inRoom = files.filter((file) => file.startsWith(`${room}/`));
      assert.ok(inRoom.length > 0, `${room} has files`);
      for (const file of inRoom)
        for (const imported of importsOf(file))
          assert.ok(
            allowed.some((name) => imported === name || imported.startsWith(`${name}/`)),
            `${file} imports ${imported}`,
          );
    });
  }

  it('has parts of commands that know no command', () => {
    const parts = files.filter((file) => /^src\/commands\/.+\//.test(file));
    assert.ok(parts.length > 0);
    for (const file of parts)
      for (const imported of importsOf(file))
        assert.ok(
          !/^src\/commands\/[^/]+$/.test(imported) || imported === 'src/commands/command.ts',
          `${file} imports ${imported}`,
        );
  });

  it('has no circle of imports', () => {
    const graph = new Map(
      files.map((file) => [file, importsOf(file).filter((name) => files.includes(name))]),
    );
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      assert.ok(!path.includes(file), [...path, file].join(' → '));
      if (done.has(file)) return;
      for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
  });

  it('has no room for odds and ends', () => {
    for (const file of files) assert.doesNotMatch(file, /util|helper|common|manager/i);
  });
});

describe('the only file that …', () => {
  const only = (pattern: RegExp, expected: readonly string[]): void => {
    const found = files.filter((file) => pattern.test(withoutComments(file)));
    assert.deepEqual(found, expected);
  };

  it('sends requests is src/udp/guarded-socket.ts, through the kernel socket that it alone has; the lab only answers, the preflight sends nothing', () => {
    for (const file of files.filter((name) => importsOf(name).includes('src/udp/kernel-socket.ts')))
      assert.equal(file, 'src/udp/guarded-socket.ts');
    only(/createSocket\(/, ['src/lab/lab.ts', 'src/preflight/unsent-socket.ts', 'src/udp/kernel-socket.ts']);
    const inPreflight = files.filter((file) => file.startsWith('src/preflight/'));
    assert.ok(inPreflight.length > 0);
    for (const file of inPreflight) assert.doesNotMatch(withoutComments(file), /\bsend\w*\(/, file);
  });

  it('computes a factor is src/domain/factors.ts', () => {
    only(/received\.\w+ \/|responseBytes \/|\/ (sent|request)\w*\.(payloadBytes|wireBytes|ipPackets)/, [
      'src/domain/factors.ts',
    ]);
  });

  it('ends the process is src/cli.ts', () => {
    only(/process\.exit/, ['src/cli.ts']);
  });

  it('reads real time is src/system-clock.ts', () => {
    only(/Date\.now\(|performance\.now\(|hrtime|new Date\(\)/, ['src/system-clock.ts']);
  });

  it('knows ip-cidr is src/scope/parse-range.ts, whose contains() is never called', () => {
    only(/from 'ip-cidr'/, ['src/scope/parse-range.ts']);
    only(/\.contains\(|\.toArray\(\{|\.loop\(/, []);
  });

  it('knows csv-stringify is reports/csv.ts', () => {
    only(/from 'csv-stringify/, ['reports/csv.ts']);
  });

  it('makes markup is reports/html/html.ts, and nothing but that report draws', () => {
    only(/from 'hono/, ['reports/html/html.ts']);
    for (const file of files.filter((file) => /from 'd3-/.test(withoutComments(file))))
      assert.match(file, /^reports\/html\//);
  });

  it('rolls dice with Math.random does not exist', () => {
    only(/Math\.random/, []);
  });
});

describe('the list of probes', () => {
  it('has every folder of probes/ and every declaration of small-services, and no other', () => {
    const folders = probeFolders().filter((folder) => folder !== SMALL_SERVICES);
    const services = files.filter(
      (file) => file.startsWith(`${SMALL_SERVICES}/`) && /= defineLoopService\(/.test(withoutComments(file)),
    );
    assert.ok(services.length > 0);
    assert.deepEqual(
      [...new Set(probes.map(({ protocol }) => protocol))].sort(),
      [...folders, ...services].map((path) => posix.basename(path, '.ts')).sort(),
    );
  });
});

/** By folder, what it may import; a folder that may import everything is left out. */
function roomsIn(page: string): ReadonlyMap<string, readonly string[]> {
  const [, table = ''] = page.split('\n## The rooms\n');
  const rows = table.split('\n## ', 1)[0]?.matchAll(/^\| `([^`]+)` +\|[^|]+\| ([^|]+?) +\|$/gm) ?? [];
  return new Map(
    Array.from(rows, ([, folder = '', allowed = '']) => [folder, allowed] as const)
      .filter(([, allowed]) => allowed !== 'everything')
      .map(([folder, allowed]) => [
        folder,
        Array.from(allowed.matchAll(/`([^`]+)`/g), ([, name = '']) => name),
      ]),
  );
}

function probeFolders(): readonly string[] {
  return readdirSync(join(repositoryRoot, 'probes'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'wire')
    .map(({ name }) => `probes/${name}`);
}

function typescriptIn(folder: string): readonly string[] {
  return readdirSync(join(repositoryRoot, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => posix.join(entry.parentPath.slice(repositoryRoot.length + 1), entry.name))
    .sort();
}

function importsOf(file: string): readonly string[] {
  const source = readFileSync(join(repositoryRoot, file), 'utf8');
  return [
    ...source.matchAll(
      /^(?:import|export|\}) [^'\n]*from '([^']+)';$|^import '([^']+)'|await import\('([^']+)'\)/gm,
    ),
  ].map(([, from, bare, lazy]) => {
    const name = from ?? bare ?? lazy ?? '';
    return name.startsWith('.') ? posix.join(posix.dirname(file), name).replace(/\.js$/, '.ts') : name;
  });
}

function withoutComments(file: string): string {
  return readFileSync(join(repositoryRoot, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}
