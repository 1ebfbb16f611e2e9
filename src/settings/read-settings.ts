import * as z from 'zod';
import { UsageError } from '../domain/usage-error.js';
import { quote } from '../scope/quote.js';
import { flagOf, variableOf } from './names.js';
import { ABOUT, defaultOf, innermost, isList, isSwitch } from './setting.js';

/** Where a setting comes from, strongest first. */
export type Source =
  | { readonly kind: 'flag' }
  | { readonly kind: 'variable' }
  | { readonly kind: 'file'; readonly file: string; readonly line: number }
  | { readonly kind: 'default' };

/** A setting as its schema takes it, before it is read. */
export interface Written {
  readonly value: unknown;
  readonly source: Source;
}

/** The settings of one command. */
export interface ReadSettings<S extends z.ZodObject> {
  readonly settings: z.output<S>;
  /** By key: what was given, as it was written, and where. */
  readonly written: ReadonlyMap<string, Written>;
}

/**
 * The settings of a command, each from the strongest place that names it: flag, environment variable, settings file,
 * default.
 * @param flags by name, as the reader of the command line has them.
 * @throws UsageError for the first wrong one, with its place.
 */
export function readSettings<S extends z.ZodObject>(
  schema: S,
  from: {
    readonly flags: Readonly<Record<string, unknown>>;
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly file: ReadonlyMap<string, Written>;
  },
): ReadSettings<S> {
  const written = new Map<string, Written>();
  for (const [key, setting] of Object.entries<z.ZodType>(schema.shape)) {
    const found =
      fromFlag(setting, flagOf(key), from.flags) ??
      fromVariable(setting, from.environment[variableOf(key)]) ??
      from.file.get(key);
    if (found !== undefined) written.set(key, found);
  }
  return { settings: parseWritten(schema, written), written };
}

/** What the settings say. @throws UsageError for the first wrong one, with its place. */
export function parseWritten<S extends z.ZodObject>(
  schema: S,
  written: ReadonlyMap<string, Written>,
): z.output<S> {
  const parsed = schema.safeParse(inputOf(written));
  if (parsed.success) return parsed.data;
  throw problemOf(parsed.error.issues, schema, written);
}

/** What was given, by key. */
function inputOf(written: ReadonlyMap<string, Written>): Record<string, unknown> {
  return Object.fromEntries(Array.from(written, ([key, { value }]) => [key, value]));
}

function fromFlag(
  setting: z.ZodType,
  flag: string,
  flags: Readonly<Record<string, unknown>>,
): Written | undefined {
  const given = flags[flag];
  if (given === undefined) return undefined;
  const values: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (values.length > 1 && !isList(setting))
    throw new UsageError(`--${flag} is given ${values.length} times`, 'give it once');
  if (values.some((value) => value === ''))
    throw new UsageError(`--${flag} has no value`, `write --${flag} VALUE`);
  return { value: writtenAs(setting, isList(setting) ? values : values[0]), source: { kind: 'flag' } };
}

/** A list is separated by commas. A variable that is empty says nothing, as in a shell. */
function fromVariable(setting: z.ZodType, text: string | undefined): Written | undefined {
  if (text === undefined || text === '') return undefined;
  const value = isList(setting) ? text.split(',').map((entry) => entry.trim()) : text;
  return { value: writtenAs(setting, value), source: { kind: 'variable' } };
}

/** Text as the schema takes it: a number where it takes numbers. What does not fit stays, for the schema to refuse. */
export function writtenAs(setting: z.ZodType, value: unknown): unknown {
  if (isList(setting)) return Array.isArray(value) ? value : [value];
  if (typeof value !== 'string') return value;
  if (isSwitch(setting)) return BOOLEANS.get(value) ?? value;
  return innermost(setting) instanceof z.ZodNumber && DECIMAL.test(value) ? Number(value) : value;
}

/** yargs and YAML have more ways to write a number, such as `0x10`. */
const DECIMAL = /^\d+(\.\d+)?$/;

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

function problemOf(
  [issue]: readonly z.core.$ZodIssue[],
  { shape }: z.ZodObject,
  written: ReadonlyMap<string, Written>,
): UsageError {
  const [key = '', entry] = issue?.path ?? [];
  const setting = shape[String(key)] as z.ZodType | undefined;
  if (issue === undefined || setting === undefined) throw new RangeError('no setting is wrong');
  const given = issue.path.map(String).find((name) => written.has(name)) ?? String(key);
  const place = placeOf(given, written);
  if (issue.code === 'custom')
    return new UsageError(`${place}: ${issue.message}`, String(issue.params?.['hint']));
  const { value, source } = written.get(String(key)) ?? {};
  const wrong = Array.isArray(value) && entry !== undefined ? (value[Number(entry)] as unknown) : value;
  return new UsageError(
    `${place}: ${shown(wrong)} ${issue.message}`,
    issue.code === 'invalid_value' && issue.values.length > 1
      ? `write one of ${issue.values.join(', ')}`
      : `write for example ${exampleOf(String(key), setting, source?.kind)}`,
  );
}

function shown(value: unknown): string {
  if (value === null) return 'nothing';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a mapping';
  return quote(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Where a setting was given, for messages: `--rate`, `AMPSCOPE_RATE` or `ampscope.yaml:3: rate`. */
export function placeOf(key: string, written: ReadonlyMap<string, Written>): string {
  const source = written.get(key)?.source;
  if (source?.kind === 'file') return `${source.file}:${source.line}: ${key}`;
  return source?.kind === 'variable' ? variableOf(key) : `--${flagOf(key)}`;
}

function exampleOf(key: string, setting: z.ZodType, kind: Source['kind'] | undefined): string {
  const example = ABOUT.get(setting)?.example ?? String(defaultOf(setting));
  if (kind === 'file') return `${key}: ${example}`;
  if (kind === 'variable') return `${variableOf(key)}=${example}`;
  return isSwitch(setting) ? `--${flagOf(key)}` : `--${flagOf(key)} ${example}`;
}
