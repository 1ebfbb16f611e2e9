/** Two blanks a level, as the reports have it. */
const INDENT = 2;

/**
 * The text of `JSON.stringify(value, undefined, 2)`, in parts: a generator stands for a list whose items are made when their
 * turn comes, so that neither they nor their text are ever there at once. Generators may lie in an object, and the items
 * of one may be such objects.
 */
export function* jsonChunks(value: unknown, margin = '\n'): Generator<string, void, undefined> {
  const inner = `${margin}${' '.repeat(INDENT)}`;
  if (isGenerator(value)) {
    let count = 0;
    for (const item of value) {
      yield `${count++ === 0 ? '[' : ','}${inner}`;
      yield* jsonChunks(item, inner);
    }
    yield count === 0 ? '[]' : `${margin}]`;
  } else if (typeof value === 'object' && value !== null && Object.values(value).some(isGenerator)) {
    let count = 0;
    for (const [key, entry] of Object.entries(value)) {
      if (entry === undefined) continue;
      yield `${count++ === 0 ? '{' : ','}${inner}${JSON.stringify(key)}: `;
      yield* jsonChunks(entry, inner);
    }
    yield `${margin}}`;
  } else yield JSON.stringify(value, undefined, INDENT).replaceAll('\n', margin);
}

/** A list for it. */
export function* lazily<T>(list: readonly T[], make: (item: T, index: number) => object): Generator<object> {
  for (const [index, item] of list.entries()) yield make(item, index);
}

function isGenerator(value: unknown): value is Generator {
  return typeof value === 'object' && value !== null && 'next' in value && Symbol.iterator in value;
}
