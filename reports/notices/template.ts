import { UsageError } from '../../src/domain/usage-error.js';
import { wrapLine } from './wrap.js';

/** What a template may ask for by `{{name}}`. docs/report-format.md says the same, held by a test. */
export const PLACEHOLDERS = {
  organisation: 'who scanned: `organisation` of the scope',
  contact: 'the contact for questions: `contact` of the scope',
  customer: 'whose the hosts are; a word for "unknown" where it is not known',
  salutation: 'a line that addresses the customer',
  asn: '`AS64496`, or a word for "unknown"; with a comma between where the hosts lie in several',
  as_name: 'the name of the AS; nothing where it is unknown, or where there are several',
  date: 'the UTC day of the scan',
  scan_id: 'the run: the name of its directory',
  started: 'when the scan began, UTC',
  ended: 'when it ended, UTC',
  exposed: 'how many exposures there are',
  csv: 'the name of the CSV file beside, which mail has attached',
  reminder_mark:
    'before the subject where earlier scans found some of it too: how many scans found it; else nothing',
  opening: 'what this is about: how many services answer, how many amplify, what to do',
  reminder: 'how many of the exposures earlier scans found too, how often and since when; else nothing',
  findings: 'each exposure: address, port, time, sizes, factor, since when; the 100 most severe at most',
  fixed:
    'what was fixed and what proves it, and what no longer answers and since when; nothing where nothing was',
  risk: 'why it matters, for each kind of service',
  remedy: 'how to fix it, for each kind of service, by software',
  check: 'how to check it oneself, for each kind of service',
} as const;

export type Placeholder = keyof typeof PLACEHOLDERS;
export type NoticeValues = Readonly<Record<Placeholder, string>>;

/** A template that was read: its text, and the places where values come. */
export interface NoticeTemplate {
  readonly subject: readonly Part[];
  readonly body: readonly Part[];
}

type Part = string | { readonly placeholder: Placeholder };

const SUBJECT = /^Subject:[ \t]*(?=\S)/;

/**
 * Reads a template: a line `Subject: …`, an empty line, then the text, a paragraph a line (longer lines are
 * wrapped, lines are never joined).
 * @param name the file, for messages.
 * @throws UsageError with file and line for an unknown placeholder, one without end, or no subject.
 */
export function parseTemplate(text: string, name: string): NoticeTemplate {
  const [first = '', ...rest] = text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .map((line) => line.replaceAll('\t', '    ').replace(/\p{Cc}/gu, ''));
  if (!SUBJECT.test(first))
    throw new UsageError(
      `${name}:1: the first line is no subject`,
      'begin with a line such as: Subject: Exposed services in {{asn}}',
    );
  return {
    subject: partsOf(first.replace(SUBJECT, ''), name, 1),
    body: rest.flatMap((line, index) => [...partsOf(line, name, index + 2), '\n']),
  };
}

/**
 * The text of a notice, wrapped. Values are put in as they are: what looks like a placeholder within one is none.
 */
export function fillTemplate(
  template: NoticeTemplate,
  values: NoticeValues,
): { readonly subject: string; readonly body: string } {
  const filled = (parts: readonly Part[]): string =>
    parts.reduce<string>((text, part) => {
      if (typeof part === 'string') return text + part;
      const value = values[part.placeholder];
      // Nor does one within a line leave the blank before it: "(AS64496 {{as_name}})".
      return value === '' && text.endsWith(' ') ? text.slice(0, -1) : text + value;
    }, '');
  const lines = filled(template.body)
    .split('\n')
    .flatMap((line) => wrapLine(line));
  return {
    subject: filled(template.subject).replace(/\s+/gu, ' ').trim(),
    // An empty value leaves no hole.
    body: `${lines
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim()}\n`,
  };
}

function partsOf(line: string, name: string, number: number): readonly Part[] {
  return line.split(/(\{\{(?:(?!\{\{).)*?\}\})/).map((part, index) => {
    // Text and placeholder take turns.
    if (index % 2 === 0) {
      if (!part.includes('{{')) return part;
      throw new UsageError(`${name}:${number}: a "{{" has no "}}" on its line`, 'write {{organisation}}');
    }
    const placeholder = part.slice(2, -2).trim();
    if (isPlaceholder(placeholder)) return { placeholder };
    throw new UsageError(
      `${name}:${number}: unknown placeholder "${part}"`,
      `write one of ${Object.keys(PLACEHOLDERS).join(', ')}, each in {{ }}`,
    );
  });
}

function isPlaceholder(name: string): name is Placeholder {
  return Object.hasOwn(PLACEHOLDERS, name);
}
