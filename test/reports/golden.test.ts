import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { sortRecords } from '../../src/domain/sort-records.js';
import { probes } from '../../probes/list.js';
import { consoleSummary } from '../../reports/console-summary.js';
import { renderReports } from '../../reports/index.js';
import { toRecord } from '../../reports/record.js';
import { repositoryRoot } from '../repository.js';
import { sampleFindings, sampleRun } from './sample-run.js';

const folder = join(repositoryRoot, 'test/golden/reports');
const records = sampleFindings.map((finding) => toRecord(finding, { scanId: sampleRun.scan_id }));

function render(): Map<string, string> {
  const files = new Map<string, string>();
  for (const { path, chunks } of renderReports(sampleRun, records, { bom: false, probes }))
    files.set(path, [...chunks].join(''));
  files.set(
    'findings.jsonl',
    sortRecords(records)
      .map((record) => `${JSON.stringify(record)}\n`)
      .join(''),
  );
  files.set('console.txt', consoleSummary(sampleRun, records));
  return files;
}

describe('the reports of a known run', () => {
  // UPDATE_GOLDEN=1 writes them anew; the difference is then for a person to read.
  if (process.env['UPDATE_GOLDEN'] === '1') {
    rmSync(folder, { recursive: true, force: true });
    for (const [path, text] of render()) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }

  it('are the golden files, byte for byte, and no others', () => {
    const rendered = render();
    const golden = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
    assert.deepEqual([...rendered.keys()].sort(), golden.sort());
    for (const [path, text] of rendered)
      assert.ok(readFileSync(join(folder, path)).equals(Buffer.from(text)), `${path} differs`);
  });

  it('are the same bytes again when made from the findings that were read back', () => {
    const readBack = records.map((record): unknown => JSON.parse(JSON.stringify(record))) as typeof records;
    const again = [...renderReports(sampleRun, readBack, { bom: false, probes })];
    assert.ok(again.length > 5);
    for (const { path, chunks } of again) assert.equal([...chunks].join(''), render().get(path), path);
  });

  it('do not depend on the order in which hosts were found', () => {
    const reversed = [...renderReports(sampleRun, [...records].reverse(), { bom: false, probes })];
    for (const { path, chunks } of reversed) assert.equal([...chunks].join(''), render().get(path), path);
  });
});
