import * as z from 'zod';
import { ALL_SETTINGS, SETTINGS_BY_KEY } from './all-settings.js';
import { writtenAs } from './read-settings.js';
import { ABOUT } from './setting.js';

/** The JSON Schema (draft 2020-12) of a settings file, for editors. */
export function settingsJsonSchema(): z.core.JSONSchema.BaseSchema {
  const metadata = z.registry<{ readonly description: string }>();
  for (const setting of Object.values(SETTINGS_BY_KEY))
    metadata.add(setting, { description: ABOUT.get(setting)?.description ?? '' });
  const schema = z.toJSONSchema(ALL_SETTINGS, { io: 'input', metadata });
  for (const [key, setting] of Object.entries(SETTINGS_BY_KEY)) {
    const example = ABOUT.get(setting)?.example;
    const property = schema.properties?.[key];
    // zod leaves out the examples of a text that is read further.
    if (typeof property === 'object' && example !== undefined)
      property.examples = [writtenAs(setting, example)];
  }
  return { title: 'Ampscope settings file', ...schema };
}
