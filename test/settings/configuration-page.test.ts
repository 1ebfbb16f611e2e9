import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { commands } from '../../src/commands/index.js';
import { SETTINGS_BY_KEY } from '../../src/settings/all-settings.js';
import { ABOUT, defaultOf } from '../../src/settings/setting.js';
import { repositoryRoot } from '../repository.js';

const PAGE = join(repositoryRoot, 'docs', 'configuration.md');
const BEFORE = '<!-- written by its test with UPDATE_GOLDEN=1 -->\n';

it('docs/configuration.md lists every setting with its default and the commands that know it', async () => {
  const users = new Map<string, string[]>();
  for (const [name, { load }] of Object.entries(commands))
    if (name !== 'config')
      for (const key of Object.keys((await load()).settings.shape))
        users.set(key, [...(users.get(key) ?? []), name]);
  const lines = Object.entries(SETTINGS_BY_KEY).map(([key, setting]) => {
    const { description = '', otherwise } = ABOUT.get(setting) ?? {};
    const fallback = otherwise ?? defaultOf(setting);
    const known = `${description}${fallback === undefined ? '' : ` (default ${fallback})`}`;
    return `- \`${key}\`: ${known}. Known to ${(users.get(key) ?? []).join(', ')}.\n`;
  });
  const text = readFileSync(PAGE, 'utf8');
  const [prose = ''] = text.split(BEFORE);
  const expected = `${prose}${BEFORE}\n${lines.join('')}`;
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(PAGE, expected);
  assert.equal(
    readFileSync(PAGE, 'utf8'),
    expected,
    'UPDATE_GOLDEN=1 npm test -- configuration-page writes it',
  );
});
