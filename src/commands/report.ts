import { readRun, writeReports } from '../archive/run-archive.js';
import { consoleSummary } from '../../reports/console-summary.js';
import type { RunNotices, RunRecord } from '../domain/run-record.js';
import { ALL_SETTINGS } from '../settings/all-settings.js';
import { defineCommand, EXIT } from './command.js';
import { readNotices } from './inputs/read-notices.js';
import { renderRun } from './runs/render-run.js';

/**
 * Renders the reports of a run again, in place, from run.json and findings.jsonl alone. Notices are as the scan
 * was told, or as the options say this once.
 */
export const report = defineCommand({
  positional: { usage: '<run>', describe: 'The directory of a run, such as exposure/latest' },
  settings: ALL_SETTINGS.pick({ notice_format: true, notice_templates: true }),
  example: ['ampscope report exposure/latest', 'the same bytes again, from run.json and findings.jsonl'],
  async run(settings, { stdout, stderr }, { words: [directory = ''] }) {
    const chosen = await readNotices(settings);
    const { run, records } = await readRun(directory);
    await writeReports(directory, run, await renderRun(withNotices(run, chosen), records));
    stdout.write(consoleSummary(run, records));
    stderr.write(`reports are in ${directory}\n`);
    return EXIT.finished;
  },
});

function withNotices(run: RunRecord, chosen: RunNotices | undefined): RunRecord {
  if (chosen === undefined) return run;
  return { ...run, settings: { ...run.settings, notices: { ...run.settings.notices, ...chosen } } };
}
