import { join } from 'node:path';
import { errorCode } from '../../domain/error-code.js';
import type { Language } from '../../../probes/probe.js';
import { parseTemplate } from '../../../reports/notices/template.js';
import type { RunNotices } from '../../domain/run-record.js';
import { UsageError } from '../../domain/usage-error.js';
import { readBytes } from '../../read-bytes.js';
import type { Settings } from '../../settings/all-settings.js';

/**
 * What the user chose of the notices; undefined: nothing.
 * @throws UsageError for a template that is missing, unreadable or wrong: file and line.
 */
export async function readNotices(
  {
    notices: letters,
    notice_format: format,
    notice_templates: folder,
  }: Pick<Settings, 'notices' | 'notice_format' | 'notice_templates'>,
  stop: AbortSignal,
): Promise<RunNotices | undefined> {
  if (letters === undefined && format === undefined && folder === undefined) return undefined;
  return {
    ...(letters !== undefined && { letters }),
    ...(format !== undefined && { format }),
    ...(folder !== undefined && {
      templates: { en: await readTemplate(folder, 'en', stop), ja: await readTemplate(folder, 'ja', stop) },
    }),
  };
}

/** It stands in run.json: a letter, not a library. */
const MOST_BYTES = 65_536;

async function readTemplate(folder: string, language: Language, stop: AbortSignal): Promise<string> {
  const path = join(folder, `notice.${language}.txt`);
  const bytes = await readBytes(path, stop).catch((error: unknown) => {
    stop.throwIfAborted();
    const code = errorCode(error);
    throw new UsageError(
      `${path}: ${code === 'ENOENT' ? 'no such file' : `cannot be read: ${code}`}`,
      'name a folder with notice.en.txt and notice.ja.txt with --notice-templates',
    );
  });
  if (bytes.length > MOST_BYTES)
    throw new UsageError(`${path}: longer than 64 KiB`, 'write a letter of a few pages');
  const text = decoded(bytes);
  if (text === undefined) throw new UsageError(`${path}: not in UTF-8`, 'save it as UTF-8');
  parseTemplate(text, path);
  return text;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
