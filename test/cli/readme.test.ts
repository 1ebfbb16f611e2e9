import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { ALL_SETTINGS } from '../../src/settings/all-settings.js';
import { flagOf } from '../../src/settings/names.js';
import { repositoryRoot } from '../repository.js';
import { runCli } from './run-cli.js';

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
  for (const file of ['README.md', 'README.ja.md']) {
    const text = readFileSync(join(repositoryRoot, file), 'utf8');
    it(`${file} are those of scan --help, group by group`, () => {
      assert.ok(groups.length >= 4, 'the help has groups');
      assert.ok(text.includes(`\`\`\`\n${groups.join('\n')}\n\`\`\``), groups.join('\n'));
    });
    it(`${file}, wherever they are named, exist`, () => {
      // A comment is for who works on the page.
      const shown = text.replace(/<!--.*?-->/gs, '');
      const named = shown.match(/(?<![\w-])--[a-z][a-z0-9-]+/g) ?? [];
      assert.ok(named.length > 20);
      assert.deepEqual(
        named.filter((name) => !known.has(name)),
        [],
      );
    });
  }
});

describe('the line for cron in', () => {
  for (const file of ['README.md', 'README.ja.md'])
    it(`${file} finds its commands in the folders that it names, and says which`, () => {
      const text = readFileSync(join(repositoryRoot, file), 'utf8');
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
