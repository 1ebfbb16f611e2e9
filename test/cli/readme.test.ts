import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
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
