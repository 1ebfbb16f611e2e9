import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UsageError } from '../../src/domain/usage-error.js';
import { parseScopeFile, scopeJsonSchema } from '../../src/scope/scope-file.js';
import { FIELD_TEXTS } from '../../src/scope/scope-schema.js';
import { SOUND_LINES } from './scope-of.js';

type Place = keyof typeof FIELD_TEXTS;
const places = Object.entries(FIELD_TEXTS) as readonly [Place, (typeof FIELD_TEXTS)[Place]][];

/** A scope file in which one thing stands at this place; the line of it is the last one. */
function fileWith(place: Place, line: string): readonly string[] {
  const [top = '', inner] = place.split(/\[\]|\./).filter((part) => part !== '');
  const rest = SOUND_LINES.filter((_, i) =>
    top === 'networks' ? i < 4 : !SOUND_LINES[i]?.startsWith(`${top}:`),
  );
  if (inner !== undefined && place.startsWith('limits')) return [...rest, 'limits:', `  ${line}`];
  if (inner !== undefined)
    return [...rest, `${top}:`, ...(COMPANIONS[place] ?? DEFAULTS[top] ?? []), `    ${line}`];
  if (line.startsWith('- ')) return [...rest, `${top}:`, `  ${line}`];
  return [...rest, line];
}

/** What stands before a key of an entry. */
const DEFAULTS: Readonly<Record<string, readonly string[]>> = {
  networks: ['  - prefix: 192.0.2.0/24'],
  canaries: ['  - address: 192.0.2.53', '    probe: dns-any'],
};
const COMPANIONS: Readonly<Partial<Record<Place, readonly string[]>>> = {
  'networks[].prefix': ['  -'],
  'canaries[].address': ['  - probe: dns-any'],
  'canaries[].probe': ['  - address: 192.0.2.53'],
};

/** What is never right: a mapping for what is no mapping, a word for what is one. */
function wrongAt(place: Place): string {
  const key =
    place
      .replace(/\[\]$/, '')
      .split(/\[\]\.|\./)
      .at(-1) ?? '';
  if (place === 'networks[]' || place === 'canaries[]') return '- wrong';
  if (place === 'exclude[]') return 'exclude: [{}]';
  return ['networks', 'exclude', 'canaries', 'limits'].includes(place) ? `${key}: wrong` : `${key}: {}`;
}

const parse = (lines: readonly string[]) => parseScopeFile(lines.join('\n'), 'scope.yaml', []);

describe('every place of a scope file', () => {
  for (const [place, { is, example, about }] of places) {
    it(`${place} takes its own example`, () => {
      assert.match(example, /\S/);
      assert.ok(parse(fileWith(place, example)));
    });

    it(`${place} says what belongs there where something else stands, with the example`, () => {
      const lines = fileWith(place, wrongAt(place));
      assert.match(is, /^(?:an?|one|the|bits) \S.*\S$/);
      assert.throws(
        () => parse(lines),
        (error: unknown) => {
          assert.ok(error instanceof UsageError);
          assert.match(error.message, new RegExp(`^scope\\.yaml:${lines.length}: `));
          assert.ok(error.message.endsWith(`, not ${is}`), error.message);
          assert.equal(error.hint, `write for example ${example}`);
          return true;
        },
      );
    });

    it(`${place} tells editors what it means`, () => {
      assert.match(about, /^[A-Z].*[^.]\.$/);
      let schema: object | undefined = scopeJsonSchema([]);
      for (const step of place.split(/(?=\[)|\./)) {
        const { properties, items } = schema as { properties?: Record<string, object>; items?: object };
        schema = step === '[]' ? items : properties?.[step];
        assert.ok(schema, place);
      }
      assert.equal((schema as { description?: string }).description, about);
    });
  }
});

describe('the JSON Schema of a scope file', () => {
  const { properties = {}, title } = scopeJsonSchema([]) as {
    readonly title?: string;
    readonly properties?: Record<string, object>;
  };

  it('has a title, and shows which default stands for what is left out', () => {
    assert.equal(title, 'Ampscope scope file');
    const { properties: limits } = properties['limits'] as {
      properties: Record<string, { default: unknown }>;
    };
    assert.deepEqual(
      ['rate', 'per_subnet', 'per_host', 'reply_bandwidth'].map((key) => limits[key]?.default),
      [1000, 200, 1, 20_000_000],
    );
  });

  it('knows a day for what it is', () => {
    assert.equal((properties['valid_until'] as { format?: string }).format, 'date');
  });
});
