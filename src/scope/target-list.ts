import { UsageError } from '../domain/usage-error.js';
import type { GivenRange } from './parse-range.js';
import { givenRange } from './parse-range.js';

/**
 * Reads a list of targets: one address or prefix a line, `#` begins a comment, empty lines do not count.
 * @param name what the list is called in messages: `targets.txt`.
 * @throws UsageError with the line for what is not an address or a prefix, and for a list without any: a run
 *   without targets would mean all of the scope, which nobody asks for with an empty file.
 */
export function parseTargetList(text: string, name: string): readonly GivenRange[] {
  const targets = parseExclusionList(text, name);
  if (targets.length === 0)
    throw new UsageError(
      `${name}: no target in it`,
      'list one address or prefix a line, or give no targets at all for the whole scope',
    );
  return targets;
}

/**
 * The same for exclusions, of which a file may well hold none.
 * @throws UsageError with the line for what is not an address or a prefix.
 */
export function parseExclusionList(text: string, name: string): readonly GivenRange[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ entry: line.replace(/#.*$/s, '').trim(), place: `${name}:${i + 1}` }))
    .filter(({ entry }) => entry !== '')
    .map(({ entry, place }) => givenRange(entry, place));
}
