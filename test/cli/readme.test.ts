import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { before, describe, it } from 'node:test';
import { ALL_SETTINGS } from '../../src/settings/all-settings.js';
import { flagOf } from '../../src/settings/names.js';
import { repositoryRoot } from '../repository.js';
import { runCli } from './run-cli.js';

const READMES = ['README.md', 'README.ja.md'];
const OPERATION = ['docs/operation.md', 'docs/operation.ja.md'];

/** `Scope:   --scope --targets`, a line a group of the help, in its order. */
async function groupsInHelp(): Promise<readonly string[]> {
  const { stdout } = await runCli(['scan', '--help']);
  return stdout.split('\n\n').flatMap((part) => {
    const [title = '', ...lines] = part.split('\n');
    const names = lines.flatMap((line) => /^ {2}(--[a-z][a-z0-9-]*) /.exec(line)?.[1] ?? []);
    return names.length === 0 || title === 'Options:' ? [] : `${title.padEnd(9)}${names.join(' ')}`;
  });
}

describe('the options in', () => {
  let groups: readonly string[];
  before(async () => {
    groups = await groupsInHelp();
  });
  const known = new Set([
    '--help',
    '--version',
    '--config',
    ...Object.keys(ALL_SETTINGS.shape).map((key) => `--${flagOf(key)}`),
  ]);
  for (const file of OPERATION)
    it(`${file} are those of scan --help, group by group`, () => {
      assert.ok(groups.length >= 4, 'the help has groups');
      assert.ok(read(file).includes(`\`\`\`\n${groups.join('\n')}\n\`\`\``), groups.join('\n'));
    });
  for (const [file, least] of [
    ...OPERATION.map((page) => [page, 20] as const),
    ...READMES.map((page) => [page, 3] as const),
  ])
    it(`${file}, wherever they are named, exist`, () => {
      // A comment is for developers who work on the page.
      const shown = read(file).replace(/<!--.*?-->/gs, '');
      const named = shown.match(/(?<![\w-])--[a-z][a-z0-9-]+/g) ?? [];
      assert.ok(named.length > least, `${named.length} are named`);
      assert.deepEqual(
        named.filter((name) => !known.has(name)),
        [],
      );
    });
});

describe('a link in', () => {
  for (const file of [...READMES, ...OPERATION, 'docs/benchmarks.md', 'docs/benchmarks.ja.md'])
    it(`${file} leads to a file that is there, and to a heading of it`, () => {
      const links = [...read(file).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
      assert.ok(links.length > 0);
      for (const [, path = '', anchor] of links) {
        const target = path === '' ? file : join(dirname(file), path);
        assert.ok(existsSync(join(repositoryRoot, target)), target);
        if (anchor !== undefined) assert.ok(anchorsOf(read(target)).includes(anchor), `${target}#${anchor}`);
      }
    });
  for (const [index, file] of READMES.entries())
    it(`${file} leads to the line for cron, to what silence means, and to the exit codes`, () => {
      const page = OPERATION[index] ?? '';
      const wanted = new Set(
        [/^0 3 \* \* 1 /, /suspect.*4|4.*suspect/, /^\| 130, 143/].map((line) => headingOf(read(page), line)),
      );
      assert.equal(wanted.size, 3);
      for (const heading of wanted) assert.ok(read(file).includes(`](${page}#${heading})`), heading);
    });
});

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

/** The anchor of the heading above the first such line. */
function headingOf(text: string, line: RegExp): string {
  const lines = text.split('\n');
  const at = lines.findIndex((one) => line.test(one));
  return anchorsOf(lines.slice(0, at + 1).join('\n')).at(-1) ?? '';
}

describe('the pages of the benchmarks', () => {
  it('have the marks between which npm run bench -- --write puts its tables, and five rows in the READMEs', () => {
    for (const file of [...READMES, 'docs/benchmarks.md', 'docs/benchmarks.ja.md']) {
      const table = /<!-- npm run bench -- --write: from here -->\n(.*)\n<!-- to here -->/s.exec(
        read(file),
      )?.[1];
      assert.ok(table !== undefined, file);
      const rows = table.split('\n').filter((line) => /^\| (?!-)/.test(line));
      if (READMES.includes(file)) assert.equal(rows.length, 6, file);
      else assert.ok(rows.length > 30, file);
    }
  });
});

function read(file: string): string {
  return readFileSync(join(repositoryRoot, file), 'utf8');
}

describe('the line for cron in', () => {
  for (const file of OPERATION)
    it(`${file} finds its commands in the folders that it names, and says which`, () => {
      const text = read(file);
      const [, path = '', command = ''] =
        /^PATH=(\S+)\n0 3 \* \* 1 {2}(\w+) scan [^\n]* --quiet$/m.exec(text) ?? [];
      assert.equal(command, 'ampscope');
      const folder = mkdtempSync(join(tmpdir(), 'ampscope-cron-'));
      try {
        writeFileSync(join(folder, 'ampscope'), '#!/usr/bin/env node\n', { mode: 0o755 });
        symlinkSync(process.execPath, join(folder, 'node'));
        const tried = (PATH: string): number | null =>
          spawnSync('/bin/sh', ['-c', 'ampscope scan --quiet'], { env: { PATH } }).status;
        assert.equal(tried('/usr/bin:/bin'), 127, 'what a user of cron has by itself does not find it');
        assert.equal(tried(path.replace('/usr/local/bin', folder)), 0);
        assert.ok(path.startsWith('/usr/local/bin:'), 'where npm install -g puts it');
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
});
