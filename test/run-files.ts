/**
 * `node run-files.js TAP AGAIN FILE…`: runs compiled test files in the order given (`node --test` sorts them), a process
 * each and five at once, shows the results on stdout and writes them as TAP too. In CI the files that failed are run
 * once more, each alone, with a TAP of their own, where they are few: what runs servers beside each other on a
 * machine that other programs use too may fail for want of time, a fault of ours fails again.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { run } from 'node:test';
import { spec, tap } from 'node:test/reporters';

/** Most of the longest files wait for a network more than they compute: three at once keep two cores 43 % busy. */
const FILES_AT_ONCE = 5;
/** No file may hang the run. The longest takes two minutes on an idle machine, and seven beside ten busy programs. */
const FILE_LIMIT_MS = 900_000;
/** More files than these fail for a reason that they share. */
const FEW = 3;

const [tapPath = '', againPath = '', ...files] = process.argv.slice(2);
const failed = await runFiles(files, FILES_AT_ONCE, tapPath);
const isRunAgain = process.env['CI'] === 'true' && failed.length > 0 && failed.length <= FEW;
const failedInTheEnd = isRunAgain ? await runFiles(failed, 1, againPath) : failed;
if (failedInTheEnd.length > 0) process.exitCode = 1;

/** @returns the files in which something failed. */
async function runFiles(
  list: readonly string[],
  concurrency: number,
  into: string,
): Promise<readonly string[]> {
  const failedFiles = new Set<string>();
  const results = run({ files: [...list], concurrency, timeout: FILE_LIMIT_MS });
  results.on('test:fail', ({ file, name }) => {
    // A file whose process failed as a whole is a test by the file's name.
    failedFiles.add(list.find((one) => one === file || one.endsWith(name)) ?? name);
  });
  results.compose<NodeJS.ReadWriteStream>(new spec()).pipe(process.stdout, { end: false });
  const written = results.compose<NodeJS.ReadWriteStream>(tap).pipe(createWriteStream(into));
  await once(written, 'finish');
  return [...failedFiles];
}
