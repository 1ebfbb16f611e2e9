import { z } from 'zod';
import { ALL_SETTINGS, SETTINGS_BY_KEY } from './all-settings.js';
import { ABOUT } from './setting.js';

/** The JSON Schema (draft 2020-12) of a settings file, for editors. */
export function settingsJsonSchema(): z.core.JSONSchema.BaseSchema {
  const metadata = z.registry<{ readonly description: string; readonly examples?: readonly string[] }>();
  for (const setting of Object.values(SETTINGS_BY_KEY)) {
    const { description = '', example } = ABOUT.get(setting) ?? {};
    metadata.add(setting, { description, ...(example !== undefined && { examples: [example] }) });
  }
  const schema = z.toJSONSchema(ALL_SETTINGS, { io: 'input', metadata });
  return { title: 'Ampscope settings file', ...schema };
}
