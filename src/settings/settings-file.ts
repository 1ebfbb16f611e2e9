import { dirname } from 'node:path';
import { UsageError } from '../domain/usage-error.js';
import { readBytes } from '../read-bytes.js';
import { unknownKey } from '../scope/scope-problem.js';
import { readYaml } from '../scope/yaml-source.js';
import { ALL_SETTINGS, SETTINGS_BY_KEY, severitiesInOrder } from './all-settings.js';
import type { Written } from './read-settings.js';
import { parseWritten, writtenAs } from './read-settings.js';
import { pathsFrom } from './setting.js';

/** Where settings are looked for unless `--config` names a file; the first of them that is there. */
export const DEFAULT_FILES = ['ampscope.yaml', '/etc/ampscope/ampscope.yaml'] as const;

/**
 * The settings of a file, each checked, whichever command is to have them.
 * @param name absent: the first of the default files that is there.
 * @returns by key, and the file that was read; nothing where there is none.
 * @throws UsageError for a file that cannot be read, an unknown key and a wrong value, with its line; what `stop` says
 * when it comes first.
 */
export async function readSettingsFile(
  name?: string,
  stop?: AbortSignal,
): Promise<{ readonly file?: string; readonly written: ReadonlyMap<string, Written> }> {
  for (const file of name === undefined ? DEFAULT_FILES : [name]) {
    try {
      return { file, written: settingsIn((await readBytes(file, stop)).toString(), file) };
    } catch (error) {
      stop?.throwIfAborted();
      if (!(error instanceof Error && 'code' in error)) throw error;
      if (error.code === 'ENOENT' && name === undefined) continue;
      const reason = error.code === 'ENOENT' ? 'no such file' : `cannot be read: ${String(error.code)}`;
      throw new UsageError(`${file}: ${reason}`, 'name a readable file with --config');
    }
  }
  return { written: new Map() };
}

const IN_A_FILE = ALL_SETTINGS.check(severitiesInOrder);

function settingsIn(text: string, file: string): ReadonlyMap<string, Written> {
  // All of it may be commented out.
  if (text.split('\n').every((line) => /^\s*(#|$)/.test(line))) return new Map();
  const source = readYaml(text, file);
  const found = new Map<string, Written>();
  for (const [key, value] of Object.entries(source.value as Readonly<Record<string, unknown>>)) {
    const schema = Object.hasOwn(SETTINGS_BY_KEY, key) ? SETTINGS_BY_KEY[key] : undefined;
    if (schema === undefined) {
      const { message, hint } = unknownKey(key, Object.keys(SETTINGS_BY_KEY));
      throw new UsageError(`${file}:${source.keyLineOf([key])}: ${message}`, hint);
    }
    const entries = Array.isArray(value)
      ? value.map((entry: unknown, index) => source.writtenAt([key, index]) ?? entry)
      : (source.writtenAt([key]) ?? value);
    found.set(key, {
      value: writtenAs(schema, pathsFrom(dirname(file), schema, entries)),
      source: { kind: 'file', file, line: source.lineOf([key]) },
    });
  }
  parseWritten(IN_A_FILE, found);
  return found;
}
