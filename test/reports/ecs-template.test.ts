/**
 * docs/ecs-template.json against what Elasticsearch does with a document, said once more: a field has the type that the
 * template gives it, else the one of its first value, and JSON writes 55.0 as 55.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { columns } from '../../reports/columns.js';
import type { Column } from '../../reports/columns.js';
import { ecsJsonl } from '../../reports/ecs.js';
import { toRecord } from '../../reports/record.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import { repositoryRoot } from '../repository.js';
import { sampleFindings, sampleRun } from './sample-run.js';

type Scalar = string | number | boolean;
interface Mapping {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Mapping>>;
}
interface Template {
  readonly index_patterns: readonly string[];
  readonly template: {
    readonly mappings: {
      readonly dynamic_templates: readonly Readonly<
        Record<
          string,
          { readonly path_match?: string; readonly match_mapping_type: string; readonly mapping: Mapping }
        >
      >[];
      readonly properties: Readonly<Record<string, Mapping>>;
    };
  };
}

const template = JSON.parse(
  readFileSync(join(repositoryRoot, 'docs', 'ecs-template.json'), 'utf8'),
) as Template;
const NO_TEMPLATE: Template = {
  ...template,
  template: { mappings: { dynamic_templates: [], properties: {} } },
};

const base = sampleFindings.map((finding) => toRecord(finding, { scanId: sampleRun.scan_id }));
const [first] = base;
assert.ok(first);
const past = { first_seen: sampleRun.started, last_seen: sampleRun.started, times_seen: 2, days_open: 7 };
/** Whole where others have fractions, and the same fact as a number and as a text. */
const records: readonly FindingRecord[] = [
  {
    ...first,
    amplification: 55,
    packet_amplification: 1,
    wire_amplification: 5,
    rtt_ms: 3,
    facts: { tc: 6, version: 2, open: true },
  },
  {
    ...first,
    amplification: 55.25,
    packet_amplification: 1.5,
    wire_amplification: 5.5,
    rtt_ms: 3.5,
    facts: { tc: 6.5, version: 'v2', open: 'no' },
  },
  {
    ...first,
    ...past,
    status: 'fixed',
    status_evidence: 'closed',
    lower_bound: true,
    customer: 'C-1',
    version: '7',
  },
  ...base,
];

describe('the index template for ecs.jsonl', () => {
  it('is of indices of its own', () => {
    assert.deepEqual(template.index_patterns, ['ampscope-*']);
  });

  it('gives every figure with decimals a type that holds them', () => {
    const decimals = (columns as readonly Column[]).filter(({ type }) => type === 'decimal');
    assert.ok(decimals.length >= 4);
    for (const { name } of decimals)
      assert.equal(
        template.template.mappings.properties['reflector']?.properties?.[name]?.type,
        'double',
        name,
      );
  });

  for (const [order, list] of [
    ['as they are', records],
    ['backwards', [...records].reverse()],
  ] as const)
    it(`takes every document, and keeps every value: ${order}`, () => {
      assert.deepEqual(lostValues(template, documentsOf(list)), []);
    });

  it('is needed: without it the first document decides, and what is behind the point is lost', () => {
    const lost = lostValues(NO_TEMPLATE, documentsOf(records));
    assert.ok(lost.includes('reflector.amplification 55.25 as long'), lost.join());
  });
});

function documentsOf(list: readonly FindingRecord[]): readonly object[] {
  return [...ecsJsonl.files(sampleRun, list, { bom: false })].flatMap(({ chunks }) =>
    Array.from(chunks, (line) => JSON.parse(line) as object),
  );
}

/** Each value that the index would refuse or change. */
function lostValues(given: Template, documents: readonly object[]): readonly string[] {
  const types = new Map<string, string>();
  return documents.flatMap((document) =>
    leavesOf(document).flatMap(([path, value]) => {
      const type = types.get(path) ?? typeOf(given, path, value);
      types.set(path, type);
      return isKept(type, value) ? [] : [`${path} ${String(value)} as ${type}`];
    }),
  );
}

function leavesOf(value: unknown, path = ''): readonly (readonly [string, Scalar])[] {
  if (Array.isArray(value)) return value.flatMap((each) => leavesOf(each, path));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, part]) =>
      leavesOf(part, path === '' ? name : `${path}.${name}`),
    );
  return [[path, value as Scalar]];
}

function typeOf({ template: { mappings } }: Template, path: string, value: Scalar): string {
  let mapping: Mapping | undefined = mappings;
  for (const name of path.split('.')) mapping = mapping?.properties?.[name];
  if (mapping?.type !== undefined) return mapping.type;
  const detected = typeof value === 'number' ? (Number.isInteger(value) ? 'long' : 'double') : typeof value;
  for (const rule of mappings.dynamic_templates.flatMap((each) => Object.values(each))) {
    const isThere = rule.path_match === undefined || path.startsWith(rule.path_match.replace('*', ''));
    if (isThere && rule.match_mapping_type === detected) return rule.mapping.type ?? detected;
  }
  return detected === 'string' ? 'text' : detected;
}

function isKept(type: string, value: Scalar): boolean {
  switch (type) {
    case 'long':
      return Number.isSafeInteger(value);
    case 'double':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'date':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value));
    case 'ip':
      return typeof value === 'string' && /^[\d.]+$|^[\da-f:]+$/.test(value);
    // Text and keyword take every scalar; a keyword of more than 32,766 bytes is refused.
    default:
      return Buffer.byteLength(String(value)) < 32_766;
  }
}
