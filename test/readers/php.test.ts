/**
 * PHP's own reader of CSV with its default arguments, which is AbuseIO's: a backslash is its escape character, and
 * hides the quote behind it. Every CSV file of a run must say the same to it as to a reader of RFC 4180.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import type { Column } from '../../reports/columns.js';
import { csvChunks } from '../../reports/csv.js';
import { renderReports } from '../../reports/index.js';
import { toRecord } from '../../reports/record.js';
import { sortRecords } from '../../src/domain/sort-records.js';
import { whyMissing } from '../packages/fetch.js';
import { offlineCommand } from '../packages/offline.js';
import { PACKAGE_SETS } from '../packages/packages.js';
import { readCsv } from '../reports/read-csv.js';
import { sampleFindings, sampleRun } from '../reports/sample-run.js';

const skip = whyMissing('readers') ?? false;

const SCRIPT = `<?php
$files = [];
foreach (array_slice($argv, 1) as $path) {
  $rows = [];
  $file = fopen($path, 'r');
  while (($row = fgetcsv($file)) !== false) $rows[] = $row;
  $files[] = $rows;
}
echo json_encode($files, JSON_THROW_ON_ERROR);
`;

const HOSTILE = [
  'ends with a backslash \\',
  'before a quote \\" and on',
  '\\"',
  '\\\\',
  '\\\\"\\',
  'C:\\x\\, "a\\","b"',
  '=\\"1"',
];

describe('the reader of PHP', { skip }, () => {
  const folder = skip === false ? mkdtempSync(join(tmpdir(), 'ampscope-php-')) : '';
  after(() => {
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });

  /** Rows of cells, a text after the other. */
  function readByPhp(texts: readonly string[]): readonly (readonly (readonly string[])[])[] {
    const script = join(folder, 'read.php');
    writeFileSync(script, SCRIPT);
    const paths = texts.map((text, index) => {
      const path = join(folder, `${index}.csv`);
      writeFileSync(path, text);
      return path;
    });
    const [program, ...args] = offlineCommand(PACKAGE_SETS.php, folder);
    const output = execFileSync(program, [...args, '-n', script, ...paths], { encoding: 'utf8' });
    return JSON.parse(output) as readonly (readonly (readonly string[])[])[];
  }

  it('would move the cells of a row on where a backslash stands before a quote: so it can be seen', () => {
    const text = '"a","b","c"\r\n"x\\","y","z"\r\n';
    assert.notDeepEqual(readByPhp([text]), [readCsv(text)]);
  });

  it('takes every file of a run, whatever a server or a customer wrote', () => {
    const records = sampleFindings.flatMap((finding) =>
      HOSTILE.map((text) => {
        const record = toRecord(finding, { scanId: sampleRun.scan_id });
        const names = ['version', 'sysname', 'sysdesc', 'system', 'refid', 'quote', 'community'];
        const facts = { ...record.facts, ...Object.fromEntries(names.map((name) => [name, text])) };
        return { ...record, as_name: text, customer: text, version: text, detail: text, facts };
      }),
    );
    const probes = sampleRun.probes.flatMap((probe) =>
      ['scan_ntp', 'scan_dns', 'scan_snmp', 'scan_qotd', probe.report].map((report) => ({
        ...probe,
        report,
      })),
    );
    const all = [
      ...records,
      ...['scan_ntp', 'scan_dns', 'scan_snmp', 'scan_qotd'].flatMap((report) =>
        records.map((record) => ({ ...record, report })),
      ),
    ];
    const files = [...renderReports({ ...sampleRun, probes }, sortRecords(all), { bom: false })].filter(
      ({ path }) => path.endsWith('.csv'),
    );
    const texts = files.map(({ chunks }) => [...chunks].join(''));
    assert.ok(files.some(({ path }) => path === 'findings.csv'));
    assert.ok(files.some(({ path }) => path.includes('scan_snmp')));
    const read = readByPhp(texts);
    for (const [index, { path }] of files.entries()) {
      const rows = readCsv(texts[index] ?? '');
      assert.deepEqual(read[index], rows, path);
      if (path === 'findings.csv' || path.includes('scan_snmp-as64496'))
        assert.ok(
          rows.flat().some((cell) => cell.endsWith('\\ ')),
          path,
        );
    }
  });

  it('takes any text of one cell, in quotes or not', () => {
    const column: Column = { name: 'text', type: 'text', since: '0.1.0', remote: true, about: '' };
    const columns = [column, { ...column, name: 'other' }];
    const letters = fc.constantFrom('\\', '"', ',', ' ', 'a', "'", ';', 'é', '=', '\u3042');
    const cell = fc.string({ unit: letters, maxLength: 12 }).map((text) => text.trim() || 'x');
    const rows = fc.sample(fc.tuple(cell, cell), 5000);
    const texts = [false, true].map((quoteAll) =>
      [...csvChunks(columns, rows, { bom: false, quoteAll })].join(''),
    );
    assert.deepEqual(readByPhp(texts), texts.map(readCsv));
  });
});
