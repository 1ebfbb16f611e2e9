import { max, pairs, sum } from 'd3-array';
import type { ScaleTime } from 'd3-scale';
import { scaleLinear, scaleUtc } from 'd3-scale';
import { stack } from 'd3-shape';
import type { Texts } from '../../../probes/probe.js';
import type { FindingRecord } from '../../../src/domain/finding-record.js';
import type { RunRecord, TrendPoint } from '../../../src/domain/run-record.js';
import type { Status } from '../../../src/domain/status.js';
import { STATUSES } from '../../../src/domain/status.js';
import { trendPointOf } from '../../../src/domain/trend-point.js';
import { spacedTime } from '../../notices/phrases.js';
import { WORD_TEXTS } from '../cells.js';
import { countText } from '../../../src/domain/count-text.js';
import type { Html } from '../html.js';
import { html } from '../html.js';
import { bilingual } from '../bilingual.js';
import type { Chart } from './chart.js';
import { dataTable, drawing, hatch, hint, key, note, svg, tidy, WIDTH } from './chart.js';

/**
 * What each run found, on a true axis of time: a column a run. What is exposed stands on the line of zero, what was
 * fixed hangs below it, and what is unknown lies hatched on top: neither exposed nor gone. A run that is not whole
 * has a dashed frame: its column may be short because not all was asked.
 */
export function trendChart(run: RunRecord, records: readonly FindingRecord[]): Chart {
  const earlier = run.history?.trend ?? [];
  const all = [...earlier, trendPointOf(run, records)].map(runOf);
  // One that asked a part is told apart: a column of it would look like a fall.
  const runs = all.filter(({ isPart }) => !isPart);
  const title = { en: 'Exposed over time', ja: '検出件数の推移' };
  return {
    id: ID,
    title,
    svg: html`${partNote(all)}${nothing(run, runs) ?? [trendKey(runs), draw(title, runs, (run.history?.earlier_runs ?? 0) > earlier.length)]}`,
    table: dataTable(
      { en: 'Exposed over time, the latest run first', ja: '検出件数の推移（新しい順）' },
      [
        { en: 'run (UTC)', ja: '調査（UTC）' },
        { en: 'exposed', ja: '検出件数' },
        ...STATUSES.map((status) => statusTexts[status]),
        { en: 'addresses asked', ja: '調査アドレス数' },
      ],
      all
        .toReversed()
        .map((run) => [nameOf(run), exposedIn(run), ...STATUSES.map((status) => run[status]), run.addresses]),
    ),
  };
}

const ID = 'trend';
/** From the line of zero upwards. */
const UPWARDS = ['persisting', 'reopened', 'new', 'unknown'] as const satisfies readonly Status[];

const statusTexts = Object.fromEntries(
  STATUSES.map((status) => [status, { en: status, ja: WORD_TEXTS[status] }]),
) as Readonly<Record<Status, Texts>>;

type Run = Readonly<Record<Status, number>> & {
  readonly at: string;
  readonly addresses: number | undefined;
  readonly isWhole: boolean;
  readonly isPart: boolean;
};

function runOf({ at, addresses, not_whole, partial, statuses }: TrendPoint): Run {
  const probes = Object.values(statuses);
  const of = (status: Status): number => sum(probes, (counts) => counts[status] ?? 0);
  return {
    at,
    addresses,
    isWhole: not_whole !== true,
    isPart: partial === true,
    new: of('new'),
    persisting: of('persisting'),
    reopened: of('reopened'),
    fixed: of('fixed'),
    unknown: of('unknown'),
  };
}

function exposedIn(run: Run): number {
  return run.new + run.persisting + run.reopened;
}

function nameOf({ at, isWhole, isPart }: Run): Html {
  if (isPart) return html`${spacedTime(at)} ${bilingual({ en: '(asked a part)', ja: '（一部のみ調査）' })}`;
  return isWhole
    ? html`${spacedTime(at)}`
    : html`${spacedTime(at)} ${bilingual({ en: '(not all is known)', ja: '（不明な部分あり）' })}`;
}

function nothing(run: RunRecord, runs: readonly Run[]): Html | undefined {
  if (runs.length < 2) return note(alone(run));
  if (runs.some((run) => STATUSES.some((status) => run[status] > 0))) return undefined;
  return note({
    en: `None of these ${runs.length} runs found anything exposed.${runs.at(-1)?.isWhole === false ? ` ${NOT_ALL.en}` : ''}`,
    ja: `これら${runs.length}回の調査では、いずれも検出がありませんでした。${runs.at(-1)?.isWhole === false ? NOT_ALL.ja : ''}`,
  });
}

/** This run is no column, or others between the columns are none. */
function partNote(all: readonly Run[]): Html | undefined {
  const parts = all.filter(({ isPart }) => isPart).length;
  if (parts === 0) return undefined;
  return note(
    all.at(-1)?.isPart === true
      ? {
          en: 'This run asked a part of what is usual, so it is no column here: the figures are those of the runs before.',
          ja: '今回の調査は通常の一部だけを対象としたため、縦棒には含めていません。件数はそれ以前の調査のものです。',
        }
      : {
          en: `${countText(parts)} ${parts === 1 ? 'run that asked a part is' : 'runs that asked a part are'} no column here; the table has ${parts === 1 ? 'it' : 'them'}.`,
          ja: `一部だけを対象とした調査${countText(parts)}回は縦棒に含めていません（表には記載しています）。`,
        },
  );
}

/** Why there is one run only. */
function alone({ complete, settings, history }: RunRecord): Texts {
  if (history && history.earlier_runs > 0)
    return {
      en: `The figures of the earlier runs (${countText(history.earlier_runs)}) are not in run.json, so no trend is shown.`,
      ja: `以前の調査（${countText(history.earlier_runs)}回）の件数がrun.jsonに記録されていないため、推移は表示しません。`,
    };
  if (settings.shard !== undefined)
    return {
      en: 'A shard is a part of a run and has no trend: the run that `ampscope merge` makes of all the shards has.',
      ja: 'シャードは調査の一部のため、推移は表示しません。推移は、全シャードをampscope mergeで統合した調査に表示されます。',
    };
  return complete
    ? {
        en: 'The trend begins with the next run of this scope: a single one has nothing to compare with.',
        ja: '推移は次回の調査から表示されます（比較できる過去の調査がまだありません）。',
      }
    : {
        en: 'This run was stopped, and there is no earlier one to compare with.',
        ja: 'この調査は途中で停止しており、比較できる過去の調査もありません。',
      };
}

const NOT_ALL: Texts = {
  en: 'Not all is known of this run: fewer than before does not mean that they are gone.',
  ja: '今回の調査には不明な部分があるため、件数が減っていても、解消したとは限りません。',
};

function trendKey(runs: readonly Run[]): Html | undefined {
  const last = runs.at(-1);
  if (!last) return undefined;
  const more: Readonly<Partial<Record<Status, Texts>>> = {
    fixed: { en: ', below the line', ja: '（基準線の下）' },
    unknown: { en: ', perhaps still there', ja: '（残っている可能性あり）' },
  };
  const time = spacedTime(last.at);
  return html`${key([
    ...[...UPWARDS.toReversed(), 'fixed' as const].map((status) => {
      const { en, ja } = statusTexts[status];
      const count = countText(last[status]);
      return {
        swatch: svg`<rect ${paint(status)} width="20" height="16"/>`,
        texts: {
          en: `${en} ${count}${more[status]?.en ?? ''}`,
          ja: `${ja} ${count}${more[status]?.ja ?? ''}`,
        },
      };
    }),
    ...(runs.every(({ isWhole }) => isWhole)
      ? []
      : [
          {
            swatch: svg`<path class="partial" d="M2 .5h16v15h-16z"/>`,
            texts: { en: 'not all is known of that run', ja: '不明な部分のある調査' },
          },
        ]),
  ])}${note({ en: `The figures are those of the run of ${time}.`, ja: `件数は${time}の調査のものです。` })}${!last.isWhole && note(NOT_ALL)}`;
}

/** The two that are not sure, or not for the first time, have a pattern. */
function paint(status: Status): Html {
  return status === 'unknown' || status === 'reopened'
    ? svg`class="${status}" fill="url(#${ID}-${status})"`
    : svg`class="${status}"`;
}

const LEFT = 40;
const TOP = 16;
const BOTTOM = 216;
const HEIGHT = BOTTOM + 26;
const WIDEST_COLUMN = 18;
const NARROWEST_COLUMN = 3;
const LEAST_HEIGHT = 1.5;

/** @param isCut whether there were runs before the first of these. */
function draw(title: Texts, runs: readonly Run[], isCut: boolean): Html {
  const highest = max(runs, (run) => exposedIn(run) + run.unknown) ?? 0;
  const mostFixed = max(runs, ({ fixed }) => fixed) ?? 0;
  const y = scaleLinear()
    .domain([-mostFixed, highest])
    .nice(4)
    .range([BOTTOM - 4, TOP]);
  // One that is new among thousands is to be seen, too.
  const least = y.invert(0) - y.invert(LEAST_HEIGHT);
  const visible = (run: Run, status: Status): number => run[status] && Math.max(least, run[status]);
  const { x, width } = acrossTime(runs.map(({ at }) => Date.parse(at)));
  const left = (at: string): number => tidy(x(Date.parse(at)) - width / 2);
  const column = (at: string, from: number, to: number): string =>
    from === to ? '' : `M${left(at)} ${tidy(y(to))}h${width}V${tidy(y(from))}h${-width}z`;

  const layers = stack<Run, Status>()
    .keys(UPWARDS)
    .value(visible)(runs)
    .map(
      (layer) =>
        svg`<path ${paint(layer.key)} d="${layer.map((part) => column(part.data.at, part[0], part[1])).join('')}"/>`,
    );
  const below = svg`<path class="fixed" d="${runs.map((run) => column(run.at, -visible(run, 'fixed'), 0)).join('')}"/>`;
  const grid = y
    .ticks(4)
    .filter(Number.isInteger)
    .map(
      (tick) =>
        svg`<path class="${tick === 0 ? 'axis' : 'grid'}" d="M0 ${tidy(y(tick))}H${WIDTH}"/><text class="small" y="${tidy(y(tick)) - 3}">${countText(Math.abs(tick))}</text>`,
    );
  const marks = svg`<path class="axis" d="${runs.map(({ at }) => `M${tidy(x(Date.parse(at)))} ${BOTTOM}v5`).join('')}"/>`;
  const partial = runs
    .filter(({ isWhole }) => !isWhole)
    .map(
      ({ at }) =>
        svg`<path class="partial" d="M${tidy(left(at) - 1)} ${TOP}h${tidy(width + 2)}V${BOTTOM}h${tidy(-width - 2)}z"/>`,
    );
  const pointed = runs.map(
    (run) =>
      svg`<rect class="pointed" x="${left(run.at)}" y="${TOP}" width="${width}" height="${BOTTOM - TOP}">${hint(textsOfRun(run))}</rect>`,
  );
  return drawing(
    { id: ID, title, about: aboutOf(runs, isCut), height: HEIGHT },
    svg`<defs>${hatch(`${ID}-unknown`, 'unknown', 45)}${hatch(`${ID}-reopened`, 'reopened', 90)}</defs>`,
    timeLabels(x),
    grid,
    layers,
    below,
    marks,
    partial,
    pointed,
  );
}

/** Columns as wide as the two nearest runs allow. Two at the same instant share one place. */
function acrossTime(instants: readonly number[]): { x: ScaleTime<number, number>; width: number } {
  const first = Math.min(...instants);
  const last = Math.max(...instants);
  const room = WIDEST_COLUMN / 2;
  const x = scaleUtc()
    .domain(first === last ? [first - HOUR_MS, last + HOUR_MS] : [first, last])
    .range([LEFT + room, WIDTH - room]);
  const nearest = Math.min(...pairs(instants, (a, b) => x(b) - x(a)).filter((distance) => distance > 0));
  return { x, width: tidy(Math.max(NARROWEST_COLUMN, Math.min(WIDEST_COLUMN, 0.75 * nearest))) };
}

const HOUR_MS = 3_600_000;

/** Days in ISO 8601, or months where all begin one, or times of day. */
function timeLabels(x: ScaleTime<number, number>): readonly Html[] {
  const ticks = x.ticks(4).map((date) => date.toISOString());
  const every = (ending: string): boolean => ticks.every((iso) => iso.endsWith(ending));
  const text = (iso: string): string =>
    every('-01T00:00:00.000Z')
      ? iso.slice(0, 'YYYY-MM'.length)
      : every('T00:00:00.000Z')
        ? iso.slice(0, 'YYYY-MM-DD'.length)
        : iso.slice('YYYY-'.length, 'YYYY-MM-DDTHH:MM'.length).replace('T', ' ');
  let free = 0;
  return ticks.flatMap((iso) => {
    const at = tidy(x(Date.parse(iso)));
    const half = (text(iso).length * DIGIT) / 2;
    const middle = Math.max(half, Math.min(WIDTH - half, at));
    if (middle - half < free) return [];
    free = middle + half + DIGIT;
    return svg`<path class="grid" d="M${at} ${TOP}V${BOTTOM + 5}"/><text class="small middle" x="${tidy(middle)}" y="${HEIGHT - 4}">${text(iso)}</text>`;
  });
}

/** The width of one on a phone. */
const DIGIT = 9;

function textsOfRun(run: Run): Texts {
  const list = (language: keyof Texts): string =>
    STATUSES.map((status) => `${statusTexts[status][language]} ${countText(run[status])}`).join(', ');
  return run.isWhole
    ? { en: `${spacedTime(run.at)}: ${list('en')}`, ja: list('ja') }
    : {
        en: `${spacedTime(run.at)}: ${list('en')}, not all is known`,
        ja: `${list('ja')}（不明な部分あり）`,
      };
}

function aboutOf(runs: readonly Run[], isCut: boolean): Texts {
  const [first] = runs;
  const last = runs.at(-1);
  if (!first || !last) return { en: '', ja: '' };
  const [from, to] = [first, last].map(({ at }) => at.slice(0, 'YYYY-MM-DD'.length));
  const [before, now] = [first, last].map((run) => countText(exposedIn(run)));
  return {
    en: `A column for each of ${runs.length} runs from ${from} to ${to}. Exposed: ${before} in the first${isCut ? ' shown' : ''}, ${last.isWhole ? '' : 'at least '}${now} in this one.${last.isWhole ? '' : ` ${NOT_ALL.en}`} Unknown is hatched on top, fixed hangs below the line of zero.`,
    ja: `${from}から${to}まで${runs.length}回の調査を縦棒で示します。検出件数は${isCut ? '最初の回（表示分）' : '初回'}${before}件、今回${now}件${last.isWhole ? '' : '以上'}。${last.isWhole ? '' : NOT_ALL.ja}不明は斜線で上に、解消は基準線の下に示します。`,
  };
}
