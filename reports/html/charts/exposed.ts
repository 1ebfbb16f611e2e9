import { max, sum } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import type { ProbeIdentity, Texts } from '../../../probes/probe.js';
import type { FindingRecord } from '../../../src/domain/finding-record.js';
import { SEVERITIES } from '../../../src/domain/finding.js';
import type { RunRecord } from '../../../src/domain/run-record.js';
import type { AsGroup } from '../../by-as.js';
import { groupByAs } from '../../by-as.js';
import { cleanText } from '../../clean-text.js';
import { phrases } from '../../notices/phrases.js';
import { byProbe } from '../../summary.js';
import { cutToWidth } from '../../text-width.js';
import { countText } from '../../../src/domain/count-text.js';
import type { Html, Part } from '../html.js';
import { html } from '../html.js';
import type { Bilingual } from '../bilingual.js';
import { bilingual, bilingualInSvg } from '../bilingual.js';
import type { Chart } from './chart.js';
import { dataTable, drawing, hint, key, note, svg, tidy, WIDTH } from './chart.js';
import type { SeverityCounts } from './severities.js';
import { countBySeverity, perSeverity, severityTexts } from './severities.js';

/** Those beyond are summed in one bar, unless it is a single one. */
export const MOST_BARS = 15;

/** What is exposed with each probe that was asked, the most first; 0 only where it is known. */
export function exposedByProbe(
  run: RunRecord,
  records: readonly FindingRecord[],
  probes: readonly ProbeIdentity[],
): Chart {
  const bars = byProbe(run, records).map(([id, { exposed }]): Bar => {
    const title = probes.find((probe) => probe.id === id)?.texts.title;
    return {
      label: { en: id, ja: id },
      ...(title && { hint: title }),
      counts: countBySeverity(records.filter(({ probe }) => probe === id)),
      total: exposed,
    };
  });
  return barChart(
    'exposed-by-probe',
    { en: 'Exposed by probe', ja: 'プローブ別の検出件数' },
    { en: 'probe', ja: 'プローブ' },
    sorted(bars),
  );
}

/** What is exposed in each AS, the most first; beyond 15 the others together. */
export function exposedByAs(run: RunRecord, records: readonly FindingRecord[]): Chart {
  const bars = sorted(groupByAs(run, records).map((group) => barOfAs(run, group)));
  const others = bars.slice(MOST_BARS);
  return barChart(
    'exposed-by-as',
    { en: 'Exposed by AS', ja: 'AS別の検出件数' },
    { en: 'AS', ja: 'AS' },
    others.length <= 1 ? bars : [...bars.slice(0, MOST_BARS), together(others)],
  );
}

interface Bar {
  readonly label: Texts;
  readonly hint?: Texts;
  readonly counts: SeverityCounts;
  /** Absent where nothing was found, and it is not known that there is nothing. */
  readonly total: number | undefined;
}

function barOfAs(run: RunRecord, { asn, asName, records }: AsGroup): Bar {
  const totals = byProbe(run, records).map(([, { exposed }]) => exposed);
  const name = asn === undefined ? undefined : [`AS${asn}`, cleanText(asName)].filter(Boolean).join(' ');
  return {
    label:
      name === undefined ? { en: phrases.en.unknownAs, ja: phrases.ja.unknownAs } : { en: name, ja: name },
    counts: countBySeverity(records),
    total: sumOfKnown(totals),
  };
}

function together(bars: readonly Bar[]): Bar {
  return {
    label: { en: `others (${bars.length})`, ja: `その他（${bars.length}）` },
    counts: perSeverity((severity) => sum(bars, ({ counts }) => counts[severity])),
    total: sumOfKnown(bars.map(({ total }) => total)),
  };
}

/** Nothing found in one place and not known in another is not known. */
function sumOfKnown(totals: readonly (number | undefined)[]): number | undefined {
  const known = sum(totals, (total) => total ?? 0);
  return known === 0 && totals.includes(undefined) ? undefined : known;
}

/** The most exposed first; then those with none, then the unknown ones. Equals stay as they were. */
function sorted(bars: readonly Bar[]): readonly Bar[] {
  return bars.toSorted((a, b) => (b.total ?? -1) - (a.total ?? -1));
}

function barChart(id: string, title: Texts, what: Texts, bars: readonly Bar[]): Chart {
  const counts = perSeverity((severity) => sum(bars, (bar) => bar.counts[severity]));
  const total = sumOfKnown(bars.map((bar) => bar.total));
  const severities = SEVERITIES.map(severityTexts);
  return {
    id,
    title,
    svg:
      total === undefined || total === 0
        ? nothing(total)
        : html`${severityKey(counts)}${draw(id, title, bars)}`,
    table: dataTable(
      title,
      [what, ...severities, { en: 'exposed', ja: '検出件数' }],
      bars.map((bar) => [
        bilingual(bar.label),
        ...SEVERITIES.map((severity) => (bar.total === undefined ? undefined : bar.counts[severity])),
        bar.total ?? bilingual(NOT_KNOWN),
      ]),
    ),
  };
}

function nothing(total: number | undefined): Html {
  return note(
    total === 0
      ? { en: 'Nothing exposed was found.', ja: '外部に応答するサービスは検出されませんでした。' }
      : {
          en: 'Nothing exposed was found, but not everything could be asked: it is not known that there is nothing.',
          ja: '検出はありませんでしたが、調査できなかった部分があるため、存在しないとは言い切れません。',
        },
  );
}

const NOT_KNOWN = { en: 'not known', ja: '不明' };

/** Worse is thicker, so that a bar can be read without its colours. */
const THICKNESS: SeverityCounts = { critical: 16, high: 13, medium: 10, low: 7, info: 4 };

function severityKey(counts: SeverityCounts): Html {
  return key(
    SEVERITIES.map((severity) => ({
      swatch: svg`<rect class="${severity}" y="${(16 - THICKNESS[severity]) / 2}" width="20" height="${THICKNESS[severity]}"/>`,
      texts: withCount(severityTexts(severity), counts[severity]),
    })),
  );
}

function withCount({ en, ja }: Texts, count: number): Texts {
  return { en: `${en} ${countText(count)}`, ja: `${ja} ${countText(count)}` };
}

const ROW = 48;
const MIDDLE = 30;
/** One among ten thousand is to be seen, too. */
const SHORTEST = 2;
const ROOM_FOR_TOTAL = 76;

function draw(id: string, title: Texts, bars: readonly Bar[]): Html {
  const length = scaleLinear()
    .domain([0, max(bars, ({ total }) => total) ?? 0])
    .range([0, WIDTH - ROOM_FOR_TOTAL]);
  const height = bars.length * ROW;
  const about = {
    en: `Horizontal bars by severity, worst first and thickest: ${bars.map((bar) => `${bar.label.en} ${totalText(bar).en}`).join('; ')}.`,
    ja: `深刻度別の横棒グラフ（深刻なものほど左に、太く示す）：${bars.map((bar) => `${bar.label.ja} ${totalText(bar).ja}`).join('、')}。`,
  };
  const rows = bars.map((bar, index) => {
    let x = 0;
    const segments: Part[] = [];
    for (const severity of SEVERITIES) {
      const count = bar.counts[severity];
      if (count === 0) continue;
      const width = Math.max(SHORTEST, length(count));
      const texts = withCount(severityTexts(severity), count);
      segments.push(
        svg`<rect class="${severity}" x="${tidy(x)}" y="${MIDDLE - THICKNESS[severity] / 2}" width="${tidy(width)}" height="${THICKNESS[severity]}">${hint(texts)}</rect>`,
      );
      x += width + 1;
    }
    return svg`<g transform="translate(0 ${index * ROW})">${bar.hint && hint(bar.hint)}<text y="14">${bilingualInSvg(cut(bar.label))}</text>${segments}<text class="${bar.total === undefined ? 'small' : 'strong'}" x="${tidy(x === 0 ? 0 : x + 5)}" y="${MIDDLE + 5}">${bilingualInSvg(totalText(bar))}</text></g>
`;
  });
  return drawing({ id, title, about, height }, rows);
}

function totalText({ total }: Bar): Texts {
  return total === undefined ? NOT_KNOWN : { en: countText(total), ja: countText(total) };
}

/** What a phone has room for. */
function cut({ en, ja }: Texts): Bilingual {
  return { en: cutToWidth(en, 50), ja: cutToWidth(ja, 50) };
}
