import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, it } from 'node:test';
import { probes } from '../probes/list.js';
import { repositoryRoot } from './repository.js';

/**
 * Who may import whom: the rooms of docs/architecture.md. A room may always import itself; what a folder is
 * not given here it may not take. A type-only import counts like any other.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'src/domain': [],
  'src/scope': ['src/domain', 'ip-cidr', 'yaml', 'zod', 'node:net'],
  'src/udp': [
    'src/domain',
    'node:dgram',
    'node:events',
    'node:fs/promises',
    'node:net',
    'node:os',
    'node:timers/promises',
  ],
  'src/preflight': [
    'src/domain',
    'src/scope',
    'node:dgram',
    'node:events',
    'node:fs',
    'node:fs/promises',
    'node:os',
    'node:path',
  ],
  'src/sweep': ['src/domain', 'probes/probe.ts'],
  'src/measure': ['src/domain', 'probes/probe.ts', 'p-limit', 'node:crypto'],
  'src/origin': [
    'src/domain',
    'node:fs',
    'node:fs/promises',
    'node:zlib',
    'node:path',
    'node:util',
    'csv-parse/sync',
    'mmdb-lib',
  ],
  'src/history': ['src/domain', 'node:crypto'],
  'src/archive': [
    'src/domain',
    'src/history',
    'node:stream/promises',
    'node:zlib',
    'reports/record.ts',
    'reports/report.ts',
    'node:fs',
    'node:fs/promises',
    'node:path',
    'node:readline',
    'node:crypto',
  ],
  'src/engine': [
    'src/domain',
    'src/scope',
    'src/udp',
    'src/sweep',
    'src/measure',
    'src/history',
    'src/system-clock.ts',
    'probes/probe.ts',
    'probes/list.ts',
    'reports/record.ts',
    'node:crypto',
    'node:events',
    'node:worker_threads',
  ],
  'src/settings': [
    'src/domain',
    'src/scope',
    'src/sweep/shard.ts',
    'src/archive/file-modes.ts',
    'probes/list.ts',
    'probes/probe.ts',
    'node:fs/promises',
    'node:path',
    'yargs',
    'zod',
  ],
  'src/lab': ['src/domain', 'probes/probe.ts', 'node:dgram', 'node:events'],
  reports: [
    'src/domain',
    'probes/probe.ts',
    'csv-stringify',
    'csv-stringify/sync',
    'hono/html',
    'd3-array',
    'd3-format',
    'd3-scale',
    'd3-shape',
    'node:crypto',
  ],
  'probes/wire': [],
};
const PROBE_FOLDER = ['src/domain', 'probes/probe.ts', 'probes/wire', 'zod'];

const files = ['src', 'probes', 'reports'].flatMap(typescriptIn);

describe('the rooms', () => {
  for (const room of [...Object.keys(ROOMS), ...probeFolders()]) {
    it(`${room} imports only what it may`, () => {
      const allowed = [room, ...(ROOMS[room] ?? PROBE_FOLDER)];
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

  it('knows ip-cidr is src/scope/parse-range.ts, whose contains() nobody calls', () => {
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
  it('has every folder of probes/, and no other', () => {
    assert.deepEqual(
      [...new Set(probes.map(({ protocol }) => protocol))].sort(),
      probeFolders()
        .map((folder) => folder.slice('probes/'.length))
        .sort(),
    );
  });
});

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
