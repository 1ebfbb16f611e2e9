import type { Language, Texts } from '../../probes/probe.js';
import { readRun } from '../archive/run-archive.js';
import type { FindingRecord } from '../domain/finding-record.js';
import { sortRecords } from '../domain/sort-records.js';
import { isExposed } from '../domain/status.js';
import { UsageError } from '../domain/usage-error.js';
import { alignedTable } from '../../reports/aligned-table.js';
import { decimalText, FACTOR_DECIMALS } from '../../reports/format.js';
import { DOUBT_TEXTS, EVIDENCE_TEXTS, SEVERITY_TEXTS } from '../../reports/reasons.js';
import { ALL_SETTINGS } from '../settings/all-settings.js';
import { defineCommand, EXIT } from './command.js';

/** What differs between two runs, whatever lies between them. */
export const diff = defineCommand({
  positional: { usage: '<run..>', describe: 'The directories of two runs, the earlier first' },
  settings: ALL_SETTINGS.pick({ lang: true, json: true }),
  example: ['ampscope diff exposure/2026-11-13T030000Z exposure/latest', 'what changed in that week'],
  async run({ lang: language, json }, { stdout }, { operands: [a, b, ...more] }) {
    if (a === undefined || b === undefined || more.length > 0)
      throw new UsageError('diff takes two runs', 'write ampscope diff RUN_A RUN_B');
    const [before, after] = await Promise.all([readRun(a), readRun(b)]);
    const changes = changesBetween(before.records, after.records);
    if (json) {
      const inEnglish = changes.map(({ why, ...change }) => ({ ...change, ...(why && { why: why.en }) }));
      stdout.write(`${JSON.stringify(inEnglish, undefined, 2)}\n`);
      return EXIT.finished;
    }
    stdout.write(describeChanges(changes, [before.run.scan_id, after.run.scan_id], language));
    return EXIT.finished;
  },
});

const HEADER: Readonly<Record<Language, readonly string[]>> = {
  en: ['change', 'host', 'probe', 'on the wire', 'then', 'what is known'],
  ja: ['変化', 'ホスト', 'プローブ', '回線上（前）', '（後）', '分かっていること'],
};
const RIGHT: ReadonlySet<number> = new Set([3, 4]);

const CHANGES = {
  appeared: { en: 'appeared', ja: '出現' },
  gone: { en: 'gone', ja: '消失' },
  changed: { en: 'changed', ja: '変化' },
} as const satisfies Record<string, Texts>;

/** What changed between two runs, for a terminal. Ends with a line feed. */
export function describeChanges(
  changes: readonly Change[],
  runs: readonly [before: string, after: string],
  language: Language,
): string {
  const rows = changes.map(({ change, ip, probe, before: was, after: is, why }) => [
    CHANGES[change][language],
    ip,
    probe,
    was === undefined ? '' : `${decimalText(was, FACTOR_DECIMALS)}x`,
    is === undefined ? '' : `${decimalText(is, FACTOR_DECIMALS)}x`,
    why?.[language] ?? '',
  ]);
  const table = rows.length > 0 ? [...alignedTable([HEADER[language], ...rows], RIGHT), ''] : [];
  return `${[...table, countsOf(changes, runs)[language]].join('\n')}\n`;
}

function countsOf(changes: readonly Change[], [before, after]: readonly [string, string]): Texts {
  const counts = Object.values(CHANGES).map((word) => ({
    word,
    number: changes.filter(({ change }) => change === word.en).length,
  }));
  return {
    en: `${before} to ${after}: ${counts.map(({ word, number }) => `${number} ${word.en}`).join(', ')}`,
    ja: `${before} から ${after}：${counts.map(({ word, number }) => `${word.ja}${number}件`).join('、')}`,
  };
}

/** An exposure of one run that is not in the other, or is another there. Wire amplification before and after. */
export interface Change {
  readonly change: keyof typeof CHANGES;
  readonly finding_id: string;
  readonly ip: string;
  readonly probe: string;
  readonly before?: number;
  readonly after?: number;
  readonly why?: Texts;
}

/** Twice as strong, or half: measurements of one server differ by less. */
const FACTOR_CHANGED = 2;

export function changesBetween(
  before: readonly FindingRecord[],
  after: readonly FindingRecord[],
): readonly Change[] {
  const exposed = (records: readonly FindingRecord[]): ReadonlyMap<string, FindingRecord> =>
    new Map(records.filter(({ status }) => isExposed(status)).map((record) => [record.finding_id, record]));
  const [was, is] = [exposed(before), exposed(after)];
  const rowsAfter = new Map(after.map((record) => [record.finding_id, record]));
  const all = sortRecords([...new Map([...was, ...is]).values()]);
  return all.flatMap(({ finding_id, ip, probe }): Change | [] => {
    const [old, now] = [was.get(finding_id), is.get(finding_id)];
    const figures = {
      finding_id,
      ip,
      probe,
      ...(old?.wire_amplification !== undefined && { before: old.wire_amplification }),
      ...(now?.wire_amplification !== undefined && { after: now.wire_amplification }),
    };
    if (old === undefined) return { change: 'appeared', ...figures };
    if (now === undefined) return { change: 'gone', ...figures, why: whyGone(rowsAfter.get(finding_id)) };
    // Of one that is not known nothing is said.
    const factors = [figures.before ?? NaN, figures.after ?? NaN];
    const [low, high] = [Math.min(...factors), Math.max(...factors)];
    if (high >= low * FACTOR_CHANGED && high > low)
      return { change: 'changed', ...figures, why: ANOTHER_STRENGTH };
    return old.severity === now.severity
      ? []
      : {
          change: 'changed',
          ...figures,
          why: from(SEVERITY_TEXTS[old.severity], SEVERITY_TEXTS[now.severity]),
        };
  });
}

const ANOTHER_STRENGTH: Texts = { en: 'another strength', ja: '強さの変化' };

function from(before: Texts, after: Texts): Texts {
  return { en: `${before.en} to ${after.en}`, ja: `${before.ja}から${after.ja}` };
}

function whyGone(row: FindingRecord | undefined): Texts {
  const { status, status_evidence: evidence, status_doubt: doubt } = row ?? {};
  if (status === 'fixed')
    return {
      en: `fixed: ${evidence ?? 'proved closed'}`,
      ja: `解消：${evidence === undefined ? '閉じられたことを確認' : EVIDENCE_TEXTS[evidence].ja}`,
    };
  if (status === 'unknown')
    return {
      en: `unknown: ${doubt ?? 'nothing proves it closed'}`,
      ja: `不明：${DOUBT_TEXTS[doubt ?? ''].ja}`,
    };
  return {
    en: 'the later run has no row of it: closed before, or no target',
    ja: '後の調査には記録がありません（以前に解消したか、対象外です）',
  };
}
