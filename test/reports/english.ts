/** What a reader of the Japanese page reads, in one line: without what the style sheet hides, commands and markup. */
export function japaneseOf(page: string): string {
  return (
    page
      .slice(page.indexOf('<body>'))
      .replace(/<script>[\s\S]*<\/script>/, '')
      .replaceAll(/<(span|tspan|div) lang="en">((?!<\/\1>)[\s\S])*<\/\1>/g, '')
      // Of a drawing both languages stand in one text, for no style sheet reaches into it: English, a stroke, Japanese.
      .replaceAll(/<(title|desc)\b[^>]*>[^<]* \/ ([^<]*)<\/\1>/g, '$2')
      .replaceAll(/<(code|pre)\b[^>]*>((?!<\/\1>)[\s\S])*<\/\1>/g, '')
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ')
  );
}

/** Words that hold an English sentence together; names of software and protocols have none of them. */
const GLUE =
  'the of to is are was were be been and or not in on for from with that this these which it its by at as than there could ' +
  'has have had but nothing no if when only after before would still';

/** As a word of a sentence: `AS` is none. */
const SENTENCE = new RegExp(
  `(?<![\\w-])(?:${GLUE.split(' ')
    .map((word) => `[${word.slice(0, 1).toUpperCase()}${word.slice(0, 1)}]${word.slice(1)}`)
    .join('|')})(?![\\w-])`,
);

/** The surroundings of the first English sentence in a Japanese text; undefined where there is none. */
export function englishIn(text: string): string | undefined {
  // What a tool prints stands in brackets, a command in backticks.
  const ours = text.replaceAll(/「[^」]*」|`[^`]*`/g, '「」');
  const at = ours.search(SENTENCE);
  return at < 0 ? undefined : ours.slice(Math.max(0, at - 40), at + 60);
}
