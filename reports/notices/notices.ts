import type { Language } from '../../probes/probe.js';
import { LANGUAGES } from '../../probes/probe.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { standingOf } from '../../src/domain/run-standing.js';
import { isExposed } from '../../src/domain/status.js';
import type { AsGroup } from '../by-as.js';
import { asLabel, groupByAs } from '../by-as.js';
import { cleanText } from '../clean-text.js';
import { columns, findingCells } from '../columns.js';
import { csvChunks } from '../csv.js';
import type { Report } from '../report.js';
import { customerFile } from './customer-file.js';
import { defaultTemplates } from './default-templates.js';
import { mailText } from './mail.js';
import { fillTemplate, parseTemplate } from './template.js';
import { noticeValues } from './values.js';

/**
 * notices/: for each AS and customer with something exposed a letter in each language, ready for mail, and the rows
 * it speaks of as CSV; as a draft of a mail too where the run's settings say so. Nothing here sends anything.
 */
export const notices: Report = {
  name: 'notices',
  *files(run, records, options) {
    // Nobody is thanked, or written to again, by a run that may not have reached the network.
    if (['suspect', 'late', 'partial'].includes(standingOf(run))) return;
    const { format = 'text', templates = defaultTemplates } = run.settings.notices ?? {};
    const parsed = LANGUAGES.map(
      (language) =>
        [language, parseTemplate(templates[language], `run.json: notices.templates.${language}`)] as const,
    );
    for (const group of groupByAs(run, records))
      for (const [customer, rows] of byCustomer(group.records)) {
        const name = customerFile(customer);
        const csv = `${name}.csv`;
        const path = noticeFolder(group);
        const content = [...csvChunks(columns, rows.map(findingCells), options)].join('');
        yield { path: path + csv, chunks: [content] };
        for (const [language, template] of parsed) {
          const values = noticeValues(run, { ...group, customer, rows, csv }, language, options.probes ?? []);
          const { subject, body } = fillTemplate(template, values);
          yield { path: `${path}${name}.${language}.txt`, chunks: [`Subject: ${subject}\n\n${body}`] };
          if (format === 'eml')
            yield {
              path: `${path}${name}.${language}.eml`,
              chunks: [draft(run, { subject, body, language, attachment: { name: csv, content } })],
            };
        }
      }
  },
};

/** Where the notices to an AS's customers stand, under the names that `customerFile` gives. */
export function noticeFolder(group: Pick<AsGroup, 'asn'>): string {
  return `notices/${asLabel(group)}/`;
}

/** In the order of their first rows; who has nothing exposed is left out: there is nothing to do. */
export function byCustomer(
  records: readonly FindingRecord[],
): readonly (readonly [string | undefined, readonly FindingRecord[]])[] {
  const groups = new Map<string | undefined, FindingRecord[]>();
  for (const record of records.filter(({ status }) => isExposed(status) || status === 'fixed')) {
    const customer = cleanText(record.customer);
    const group = groups.get(customer);
    if (group) group.push(record);
    else groups.set(customer, [record]);
  }
  return [...groups].filter(([, rows]) => rows.some(({ status }) => isExposed(status)));
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
