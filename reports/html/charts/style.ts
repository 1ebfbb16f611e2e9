/**
 * The style sheet of the charts, for that of the page: it takes the page's colours (--ink --muted --line --card and one
 * for each severity and status), which know the dark and the paper. The text of a drawing shrinks with it, so where it
 * is narrow, on a phone above all, it is set larger.
 */
export const chartStyle = `
.chart-frame { container-type: inline-size }
.chart { display: block; width: 100%; max-width: 40rem; height: auto; margin: .5rem 0 1rem; overflow: visible }
.chart text { fill: var(--ink); font-size: 12px; font-family: inherit }
.chart .small { fill: var(--muted); font-size: 11px }
.chart .strong { font-weight: 600 }
.chart .middle { text-anchor: middle }
.chart .end { text-anchor: end }
@container (max-width: 33rem) { .chart text { font-size: 14.5px } .chart .small { font-size: 13.5px } }
@container (max-width: 25rem) { .chart text { font-size: 16px } .chart .small { font-size: 15px } }
@container (max-width: 20rem) { .chart text { font-size: 17px } .chart .small { font-size: 16px } }
.chart .grid { fill: none; stroke: var(--line); stroke-width: 1 }
.chart .axis { fill: none; stroke: var(--muted); stroke-width: 1 }
.chart .pointed { fill: transparent }
.chart-key { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; margin: .5rem 0; padding: 0; list-style: none; font-size: .9rem }
.chart-key li { display: flex; margin: 0; align-items: center; gap: .4rem }
.chart-key svg { width: 20px; height: 16px; flex: none; overflow: visible }
.chart-note { max-width: 40rem; color: var(--muted); font-size: .9rem }
.chart-list { margin: .5rem 0; padding-left: 1.2rem; font-size: .9rem }
.chart-table .number { text-align: right; font-variant-numeric: tabular-nums }
:is(.chart, .chart-key) {
  fill: var(--ink);
  .critical { fill: var(--critical) } .high { fill: var(--high) } .medium { fill: var(--medium) }
  .low { fill: var(--low) } .info { fill: var(--info) }
  .persisting { fill: var(--accent) } .new { fill: var(--new) } .fixed { fill: var(--fixed) }
  .unknown { stroke: var(--muted) } .reopened { stroke: var(--new) }
  .asked { fill: var(--card); stroke: var(--muted) } .seams { fill: none; stroke: var(--paper); stroke-width: .8 }
  .frame { fill: none; stroke: var(--line) } .mark { stroke: var(--paper); stroke-width: .5 }
  .discs { fill: none; stroke: var(--medium); stroke-linecap: round }
  .exact { fill: var(--accent) } .bound { fill: none; stroke: var(--accent); stroke-width: 1.2 }
  :is(.published, .partial) { fill: none; stroke: var(--ink); stroke-dasharray: 3 2 } .diamond { fill: var(--ink) }
  pattern path { stroke-width: 1.8 }
}
`;
