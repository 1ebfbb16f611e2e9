import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { renderReports } from '../../reports/index.js';
import { toRecord } from '../../reports/record.js';
import { folderMode } from '../../src/archive/file-modes.js';
import { readRun, writeReports, writeRun } from '../../src/archive/run-archive.js';
import { createRunDirectory } from '../../src/archive/run-directory.js';
import { sortRecords } from '../../src/domain/sort-records.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { sampleFindings, sampleRun } from '../reports/sample-run.js';
import { repositoryRoot } from '../repository.js';

const records = sampleFindings.map((finding) => toRecord(finding, { scanId: sampleRun.scan_id }));

let out = '';
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'ampscope-runs-'));
});
afterEach(() => {
  rmSync(out, { recursive: true, force: true });
});

async function writtenRun(run: RunRecord = sampleRun): Promise<string> {
  const { path } = await createRunDirectory(out, sampleRun.scan_id, { fileMode: 0o600 });
  await writeRun(path, run, records, renderReports(run, records, { bom: run.settings.bom }));
  return path;
}

function filesIn(path: string): Map<string, Buffer> {
  return new Map(
    readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name))]),
  );
}

describe('the directory of a run', () => {
  it('lets a group that may read its files get to them, however deep, whatever the umask', async () => {
    const { path } = await createRunDirectory(out, 'stamp', { fileMode: 0o640 });
    const umask = process.umask(0o077);
    try {
      const run = { ...sampleRun, settings: { ...sampleRun.settings, file_mode: '0640' } };
      await writeReports(path, run, [{ path: 'notices/as64496/C-1001.en.txt', chunks: ['x'] }]);
    } finally {
      process.umask(umask);
    }
    for (const folder of ['notices', 'notices/as64496'])
      assert.equal(statSync(join(path, folder)).mode & 0o777, 0o750, folder);
  });

  it('belongs to one run: the second in the same second gets -2, the third -3', async () => {
    const ids = [];
    for (let i = 0; i < 3; i++) ids.push((await createRunDirectory(out, 'stamp', { fileMode: 0o600 })).id);
    assert.deepEqual(ids, ['stamp', 'stamp-2', 'stamp-3']);
    const together = Array.from({ length: 10 }, () => createRunDirectory(out, 'other', { fileMode: 0o600 }));
    assert.equal(new Set((await Promise.all(together)).map(({ path }) => path)).size, 10);
  });

  it('is closed to others, or open to users who may read its files, whatever the umask', async () => {
    const modes = [0o600, 0o640, 0o644].map(async (fileMode) => {
      const { path } = await createRunDirectory(join(out, String(fileMode)), 'stamp', { fileMode });
      return [statSync(path).mode & 0o777, statSync(join(path, '..')).mode & 0o777];
    });
    assert.deepEqual(await Promise.all(modes), [
      [0o700, 0o700],
      [0o750, 0o750],
      [0o755, 0o755],
    ]);
    assert.equal(folderMode(0o600), 0o700);
  });

  it('cannot be made within a file, and the error says where', async () => {
    writeFileSync(join(out, 'file'), '');
    await assert.rejects(createRunDirectory(join(out, 'file'), 'stamp', { fileMode: 0o600 }), {
      name: 'UsageError',
      message: `${join(out, 'file')}: cannot hold a run's directory: ENOTDIR`,
    });
  });
});

describe('a run that was written', () => {
  it('is read back as it was, findings sorted', async () => {
    const { run, records: found } = await readRun(await writtenRun());
    assert.deepEqual(run, sampleRun);
    assert.deepEqual(found, sortRecords(records));
  });

  it('gives the same bytes when its reports are made again from it', async () => {
    for (const bom of [false, true]) {
      const path = await writtenRun({ ...sampleRun, settings: { ...sampleRun.settings, bom } });
      const before = filesIn(path);
      assert.ok(before.size > 8);
      for (const name of before.keys())
        if (!/run\.json|findings\.jsonl/.test(name)) writeFileSync(name, 'overwritten');
      const { run, records: found } = await readRun(path);
      await writeReports(path, run, renderReports(run, found, { bom: run.settings.bom }));
      assert.deepEqual(filesIn(path), before);
    }
  });

  it('has the permissions that run.json names, on every file and folder', async () => {
    const run = { ...sampleRun, settings: { ...sampleRun.settings, file_mode: '0640' } };
    const { path } = await createRunDirectory(out, 'shared', { fileMode: 0o640 });
    await writeRun(path, run, records, renderReports(run, records, { bom: false }));
    const entries = readdirSync(path, { recursive: true, withFileTypes: true });
    assert.ok(entries.some((entry) => entry.isDirectory()));
    for (const entry of entries) {
      const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o777;
      assert.equal(mode, entry.isDirectory() ? 0o750 : 0o640, entry.name);
    }
  });

  it('keeps a line separator within a text in its line', async () => {
    const [first] = records;
    assert.ok(first);
    const odd = { ...first, facts: { text: 'a\u2028b\u2029c' } };
    const { path } = await createRunDirectory(out, 'odd', { fileMode: 0o600 });
    const run = { ...sampleRun, counts: { ...sampleRun.counts, findings: 1 } };
    await writeRun(path, run, [odd], []);
    assert.deepEqual((await readRun(path)).records, [odd]);
  });
});

describe('a run that the first version wrote', () => {
  it('is read, and its reports can be made again', async () => {
    const { run, records: found } = await readRun(join(repositoryRoot, 'test/golden/first-version'));
    assert.equal(found.length, 11);
    const rendered = [...renderReports(run, found, { bom: run.settings.bom })];
    assert.ok(rendered.some(({ path }) => path === 'report.html'));
  });
});

describe('a run that cannot be read', () => {
  const broken: readonly { what: string; file?: string; change: (text: string) => string; says: RegExp }[] = [
    {
      what: 'is of another format',
      change: (t) => t.replace('"format": 1', '"format": 2'),
      says: /run\.json: "format" is 2, not 1$/,
    },
    { what: 'is no JSON', change: (t) => t.slice(0, -20), says: /run\.json: no JSON$/ },
    {
      what: 'lacks its settings',
      change: (t) => t.replace('"settings"', '"sittings"'),
      says: /run\.json: "settings" is missing$/,
    },
    {
      what: 'has a line cut short',
      file: 'findings.jsonl',
      change: (t) => t.slice(0, -40),
      says: /findings\.jsonl:6: no finding: no JSON$/,
    },
    {
      what: 'lacks a line',
      file: 'findings.jsonl',
      change: (t) => t.slice(t.indexOf('\n') + 1),
      says: /findings\.jsonl: 5 findings, 6 in run\.json$/,
    },
    {
      what: 'has an empty line',
      file: 'findings.jsonl',
      change: (t) => `\n${t}`,
      says: /findings\.jsonl:1: no finding: no JSON$/,
    },
    {
      what: 'has no address in a line',
      file: 'findings.jsonl',
      change: (t) => t.replace('"ip":"192.0.2.9"', '"ip":"192.0.2.999"'),
      says: /findings\.jsonl:2: no finding: "ip" is not an IP address$/,
    },
    {
      what: 'has a word that is none of ours, deep within',
      file: 'findings.jsonl',
      change: (t) => t.replace('"end":"quiet"', '"end":"early"'),
      says: /findings\.jsonl:1: no finding: "exchanges\.0\.end" is "early", not quiet or capped or /,
    },
    {
      what: 'counts what cannot be counted',
      change: (t) => t.replace(/"measured": \d+/, '"measured": -1'),
      says: /run\.json: "counts\.measured" is below 0$/,
    },
    { what: 'is a list', change: (t) => `[${t}]`, says: /run\.json: no JSON object$/ },
    {
      what: 'has text where a number belongs',
      file: 'findings.jsonl',
      change: (t) => t.replace('"packets":1,', '"packets":"1",'),
      says: /findings\.jsonl:1: no finding: "packets" is no number$/,
    },
  ];
  for (const { what, file = 'run.json', change, says } of broken)
    it(`because it ${what} says where`, async () => {
      const path = await writtenRun();
      const text = readFileSync(join(path, file), 'utf8');
      assert.notEqual(change(text), text);
      writeFileSync(join(path, file), change(text));
      await assert.rejects(readRun(path), { name: 'UsageError', message: says });
    });

  it('because it was abandoned is told from a damaged one', async () => {
    const path = await writtenRun();
    rmSync(join(path, 'run.json'));
    await assert.rejects(readRun(path), {
      name: 'UsageError',
      message: `${path}: no finished run: it has no run.json`,
    });
    await assert.rejects(readRun(join(out, 'none')), { name: 'UsageError' });
  });
});
