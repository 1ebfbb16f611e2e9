import { alignedTable } from '../../reports/aligned-table.js';
import { UsageError } from '../domain/usage-error.js';
import { ALL_SETTINGS, SETTINGS_BY_KEY } from '../settings/all-settings.js';
import { settingsJsonSchema } from '../settings/json-schema.js';
import { flagOf, variableOf } from '../settings/names.js';
import type { Source } from '../settings/read-settings.js';
import { ABOUT, defaultOf } from '../settings/setting.js';
import { DEFAULT_FILES, readSettingsFile } from '../settings/settings-file.js';
import type { Given } from './command.js';
import { defineCommand, EXIT } from './command.js';

/** Says what holds, and why: the settings of all commands, from wherever they may come. */
export const config = defineCommand({
  positional: {
    usage: '<action> [file]',
    describe: 'show: all settings; check: this file; schema: JSON Schema for editors',
  },
  settings: ALL_SETTINGS,
  example: ['ampscope config show', 'each setting and where it comes from'],
  async run(_, { stdout, stop }, { operands: [action = '', file], written }) {
    if (action === 'show' && file === undefined) stdout.write(describe(written));
    else if (action === 'check') stdout.write(await check(file, stop));
    else if (action === 'schema' && file === undefined)
      stdout.write(`${JSON.stringify(settingsJsonSchema(), undefined, 2)}\n`);
    else
      throw new UsageError(
        `config ${[action, file].join(' ').trim()} is not understood`,
        'write ampscope config show, ampscope config check [FILE] or ampscope config schema',
      );
    return EXIT.finished;
  },
});

function describe(written: Given['written']): string {
  const rows = Object.entries(SETTINGS_BY_KEY).map(([key, setting]) => {
    const { value, source } = written.get(key) ?? {
      value: ABOUT.get(setting)?.otherwise ?? defaultOf(setting) ?? '',
      source: { kind: 'default' } as const,
    };
    return [key, [value].flat().join(', '), sourceText(key, source)];
  });
  return `${alignedTable([['setting', 'value', 'from'], ...rows], new Set()).join('\n')}\n`;
}

function sourceText(key: string, source: Source): string {
  if (source.kind === 'file') return `${source.file}:${source.line}`;
  if (source.kind === 'default') return 'default';
  return source.kind === 'flag' ? `--${flagOf(key)}` : variableOf(key);
}

async function check(named: string | undefined, stop: AbortSignal): Promise<string> {
  const { file, written } = await readSettingsFile(named, stop);
  if (file === undefined)
    throw new UsageError(
      'there is no settings file to check',
      `write ampscope config check FILE; without one it looks for ${DEFAULT_FILES.join(' and ')}`,
    );
  return `${file}: ${written.size} ${written.size === 1 ? 'setting' : 'settings'}, all valid\n`;
}
