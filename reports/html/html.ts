import { html as template, raw } from 'hono/html';

/** Markup: whatever of it was text was escaped when it was put in. */
export type Html = Awaited<ReturnType<typeof template>>;

/** What can stand in a template: text and numbers are escaped, `undefined` and `false` are nothing. */
export type Part = string | number | false | undefined | Html | readonly Part[];

/** hono's template, for values that are there already: the same escaping, and never a promise. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const markup = template(strings, ...parts);
  if (markup instanceof Promise) throw new TypeError('a template of this report waits for nothing');
  return markup;
}

/** Text that is markup already. Only for what we wrote ourselves: the style sheet, the script, numbers of a path. */
export const markup = (text: string): Html => raw(text);
