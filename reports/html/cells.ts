import type { Texts } from '../../probes/probe.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { Severity } from '../../src/domain/finding.js';
import type { Status } from '../../src/domain/status.js';
import { cleanText } from '../clean-text.js';
import { decimalText, FACTOR_DECIMALS } from '../format.js';
import { factorText, phrases } from '../notices/phrases.js';
import { SEVERITY_TEXTS, STATUS_TEXTS } from '../reasons.js';
import { cutToWidth } from '../text-width.js';
import type { Html, Part } from './html.js';
import { html } from './html.js';
import type { Bilingual } from './bilingual.js';
import { bilingual } from './bilingual.js';

/** What the words of the CSV files are in Japanese; in the list the style sheet puts them before the word. */
export const WORD_TEXTS = Object.fromEntries(
  Object.entries({ ...SEVERITY_TEXTS, ...STATUS_TEXTS }).map(([word, { ja }]) => [word, ja]),
) as Readonly<Record<Severity | Status, string>>;

/** Its first letter: no two of the ten words share one, and ten thousand rows have two of them each. */
export function wordClass(word: Severity | Status): string {
  return word.slice(0, 1);
}

/** A word of severity or status: in words and in colour. */
export function marked(word: Severity | Status | undefined): Part {
  return (
    word && html`<span class="w ${wordClass(word)}">${bilingual({ en: word, ja: WORD_TEXTS[word] })}</span>`
  );
}

/** Text from outside: its beginning, clean and by itself whatever its direction. @param columns of it, at most. */
export function named(text: string | undefined, columns = 60): Part {
  const clean = cleanText(text);
  return clean === undefined ? undefined : html`<bdi>${cutToWidth(clean, columns)}</bdi>`;
}

/** What a word of the record means here; one that this version lacks stands for itself. */
export function wordOf(texts: Readonly<Record<string, Bilingual>>, word: string): Bilingual {
  const known = Object.hasOwn(texts, word) ? texts[word] : undefined;
  return known ?? { en: named(word), ja: named(word) };
}

/** `AS64496 EXAMPLE-AS`. */
export function asNamed({
  asn,
  as_name,
}: {
  readonly asn?: number | undefined;
  readonly as_name?: string | undefined;
}): Part {
  return asn === undefined ? bilingual(UNKNOWN_AS) : [`AS${asn} `, named(as_name, 40)];
}

export const UNKNOWN_CUSTOMER: Texts = { en: phrases.en.unknownCustomer, ja: phrases.ja.unknownCustomer };
const UNKNOWN_AS: Texts = { en: phrases.en.unknownAs, ja: phrases.ja.unknownAs };

/** `≥759.38`; with † in front where it rests on the sweep alone. */
export function factor(
  value: number | string | undefined,
  record: { readonly lower_bound?: boolean; readonly basis?: FindingRecord['basis'] },
): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : decimalText(value, FACTOR_DECIMALS);
  return `${record.basis === 'sweep' ? '†' : ''}${record.lower_bound === true ? '≥' : ''}${text}`;
}

/** By payload and on the wire, and what they are factors of. */
export function factorsOf(record: FindingRecord): Html {
  if (record.wire_amplification === undefined) return bilingual({ en: 'not measured', ja: '測定値なし' });
  const wire = factor(record.wire_amplification, record);
  const payload = factor(factorText(record), record);
  return html`<b>${wire}×</b> <small>${bilingual({
    en: `on the wire, ${payload}× by payload, for ${record.request_size} B`,
    ja: `回線上（ペイロード比${payload}倍、要求${record.request_size}バイト）`,
  })}</small>`;
}

/** A link to a file beside this page. */
export function fileLink(path: string, texts?: Bilingual): Html {
  const href = path.split('/').map(encodeURIComponent).join('/');
  return html`<a href="${href}">${texts ? bilingual(texts) : path}</a>`;
}

/** Text with commands in `backticks`. */
export function inline(text: string): Part {
  return text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}
