/**
 * `node run-files.js TAP FILE…`: runs compiled test files in the order given (`node --test` sorts them), a process
 * each and three at once, shows the results on stdout and writes them as TAP too.
 */
import { createWriteStream } from 'node:fs';
import { run } from 'node:test';
import { spec, tap } from 'node:test/reporters';

/** The machines that this runs on have two cores, and most of the longest files wait for a network more than they compute. */
const FILES_AT_ONCE = 3;
/** No file may hang the run. The longest takes two minutes on an idle machine, and seven beside ten busy programs. */
const FILE_LIMIT_MS = 900_000;

const [tapPath = '', ...files] = process.argv.slice(2);
const results = run({ files, concurrency: FILES_AT_ONCE, timeout: FILE_LIMIT_MS });
results.on('test:fail', () => {
  process.exitCode = 1;
});
results.compose<NodeJS.ReadWriteStream>(new spec()).pipe(process.stdout);
results.compose<NodeJS.ReadWriteStream>(tap).pipe(createWriteStream(tapPath));
