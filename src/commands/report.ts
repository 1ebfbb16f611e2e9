import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readRun, writeReports } from '../archive/run-archive.js';
import { consoleSummary } from '../../reports/console-summary.js';
import type { ReportFile } from '../../reports/report.js';
import type { RunNotices, RunRecord } from '../domain/run-record.js';
import type { RunStanding } from '../domain/run-standing.js';
import { standingOf } from '../domain/run-standing.js';
import { ALL_SETTINGS } from '../settings/all-settings.js';
import { defineCommand, EXIT } from './command.js';
import { readNotices } from './inputs/read-notices.js';
import { renderRun } from './runs/render-run.js';

/**
 * Renders the reports of a run again, in place, from run.json and findings.jsonl alone. Letters that are there stay as
 * they are, for they may have been sent; where the options ask for others, these go to a new folder beside.
 */
export const report = defineCommand({
  positional: { usage: '<run>', describe: 'The directory of a run, such as exposure/latest' },
  settings: ALL_SETTINGS.pick({ notices: true, notice_format: true, notice_templates: true, lang: true }),
  example: ['ampscope report exposure/latest', 'the same bytes again, from run.json and findings.jsonl'],
  async run(settings, { stdout, stderr, stop }, { operands: [directory = ''] }) {
    const chosen = await readNotices(settings, stop);
    const { run, records } = await readRun(directory);
    await writeReports(directory, run, await renderRun(run, records, 'all but letters'));
    const names = new Set(await readdir(directory));
    if (chosen !== undefined || !names.has(LETTERS)) {
      const folder = freeName(names);
      const letters = await renderRun(withNotices(run, chosen), records, 'letters');
      await writeReports(directory, run, movedTo(folder, letters));
      const isWritten = (await readdir(directory)).includes(folder);
      if (!isWritten && chosen !== undefined)
        stderr.write(`ampscope: note: no letters are written: ${whyNone(run)}\n`);
      else if (folder !== LETTERS) stderr.write(`the letters are in ${join(directory, folder)}\n`);
    }
    stdout.write(consoleSummary(run, records, settings.lang));
    stderr.write(`reports are in ${directory}\n`);
    return EXIT.finished;
  },
});

const LETTERS = 'notices';

/** `notices`, or `notices-2` and so on where that is taken. */
function freeName(names: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? LETTERS : `${LETTERS}-${number}`;
    if (!names.has(name)) return name;
  }
}

function whyNone(run: RunRecord): string {
  const standing = standingOf(run);
  return standing === 'whole'
    ? 'the run has none to write'
    : `only a whole run has any, and this one is ${STANDINGS[standing]}`;
}

const STANDINGS: Readonly<Record<Exclude<RunStanding, 'whole'>, string>> = {
  stopped: 'incomplete',
  shard: 'a shard',
  suspect: 'suspect',
  late: 'older than the newest one of its folder',
  partial: 'partial',
};

/** Letters, in another folder. */
function* movedTo(folder: string, files: Iterable<ReportFile>): Generator<ReportFile, void, undefined> {
  for (const { path, chunks } of files) yield { path: `${folder}${path.slice(LETTERS.length)}`, chunks };
}

function withNotices(run: RunRecord, chosen: RunNotices | undefined): RunRecord {
  if (chosen === undefined) return run;
  return { ...run, settings: { ...run.settings, notices: { ...run.settings.notices, ...chosen } } };
}
