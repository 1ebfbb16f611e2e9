import { group, sum } from 'd3-array';
import type { Texts } from '../../../probes/probe.js';
import type { Address, Prefix } from '../../../src/domain/address.js';
import {
  compareAddresses,
  formatAddress,
  formatPrefix,
  parseAddress,
  subnetOf,
} from '../../../src/domain/address.js';
import type { FindingRecord } from '../../../src/domain/finding-record.js';
import type { Severity } from '../../../src/domain/finding.js';
import { compareSeverities } from '../../../src/domain/finding.js';
import type { RunRecord } from '../../../src/domain/run-record.js';
import { isWhole } from '../../../src/domain/whole-run.js';
import { countText } from '../../../src/domain/count-text.js';
import type { Html } from '../html.js';
import { html } from '../html.js';
import { bilingual } from '../bilingual.js';
import type { Steps } from '../steps.js';
import type { AddressPanels, Cell, Panel } from './address-panels.js';
import { addressPanels, unknownPrefixes } from './address-panels.js';
import type { Chart } from './chart.js';
import { dataTable, drawing, hatch, hint, key, note, svg, tidy, WIDTH } from './chart.js';
import type { Place } from './hilbert.js';
import { outlinePath } from './outline.js';
import { exposedOf } from '../strength.js';
import { severityTexts } from './severities.js';

/**
 * Where in the network it is: a small scope address by address, a large one in blocks on a Hilbert curve, scattered
 * networks a panel each; what was asked, what is exposed and how badly, and what is unknown. IPv6 is a list.
 */
export function* addressMap(run: RunRecord, records: readonly FindingRecord[]): Steps<Chart> {
  const map = yield* addressPanels(run, records);
  yield;
  const subnets = subnetsOf(exposedOf(records));
  yield;
  const title = { en: 'Where it is: a map of the addresses', ja: 'アドレス空間での分布' };
  const cells = map.panels.flatMap((panel) => panel.cells);
  const isDrawn = cells.some(({ exposed, isUnknown }) => exposed > 0 || isUnknown);
  return {
    id: ID,
    title,
    svg: html`${isDrawn && [mapKey(cells), captionOf(map), draw(title, map, subnets.length), notDrawn(map)]}${run.settings.shard !== undefined && SHARD}${run.losses.any && LOSSES}${listOfIpv6(subnets, unknownIpv6(run, records))}${!isDrawn && subnets.length === 0 && nothing(run)}`,
    ...(subnets.length > 0 && { table: tableOf(subnets) }),
  };
}

const ID = 'address-map';
const MOST_ROWS = 50;
const MOST_NAMED = 12;

const LOSSES = note({
  en: 'This run lost something: where nothing was found, something may have been missed.',
  ja: 'この調査では一部のパケットが失われました。検出のない部分にも、見落としがあるかもしれません。',
});

const SHARD = note({
  en: 'This run is one shard of several: which subnets were for the others is not shown here, so squares without a finding are not known.',
  ja: 'この調査は分割された一部（シャード）です。ほかのシャードが担当したサブネットは区別していないため、検出のないマスは不明として示します。',
});

function nothing(run: RunRecord): Html {
  const { targets } = run;
  if (!isWhole(run))
    return note({
      en: 'Nothing exposed was found, but not all is known: there is nothing to map.',
      ja: '検出がないため、地図は表示しません。ただし、確認できていない部分があります。',
    });
  return note({
    en: `Nothing exposed was found in ${countText(targets.addresses)} addresses: there is nothing to map.`,
    ja: `${countText(targets.addresses)}アドレスを調査し、検出がなかったため、地図は表示しません。`,
  });
}

interface Subnet {
  readonly prefix: Prefix;
  readonly exposed: number;
  readonly worst: Severity;
}

/** The /24s and /64s that have something, those with most first. */
function subnetsOf(exposed: readonly FindingRecord[]): readonly Subnet[] {
  const groups = group(exposed, ({ ip }) => {
    const address = parseAddress(ip);
    return address === undefined ? undefined : subnetOf(address).first;
  });
  return [...groups]
    .flatMap(([first, own]) =>
      first === undefined ? [] : { prefix: subnetOf(first), exposed: own.length, worst: worstOf(own) },
    )
    .sort((a, b) => b.exposed - a.exposed || compareAddresses(a.prefix.first, b.prefix.first));
}

function worstOf(list: readonly { readonly severity: Severity }[]): Severity {
  return list.map(({ severity }) => severity).reduce((a, b) => (compareSeverities(a, b) <= 0 ? a : b));
}

function tableOf(subnets: readonly Subnet[]): Html {
  const rest = subnets.slice(MOST_ROWS);
  const row = (name: Html | string, list: readonly Subnet[]): readonly (Html | string | number)[] => [
    name,
    sum(list, ({ exposed }) => exposed),
    bilingual(severityTexts(worstOf(list.map(({ worst }) => ({ severity: worst }))))),
  ];
  return dataTable(
    { en: 'Exposed by subnet (/24 and /64)', ja: 'サブネット（/24、/64）別の検出件数' },
    [
      { en: 'subnet', ja: 'サブネット' },
      { en: 'exposed', ja: '検出件数' },
      { en: 'worst', ja: '最も深刻なもの' },
    ],
    [
      ...subnets.slice(0, MOST_ROWS).map((subnet) => row(formatPrefix(subnet.prefix), [subnet])),
      ...(rest.length === 0
        ? []
        : [
            row(
              bilingual({
                en: `${countText(rest.length)} more: see prefixes.csv and findings.csv`,
                ja: `ほか${countText(rest.length)}件：prefixes.csvとfindings.csvを参照`,
              }),
              rest,
            ),
          ]),
    ],
  );
}

/** The IPv6 networks and hosts of which not all is known. */
function unknownIpv6(run: RunRecord, records: readonly FindingRecord[]): readonly string[] {
  const hosts = records.filter(({ status }) => status === 'unknown').map(({ ip }) => ip);
  return [...new Set([...unknownPrefixes(run), ...hosts])].filter((text) => text.includes(':'));
}

function listOfIpv6(subnets: readonly Subnet[], unknown: readonly string[]): Html | undefined {
  const own = subnets.filter(({ prefix }) => typeof prefix.first === 'bigint');
  if (own.length + unknown.length === 0) return undefined;
  const rest = sum(own.slice(MOST_NAMED), ({ exposed }) => exposed);
  return html`${note({ en: 'IPv6, by /64:', ja: 'IPv6（/64別）：' })}<ul class="chart-list">${own
    .slice(0, MOST_NAMED)
    .map(
      ({ prefix, exposed, worst }) =>
        html`<li>${formatPrefix(prefix)} ${bilingual(foundTexts(exposed, worst))}</li>`,
    )}${
    rest > 0 &&
    html`<li>${bilingual({ en: `and ${countText(rest)} exposed in others`, ja: `ほかのサブネットに${countText(rest)}件` })}</li>`
  }${
    unknown.length > 0 &&
    html`<li>${bilingual({
      en: `not known, or not all of it: ${namesOf(unknown).en}`,
      ja: `不明、または不明な部分あり：${namesOf(unknown).ja}`,
    })}</li>`
  }</ul>
`;
}

/** The first of them, and how many more. */
function namesOf(names: readonly string[]): Texts {
  const first = names.slice(0, MOST_NAMED);
  const more = names.length - first.length;
  return {
    en: `${first.join(', ')}${more > 0 ? ` and ${countText(more)} more` : ''}`,
    ja: `${first.join('、')}${more > 0 ? `、ほか${countText(more)}件` : ''}`,
  };
}

function foundTexts(exposed: number, worst: Severity): Texts {
  return {
    en: `${countText(exposed)} exposed, worst ${severityTexts(worst).en}`,
    ja: `${countText(exposed)}件、最も深刻なもの：${severityTexts(worst).ja}`,
  };
}

function mapKey(cells: readonly Cell[]): Html {
  const worst = group(
    cells.filter((cell) => cell.exposed > 0),
    (cell) => cell.worst,
  );
  const present = [...worst.keys()].flatMap((severity) => severity ?? []).sort(compareSeverities);
  return key([
    ...present.map((severity) => ({
      swatch: svg`<path class="${severity}" d="${markPath(severity, 10, 8, 7)}"/>`,
      texts: severityTexts(severity),
    })),
    ...(present.length === 0
      ? []
      : [
          {
            swatch: svg`<path class="diamond" d="${RADIUS.map((radius, i) => markPath('medium', [2, 8, 16][i] ?? 0, 8, radius * 10)).join('')}"/>`,
            texts: { en: '1, 2 to 9, 10 or more exposed', ja: '1件、2～9件、10件以上' },
          },
        ]),
    ...(cells.some(({ isTarget, isUnknown }) => isTarget && !isUnknown)
      ? [
          {
            swatch: svg`<path class="asked" d="M2 .5h16v15h-16z"/>`,
            texts: cells.some(({ isPart }) => isPart)
              ? {
                  en: 'asked, at least in part; nothing found',
                  ja: '調査済み（一部のみの場合を含む）・検出なし',
                }
              : { en: 'asked, nothing found', ja: '調査済み・検出なし' },
          },
        ]
      : []),
    ...(cells.some(({ isTarget, isUnknown }) => !isTarget && !isUnknown)
      ? [
          {
            swatch: svg`<path class="frame" d="M2 .5h16v15h-16z"/>`,
            texts: { en: 'not asked', ja: '対象外' },
          },
        ]
      : []),
    ...(cells.some(({ isUnknown }) => isUnknown)
      ? [
          {
            swatch: svg`<path class="unknown" fill="url(#${HATCH})" d="M2 .5h16v15h-16z"/>`,
            texts: { en: 'not known, or not all of it', ja: '不明、または不明な部分あり' },
          },
        ]
      : []),
  ]);
}

const HATCH = `${ID}-unknown`;

function captionOf({ order, panels }: AddressPanels): Html {
  if (order === 'lines') return note({ en: 'A square is one address.', ja: 'マス1つが1アドレスです。' });
  const lengths = [...new Set(panels.map(({ cellLength }) => cellLength))].sort((a, b) => a - b);
  const sizes = lengths.map((length) => `/${length}`);
  const which = (panel: Panel): string => `${formatPrefix(panel.block)}: /${panel.cellLength}`;
  return note({
    en: `A square is a ${sizes.length === 1 ? sizes.join('') : `subnet (${panels.map(which).join(', ')})`}, marked by the worst in it. The squares lie on a Hilbert curve: what is near in number is near on the map. The figures at the corners say where one is.`,
    ja: `マス1つが${sizes.length === 1 ? sizes.join('') : `サブネット（${panels.map(which).join('、')}）`}で、その中で最も深刻なものを示します。マスはヒルベルト曲線の順に並び、番号の近いアドレスは地図でも近くにあります。四隅の数字は位置の目安です。`,
  });
}

function notDrawn({ notDrawn: blocks }: AddressPanels): Html | undefined {
  if (blocks.length === 0) return undefined;
  const exposed = sum(blocks, (block) => block.exposed);
  const names = namesOf(blocks.map(({ block }) => formatPrefix(block)));
  return note({
    en: `Not drawn, with ${countText(exposed)} exposed: ${names.en}.`,
    ja: `図にないブロック（検出${countText(exposed)}件）：${names.ja}。`,
  });
}

/** A panel on the drawing, in its units. */
interface Placed extends Place {
  readonly panel: Panel;
  readonly cell: number;
}

function draw(title: Texts, map: AddressPanels, subnets: number): Html {
  const { placed, height } = map.order === 'lines' ? inLines(map.panels) : onCurves(map.panels);
  const cells = map.panels.flatMap((panel) => panel.cells);
  const marked = cells.filter(({ exposed }) => exposed > 0);
  const targets = countText(cells.filter(({ isTarget }) => isTarget).length);
  const within = countText(marked.filter(({ isTarget }) => isTarget).length);
  const outside = marked.filter(({ isTarget }) => !isTarget).length;
  const table = tableTexts(subnets);
  const about = {
    en: `${map.panels.map(({ block }) => formatPrefix(block)).join(', ')}: ${within} of ${targets} squares with targets have something exposed${outside > 0 ? `, and ${countText(outside)} without` : ''}.${table.en}`,
    ja: `${map.panels.map(({ block }) => formatPrefix(block)).join('、')}：対象のある${targets}マスのうち${within}マスに検出があります${outside > 0 ? `（ほかに対象外の${countText(outside)}マス）` : ''}。${table.ja}`,
  };
  const areNamed = marked.length <= MOST_HINTS;
  return drawing(
    { id: ID, title, about, height },
    svg`<defs>${hatch(HATCH, 'unknown', 45)}</defs>`,
    placed.map(
      (
        place,
      ) => svg`<g transform="translate(${tidy(place.x)} ${tidy(place.y)})">${map.order === 'lines' ? lineLabels(place) : cornerLabels(place)}${areas(place)}${marks(place, areNamed)}</g>
`,
    ),
  );
}

function tableTexts(subnets: number): Texts {
  if (subnets === 0) return { en: '', ja: '' };
  return subnets <= MOST_ROWS
    ? { en: ' The table has them by subnet.', ja: 'サブネット別の件数は表にあります。' }
    : {
        en: ` The table has the ${MOST_ROWS} subnets with most.`,
        ja: `件数の多い${MOST_ROWS}サブネットは表にあります。`,
      };
}

/** A name for each mark would be the most of the drawing. */
const MOST_HINTS = 300;
const GUTTER = 32;
const LABEL = 20;
const LARGEST_CELL = 28;

/** One below the other, each with a gutter on its left where the lines are named. */
function inLines(panels: readonly Panel[]): { placed: readonly Placed[]; height: number } {
  let height = 0;
  const placed = panels.map((panel) => {
    const cell = Math.min(LARGEST_CELL, (WIDTH - GUTTER) / panel.columns);
    const y = height + LABEL;
    height = y + panel.rows * cell + 12;
    return { panel, cell, x: GUTTER, y };
  });
  return { placed, height };
}

/** One alone takes the whole width, four stand in two columns, more in three. Cells are whole or half units. */
function onCurves(panels: readonly Panel[]): { placed: readonly Placed[]; height: number } {
  const columns = panels.length === 1 ? 1 : panels.length <= 4 ? 2 : 3;
  const side = { 1: 480, 2: 224, 3: 144 }[columns];
  const gap = (WIDTH - columns * side) / Math.max(1, columns - 1);
  const cellOf = (panel: Panel): number => Math.min(LARGEST_CELL, side / Math.max(panel.columns, panel.rows));
  let height = 0;
  const placed: Placed[] = [];
  for (let i = 0; i < panels.length; i += columns) {
    const row = panels.slice(i, i + columns);
    placed.push(
      ...row.map((panel, column) => ({
        panel,
        cell: cellOf(panel),
        x: column * (side + gap),
        y: height + 2 * LABEL,
      })),
    );
    height += 3 * LABEL + 8 + Math.max(...row.map((panel) => panel.rows * cellOf(panel)));
  }
  return { placed, height };
}

function lineLabels({ panel, cell }: Placed): readonly Html[] {
  const every = Math.ceil(16 / cell);
  const firsts = panel.cells.filter(({ x, y }) => x === 0 && y % every === 0);
  return [
    svg`<text class="strong" x="${-GUTTER}" y="-6">${formatPrefix(panel.block)}</text>`,
    ...firsts.map(
      ({ first, y }) =>
        svg`<text class="small end" x="-4" y="${tidy((y + 0.5) * cell + 4)}">.${first % 256}</text>`,
    ),
  ];
}

/** The block above, and at each corner the octets in which its cell differs. */
function cornerLabels({ panel, cell }: Placed): readonly Html[] {
  const right = panel.columns - 1;
  const bottom = panel.rows - 1;
  const common = Math.floor(panel.block.length / 8);
  const corners = panel.cells.filter(
    ({ x, y }) => (x === 0 || (x === right && right * cell > NARROW)) && (y === 0 || y === bottom),
  );
  return [
    svg`<text class="strong" y="-${LABEL + 4}">${formatPrefix(panel.block)}</text>`,
    ...corners.map(
      ({ x, y, first }) =>
        svg`<text class="small${x === 0 ? '' : ' end'}" x="${x === 0 ? 0 : panel.columns * cell}" y="${y === 0 ? -4 : tidy(panel.rows * cell + 15)}">${octetsFrom(first, common)}</text>`,
    ),
  ];
}

/** Too narrow for two labels in a line. */
const NARROW = 110;

function octetsFrom(address: Address, common: number): string {
  const octets = formatAddress(address).split('.').slice(0, 3);
  return `${common === 0 ? '' : '.'}${octets.slice(common).join('.')}`;
}

function areas({ panel, cell }: Placed): readonly Html[] {
  const asked = panel.cells.filter(({ isTarget, isUnknown }) => isTarget && !isUnknown);
  const unknown = panel.cells.filter(({ isUnknown }) => isUnknown);
  const [width, height] = [panel.columns * cell, panel.rows * cell];
  const lines = [
    ...steps(panel.columns).map((x) => `M${x * cell} 0v${height}`),
    ...steps(panel.rows).map((y) => `M0 ${y * cell}h${width}`),
  ];
  return [
    svg`<path class="frame" d="M0 0h${width}v${height}h-${width}z"/>`,
    ...(asked.length > 0 ? [svg`<path class="asked" d="${outlinePath(asked, cell)}"/>`] : []),
    ...(unknown.length > 0
      ? [svg`<path class="unknown" fill="url(#${HATCH})" d="${outlinePath(unknown, cell)}"/>`]
      : []),
    svg`<path class="seams" d="${lines.join('')}"/>`,
  ];
}

function steps(count: number): readonly number[] {
  return Array.from({ length: count - 1 }, (_, i) => i + 1);
}

function marks({ panel, cell }: Placed, areNamed: boolean): readonly Html[] {
  const marked = panel.cells.flatMap(({ worst, ...rest }) => (worst ? { ...rest, worst } : []));
  const pathOf = ({ x, y, exposed, worst }: (typeof marked)[number]): string =>
    markPath(worst, (x + 0.5) * cell, (y + 0.5) * cell, radiusOf(exposed) * cell);
  if (areNamed)
    return marked.map((one) => {
      const name = formatPrefix({ first: one.first, length: panel.cellLength }).replace(/\/32$/, '');
      const { en, ja } = foundTexts(one.exposed, one.worst);
      return svg`<path class="mark ${one.worst}" d="${pathOf(one)}">${hint({ en: `${name}: ${en}`, ja })}</path>`;
    });
  const groups = group(
    marked,
    ({ worst }) => worst,
    ({ exposed }) => radiusOf(exposed),
  );
  return [...groups].flatMap(([severity, byRadius]) =>
    [...byRadius].map(([radius, own]) =>
      severity === 'medium'
        ? svg`<path class="discs" stroke-width="${tidy(2 * DISC * radius * cell)}" d="${own.map(({ x, y }) => `M${tidy((x + 0.5) * cell)} ${tidy((y + 0.5) * cell)}h0`).join('')}"/>`
        : svg`<path class="mark ${severity}" d="${own.map(pathOf).join('')}"/>`,
    ),
  );
}

/** A disc of two arcs costs four times as much as a round point. */
const DISC = 0.9;

/** In cells: for one, for fewer than ten, for more. */
const RADIUS = [0.3, 0.38, 0.46] as const;

function radiusOf(exposed: number): number {
  return exposed === 1 ? RADIUS[0] : exposed < 10 ? RADIUS[1] : RADIUS[2];
}

/** Each severity has a form of its own, the worse the fuller: square, diamond, disc, triangle, dash. */
function markPath(severity: Severity, centreX: number, centreY: number, size: number): string {
  const x = (offset: number): number => tidy(centreX + offset * size);
  const y = (offset: number): number => tidy(centreY + offset * size);
  const d = (length: number): number => tidy(length * size);
  switch (severity) {
    case 'critical':
      return `M${x(-1)} ${y(-1)}h${d(2)}v${d(2)}h${d(-2)}z`;
    case 'high':
      return `M${x(0)} ${y(-1.1)}l${d(1.1)} ${d(1.1)} ${d(-1.1)} ${d(1.1)} ${d(-1.1)} ${d(-1.1)}z`;
    case 'medium':
      return `M${x(-DISC)} ${y(0)}${halfDisc(d(DISC), 1)}${halfDisc(d(DISC), -1)}z`;
    case 'low':
      return `M${x(0)} ${y(-0.9)}l${d(1)} ${d(1.7)}h${d(-2)}z`;
    case 'info':
    default: // A word that this version lacks.
      return `M${x(-1)} ${y(-0.4)}h${d(2)}v${d(0.8)}h${d(-2)}z`;
  }
}

function halfDisc(radius: number, direction: 1 | -1): string {
  return `a${radius} ${radius} 0 0 1 ${tidy(2 * radius * direction)} 0`;
}
