import type { Language } from '../../probes/probe.js';
import { LANGUAGES } from '../../probes/probe.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { cleanText } from '../clean-text.js';
import { columns, findingCells } from '../columns.js';
import { csvChunks } from '../csv.js';
import type { Report } from '../report.js';
import { defaultTemplates, fixedTemplate } from './default-templates.js';
import { lettersOf } from './letters.js';
import { mailText } from './mail.js';
import { fillTemplate, parseTemplate } from './template.js';
import { noticeValues } from './values.js';

/**
 * notices/: to each owner with something exposed, or fixed to the last, a letter in each language, ready for mail, and
 * the rows it speaks of as CSV; as a draft of a mail too where the run's settings say so. Nothing here sends anything.
 */
export const notices: Report = {
  name: 'notices',
  *files(run, records, options) {
    const { format = 'text', templates = defaultTemplates } = run.settings.notices ?? {};
    const parsed = LANGUAGES.map((language) => ({
      language,
      exposures: parseTemplate(templates[language], `run.json: notices.templates.${language}`),
      fixed: parseTemplate(fixedTemplate('fixed', language), 'letter of what is fixed'),
      closing: parseTemplate(fixedTemplate('closing', language), 'closing letter'),
    }));
    for (const letter of lettersOf(run, records)) {
      const { path, kind, rows } = letter;
      const csv = `${basename(path)}.csv`;
      const content = [...csvChunks(columns, rows.map(findingCells), options)].join('');
      yield { path: `${path}.csv`, chunks: [content] };
      for (const { language, [kind]: template } of parsed) {
        const values = noticeValues(run, letter, csv, language, options.probes ?? []);
        const { subject, body } = fillTemplate(template, values);
        yield { path: `${path}.${language}.txt`, chunks: [`Subject: ${subject}\n\n${body}`] };
        if (format === 'eml')
          yield {
            path: `${path}.${language}.eml`,
            chunks: [draft(run, { subject, body, language, attachment: { name: csv, content } })],
          };
      }
    }
  },
};

function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function draft(
  { authorisation, ended }: RunRecord,
  {
    subject,
    body,
    language,
    attachment,
  }: {
    readonly subject: string;
    readonly body: string;
    readonly language: Language;
    readonly attachment: { readonly name: string; readonly content: string };
  },
): string {
  return mailText({
    from: {
      name: cleanText(authorisation.organisation) ?? '',
      contact: cleanText(authorisation.contact) ?? '',
    },
    subject,
    date: ended,
    language,
    body,
    attachment: { ...attachment, type: 'text/csv' },
  });
}
