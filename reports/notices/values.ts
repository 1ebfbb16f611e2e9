import type { Language, ProbeIdentity } from '../../probes/probe.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import { compareSeverities } from '../../src/domain/finding.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { isExposed } from '../../src/domain/status.js';
import { cleanText } from '../clean-text.js';
import { cutToWidth } from '../text-width.js';
import { checkOf, factorText, phrases, spacedTime, wordsOf } from './phrases.js';
import type { NoticeValues } from './template.js';

/** More make no letter that anybody reads; the CSV file beside has all. */
const MOST_LISTED = 100;

/** In columns: what a server says of itself is to be recognised; the CSV file has more of it. */
const MOST_OF_A_TEXT = 210;

/** Whom a notice is for, and what it speaks of: what is exposed now and what was fixed. */
export interface Recipient {
  readonly asn?: number;
  readonly asName?: string;
  /** Absent: nobody knows. */
  readonly customer: string | undefined;
  readonly rows: readonly FindingRecord[];
  /** The name of the CSV file beside. */
  readonly csv: string;
}

/** What the placeholders of a template stand for, in one language. @param probes those whose words are known. */
export function noticeValues(
  run: RunRecord,
  { asn, asName, customer, rows, csv }: Recipient,
  language: Language,
  probes: readonly ProbeIdentity[],
): NoticeValues {
  const say = phrases[language];
  const exposed = rows
    .filter(({ status }) => isExposed(status))
    .sort((a, b) => compareSeverities(a.severity, b.severity));
  const fixed = rows.filter(({ status }) => status === 'fixed');
  const wordsFor = (record: FindingRecord): ProbeIdentity['words'] => wordsOf(record, probes);
  const titleOf = (record: FindingRecord): string => wordsFor(record).title[language];
  const bySection = (text: (words: ProbeIdentity['words'], worst: FindingRecord) => string): string =>
    sections(exposed, titleOf, (record) => text(wordsFor(record), record));
  const more = exposed.length - MOST_LISTED;
  return {
    organisation: cleanText(run.authorisation.organisation) ?? '',
    contact: cleanText(run.authorisation.contact) ?? '',
    customer: customer ?? say.unknownCustomer,
    salutation: say.salutation(customer),
    asn: asn === undefined ? say.unknownAs : `AS${asn}`,
    as_name: cleanText(asName) ?? '',
    date: run.started.slice(0, 'YYYY-MM-DD'.length),
    scan_id: run.scan_id,
    started: spacedTime(run.started),
    ended: spacedTime(run.ended),
    exposed: String(exposed.length),
    csv,
    findings: [
      ...exposed.slice(0, MOST_LISTED).map((record) => described(record, titleOf(record), language)),
      ...(more > 0 ? [say.more(more)] : []),
    ].join('\n\n'),
    fixed:
      fixed.length === 0
        ? ''
        : [
            say.thanks,
            ...fixed.slice(0, MOST_LISTED).map((record) => `- ${say.place(record, titleOf(record))}`),
            ...(fixed.length > MOST_LISTED ? [say.more(fixed.length - MOST_LISTED)] : []),
          ].join('\n'),
    risk: bySection(({ risk }) => risk[language]),
    remedy: bySection(({ remedy }) => asList(remedy[language])),
    check: bySection(({ check }, worst) => checkOf(check[language], worst)),
  };
}

/** One exposure: a heading, then a line for each thing that is known. */
function described(record: FindingRecord, title: string, language: Language): string {
  const say = phrases[language];
  const factor = factorText(record);
  return [
    `- ${say.place(record, title)}`,
    ...(
      [
        [say.severity, say.severities[record.severity]],
        [say.asked, spacedTime(record.timestamp)],
        [say.sizes, say.sizesOf(record)],
        [say.factor, factor === undefined ? undefined : say.factorOf(record, factor)],
        [say.since, say.sinceOf(record)],
        [say.software, recognisable(record.version)],
        [say.detail, recognisable(record.detail)],
      ] as const
    ).flatMap(([label, value]) => (value === undefined ? [] : `  - ${label}: ${value}`)),
  ].join('\n');
}

/** The beginning of what somebody else chose, with room for a break in every line. */
function recognisable(text: string | undefined): string | undefined {
  const broken = cleanText(text)?.replace(/[!-~]{61,}/g, (word) => `${word.slice(0, 59)}…`);
  return broken === undefined ? undefined : cutToWidth(broken, MOST_OF_A_TEXT);
}

/** A text for each kind of service, once where several share it, under their titles. */
function sections(
  records: readonly FindingRecord[],
  titleOf: (record: FindingRecord) => string,
  textOf: (record: FindingRecord) => string,
): string {
  const titles = new Map<string, string>();
  for (const record of records) {
    const title = titleOf(record);
    if (!titles.has(title)) titles.set(title, textOf(record));
  }
  const byText = new Map<string, string[]>();
  for (const [title, text] of titles) byText.set(text, [...(byText.get(text) ?? []), title]);
  return [...byText]
    .map(([text, heads]) => [...heads.map((head) => `[${head}]`), text].join('\n'))
    .join('\n\n');
}

/** Lines become the items of a list. */
function asList(text: string): string {
  const lines = text.split('\n');
  return lines.length === 1 ? text : lines.map((line) => `- ${line}`).join('\n');
}
