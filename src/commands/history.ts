import { stat } from 'node:fs/promises';
import { PRIVATE_FILE } from '../archive/file-modes.js';
import { HistoryDamaged, historyPath, readHistory } from '../archive/history-file.js';
import { openHistory } from '../archive/earlier-runs.js';
import { holderNow, lockFolder } from '../archive/run-lock.js';
import { compareAddresses, parseAddress } from '../domain/address.js';
import { errorCode } from '../domain/error-code.js';
import { compareText } from '../domain/sort-records.js';
import { formatInstant } from '../domain/time.js';
import { UsageError } from '../domain/usage-error.js';
import type { ExposureHistory, StatusChange } from '../history/exposure-history.js';
import { givenRange } from '../scope/parse-range.js';
import { alignedTable } from '../../reports/aligned-table.js';
import { decimalText, FACTOR_DECIMALS } from '../../reports/format.js';
import { ALL_SETTINGS } from '../settings/all-settings.js';
import { defineCommand, EXIT } from './command.js';

/** What all runs together know of a host, a network or an AS. */
export const history = defineCommand({
  positional: { usage: '<what>', describe: 'An address, a prefix, or an AS number' },
  settings: ALL_SETTINGS.pick({ out: true, json: true }),
  example: ['ampscope history 192.0.2.10', 'when it was first seen, fixed and reopened'],
  async run({ out, json }, { stdout, clock }, { operands }) {
    const matches = matcherOf(operands[0] ?? '');
    const found: ExposureHistory[] = [];
    try {
      // A group that may read the history keeps that right, whoever runs this command.
      const mode = await stat(historyPath(out)).then(
        (found) => found.mode & 0o777,
        () => PRIVATE_FILE,
      );
      // While a run is going on, that one writes the history.
      const lock = await lockFolder(out, holderNow('history', formatInstant(clock.now())), {
        fileMode: mode,
      }).catch(() => 'held' as const);
      if (lock !== 'held')
        try {
          await openHistory(out, { mode });
        } finally {
          await lock?.release();
        }
      await readHistory(out, 'all', (exposure) => {
        if (matches(exposure)) found.push(exposure);
      });
    } catch (error) {
      if (!(error instanceof HistoryDamaged) && errorCode(error) !== 'ENOENT') throw error;
      throw new UsageError(`${out}: no runs are there`, 'name the folder of the runs with --out');
    }
    found.sort(inOrder);
    if (json) for (const exposure of found) stdout.write(`${JSON.stringify(exposure)}\n`);
    else stdout.write(found.length === 0 ? 'no exposure of it is known\n' : describe(found));
    return EXIT.finished;
  },
});

function inOrder(a: ExposureHistory, b: ExposureHistory): number {
  const [first, second] = [parseAddress(a.ip), parseAddress(b.ip)];
  if (first === undefined || second === undefined) return 0;
  return compareAddresses(first, second) || compareText(a.probe, b.probe);
}

/** @throws UsageError for what is neither address, prefix nor AS number. */
function matcherOf(text: string): (exposure: ExposureHistory) => boolean {
  const asn = /^as(\d{1,10})$/i.exec(text)?.[1];
  if (asn !== undefined) return (exposure) => exposure.asn === Number(asn);
  const { range } = givenRange(text);
  return ({ ip }) => {
    const address = parseAddress(ip);
    return (
      address !== undefined &&
      typeof address === typeof range.first &&
      address >= range.first &&
      address <= range.last
    );
  };
}

function describe(found: readonly ExposureHistory[]): string {
  return found
    .map((exposure) => {
      const { ip, probe, asn, first_seen, last_seen, times_seen, changes } = exposure;
      const head = `${ip}  ${probe}${asn === undefined ? '' : `  AS${asn}`}  ${stateOf(exposure)}, seen ${times_seen} ${
        times_seen === 1 ? 'time' : 'times'
      } from ${first_seen} to ${last_seen}`;
      const lines = alignedTable(changes.map(changeCells), new Set());
      return `${[head, ...lines.map((line) => `  ${line}`)].join('\n')}\n`;
    })
    .join('\n');
}

function stateOf({ state, silent }: ExposureHistory): string {
  return state === 'open' && silent?.since !== undefined
    ? `open, no longer answers since ${silent.since}`
    : state;
}

function changeCells({ at, status, evidence, doubt, wire_amplification }: StatusChange): readonly string[] {
  const why = evidence ?? doubt;
  return [
    at,
    why === undefined ? status : `${status}: ${why}`,
    wire_amplification === undefined
      ? ''
      : `${decimalText(wire_amplification, FACTOR_DECIMALS)}x on the wire`,
  ];
}
