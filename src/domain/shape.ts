import * as z from 'zod';
import { parseAddress } from './address.js';

/** What a shape holds, to be read and not to be changed. */
export type Content<S extends z.ZodType> = DeepReadonly<z.infer<S>>;

type DeepReadonly<T> = unknown extends T ? T : { readonly [K in keyof T]: DeepReadonly<T[K]> };

/** Any text, and one that says something. */
export const ANY_TEXT = z.string();
export const TEXT = z.string().min(1, 'is empty');

/** How many: a whole number, and any number, from 0 on. */
export const COUNT = z.int().min(0, 'is below 0');
export const FIGURE = z.number().min(0, 'is below 0');

export const PORT = COUNT.max(65_535, 'is no port');

/** Milliseconds since 1970, and between two such instants. */
export const INSTANT = z.number();

/** ISO 8601 UTC, with or without milliseconds. */
export const TIME = z
  .string()
  .regex(
    /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z$/,
    'is no time',
  )
  .meta({ format: 'date-time' });

export const DAY = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/, 'is no day')
  .meta({ format: 'date' });

export const HEX = z.string().regex(/^(?:[0-9a-f]{2})*$/, 'is no hex');

export const ADDRESS = z
  .string()
  .refine((text) => parseAddress(text) !== undefined, 'is not an IP address')
  .meta({ anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] });
