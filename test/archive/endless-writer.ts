/**
 * Writes for ever, for a test that kills it: one file again and again, and one run after the other. Its
 * argument is the folder; it prints a line when it begins.
 */
import { join } from 'node:path';
import { toRecord } from '../../reports/record.js';
import { writeAtomically } from '../../src/archive/atomic-file.js';
import { writeRun } from '../../src/archive/run-archive.js';
import { createRunDirectory, publishLatest } from '../../src/archive/run-directory.js';
import { sampleFindings, sampleRun } from '../reports/sample-run.js';
import { recognisable } from './recognisable-file.js';

const folder = process.argv[2] ?? '';
const records = sampleFindings.map((finding) => toRecord(finding, { scanId: sampleRun.scan_id }));
process.stdout.write('writing\n');
for (let round = 1; ; round++) {
  await writeAtomically(join(folder, 'file'), recognisable(round), { mode: 0o600 });
  const { path, id } = await createRunDirectory(join(folder, 'out'), `run-${process.pid}`, {
    fileMode: 0o600,
  });
  await writeRun(path, { ...sampleRun, scan_id: id }, records, [
    { path: 'findings.csv', chunks: recognisable(round) },
    { path: 'as1/as1.csv', chunks: recognisable(round + 1) },
  ]);
  await publishLatest(join(folder, 'out'), id);
}
