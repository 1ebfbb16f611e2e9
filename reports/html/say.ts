import type { Language } from '../../probes/probe.js';
import { LANGUAGES } from '../../probes/probe.js';
import { countText } from './count.js';
import type { Html, Part } from './html.js';
import { html } from './html.js';

/** The same in every language: words, or words with markup between. */
export type Said = Readonly<Record<Language, Part>>;

/** Both languages, one of which the style sheet hides: the page switches without a script. */
export function say(words: Said): Html {
  return html`${LANGUAGES.map((language) => html`<span lang="${language}">${words[language]}</span>`)}`;
}

/** The same within `<text>` of an SVG. */
export function sayInSvg(words: Said): Html {
  return html`${LANGUAGES.map((language) => html`<tspan lang="${language}">${words[language]}</tspan>`)}`;
}

/** `1 host`, `2 hosts`: English only, Japanese has no plural. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}
