import { extent, group, max, min, sum } from 'd3-array';
import type { ScaleLogarithmic } from 'd3-scale';
import { scaleLog } from 'd3-scale';
import type { ProbeIdentity, Published, Texts } from '../../../probes/probe.js';
import { publishedText } from '../../../probes/probe.js';
import type { FindingRecord } from '../../../src/domain/finding-record.js';
import { figuresOf } from '../../figures.js';
import { countText } from '../../../src/domain/count-text.js';
import { decimalText, FACTOR_DECIMALS } from '../../format.js';
import { cutToWidth, textWidth } from '../../text-width.js';
import { factor } from '../cells.js';
import type { Html } from '../html.js';
import { html } from '../html.js';
import { bilingual, bilingualInSvg } from '../bilingual.js';
import type { Chart } from './chart.js';
import { dataTable, drawing, hint, key, note, svg, tidy, WIDTH } from './chart.js';
import { exposedOf } from '../strength.js';

/**
 * How strong what is exposed is: a histogram for each probe on one logarithmic axis, with the published factor marked.
 * The axis is the BAF, since that is what is published; the request size stands beside, without which it says little.
 */
export function factorChart(records: readonly FindingRecord[], probes: readonly ProbeIdentity[]): Chart {
  const groups = group(exposedOf(records), ({ probe }) => probe);
  const all = [...groups]
    .map(([id, own]) => rowOf(id, own, probes.find((probe) => probe.id === id)?.published))
    .sort((a, b) => b.strongest - a.strongest);
  const rows = all.filter(({ bins }) => bins.length > 0);
  const without = sum(all, (row) => row.without);
  const title = { en: 'How strong: amplification by probe', ja: 'プローブ別の増幅率の分布' };
  return {
    id: ID,
    title,
    svg: rows.length === 0 ? nothing(without) : html`${factorKey(rows)}${draw(title, rows)}`,
    ...(all.length > 0 && { table: tableOf(all) }),
  };
}

const ID = 'factors';

/** What is published of a probe, as numbers: `28-54`, `556.9`. Nothing for a hyphen alone. */
export function publishedRange({ factor }: Published): readonly [number, number] | undefined {
  const numbers = factor.replaceAll(',', '').split('-').map(Number);
  const [from = 0, to = from] = numbers;
  return from > 0 && numbers.every((value) => value >= from) ? [from, to] : undefined;
}

/** Ten to a decade: neighbours differ by a quarter. */
const BINS_PER_DECADE = 10;

interface Bin {
  /** It begins at 10^(index / 10). */
  readonly index: number;
  readonly exact: number;
  readonly lowerBounds: number;
}

interface Row {
  readonly id: string;
  readonly published: Published | undefined;
  readonly bins: readonly Bin[];
  /** Findings with a factor, without one, and those whose factor is a lower bound. */
  readonly count: number;
  readonly without: number;
  readonly lowerBounds: number;
  readonly requestSizes: string;
  readonly median: string;
  readonly strongest: number;
  readonly strongestText: string;
}

function rowOf(id: string, records: readonly FindingRecord[], published: Published | undefined): Row {
  // A logarithm knows no nothing: an answer without a byte has no place on the axis.
  const measured = records.filter(({ amplification = 0 }) => amplification > 0);
  const { median_amplification = 0, max_amplification = 0 } = figuresOf(measured, true);
  const bins = [...group(measured, ({ amplification = 0 }) => binOf(amplification))].map(
    ([index, own]): Bin => {
      const lowerBounds = own.filter(({ lower_bound }) => lower_bound).length;
      return { index, exact: own.length - lowerBounds, lowerBounds };
    },
  );
  const [shortest, longest] = extent(measured, ({ request_size }) => request_size);
  const lowerBounds = sum(bins, (bin) => bin.lowerBounds);
  // What is true of one of them bounds the median and the maximum of all, as in the tables by AS.
  const basis = measured.some((record) => record.basis === 'sweep') ? 'sweep' : 'measurement';
  const text = (value: number): string => factor(value, { lower_bound: lowerBounds > 0, basis });
  return {
    id,
    published,
    bins: bins.sort((a, b) => a.index - b.index),
    count: measured.length,
    without: records.length - measured.length,
    lowerBounds,
    requestSizes: shortest === longest ? String(shortest ?? '') : `${shortest}–${longest}`,
    median: text(median_amplification),
    strongest: max_amplification,
    strongestText: text(max_amplification),
  };
}

function binOf(amplification: number): number {
  return Math.floor(Math.log10(amplification) * BINS_PER_DECADE);
}

function beginOf(index: number): number {
  return 10 ** (index / BINS_PER_DECADE);
}

function nothing(without: number): Html {
  return without === 0
    ? note({
        en: 'Nothing exposed was found, so there is no factor to show.',
        ja: '検出がないため、増幅率の表示はありません。',
      })
    : note({
        en: `None of the ${countText(without)} findings has a factor.`,
        ja: `検出${countText(without)}件のいずれにも、増幅率の値がありません。`,
      });
}

function tableOf(rows: readonly Row[]): Html {
  return dataTable(
    {
      en: 'Amplification (BAF: bytes of UDP payload received / sent) by probe',
      ja: 'プローブ別の増幅率（BAF：受信÷送信のUDPペイロードのバイト数）',
    },
    [
      { en: 'probe', ja: 'プローブ' },
      { en: 'request, bytes', ja: '要求（バイト）' },
      { en: 'findings with a factor', ja: '増幅率のある検出件数' },
      { en: 'of these lower bounds', ja: 'うち下限値' },
      { en: 'without a factor', ja: '増幅率のない検出件数' },
      { en: 'median', ja: '中央値' },
      { en: 'largest', ja: '最大' },
      { en: 'published', ja: '公表値' },
    ],
    rows.map((row) => [
      row.id,
      html`<span class="number">${row.requestSizes}</span>`,
      row.count,
      row.lowerBounds,
      row.without,
      row.count > 0 && row.median,
      row.count > 0 && row.strongestText,
      row.published && bilingual(publishedText(row.published)),
    ]),
  );
}

function factorKey(rows: readonly Row[]): Html {
  return html`${key([
    {
      swatch: svg`<path class="exact" d="M2 16v-8h7v8zM11 16v-14h7v14z"/>`,
      texts: { en: 'findings', ja: '検出件数' },
    },
    ...(rows.some(({ lowerBounds }) => lowerBounds > 0)
      ? [
          {
            swatch: svg`<path class="bound" d="M2.5 15.5v-8h6v8zM11.5 15.5v-13h6v13z"/>`,
            texts: { en: 'lower bounds: at least so strong', ja: '下限値（実際はそれ以上）' },
          },
        ]
      : []),
    {
      swatch: svg`<path class="published" d="M10 7V16"/><path class="diamond" d="M10 0l4 4l-4 4l-4-4z"/>`,
      texts: { en: 'published factor', ja: '公表されている増幅率' },
    },
  ])}${note({
    en: 'BAF: bytes of UDP payload received / sent, on a logarithmic axis. At 1 an answer is as long as its request. Factors compare only where the request sizes do.',
    ja: 'BAF（受信÷送信のUDPペイロードのバイト数）を対数軸で示します。1は応答と要求が同じ長さであることを意味します。要求の大きさが違う増幅率どうしは、そのまま比較できません。',
  })}${rows.some(({ strongestText }) => /^[†≥]/.test(strongestText)) && note(MARKS)}`;
}

const MARKS: Texts = {
  en: '≥ marks a lower bound, † figures some of which are of the sweep alone.',
  ja: '≥ は下限、† は走査だけによる数値を含むことを示します。',
};

const ROW = 112;
const BAND_TOP = 56;
const BASELINE = 96;
/** While they are few, each finding is a block of its own. */
const TALLEST_BLOCK = 8;
const SHORTEST_COLUMN = 3;

function draw(title: Texts, rows: readonly Row[]): Html {
  const x = axisOf(rows);
  const height = rows.length * ROW + 22;
  const decades = x.ticks().filter((tick) => Number.isInteger(Math.log10(tick)));
  // Seven numbers fit beside each other, the longest of them 1,000,000.
  const isNamed = (tick: number): boolean => decades.length <= 7 || Math.log10(tick) % 2 === 0;
  const lines = decades.map(
    (tick) =>
      svg`<path class="${tick === 1 ? 'axis' : 'grid'}" d="${rows.map((_, i) => `M${tidy(x(tick))} ${i * ROW + BAND_TOP}V${i * ROW + BASELINE}`).join('')}V${height - 18}"/>${isNamed(tick) && svg`<text class="small ${anchorAt(x(tick))}" x="${tidy(x(tick))}" y="${height - 4}">${tick < 1 ? String(tick) : countText(tick)}</text>`}`,
  );
  const about = {
    en: `A histogram of the BAF for each probe, on a logarithmic axis. ${rows.map(({ id, median, strongestText, requestSizes }) => `${id}: median ${median}, largest ${strongestText}, request ${requestSizes} bytes`).join('; ')}.`,
    ja: `プローブごとのBAFの分布（対数軸）。${rows.map(({ id, median, strongestText, requestSizes }) => `${id}：中央値${median}、最大${strongestText}、要求${requestSizes}バイト`).join('。')}。`,
  };
  return drawing(
    { id: ID, title, about, height },
    lines,
    rows.map(
      (row, i) => svg`<g transform="translate(0 ${i * ROW})">${drawRow(row, x)}</g>
`,
    ),
  );
}

type Axis = ScaleLogarithmic<number, number>;

/** Whole decades around all that is drawn, and 1 always among them. */
function axisOf(rows: readonly Row[]): Axis {
  const published = rows.flatMap((row) => (row.published && publishedRange(row.published)) ?? []);
  const begins = rows.flatMap(({ bins }) => bins.map(({ index }) => beginOf(index)));
  const lowest = min([1, ...begins, ...published]) ?? 1;
  const highest = max([10, ...begins.map((begin) => begin * beginOf(1)), ...published]) ?? 10;
  const decade = (value: number): number => 10 ** value;
  return scaleLog()
    .domain([decade(Math.floor(Math.log10(lowest) + TINY)), decade(Math.ceil(Math.log10(highest) - TINY))])
    .range([0, WIDTH]);
}

/** A power of ten is to begin its decade, though its logarithm was rounded. */
const TINY = 1e-9;

function anchorAt(x: number): string {
  return x < 1 ? '' : x > WIDTH - 1 ? 'end' : 'middle';
}

function drawRow(row: Row, x: Axis): Html {
  const { bins, count, lowerBounds, without } = row;
  const width = tidy(x(beginOf(1)) - x(beginOf(0)));
  const block = Math.min(
    TALLEST_BLOCK,
    (BASELINE - BAND_TOP) / (max(bins, (bin) => bin.exact + bin.lowerBounds) ?? 1),
  );
  const heightOf = (findings: number): number =>
    findings === 0 ? 0 : tidy(Math.max(SHORTEST_COLUMN, findings * block));
  const left = ({ index }: Bin): number => tidy(x(beginOf(index)));
  const exact = bins
    .filter((bin) => bin.exact > 0)
    .map(
      (bin) =>
        `M${tidy(left(bin) + 0.5)} ${BASELINE}v-${heightOf(bin.exact)}h${tidy(width - 1)}V${BASELINE}z`,
    );
  const bounds = bins
    .filter((bin) => bin.lowerBounds > 0)
    .map(
      (bin) =>
        `M${tidy(left(bin) + 1)} ${tidy(BASELINE - heightOf(bin.exact) - 0.5)}v-${tidy(heightOf(bin.lowerBounds) - 1)}h${tidy(width - 2)}v${tidy(heightOf(bin.lowerBounds) - 1)}z`,
    );
  const figures = {
    en: [
      `n = ${countText(count)}`,
      `request ${row.requestSizes} ${row.requestSizes === '1' ? 'byte' : 'bytes'}`,
      lowerBounds > 0 && `lower bounds: ${countText(lowerBounds)}`,
      without > 0 && `without: ${countText(without)}`,
    ],
    ja: [
      `${countText(count)}件`,
      `要求${row.requestSizes}バイト`,
      lowerBounds > 0 && `うち下限値${countText(lowerBounds)}件`,
      without > 0 && `ほかに値なし${countText(without)}件`,
    ],
  };
  return svg`<text class="strong" y="14">${row.id}</text><text class="end" x="${WIDTH}" y="14">${bilingualInSvg(
    {
      en: `median ${row.median} · max ${row.strongestText}`,
      ja: `中央値${row.median}・最大${row.strongestText}`,
    },
  )}</text><text class="small" y="31">${bilingualInSvg({
    en: figures.en.filter(Boolean).join(' · '),
    ja: figures.ja.filter(Boolean).join('・'),
  })}</text><path class="axis" d="M0 ${BASELINE}H${WIDTH}"/><path class="exact" d="${exact.join('')}"/><path class="bound" d="${bounds.join('')}"/>${row.published && drawPublished(row.published, x)}${bins.map(
    (bin) =>
      svg`<rect class="pointed" x="${left(bin)}" y="${BAND_TOP}" width="${width}" height="${BASELINE - BAND_TOP}">${hint(textsOfBin(bin))}</rect>`,
  )}`;
}

/** One line for one factor, two for a range, and in words what it is and its source. */
function drawPublished(published: Published, x: Axis): Html | undefined {
  const range = publishedRange(published);
  if (!range) return undefined;
  const [from, to] = range.map((factor) => tidy(x(factor))) as [number, number];
  const label = (word: string): string => shortened(`${word} ${published.factor}: ${published.source}`);
  const texts = { en: label('published'), ja: label('公表値') };
  const half = (Math.max(textWidth(texts.en), textWidth(texts.ja)) * LETTER) / 2;
  const middle = tidy(Math.max(half, Math.min(WIDTH - half, (from + to) / 2)));
  const ends = from === to ? [from] : [from, to];
  return svg`<path class="published" d="${ends.map((at) => `M${at} ${BAND_TOP}V${BASELINE}`).join('')}M${from} ${BAND_TOP}H${to}"/><path class="diamond" d="${ends.map((at) => `M${at} ${BAND_TOP - 4}l4 4l-4 4l-4-4z`).join('')}"/><text class="small middle" x="${middle}" y="${BAND_TOP - 8}">${bilingualInSvg(texts)}</text>`;
}

/** The width of one on a phone. */
const LETTER = 7.8;

/** As much of it as a phone has room for, without half a clause; all of it is in the table. */
function shortened(text: string): string {
  const ends = [...text.matchAll(/$|[,;] | \(/g)].map(({ index }) => text.slice(0, index));
  return ends.findLast((part) => textWidth(part) <= MOST_COLUMNS) ?? cutToWidth(text, MOST_COLUMNS);
}

const MOST_COLUMNS = 54;

function textsOfBin({ index, exact, lowerBounds }: Bin): Texts {
  const [from, to] = [index, index + 1].map((edge) => decimalText(beginOf(edge), FACTOR_DECIMALS)) as [
    string,
    string,
  ];
  const count = countText(exact + lowerBounds);
  return lowerBounds === 0
    ? { en: `BAF ${from} to ${to}: ${count}`, ja: `BAF ${from}～${to}：${count}件` }
    : {
        en: `BAF ${from} to ${to}: ${count}, of these ${countText(lowerBounds)} lower bounds`,
        ja: `BAF ${from}～${to}：${count}件（うち下限値${countText(lowerBounds)}件）`,
      };
}
