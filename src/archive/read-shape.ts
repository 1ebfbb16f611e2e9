import * as z from 'zod';

/** What was read, or a sentence that says why it is not what it should be: `"counts.findings" is missing`. */
export type Read<T> = { readonly value: T } | { readonly problem: string };

/**
 * A reader of JSON that has to have this shape. Keys that the shape does not know are let through: a later version may
 * have written them. The check is compiled at the first text, and costs a fraction of JSON.parse.
 */
export function readerOf<T>(shape: z.ZodType<T, T>): (text: string) => Read<T> {
  const check = checkOf(shape);
  return (text) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return { problem: 'no JSON' };
    }
    return check(value);
  };
}

/** The same of what was parsed already. */
export function checkOf<T>(shape: z.ZodType<T, T>): (value: unknown) => Read<T> {
  let compiled: z.ZodType<T, T> | undefined;
  return (value) => {
    compiled ??= z.compile(shape);
    return compiled.validate(value) ? { value } : { problem: problemIn(shape, value) };
  };
}

function problemIn(shape: z.ZodType, value: unknown): string {
  const [issue] = shape.safeParse(value, { reportInput: true }).error?.issues ?? [];
  if (issue === undefined) return 'no JSON object';
  const key = issue.path.map(String).join('.');
  return key === '' ? 'no JSON object' : `"${key}" ${complaintOf(issue)}`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'is no text',
  number: 'is no number',
  int: 'is no whole number',
  boolean: 'is neither true nor false',
  array: 'is no list',
  object: 'is no object',
  record: 'is no object',
};

function complaintOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'custom' && issue.input === undefined) return 'is missing';
  if (issue.code === 'invalid_type') return KINDS[issue.expected] ?? issue.message;
  if (issue.code === 'invalid_value')
    return `is ${JSON.stringify(issue.input)}, not ${issue.values.map(String).join(' or ')}`;
  if (issue.code === 'invalid_union') return 'is of no kind that it may be';
  return issue.message;
}
