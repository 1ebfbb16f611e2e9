/** Numbers, lists and records of them: what can be summed. A key that says something else does not compile. */
export type Counts<T> = {
  readonly [K in keyof T]: T[K] extends string | boolean | ((...words: never[]) => unknown) ? never : T[K];
};

/**
 * The sum of two records of counters, whatever their keys: numbers are added, lists place by place, records key by key.
 * What one of them does not know is not known of both: its key is absent. A list that ends has nothing from there on.
 */
export function add<T extends Counts<T>>(a: T, b: T): T {
  return sumOf(a, b) as T;
}

function sumOf(a: unknown, b: unknown): unknown {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (isList(a) && isList(b))
    return Array.from({ length: Math.max(a.length, b.length) }, (_, i) =>
      i < a.length && i < b.length ? sumOf(a[i], b[i]) : i < a.length ? a[i] : b[i],
    );
  if (!isRecord(a) || !isRecord(b)) throw new RangeError('no counters');
  return Object.fromEntries(
    Object.entries(a).flatMap(([key, value]) => {
      const other = b[key];
      return value === undefined || other === undefined ? [] : [[key, sumOf(value, other)]];
    }),
  );
}

/** The same by keys that stand for what was counted: what has none was counted no time. Keys sorted. */
export function addByKey(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return Object.fromEntries(keys.map((key) => [key, (a[key] ?? 0) + (b[key] ?? 0)]));
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !isList(value);
}
