import { readRun, writeReports } from '../archive/run-archive.js';
import { consoleSummary } from '../../reports/console-summary.js';
import type { RunNotices, RunRecord } from '../domain/run-record.js';
import { UsageError } from '../domain/usage-error.js';
import { textOption } from './options/arguments.js';
import type { Command } from './command.js';
import { EXIT } from './command.js';
import { NOTICE_OPTIONS, noticeOptions } from './options/notice-options.js';
import { renderRun } from './runs/render-run.js';

/**
 * Renders the reports of a run again, in place, from run.json and findings.jsonl alone. Notices are as the scan
 * was told, or as the options say this once.
 */
export const report: Command = {
  name: 'report',
  positional: { usage: '<run>', key: 'run', describe: 'The directory of a run, such as exposure/latest' },
  describe: "Render a run's reports again, in place",
  options: NOTICE_OPTIONS,
  example: ['ampscope report exposure/latest', 'the same bytes again, from run.json and findings.jsonl'],
  async run(argv, { stdout, stderr }) {
    const directory = textOption(argv, 'run');
    if (directory === undefined)
      throw new UsageError('no run is named', 'write ampscope report exposure/latest');
    const chosen = await noticeOptions(argv);
    const { run, records } = await readRun(directory);
    await writeReports(directory, run, await renderRun(withNotices(run, chosen), records));
    stdout.write(consoleSummary(run, records));
    stderr.write(`reports are in ${directory}\n`);
    return EXIT.finished;
  },
};

function withNotices(run: RunRecord, chosen: RunNotices | undefined): RunRecord {
  if (chosen === undefined) return run;
  return { ...run, settings: { ...run.settings, notices: { ...run.settings.notices, ...chosen } } };
}
