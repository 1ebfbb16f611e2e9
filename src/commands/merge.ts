import { readRun, writeRun } from '../archive/run-archive.js';
import { createRunDirectory, publishLatest } from '../archive/run-directory.js';
import { parseFileMode } from '../archive/file-modes.js';
import { consoleSummary } from '../../reports/console-summary.js';
import { renderReports } from '../../reports/index.js';
import { formatStamp } from '../domain/time.js';
import { listOption, textOption } from './arguments.js';
import type { Command } from './command.js';
import { EXIT } from './command.js';
import { mergeRuns } from './merge-runs.js';
import { cannotKeep } from './run-keeper.js';
import { DEFAULTS } from './scan-defaults.js';

/** Makes one run of the shards of a scan. */
export const merge: Command = {
  name: 'merge',
  positional: { usage: '<run..>', key: 'run', describe: 'The directories of all shards' },
  describe: 'Make one run of the runs of scan --shard, with reports of its own',
  options: {
    out: { type: 'string', requiresArg: true, describe: `The run goes here (default ./${DEFAULTS.out})` },
  },
  example: ['ampscope merge east/latest west/latest', 'the two runs of --shard 1/2 and --shard 2/2'],
  async run(argv, { stdout, stderr }) {
    const directories = listOption(argv, 'run');
    const read = await Promise.all(
      directories.map(async (directory) => ({ directory, ...(await readRun(directory)) })),
    );
    // Refuses what is no whole before anything is made.
    const { started, settings } = mergeRuns(read, '');
    const fileMode = parseFileMode(settings.file_mode) ?? DEFAULTS.fileMode;
    const out = textOption(argv, 'out') ?? DEFAULTS.out;
    const { id, path } = await createRunDirectory(out, formatStamp(Date.parse(started)), { fileMode });
    const run = mergeRuns(read, id);
    const records = read.flatMap((one) => one.records.map((record) => ({ ...record, scan_id: id })));
    await writeRun(path, run, records, renderReports(run, records, { bom: settings.bom })).catch(
      (error: unknown) => {
        throw cannotKeep(path, error, true);
      },
    );
    await publishLatest(out, id);
    stdout.write(consoleSummary(run, records));
    stderr.write(`reports are in ${path}\n`);
    return run.losses.any ? EXIT.losses : EXIT.finished;
  },
};
