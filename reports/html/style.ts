/**
 * The style sheet, as it stands in the page. The colours are custom properties, so that a chart needs no rule for the
 * dark: --paper --card --ink --muted --line --accent, a severity each --critical --high --medium --low --info, and
 * --new --fixed. All of them are at least 4.5 : 1 on --paper and --card.
 */
export const style = `
:root {
  color-scheme: light;
  --paper: #fff; --card: #f6f7f9; --ink: #1a2330; --muted: #566173; --line: #d7dce3; --accent: #14508c;
  --critical: #a3123a; --high: #b03a06; --medium: #805600; --low: #2a6173; --info: #566173;
  --new: #a3123a; --fixed: #1d6b3f;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    color-scheme: dark;
    --paper: #11161d; --card: #1a212b; --ink: #e6eaf0; --muted: #a3aebd; --line: #343e4c; --accent: #86b9f0;
    --critical: #ff8da3; --high: #ffa274; --medium: #e9bd5c; --low: #7cc4d8; --info: #a3aebd;
    --new: #ff8da3; --fixed: #7fd1a0;
  }
}
:root:not(:has(#ja:checked)) :is(span, tspan)[lang=ja],
:root:has(#ja:checked) :is(span, tspan)[lang=en] { display: none }
`;
