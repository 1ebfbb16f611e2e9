import { isAbsolute, join } from 'node:path';
import * as z from 'zod';
import { parseDurationMs } from '../domain/time.js';
import { UsageError } from '../domain/usage-error.js';
import { quote } from '../scope/quote.js';

/** What is told of a setting beside its schema: its name is the key of the schema that holds it. */
export interface About {
  readonly group: 'Scope' | 'Probes' | 'Pace' | 'Output' | 'Notices' | 'Lab';
  /** One line for the help, docs/configuration.md and editors. */
  readonly description: string;
  /** A value as a user writes it, for hints; absent: the default is one. */
  readonly example?: string;
  /** What holds where it is left out, where that is no fixed value or is told in another unit. */
  readonly otherwise?: string;
  /** A file or folder, or one after an `@`: where a settings file names it, it is relative to that file. */
  readonly path?: 'always' | 'after @';
}

/** By the schema of each setting. */
export const ABOUT = z.registry<About>();

/** What a setting takes, without what says that it may be left out. */
export function innermost(setting: z.ZodType): z.ZodType {
  return setting instanceof z.ZodOptional || setting instanceof z.ZodPrefault
    ? innermost(setting.unwrap() as z.ZodType)
    : setting;
}

export const isList = (setting: z.ZodType): boolean => innermost(setting) instanceof z.ZodArray;
export const isSwitch = (setting: z.ZodType): boolean => innermost(setting) instanceof z.ZodBoolean;

/** As a user would write it; undefined where there is none, or an empty list. */
export function defaultOf(setting: z.ZodType): string | number | boolean | undefined {
  const value: unknown = setting instanceof z.ZodPrefault ? setting.def.defaultValue : undefined;
  return typeof value === 'object' ? undefined : (value as string | number | boolean | undefined);
}

/** A number within bounds, both included. */
export function number(least: number, most: number): z.ZodNumber {
  const error = `is not a number from ${least} to ${most}`;
  return z.number({ error }).min(least).max(most);
}

/** A whole number within bounds, both included. */
export function whole(least: number, most: number): z.ZodInt {
  const error = `is not a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least).max(most);
}

/** Off where it is left out. */
export function onOff(): z.ZodPrefault<z.ZodBoolean> {
  return z.boolean({ error: 'is not true or false' }).prefault(false);
}

/** Given once for each entry on the command line; empty where it is left out. */
export function list<E extends z.ZodType>(element: E): z.ZodPrefault<z.ZodArray<E>> {
  return z.array(element).prefault([]);
}

/**
 * One word of text.
 * @param parse throws a UsageError without a place, which is added by the caller that knows where the word stands.
 */
export function word<T>(parse: (text: string) => T): z.ZodType<T, string> {
  return z
    .string({ error: 'is not one word' })
    .min(1, { error: 'is empty' })
    .transform((text, context) => {
      try {
        return parse(text);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        const params = { hint: error.hint };
        context.issues.push({ code: 'custom', message: error.message, params, input: text });
        return z.NEVER;
      }
    });
}

/** One word as it is. */
export const text = (): z.ZodType<string, string> => word((written) => written);

/** `300ms`, `8s`, `2m` or `1h`: milliseconds once it is read. */
export function duration(most: string): z.ZodType<number, string> {
  const mostMs = parseDurationMs(most) ?? 0;
  return word((written) => {
    const ms = parseDurationMs(written);
    if (ms === undefined)
      throw new UsageError(
        `${quote(written)} is not a duration`,
        'write a number and a unit: 300ms, 8s or 2m',
      );
    if (ms > mostMs) throw new UsageError(`${quote(written)} is too long`, `write at most ${most}`);
    return ms;
  });
}

/** What a setting says, with its paths as seen from a folder. `-` is standard input. */
export function pathsFrom(folder: string, setting: z.ZodType | undefined, value: unknown): unknown {
  const kind = setting && ABOUT.get(setting)?.path;
  if (Array.isArray(value)) return value.map((entry) => pathsFrom(folder, setting, entry));
  const before = kind === 'after @' ? '@' : '';
  if (kind === undefined || typeof value !== 'string' || !value.startsWith(before)) return value;
  const path = value.slice(before.length);
  return isAbsolute(path) || path === '-' || path === '' ? value : `${before}${join(folder, path)}`;
}
