import { join } from 'node:path';
import { readRun, readRunRecord, writeRun } from '../archive/run-archive.js';
import type { RunDirectory } from '../archive/run-directory.js';
import { createWholeRun, makeRunsFolder, runNames } from '../archive/run-directory.js';
import { parseFileMode, PRIVATE_FILE } from '../archive/file-modes.js';
import { consoleSummary } from '../../reports/console-summary.js';
import { recordFromHistory } from '../../reports/record.js';
import type { FindingRecord } from '../domain/finding-record.js';
import type { RunRecord } from '../domain/run-record.js';
import { isExposed } from '../domain/status.js';
import { formatStamp } from '../domain/time.js';
import type { ExposureHistory } from '../history/exposure-history.js';
import { membership } from '../scope/address-set.js';
import { ALL_SETTINGS } from '../settings/all-settings.js';
import { defineCommand, EXIT } from './command.js';
import { finishRun } from './runs/finish-run.js';
import { lockRuns } from './runs/lock-runs.js';
import type { PlacedRun } from './runs/merge-runs.js';
import { mergeRuns } from './runs/merge-runs.js';
import type { RunHistory } from './runs/run-history.js';
import { openRunHistory } from './runs/run-history.js';
import { renderRun } from './runs/render-run.js';
import { cannotKeep } from './runs/run-checkpointer.js';
import { coverageOf, findUsualRun, firstAskedOf, partialNote, partialOf } from './runs/usual-run.js';
import type { RowsWithStatus } from './runs/with-statuses.js';
import { withStatuses, withVerdict } from './runs/with-statuses.js';

/** Makes one run of the shards of a scan. */
export const merge = defineCommand({
  positional: { usage: '<run..>', describe: 'The directories of all shards' },
  settings: ALL_SETTINGS.pick({ out: true, make_usual: true, lang: true }),
  example: ['ampscope merge east/latest west/latest', 'the two runs of --shard 1/2 and --shard 2/2'],
  async run({ out, make_usual: makeUsual, lang }, io, { operands: directories }) {
    const { stdout, stderr } = io;
    const read = await Promise.all(
      directories.map(async (directory) => ({ directory, ...(await readRun(directory)) })),
    );
    // Refuses what is no whole before anything is made.
    const whole = mergeRuns(read, '');
    const fileMode = parseFileMode(whole.settings.file_mode) ?? PRIVATE_FILE;
    const warn = (line: string): void => void stderr.write(`ampscope: ${line}\n`);
    await makeRunsFolder(out, { fileMode });
    const lock = await lockRuns(out, 'merge', io, { fileMode });
    try {
      const history = await openRunHistory(out, {
        mode: fileMode,
        // Newer runs may be there: what the shards saw is evidence of their own time.
        goesOn: whole.started,
        print(note) {
          warn(`note: ${note}`);
        },
      });
      if (history.late !== undefined)
        warn(
          `note: latest stays at the run that it shows: there is ${history.late.newest}, which began later than these shards`,
        );
      const earlier = await mergedBefore(out, whole);
      if (earlier !== undefined) warn('note: these shards are merged already: nothing is counted twice');
      const { directory, run, records } =
        earlier ?? (await mergeNow(out, read, history, { fileMode, makeUsual }));
      if (run.partial !== undefined) warn(`note: ${partialNote(run.partial)}`);
      await finishRun(out, directory, run, records, warn);
      stdout.write(consoleSummary(run, records, lang));
      stderr.write(`reports are in ${directory.path}\n`);
      return run.losses.any || run.suspect !== undefined ? EXIT.losses : EXIT.finished;
    } finally {
      await lock?.release();
    }
  },
});

interface MergedRun {
  readonly directory: RunDirectory;
  readonly run: RunRecord;
  readonly records: readonly FindingRecord[];
}

/** The run that was made of the same shards before. @throws UsageError where it is damaged. */
async function mergedBefore(out: string, whole: RunRecord): Promise<MergedRun | undefined> {
  const evidence = ({ merged_from, authorisation, settings }: RunRecord): string =>
    JSON.stringify([merged_from, authorisation.scope_sha256, settings.seed]);
  for (const id of await runNames(out)) {
    const directory = { id, path: join(out, id) };
    const record = await readRunRecord(directory.path).catch(() => undefined);
    if (record !== undefined && evidence(record) === evidence(whole))
      return { directory, ...(await readRun(directory.path)) };
  }
  return undefined;
}

async function mergeNow(
  out: string,
  shards: readonly (PlacedRun & { readonly records: readonly FindingRecord[] })[],
  history: RunHistory,
  { fileMode, makeUsual }: { readonly fileMode: number; readonly makeUsual: boolean },
): Promise<MergedRun> {
  const { started } = mergeRuns(shards, '');
  let merged: Pick<MergedRun, 'run' | 'records'> | undefined;
  const directory = await createWholeRun(
    out,
    formatStamp(Date.parse(started)),
    { fileMode },
    async ({ id, path }) => {
      const rows = shards.flatMap((one) => one.records.map((record) => ({ ...record, scan_id: id })));
      const bare = mergeRuns(shards, id);
      const usual = await findUsualRun(out);
      const partial = makeUsual ? undefined : partialOf(usual, coverageOf(bare));
      const firstAsked = firstAskedOf(usual, bare);
      const whole: RunRecord = {
        ...bare,
        ...(history.late && { late: history.late }),
        ...(partial && { partial }),
        ...(firstAsked && { first_asked: firstAsked }),
      };
      const { records, notTargeted } = await againstHistory(whole, rows, history);
      const run: RunRecord = {
        ...whole,
        counts: { ...whole.counts, findings: records.length },
        history: { ...history.summary, not_targeted: notTargeted },
      };
      await writeRun(path, run, records, await renderRun(run, records)).catch((error: unknown) => {
        throw cannotKeep(out, error, true);
      });
      merged = { run, records };
    },
  );
  if (merged === undefined) throw new RangeError('nothing was written');
  return { directory, ...merged };
}

/**
 * The shards may have run on machines that know nothing of earlier runs, so what they saw gets its status here. What
 * they asked in vain stands, where this history knows of it.
 */
async function againstHistory(
  run: RunRecord,
  rows: readonly FindingRecord[],
  history: RunHistory,
): Promise<RowsWithStatus> {
  const seen = rows.filter(({ status }) => isExposed(status));
  const open = new Map(history.open.map((known) => [known.finding_id, known]));
  const notSeen = rows
    .filter(({ status, finding_id }) => !isExposed(status) && open.has(finding_id))
    .map((row) => (run.suspect || run.partial ? unproved(run, row, open.get(row.finding_id)) : row));
  // What was silent has its verdict from the shard that asked it.
  const known = await history.of(seen, membership(coverageOf(run).targets));
  const rule = { fixedAfterSilentRuns: 1 };
  const { records } = await withStatuses(run, seen, known, new Map(), rule, history.closedSince);
  const told = new Set([...records, ...notSeen].map(({ finding_id }) => finding_id));
  return {
    records: [...records, ...notSeen],
    notTargeted: [...open.keys()].filter((id) => !told.has(id)).length,
  };
}

/**
 * What a shard cannot know: one whose path is not proved makes the whole suspect, and together they may ask less than the
 * usual run. In neither kind of run silence is a fix.
 */
function unproved(run: RunRecord, row: FindingRecord, known: ExposureHistory | undefined): FindingRecord {
  const isSilence = row.status_evidence === 'silent' || row.status_doubt === 'silent';
  if (!isSilence || known?.last === undefined) return row;
  const history = recordFromHistory(known.last, { scanId: run.scan_id, exchanges: [] });
  return withVerdict(run, { ...history, exchanges: row.exchanges }, known, {
    status: 'unknown',
    doubt: run.suspect ? 'path not proved' : 'silent',
  });
}
