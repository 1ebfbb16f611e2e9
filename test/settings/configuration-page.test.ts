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
  const rows = Object.entries(SETTINGS_BY_KEY).map(([key, setting]) => {
    const { description = '', otherwise } = ABOUT.get(setting) ?? {};
    const fallback = otherwise ?? defaultOf(setting) ?? '';
    return [`\`${key}\``, String(fallback), description, (users.get(key) ?? []).join(', ')];
  });
  const text = readFileSync(PAGE, 'utf8');
  const [prose = ''] = text.split(BEFORE);
  const expected = `${prose}${BEFORE}\n${tableOf([['key', 'default', 'meaning', 'commands'], ...rows])}`;
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(PAGE, expected);
  assert.equal(
    readFileSync(PAGE, 'utf8'),
    expected,
    'UPDATE_GOLDEN=1 npm test -- configuration-page writes it',
  );
});

/** As prettier lays it out. */
function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  const [head = [], ...body] = rows;
  return [head, widths.map((width) => '-'.repeat(width)), ...body].map(line).join('');
}
