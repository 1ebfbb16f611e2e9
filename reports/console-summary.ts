import type { Language, Texts } from '../probes/probe.js';
import { addressCount } from '../src/domain/address.js';
import type { FindingRecord } from '../src/domain/finding-record.js';
import { sortRecords } from '../src/domain/sort-records.js';
import { SEVERITIES } from '../src/domain/finding.js';
import type { RunRecord } from '../src/domain/run-record.js';
import { isExposed, STATUSES } from '../src/domain/status.js';
import { excludedOnTheWay, isWhole } from '../src/domain/whole-run.js';
import { decimalText, FACTOR_DECIMALS, plural } from './format.js';
import { alignedTable } from './aligned-table.js';
import { firstAskedText, leftOutText, SEVERITY_TEXTS, STATUS_TEXTS } from './reasons.js';
import { cutToWidth } from './text-width.js';
import type { SummaryRow } from './summary.js';
import { summaryRows } from './summary.js';

const NAME_COLUMNS = 24;

/**
 * What a run found, for a terminal: AS × probe with the number of exposed hosts, the largest and the median
 * amplification beside the request it took, and the worst host; then the sum by severity. A ≥ marks a row with
 * figures that are lower bounds. Before all of it stands whether the run is suspect, behind it what may be dark. Ends
 * with a line feed.
 */
export function consoleSummary(
  run: RunRecord,
  records: readonly FindingRecord[],
  language: Language = 'en',
): string {
  const rows = summaryRows(run, sortRecords(records)).filter(({ exposed = 0 }) => exposed > 0);
  const table = [HEADER[language], ...rows.map((row) => cellsOf(row, language))];
  const said = (texts: readonly Texts[]): readonly string[] => texts.map((text) => text[language]);
  const lines = [
    ...said(suspectLines(run)),
    ...(rows.length > 0 ? [...alignedTable(table, RIGHT), ''] : []),
    ...said([
      totalLine(run, records),
      ...sinceLines(run, records),
      ...notScannedLines(run),
      ...darkLines(run),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

/** What must not be overlooked: no other line of this run means what it usually does. */
function suspectLines({ suspect }: RunRecord): readonly Texts[] {
  if (suspect === undefined) return [];
  const { reason, expected, answered, networks = [] } = suspect;
  const why: Texts =
    reason === 'canaries'
      ? {
          en: `none of the ${expected} ${expected === 1 ? 'canary' : 'canaries'} of ${networks.join(', ')} answered`,
          ja: `${networks.join('、')} のカナリア${expected}件のいずれからも応答がありません`,
        }
      : {
          en: `of ${expected} addresses that answered before, ${answered === 0 ? 'none' : `only ${answered}`} answered anything`,
          ja: `以前応答した${expected}アドレスのうち、応答があったのは${answered}件です`,
        };
  return [
    {
      en: `SUSPECT: this run may not have reached the network: ${why.en}`,
      ja: `要確認：この調査はネットワークに到達していない可能性があります：${why.ja}`,
    },
    {
      en: 'Its silence says nothing: no silent exposure counts as fixed, no letters are written, and latest stays where it was.',
      ja: '応答がないことは何も意味しません。応答がなくても解消とは判定せず、通知文は作成せず、latestは以前のままです。',
    },
    { en: '', ja: '' },
  ];
}

const MOST_NOT_SCANNED = 3;

/** Networks of the scope that were never asked, so that no summary looks as if they were clean. */
function notScannedLines({ targets: { left_out: left } }: RunRecord): readonly Texts[] {
  if (left.length === 0) return [];
  const named = left.slice(0, MOST_NOT_SCANNED).map((network) => {
    const { en, ja } = leftOutText(network);
    return { en: `${network.prefix} (${en})`, ja: `${network.prefix}（${ja}）` };
  });
  const more = left.length - named.length;
  return [
    {
      en: `NOT SCANNED: ${named.map(({ en }) => en).join(', ')}${more > 0 ? `, and ${more} more, see targets.left_out in run.json` : ''}`,
      ja: `対象外：${named.map(({ ja }) => ja).join('、')}${more > 0 ? `、ほか${more}件（run.jsonのtargets.left_outをご覧ください）` : ''}`,
    },
  ];
}

const MOST_DARK = 10;

function darkLines({ path }: RunRecord): readonly Texts[] {
  const { dark = [] } = path ?? {};
  const lines = dark.slice(0, MOST_DARK).map((part): Texts => {
    const { expected, answered } = part;
    return 'network' in part
      ? {
          en: `${part.network} may be dark: ${answered} of ${expected} known responders there answered anything; silence there counts for nothing`,
          ja: `${part.network} には到達していない可能性があります：以前応答した${expected}件のうち、応答は${answered}件です。ここで応答がないことは判定に用いません`,
        }
      : {
          en: `${part.probe} may be filtered: ${expected} known exposures fell silent together, and none answered it; this silence counts for nothing`,
          ja: `${part.probe} はフィルターされている可能性があります：検出済みの${expected}件すべてが同時に応答しなくなりました。これらの応答がないことは判定に用いません`,
        };
  });
  const more = dark.length - lines.length;
  return more > 0
    ? [
        ...lines,
        {
          en: `and ${more} more, see path.dark in run.json`,
          ja: `ほか${more}件（run.jsonのpath.darkをご覧ください）`,
        },
      ]
    : lines;
}

/**
 * Whether a summary has anything to tell a reader of the one before: something new, reopened or fixed, a part
 * of the network that may be dark, or that this run does not speak for all of the scope.
 */
export function hasNews(run: RunRecord, records: readonly FindingRecord[]): boolean {
  return (
    !isWhole(run) ||
    (run.path?.dark ?? []).length > 0 ||
    records.some(({ status }) => status !== 'persisting' && status !== 'unknown')
  );
}

const HEADER: Readonly<Record<Language, readonly string[]>> = {
  en: ['ASN', 'name', 'probe', 'exposed', 'max', 'median', 'on the wire', 'request', 'worst host'],
  ja: ['ASN', '名称', 'プローブ', '件数', '最大', '中央値', '回線上', '要求', '最も強いホスト'],
};
const RIGHT = new Set([3, 4, 5, 6, 7]);

function cellsOf(row: SummaryRow, language: Language): readonly string[] {
  const bound = row.lower_bounds > 0 ? '≥' : '';
  const factor = (value: number | undefined): string =>
    value === undefined ? '' : `${bound}${decimalText(value, FACTOR_DECIMALS)}x`;
  return [
    row.asn === undefined ? STATUS_TEXTS.unknown[language] : `AS${row.asn}`,
    cutToWidth(row.as_name ?? '', NAME_COLUMNS),
    row.probe,
    String(row.exposed ?? ''),
    factor(row.max_amplification),
    factor(row.median_amplification),
    factor(row.max_wire_amplification),
    row.request_size === undefined ? '' : `${row.request_size} B`,
    row.worst_ip ?? '',
  ];
}

/** `3 findings: 1 critical, 2 medium`, and what stands between them and the whole truth. */
function totalLine(run: RunRecord, records: readonly FindingRecord[]): Texts {
  const reservation = reservationOf(run);
  const exposed = records.filter(({ status }) => isExposed(status));
  const { addresses } = run.targets;
  if (exposed.length === 0)
    return {
      en: `no exposure found on ${addressCount(addresses)}${reservation.en}`,
      ja: `${addresses}アドレスで検出はありませんでした${reservation.ja}`,
    };
  const counts = SEVERITIES.map(
    (level) => [level, exposed.filter(({ severity }) => severity === level).length] as const,
  ).filter(([, number]) => number !== 0);
  return {
    en: `${plural(exposed.length, 'finding')}: ${counts.map(([level, number]) => `${number} ${level}`).join(', ')}${reservation.en}`,
    ja: `検出${exposed.length}件：${counts.map(([level, number]) => `${SEVERITY_TEXTS[level].ja}${number}件`).join('、')}${reservation.ja}`,
  };
}

/** Why the total may not be all: the weightiest reason. */
function reservationOf(run: RunRecord): Texts {
  if (!run.complete)
    return {
      en: '; the run is incomplete, so this is not all',
      ja: '（調査は途中で停止したため、これがすべてではありません）',
    };
  if (run.suspect !== undefined)
    return {
      en: '; the run is suspect, so this may not be all',
      ja: '（ネットワークに到達していない可能性があり、これがすべてとは限りません）',
    };
  if (run.losses.any)
    return {
      en: '; something was lost, so silent may mean unknown',
      ja: '（損失があったため、応答のないアドレスは不明の場合があります）',
    };
  const { shard } = run.settings;
  if (shard !== undefined)
    return {
      en: `; this is shard ${shard}, and the rest was not asked here`,
      ja: `（シャード${shard}の結果です。残りはここでは調査していません）`,
    };
  const excluded = excludedOnTheWay(run);
  if (excluded > 0)
    return {
      en: `; the scope excluded ${addressCount(excluded)} on the way, which were not all asked`,
      ja: `（途中でスコープにより${excluded}アドレスを除外し、そのすべてには要求を送っていません）`,
    };
  if (run.late !== undefined)
    return {
      en: `; this run ended after newer ones, and speaks of ${run.started}`,
      ja: `（より新しい調査のあとに終了しました。内容は${run.started}時点のものです）`,
    };
  if (run.partial !== undefined)
    return {
      en: `; this run asked less than the usual one, ${run.partial.compared_with}, and speaks of what it asked (--make-usual lets such a run be the usual one)`,
      ja: `（通常の調査 ${run.partial.compared_with} の一部だけの結果です。--make-usual を付けると、以後はこの範囲を通常の調査とします）`,
    };
  return { en: '', ja: '' };
}

/** What earlier runs make of it, where there are any: `since 3 earlier runs: 1 new, 4 persisting, 1 fixed`. */
function sinceLines(run: RunRecord, records: readonly FindingRecord[]): readonly Texts[] {
  const { history } = run;
  if (history === undefined || history.earlier_runs === 0) return [];
  const { earlier_runs: runs, not_targeted: missing } = history;
  const counts = STATUSES.map(
    (word) => [word, records.filter(({ status }) => status === word).length] as const,
  ).filter(([, number]) => number > 0);
  const since: Texts =
    counts.length === 0
      ? { en: 'nothing was open before, and nothing is now', ja: '以前も今回も検出はありません' }
      : {
          en: counts.map(([word, number]) => `${number} ${word}`).join(', '),
          ja: counts.map(([word, number]) => `${STATUS_TEXTS[word].ja}${number}件`).join('、'),
        };
  return [
    {
      en: `since ${plural(runs, 'earlier run')}: ${since.en}`,
      ja: `これまでの調査${runs}回との比較：${since.ja}`,
    },
    ...[firstAskedText(run, records) ?? []].flat(),
    ...(missing === 0
      ? []
      : [
          {
            en: `${missing} known ${missing === 1 ? 'exposure was' : 'exposures were'} not in this run's targets`,
            ja: `検出済みの${missing}件は、今回の対象に含まれていません`,
          },
        ]),
  ];
}
