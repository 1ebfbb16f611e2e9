import type { Language, ProbeIdentity, ProbeTexts } from '../../probes/probe.js';
import { isAmplifier } from '../../probes/probe.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import { compareSeverities } from '../../src/domain/finding.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { isExposed } from '../../src/domain/status.js';
import { cleanText } from '../clean-text.js';
import { SEVERITY_TEXTS } from '../reasons.js';
import { cutToWidth } from '../text-width.js';
import type { Letter } from './letters.js';
import type { Phrases } from './phrases.js';
import { atHost, detailOf, factorText, phrases, spacedTime, textsOf } from './phrases.js';
import type { NoticeValues } from './template.js';

/** More rows make an unreadable letter; the CSV file beside has all. */
const MOST_LISTED = 100;

/** In columns: what a server says of itself is to be recognised; the CSV file has more of it. */
const MOST_OF_A_TEXT = 210;

/** In a heading. */
const MOST_HOSTS = 3;

/** What the placeholders of a template stand for, in one language. @param probes those whose texts are known. */
export function noticeValues(
  run: RunRecord,
  { networks, customer, unknown, rows }: Letter,
  csv: string,
  language: Language,
  probes: readonly ProbeIdentity[],
): NoticeValues {
  const text = phrases[language];
  const exposed = rows
    .filter(({ status }) => isExposed(status))
    .sort((a, b) => compareSeverities(a.severity, b.severity));
  const fixed = rows.filter(({ status }) => status === 'fixed');
  const silent = fixed.filter(({ status_evidence }) => status_evidence === 'silent');
  const closed = fixed.filter((record) => !silent.includes(record));
  const textsFor = (record: FindingRecord): ProbeTexts => textsOf(record, probes);
  const titleOf = (record: FindingRecord): string => textsFor(record).title[language];
  const more = exposed.length - MOST_LISTED;
  const [network] = networks;
  return {
    organisation: cleanText(run.authorisation.organisation) ?? '',
    contact: cleanText(run.authorisation.contact) ?? '',
    customer: customer ?? text.unknownCustomer,
    salutation: text.salutation(customer),
    asn: networks.map(({ asn }) => (asn === undefined ? text.unknownAs : `AS${asn}`)).join(', '),
    as_name: networks.length === 1 ? (cleanText(network?.asName) ?? '') : '',
    date: run.started.slice(0, 'YYYY-MM-DD'.length),
    scan_id: run.scan_id,
    started: spacedTime(run.started),
    ended: spacedTime(run.ended),
    exposed: String(exposed.length),
    csv,
    ...reminderOf(exposed, text),
    opening:
      exposed.length === 0
        ? text.closing({ allProved: silent.length === 0, unknown })
        : text.opening({ exposed: exposed.length, amplifying: exposed.filter(isAmplifier).length }),
    findings: [
      ...exposed
        .slice(0, MOST_LISTED)
        .map((record) => described(record, textsFor(record), language, networks.length > 1)),
      ...(more > 0 ? [text.more(more)] : []),
    ].join('\n\n'),
    fixed: [
      listed(text.closed, closed, (record) => text.fixed(record, titleOf(record)), text),
      listed(text.silent, silent, (record) => text.fixed(record, titleOf(record)), text),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
    risk: sections(exposed, text, titleOf, (record) => textsFor(record).risk[language]),
    remedy: sections(exposed, text, titleOf, (record) =>
      asList(atHost(textsFor(record).remedy[language], record)),
    ),
    check: checks(exposed, text, titleOf, (record) =>
      [
        ...(text.elsewhereOf(record) === undefined ? [] : [text.checkElsewhere]),
        textsFor(record).check[language],
      ].join('\n'),
    ),
  };
}

/** Which reminder it is, where earlier scans found some of it too: by the exposure that was found most often. */
function reminderOf(
  exposed: readonly FindingRecord[],
  text: Phrases,
): Pick<NoticeValues, 'reminder_mark' | 'reminder'> {
  const before = exposed.filter(({ status }) => status === 'persisting' || status === 'reopened');
  const scans = Math.max(0, ...before.map(({ times_seen = 0 }) => times_seen));
  const days = before
    .filter(({ times_seen = 0 }) => times_seen === scans)
    .flatMap(({ first_seen }) => first_seen?.slice(0, 'YYYY-MM-DD'.length) ?? [])
    .sort();
  const [since] = days;
  if (since === undefined || scans < 2) return { reminder_mark: '', reminder: '' };
  const alike = days.length === before.length && days.at(-1) === since;
  return {
    reminder_mark: text.reminderMark(scans),
    reminder: text.reminder({ before: before.length, exposed: exposed.length, scans, since, alike }),
  };
}

/** A heading and a line for each row; nothing without rows. */
function listed(
  heading: string,
  rows: readonly FindingRecord[],
  lineOf: (record: FindingRecord) => string,
  text: Phrases,
): string {
  if (rows.length === 0) return '';
  return [
    heading,
    ...rows.slice(0, MOST_LISTED).map((record) => `- ${lineOf(record)}`),
    ...(rows.length > MOST_LISTED ? [text.more(rows.length - MOST_LISTED)] : []),
  ].join('\n');
}

/** One exposure: a heading, then a line for each thing that is known. */
function described(
  record: FindingRecord,
  texts: ProbeTexts,
  language: Language,
  namesNetwork: boolean,
): string {
  const text = phrases[language];
  const factor = factorText(record);
  const { asn, as_name } = record;
  const network = asn === undefined ? text.unknownAs : [`AS${asn}`, as_name].filter(Boolean).join(' ');
  return [
    `- ${text.place(record, texts.title[language])}`,
    ...(
      [
        [text.network, namesNetwork ? network : undefined],
        [text.severity, SEVERITY_TEXTS[record.severity][language]],
        [text.asked, record.timestamp === undefined ? undefined : spacedTime(record.timestamp)],
        [text.sizes, text.sizesOf(record)],
        [text.factor, factor === undefined ? undefined : text.factorOf(record, factor)],
        [text.elsewhere, text.elsewhereOf(record)],
        [text.since, text.sinceOf(record)],
        [text.software, recognisable(record.version)],
        [text.detail, recognisable(detailOf(record, texts)?.[language])],
      ] as const
    ).flatMap(([label, value]) =>
      value === undefined || value === '' ? [] : `  - ${label}${text.colon}${value}`,
    ),
  ].join('\n');
}

/** The beginning of a text from outside, with room for a break in every line. */
function recognisable(text: string | undefined): string | undefined {
  const broken = cleanText(text)?.replace(/[!-~]{61,}/g, (word) => `${word.slice(0, 59)}…`);
  return broken === undefined ? undefined : cutToWidth(broken, MOST_OF_A_TEXT);
}

/** A text that is said of these rows, of which each was found as `title`. */
interface Told {
  readonly title: string;
  readonly text: string;
  readonly rows: readonly FindingRecord[];
}

/** What is said of each kind of service: rows of one title stand apart where not the same is said of them. */
function toldOf(
  records: readonly FindingRecord[],
  titleOf: (record: FindingRecord) => string,
  textOf: (record: FindingRecord) => string,
): readonly Told[] {
  const byTitle = new Map<string, Map<string, FindingRecord[]>>();
  for (const record of records) {
    const [title, text] = [titleOf(record), textOf(record)];
    const texts = byTitle.get(title) ?? new Map<string, FindingRecord[]>();
    byTitle.set(title, texts.set(text, [...(texts.get(text) ?? []), record]));
  }
  return [...byTitle].flatMap(([title, texts]) => [...texts].map(([text, rows]) => ({ title, text, rows })));
}

/** The title, and where not all that it stands for are meant some of the hosts that are. */
function headingOf({ title, rows }: Told, all: readonly Told[], text: Phrases): string {
  if (all.filter((told) => told.title === title).length === 1) return title;
  const hosts = [...new Set(rows.map(({ ip }) => ip))];
  return text.headingFor(
    title,
    `${hosts.slice(0, MOST_HOSTS).join(', ')}${hosts.length > MOST_HOSTS ? ', …' : ''}`,
  );
}

/** A text for each kind of service, once where several share it, under their titles. */
function sections(
  records: readonly FindingRecord[],
  text: Phrases,
  titleOf: (record: FindingRecord) => string,
  textOf: (record: FindingRecord) => string,
): string {
  const all = toldOf(records, titleOf, textOf);
  const headings = new Map<string, string[]>();
  for (const told of all)
    headings.set(told.text, [...(headings.get(told.text) ?? []), headingOf(told, all, text)]);
  return [...headings]
    .map(([text, titles]) => [...titles.map((title) => `[${title}]`), text].join('\n'))
    .join('\n\n');
}

/** How to check each kind of service: one command a question, at the worst host that was asked it. */
function checks(
  records: readonly FindingRecord[],
  text: Phrases,
  titleOf: (record: FindingRecord) => string,
  checkFor: (record: FindingRecord) => string,
): string {
  const all = toldOf(records, titleOf, (record) => `${record.probed_port} ${checkFor(record)}`);
  return all
    .flatMap((told) => {
      const [worst] = told.rows;
      return worst === undefined
        ? []
        : [`[${headingOf(told, all, text)}]\n${atHost(checkFor(worst), worst)}`];
    })
    .join('\n\n');
}

/** Lines become the items of a list. */
function asList(text: string): string {
  const lines = text.split('\n');
  return lines.length === 1 ? text : lines.map((line) => `- ${line}`).join('\n');
}
