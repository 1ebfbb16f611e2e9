import { WORD_TEXTS, wordClass } from './cells.js';
import { chartStyle } from './charts/index.js';

/**
 * The colours are custom properties, so that nothing else needs a rule for the dark: --paper --card --ink --muted
 * --line --accent, a severity each --critical --high --medium --low --info, and --new --fixed. All of them are at
 * least 4.5 : 1 on --paper and --card. On paper the light ones hold.
 */
const colours = `
:root {
  color-scheme: light;
  --paper: #fff; --card: #f5f7f9; --ink: #1a2330; --muted: #535e6f; --line: #d5dbe2; --accent: #14508c;
  --critical: #a3123a; --high: #a83a08; --medium: #7a5200; --low: #225f73; --info: #535e6f;
  --new: #a3123a; --fixed: #1d6b3f;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    color-scheme: dark;
    --paper: #10151c; --card: #19202a; --ink: #e4e9ef; --muted: #a6b0be; --line: #364150; --accent: #8bbdf2;
    --critical: #ff8fa5; --high: #ffa67a; --medium: #e8bd60; --low: #7fc5d9; --info: #a6b0be;
    --new: #ff8fa5; --fixed: #80d2a2;
  }
}
.c { --mark: var(--critical) } .h, .r { --mark: var(--high) } .m { --mark: var(--medium) } .l { --mark: var(--low) }
.i, .p { --mark: var(--info) } .n { --mark: var(--new) } .f { --mark: var(--fixed) } .u { --mark: var(--medium) }
`;

/** One language is hidden; in the list the words of the CSV files stay, with what they mean before them. */
const languages = `
:root:not(:has(#ja:checked)) :is(span, tspan, div)[lang=ja],
:root:has(#ja:checked) :is(span, tspan, div)[lang=en] { display: none }
${Object.entries(WORD_TEXTS)
  .map(
    ([word, japanese]) =>
      `:root:has(#ja:checked) td.${wordClass(word as keyof typeof WORD_TEXTS)}::before { content: "${japanese} " }`,
  )
  .join('\n')}
:root:has(#ja:checked) body { line-height: 1.75; line-break: strict; word-break: auto-phrase }
`;

const layout = `
*, ::before, ::after { box-sizing: border-box }
:root { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100% }
body {
  margin: 0 auto; padding: 1.5rem clamp(1rem, 4vw, 3rem) 4rem; max-width: 90rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.6 system-ui, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, "Hiragino Sans", "Yu Gothic UI", "Noto Sans JP", "Noto Sans CJK JP", sans-serif;
  overflow-wrap: break-word;
}
a { color: var(--accent); text-underline-offset: .15em }
a:not(:hover) { text-decoration-thickness: 1px; text-decoration-color: color-mix(in srgb, var(--accent) 45%, transparent) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px }
code, .run { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; font-size: .9em }
p, dd, li { max-width: 46rem }
h1, h2, h3, h4, p, dl, ul, figure { margin: 0 }
h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance }
small { font-size: .875em; color: var(--muted) }
.skip { position: absolute; left: 1rem; top: -4rem; padding: .5rem 1rem; background: var(--paper); border: 2px solid var(--accent); z-index: 3 }
.skip:focus { top: 1rem }

header { position: relative; padding: 1.25rem 0 1.75rem; border-top: 5px solid var(--accent) }
.organisation { font-size: 1.1rem; font-weight: 600; color: var(--accent) }
h1 { font-size: clamp(1.75rem, 1.2rem + 2.4vw, 2.6rem); letter-spacing: -.015em; margin: .15rem 0 .5rem }
.when { color: var(--muted); font-variant-numeric: tabular-nums }
.languages { display: flex; float: right; margin: 0 0 .5rem 1rem; padding: 0; border: 1px solid var(--line); border-radius: 6px; overflow: hidden }
.languages legend { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.languages label { padding: .25rem .8rem; font-size: .875rem; cursor: pointer }
.languages input { position: absolute; opacity: 0 }
.languages label:has(:checked) { background: var(--accent); color: var(--paper) }
.languages label:has(:focus-visible) { outline: 3px solid var(--accent); outline-offset: -3px; text-decoration: underline }

nav h2 { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; padding: .75rem 0; list-style: none; border: solid var(--line); border-width: 1px 0; font-size: .9rem }
@media screen and (min-width: 76rem) {
  body { display: grid; grid-template-columns: 12.5rem minmax(0, 1fr); column-gap: 3.5rem }
  header, footer { grid-column: 1 / -1 }
  nav ul { position: sticky; top: 1.5rem; flex-direction: column; gap: .5rem; border-width: 0; padding: .4rem 0 }
}

main > section { padding-top: 2.25rem }
main > section > * + *, article > * + *, .customer > * + * { margin-top: .9rem }
h2 { font-size: 1.45rem; padding-bottom: .4rem; border-bottom: 1px solid var(--line) }
h3 { font-size: 1.15rem }
h4 { font-size: 1rem }
ul { padding-left: 1.25rem }
li + li { margin-top: .25rem }
.lead { font-size: 1.2rem; max-width: 52rem }
.cut { color: var(--muted) }

.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.5rem, 1fr)); gap: .75rem }
.figures > div { padding: .8rem 1rem .9rem; background: var(--card); border-radius: 8px; border-top: 3px solid var(--mark, var(--accent)) }
.figures .exposed { grid-column: span 2 }
.figures dt { font-size: .9rem; color: var(--muted) }
.figures dd { margin: 0; font-size: 1.9rem; font-weight: 650; line-height: 1.3; font-variant-numeric: tabular-nums }
.figures dd.levels { font-size: .875rem; font-weight: 400; line-height: 1.6 }
.levels > span { margin-right: .6rem; white-space: nowrap }
.figures dd > span[lang] { font-size: 1rem; color: var(--muted) }
.strongest { padding: .9rem 1.1rem; max-width: none; border: 1px solid var(--line); border-radius: 8px; font-variant-numeric: tabular-nums }
.strongest .label { display: block; font-size: .9rem; color: var(--muted) }
.strongest b { font-size: 1.5rem }
.strongest .where { display: block }

@media screen and (min-width: 60rem) {
  #answer:has(.figures > :only-child) { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 2fr); column-gap: .9rem }
  #answer > :is(h2, .lead) { grid-column: 1 / -1 }
}

.verdict { padding: .9rem 1.2rem; border-left: 5px solid var(--mark); background: var(--card); border-radius: 0 8px 8px 0 }
.verdict p { max-width: none }
.verdict > * + * { margin-top: .5rem }
.whole { --mark: var(--fixed) }
.partial { --mark: var(--high) }
.verdict strong { color: var(--mark) }

.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px }
table { width: 100%; border-collapse: collapse; font-size: .875rem; line-height: 1.45; font-variant-numeric: tabular-nums }
th, td { padding: .45rem .6rem; text-align: left; vertical-align: top }
td code { white-space: nowrap }
td li, td ul { max-width: none; margin: 0; padding: 0; list-style: none }
thead th { background: var(--card); vertical-align: bottom; font-weight: 600; line-height: 1.3 }
tbody th { font-weight: 600; white-space: nowrap }
tbody .title { white-space: normal; min-width: 11rem; font-weight: 400 }
tbody > tr > * { border-top: 1px solid var(--line) }
.number { text-align: right; white-space: nowrap }
thead .number { white-space: normal }
.owner { min-width: 13rem }
caption { text-align: left; padding: .4rem .75rem; color: var(--muted) }
.w, td:is(.c, .h, .m, .l, .i, .n, .r, .p, .u, .f) { color: var(--mark); font-weight: 600; white-space: nowrap }
td .hex { white-space: normal }
.hex { overflow-wrap: anywhere; color: var(--muted) }
td.forms { min-width: 18rem }

.charts { columns: 2 28rem; column-gap: 1.25rem }
figure { break-inside: avoid; margin-bottom: 1.25rem; padding: 1rem 1.2rem; border: 1px solid var(--line); border-radius: 8px; min-width: 0 }
figcaption { font-weight: 600 }
summary { cursor: pointer; color: var(--accent); font-size: .9rem }
details[open] > summary { margin-bottom: .5rem }

#controls { padding: .9rem 1.1rem; background: var(--card); border-radius: 8px }
#controls > * + * { margin-top: .6rem }
#controls p, #controls fieldset { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem .9rem; max-width: none }
#controls fieldset { border: 0; padding: 0; margin-inline: 0; font-size: .9rem }
#controls legend { float: left; padding: 0; color: var(--muted) }
:is(#controls, #more) :is(input[type=search], select, button) { font: inherit; min-height: 2.4rem; padding: .25rem .7rem; color: var(--ink); background: var(--paper); border: 1px solid var(--muted); border-radius: 6px }
#controls input[type=search] { flex: 1 1 16rem; min-width: 0; max-width: 28rem }
#controls select { max-width: 100% }
button { cursor: pointer }
#search-hint { font-size: .875rem; color: var(--muted) }
#controls label:has(:checked) { text-decoration: underline; text-underline-offset: .2em }

.list { max-height: min(46rem, 88vh); overflow: auto }
.long { content-visibility: auto; contain-intrinsic-size: auto 46rem }
tbody td:has(> bdi) { min-width: 4.75rem }
#list thead { position: sticky; top: 0; z-index: 1 }
#list td { white-space: nowrap; padding-block: .3rem }
#list td:nth-child(n+6):nth-child(-n+9), #list td:is(:nth-child(4), :nth-child(12)) { text-align: right }
#list { font-size: .8125rem }
#list :is(th, td) { padding-inline: .5rem }
#list td:first-child { box-shadow: inset 4px 0 var(--mark) }
#list th button { all: unset; cursor: pointer; font-weight: 600 }
.links { min-width: 8rem }
#list th button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
#list th button::after { content: "\\2195" / ""; margin-left: .2em; color: var(--muted); font-weight: 400; opacity: .6 }
#list th[aria-sort=ascending] button::after { content: "\\2191" / ""; color: var(--accent) }
#list th[aria-sort=descending] button::after { content: "\\2193" / ""; color: var(--accent) }

article + article, article + .cut { margin-top: 2.25rem }
.customer { padding: .8rem 1.1rem; border: 1px solid var(--line); border-radius: 8px }
.customer > * + * { margin-top: .35rem }
.guidance { padding-left: 1.2rem; border-left: 3px solid var(--line) }
.guidance h4 { margin-top: 1.1rem }
.guidance h4 + * { margin-top: .3rem }
.guidance .facts { color: var(--muted); font-size: .9rem; margin-top: .25rem }
pre { margin: .4rem 0; padding: .5rem .8rem; background: var(--card); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere }
dl.facts > div, dl.method > div { padding: .55rem 0; border-top: 1px solid var(--line) }
dl.facts > div:first-child, dl.method > div:first-child { border-top: 0 }
:is(dl.facts, dl.method) dt { font-weight: 600 }
:is(dl.facts, dl.method) dd { margin: 0; overflow-wrap: anywhere }
dl.facts dd ul { padding: 0; list-style: none; columns: 2 18rem; max-width: none }
@media screen and (min-width: 48rem), print {
  :is(dl.facts, dl.method) > div { display: grid; grid-template-columns: 13rem minmax(0, 1fr); gap: 1.5rem }
}
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--muted); font-size: .9rem }

@media (max-width: 34rem) {
  .languages { float: none; width: max-content; margin: 0 0 1rem }
  .lead { font-size: 1.1rem }
  .figures .exposed { grid-column: 1 / -1 }
}
@media print {
  @page { size: A4; margin: 15mm 14mm }
  :root { font-size: 9pt }
  body { padding: 0; max-width: none }
  .charts { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; align-items: start }
  figure { margin: 0; padding: .6rem .8rem }
  .skip, .languages, nav, #controls, #more, details { display: none }
  a { color: inherit; text-decoration: none }
  .scroll, .list { max-height: none; overflow: visible; content-visibility: visible; border: 0; border-radius: 0 }
  table { font-size: 7.2pt }
  th, td { padding: .2rem .35rem }
  .links, .owner, .title, td.forms { min-width: 0 }
  th, td, td *, th *, #list td { white-space: normal }
  #list td:is(:nth-child(3), :nth-child(5)), tbody th { white-space: nowrap }
  #list th button { display: contents }
  #list th button::after { content: none }
  svg.chart { max-height: 190mm }
  @page list { size: A4 landscape }
  #findings { page: list }
  #list thead { position: static }
  thead { display: table-header-group }
  tr, figure, .figures, .strongest, .verdict, .customer, dl > div, li { break-inside: avoid }
  h2, h3, h4 { break-after: avoid }
  .figures > div, .verdict, thead th, pre { background: none; border: 1px solid var(--line) }
  * { print-color-adjust: exact }
}
`;

/** The style sheet, as it stands in the page. */
export const style = colours + languages + layout + chartStyle;
