import type * as z from 'zod';
import { UsageError } from '../domain/usage-error.js';
import { nearMiss } from './near-miss.js';
import { quote } from './quote.js';
import type { FieldTexts, SettingsKey } from './scope-schema.js';
import { FIELD_TEXTS, ONE_LINE_OF_TEXT } from './scope-schema.js';
import type { Path, YamlSource } from './yaml-source.js';

/** What a message about a scope file is made of, besides the issue itself. */
export interface ProblemContext {
  /** What the file is called in messages. */
  readonly name: string;
  readonly source: YamlSource;
  readonly settings: readonly SettingsKey[];
  /** The keys that belong at a path; made when they are needed. */
  keysAt(path: Path): readonly string[];
}

/**
 * The one thing to tell of all that is wrong with a scope file: the first by line, and what is missing only
 * when nothing else is wrong, since a misspelt key shows as both.
 */
export function scopeProblem(issues: readonly z.core.$ZodIssue[], context: ProblemContext): UsageError {
  const problems = issues.map((issue) => problemOf(issue, context));
  const [first] = problems.toSorted((a, b) => Number(a.isMissing) - Number(b.isMissing) || a.line - b.line);
  if (!first) throw new RangeError('no issue to tell of');
  const { message, hint } = first.tell();
  return new UsageError(`${context.name}:${first.line}: ${message}`, hint);
}

interface Problem {
  readonly line: number;
  readonly isMissing: boolean;
  tell(): { readonly message: string; readonly hint: string };
}

function problemOf(issue: z.core.$ZodIssue, context: ProblemContext): Problem {
  const { path } = issue;
  const { source } = context;
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    return {
      line: source.keyLineOf([...path, key]),
      isMissing: false,
      tell: () => unknownKey(key, context.keysAt(path)),
    };
  }
  const value = valueAt(source.value, path);
  const isMissing = value === undefined;
  return {
    line: source.lineOf(path),
    isMissing,
    tell: () => (isMissing ? missingKey(path, context) : wrongValue(issue, value, context)),
  };
}

/** About a key that does not belong where it stands. */
export function unknownKey(key: string, known: readonly string[]): { message: string; hint: string } {
  const meant = nearMiss(key, known);
  return {
    message: `unknown key ${quote(key)}`,
    hint: meant === undefined ? `the keys here are ${known.join(', ')}` : `did you mean ${quote(meant)}?`,
  };
}

function missingKey(path: Path, context: ProblemContext): { message: string; hint: string } {
  return {
    message: `${labelOf(path)} is missing${path.length > 1 ? ' here' : ''}`,
    hint:
      textsAt(path)?.example === undefined
        ? settingsHint(path, context)
        : `write for example ${example(path)}`,
  };
}

function wrongValue(
  issue: z.core.$ZodIssue,
  value: unknown,
  context: ProblemContext,
): { message: string; hint: string } {
  if (issue.code === 'custom' && typeof issue.params?.['hint'] === 'string')
    return { message: issue.message, hint: issue.params['hint'] };
  const texts = textsAt(issue.path);
  const label = labelOf(issue.path);
  const written = context.source.writtenAt(issue.path);
  const shown = written === undefined ? shapeOf(value) : quote(written);
  if (!texts)
    return {
      message: shown === 'empty' ? `${label} is empty` : complaint(issue, label, shown),
      hint: settingsHint(issue.path, context),
    };
  const message = shown === 'empty' ? `${label} is empty` : `${label} is ${shown}, not ${texts.is}`;
  if (isBrokenIpv6(value)) return { message, hint: 'put an IPv6 address that ends in :: in quotes' };
  if (texts.is === ONE_LINE_OF_TEXT && issue.code === 'invalid_type' && written !== undefined)
    return { message, hint: `put it in quotes: ${quote(written)}` };
  return { message, hint: `write for example ${example(issue.path)}` };
}

const SHAPES: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a mapping',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** About a probe's settings, of which nothing is known but the schema. */
function complaint(issue: z.core.$ZodIssue, label: string, shown: string): string {
  if (issue.code === 'invalid_type')
    return `${label} is ${shown}, not ${SHAPES[issue.expected] ?? issue.expected}`;
  if (issue.code === 'too_big' && issue.origin === 'array')
    return `${label} has more than ${issue.maximum.toString()} entries`;
  return `${label} is ${shown}: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`;
}

/** `prefix` for networks[3].prefix, `an entry of exclude`, and for a probe's settings the whole `dns.names[0]`. */
function labelOf(path: Path): string {
  const last = path.at(-1);
  if (textsAt(path)) return typeof last === 'number' ? `an entry of ${String(path.at(-2))}` : String(last);
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : `${i > 0 ? '.' : ''}${String(step)}`))
    .join('');
}

function textsAt(path: Path): FieldTexts | undefined {
  const pattern = path.map((step, i) =>
    typeof step === 'number' ? '[]' : `${i > 0 ? '.' : ''}${String(step)}`,
  );
  return (FIELD_TEXTS as Readonly<Record<string, FieldTexts>>)[pattern.join('')];
}

function example(path: Path): string {
  return textsAt(path)?.example ?? '';
}

function settingsHint(path: Path, { settings }: ProblemContext): string {
  const own = settings.find(({ key }) => key === path[0]);
  const about = own?.schema.description;
  if (own && about !== undefined) return `${own.key}: ${about}`;
  return '`ampscope init -` prints a scope file with every key and an example';
}

/** `[2001:db8::]` is YAML for a list with a mapping from `2001:db8:` to nothing. */
function isBrokenIpv6(value: unknown): boolean {
  const [key, ...others] = Object.keys(Object(value) as object);
  return key !== undefined && others.length === 0 && key.endsWith(':');
}

function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'empty' : 'a list';
  return value ? 'a mapping' : 'empty';
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, step) => Object.getOwnPropertyDescriptor(Object(inner), step)?.value as unknown,
    value,
  );
}
