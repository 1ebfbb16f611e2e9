import { readFileSync } from 'node:fs';

/** The version in package.json, which lies beside the folder that this file is built into. */
export const version: string = readVersion();

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version: found } = JSON.parse(text) as { version?: unknown };
  if (typeof found !== 'string') throw new TypeError('package.json has no version');
  return found;
}
