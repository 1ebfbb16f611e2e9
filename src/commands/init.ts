import { link, rm, writeFile } from 'node:fs/promises';
import { errorCode } from '../domain/error-code.js';
import { probes } from '../../probes/list.js';
import { formatDay } from '../domain/time.js';
import { UsageError } from '../domain/usage-error.js';
import { scopeJsonSchema } from '../scope/scope-file.js';
import { scopeTemplate } from '../scope/scope-template.js';
import { ALL_SETTINGS } from '../settings/all-settings.js';
import { defineCommand, EXIT } from './command.js';
import { readError } from './inputs/scan-inputs.js';

/** An authorisation has to be renewed: the template's lasts three months. */
const TEMPLATE_VALID_DAYS = 90;

/** Writes a commented scope file, and never over another one. */
export const init = defineCommand({
  positional: { usage: '[file]', describe: 'Where to write it (default scope.yaml); - prints it' },
  settings: ALL_SETTINGS.pick({ schema: true }),
  example: ['ampscope init scope.yaml', 'then edit it: it says what you may probe'],
  async run({ schema }, { stdout, stderr, clock }, { operands }) {
    if (schema) {
      const settings = probes.flatMap((definition) => definition.settings ?? []);
      stdout.write(`${JSON.stringify(scopeJsonSchema(settings), undefined, 2)}\n`);
      return EXIT.finished;
    }
    const file = operands[0] ?? 'scope.yaml';
    const text = scopeTemplate({ validUntil: formatDay(clock.now() + TEMPLATE_VALID_DAYS * 86_400_000) });
    if (file === '-') {
      stdout.write(text);
      return EXIT.finished;
    }
    await writeNew(file, text);
    stderr.write(`${file} is written: replace its example values, then try: ampscope plan --scope ${file}\n`);
    return EXIT.finished;
  },
});

/** Under a temporary name first, then linked: a link fails where there is a file, and is whole or not there. */
async function writeNew(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.ampscope-tmp`;
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx', flush: true });
    await link(temporary, file);
  } catch (error) {
    if (errorCode(error) === 'EEXIST')
      throw new UsageError(
        `${file} is there already`,
        'name another file, or - to print it: init never overwrites',
      );
    throw new UsageError(
      `${file}: ${readError(error)}`,
      'name a file in a folder that is there and that you may write to',
    );
  } finally {
    await rm(temporary, { force: true });
  }
}
