import type { Language } from '../../probes/probe.js';
import { LANGUAGES } from '../../probes/probe.js';
import { countText } from './count.js';
import type { Html, Part } from './html.js';
import { html } from './html.js';

/** The same in every language: text, or text with markup between. */
export type Said = Readonly<Record<Language, Part>>;

/** Both languages, one of which the style sheet hides: the page switches without a script. */
export function say(texts: Said): Html {
  return html`${LANGUAGES.map((language) => html`<span lang="${language}">${texts[language]}</span>`)}`;
}

/** The same within `<text>` of an SVG. */
export function sayInSvg(texts: Said): Html {
  return html`${LANGUAGES.map((language) => html`<tspan lang="${language}">${texts[language]}</tspan>`)}`;
}

/** `1 host`, `2 hosts`: English only, Japanese has no plural. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}
