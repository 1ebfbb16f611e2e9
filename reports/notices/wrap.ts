import { textWidth } from '../text-width.js';

/** RFC 5322 §2.1.1 wants lines of at most 78; two are left for the `> ` of an answer. */
export const NOTICE_COLUMNS = 76;

/**
 * One line as the lines it takes within so many columns, a full-width character counting two. Later lines are
 * indented like the first, and under the text of a list's item. Breaks at spaces and beside full-width
 * characters, by the least rules of Japanese typesetting (kinsoku, JIS X 4051): no line begins with a closing
 * bracket, a comma or a small kana, none ends with an opening bracket. A `command in backticks` stays whole, and so
 * does a line that begins with four spaces: a command to copy. What has no place to break in stays whole too.
 */
export function wrapLine(line: string, columns = NOTICE_COLUMNS): readonly string[] {
  if (line.startsWith('    ')) return [line.trimEnd()];
  const [lead = ''] = /^ *(?:(?:[-*・]|\d+\.) +)?/u.exec(line) ?? [];
  const leadWidth = textWidth(lead);
  const indent = ' '.repeat(leadWidth);
  const lines: string[] = [];
  let current = lead;
  let width = leadWidth;
  let isBlank = true;
  for (const { text, gap } of unitsOf(line.slice(lead.length))) {
    const more = gap.length + textWidth(text);
    if (!isBlank && width + more > columns) {
      lines.push(current);
      current = indent;
      width = leadWidth;
      isBlank = true;
    }
    current += isBlank ? text : gap + text;
    width += isBlank ? more - gap.length : more;
    isBlank = false;
  }
  return [...lines, current.trimEnd()];
}

/** What must stay on one line, and the space before it. */
interface Unit {
  readonly text: string;
  readonly gap: '' | ' ';
}

/** Letters with their marks; a short command in backticks counts as one, and so does a word of ASCII. */
const ATOM = /`[\x20-\x5f\x61-\x7e]{1,60}`| +|[\x21-\x5f\x61-\x7e]+|[^ ]\p{M}*/gu;
const NOT_FIRST =
  /^[、。，．,.:;：；！？!?）)\]｝}」』】〕〉》〟’”ー〜～…‥・々ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ％]/u;
const NOT_LAST = /[（([｛{「『【〔〈《〝‘“]$/u;

function unitsOf(text: string): readonly Unit[] {
  const units: { text: string; gap: '' | ' ' }[] = [];
  let before: string | undefined;
  let gap: '' | ' ' = '';
  for (const atom of text.match(ATOM) ?? []) {
    if (atom.startsWith(' ')) {
      gap = ' ';
      continue;
    }
    const unit = units.at(-1);
    if (unit === undefined || before === undefined || mayBreak(before, gap, atom))
      units.push({ text: atom, gap });
    else unit.text += gap + atom;
    before = atom;
    gap = '';
  }
  return units;
}

function mayBreak(before: string, gap: '' | ' ', after: string): boolean {
  if (NOT_FIRST.test(after) || NOT_LAST.test(before)) return false;
  return gap === ' ' || isWide(before) || isWide(after);
}

function isWide(atom: string): boolean {
  const [first = ''] = atom;
  return textWidth(first) === 2;
}
