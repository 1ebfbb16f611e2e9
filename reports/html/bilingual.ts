import type { Language } from '../../probes/probe.js';
import { LANGUAGES } from '../../probes/probe.js';
import { countText } from '../../src/domain/count-text.js';
import type { Html, Part } from './html.js';
import { html } from './html.js';

/** The same in every language: text, or text with markup between. */
export type Bilingual = Readonly<Record<Language, Part>>;

/** Both languages, one of which the style sheet hides: the page switches without a script. */
export function bilingual(texts: Bilingual): Html {
  return html`${LANGUAGES.map((language) => html`<span lang="${language}">${texts[language]}</span>`)}`;
}

/** The same within `<text>` of an SVG. */
export function bilingualInSvg(texts: Bilingual): Html {
  return html`${LANGUAGES.map((language) => html`<tspan lang="${language}">${texts[language]}</tspan>`)}`;
}

/** `1 host`, `2 hosts`: English only, Japanese has no plural. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}
