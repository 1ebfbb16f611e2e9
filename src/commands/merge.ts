import { takeInRun } from '../archive/past-runs.js';
import { readRun, writeRun } from '../archive/run-archive.js';
import { createRunDirectory, publishLatest } from '../archive/run-directory.js';
import { parseFileMode, PRIVATE_FILE } from '../archive/file-modes.js';
import { consoleSummary } from '../../reports/console-summary.js';
import type { FindingRecord } from '../domain/finding-record.js';
import type { RunRecord } from '../domain/run-record.js';
import { isExposed } from '../domain/status.js';
import { formatStamp } from '../domain/time.js';
import { ALL_SETTINGS } from '../settings/all-settings.js';
import { defineCommand, EXIT } from './command.js';
import { mergeRuns } from './runs/merge-runs.js';
import type { Past } from './runs/past.js';
import { openPast } from './runs/past.js';
import { renderRun } from './runs/render-run.js';
import { cannotKeep } from './runs/run-keeper.js';
import type { RowsWithStatus } from './runs/with-statuses.js';
import { withStatuses } from './runs/with-statuses.js';

/** Makes one run of the shards of a scan. */
export const merge = defineCommand({
  positional: { usage: '<run..>', describe: 'The directories of all shards' },
  settings: ALL_SETTINGS.pick({ out: true }),
  example: ['ampscope merge east/latest west/latest', 'the two runs of --shard 1/2 and --shard 2/2'],
  async run({ out }, { stdout, stderr }, { words: directories }) {
    const read = await Promise.all(
      directories.map(async (directory) => ({ directory, ...(await readRun(directory)) })),
    );
    // Refuses what is no whole before anything is made.
    const { started, settings } = mergeRuns(read, '');
    const fileMode = parseFileMode(settings.file_mode) ?? PRIVATE_FILE;
    const { id, path } = await createRunDirectory(out, formatStamp(Date.parse(started)), { fileMode });
    const past = await openPast(out, {
      mode: fileMode,
      say(note) {
        stderr.write(`ampscope: note: ${note}\n`);
      },
    });
    const rows = read.flatMap((one) => one.records.map((record) => ({ ...record, scan_id: id })));
    const { records, notTargeted } = await againstThePast({ scan_id: id, started }, rows, past);
    const merged = mergeRuns(read, id);
    const run: RunRecord = {
      ...merged,
      counts: { ...merged.counts, findings: records.length },
      history: { ...past.summary, not_targeted: notTargeted },
    };
    await writeRun(path, run, records, await renderRun(run, records)).catch((error: unknown) => {
      throw cannotKeep(path, error, true);
    });
    await takeInRun(out, run, records, { mode: fileMode });
    if (run.suspect === undefined) await publishLatest(out, id);
    stdout.write(consoleSummary(run, records));
    stderr.write(`reports are in ${path}\n`);
    return run.losses.any || run.suspect !== undefined ? EXIT.losses : EXIT.finished;
  },
});

/**
 * The shards may have run on machines that know nothing of earlier runs, so what they saw gets its status here. What
 * they asked in vain stands, where this history knows of it.
 */
async function againstThePast(
  run: Pick<RunRecord, 'scan_id' | 'started'>,
  rows: readonly FindingRecord[],
  past: Past,
): Promise<RowsWithStatus> {
  const seen = rows.filter(({ status }) => isExposed(status));
  const open = new Set(past.open.map(({ finding_id }) => finding_id));
  const notSeen = rows.filter(({ status, finding_id }) => !isExposed(status) && open.has(finding_id));
  // What was silent has its verdict from the shard that asked it.
  const { records } = withStatuses(run, seen, await past.of(seen), new Map(), { fixedAfterSilentRuns: 1 });
  const told = new Set([...records, ...notSeen].map(({ finding_id }) => finding_id));
  return {
    records: [...records, ...notSeen],
    notTargeted: [...open].filter((id) => !told.has(id)).length,
  };
}
