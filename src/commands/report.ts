import { readRun, writeReports } from '../archive/run-archive.js';
import { consoleSummary } from '../../reports/console-summary.js';
import { renderReports } from '../../reports/index.js';
import { UsageError } from '../domain/usage-error.js';
import { textOption } from './arguments.js';
import type { Command } from './command.js';
import { EXIT } from './command.js';

/** Renders the reports of a run again, in place, from run.json and findings.jsonl alone. */
export const report: Command = {
  name: 'report',
  positional: { usage: '<run>', key: 'run', describe: 'The directory of a run, such as exposure/latest' },
  describe: "Render a run's reports again, in place",
  options: {},
  example: ['ampscope report exposure/latest', 'the same bytes again, from run.json and findings.jsonl'],
  async run(argv, { stdout, stderr }) {
    const directory = textOption(argv, 'run');
    if (directory === undefined)
      throw new UsageError('no run is named', 'write ampscope report exposure/latest');
    const { run, records } = await readRun(directory);
    await writeReports(directory, run, renderReports(run, records, { bom: run.settings.bom }));
    stdout.write(consoleSummary(run, records));
    stderr.write(`reports are in ${directory}\n`);
    return EXIT.finished;
  },
};
