/**
 * The charts of report.html. Each gives a Chart (chart.ts): `svg` for the page, `table` for the <details> under it.
 *
 *   exposedByProbe(run, records, probes)   exposedByAs(run, records)
 *   factorChart(records, probes)
 *   addressMap(run, records)
 *   trendChart(run, records)
 *
 * The page's style sheet takes in `chartStyle`, after its own colours.
 */
export { addressMap } from './address-map.js';
export type { Chart } from './chart.js';
export { exposedByAs, exposedByProbe } from './exposed.js';
export { factorChart } from './factors.js';
export { chartStyle } from './style.js';
export { trendChart } from './trend.js';
