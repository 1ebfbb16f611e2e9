import { stat } from 'node:fs/promises';
import type { Language, Texts } from '../../probes/probe.js';
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
import { decimalText, FACTOR_DECIMALS, plural } from '../../reports/format.js';
import { DOUBT_TEXTS, EVIDENCE_TEXTS, STATUS_TEXTS } from '../../reports/reasons.js';
import { ALL_SETTINGS } from '../settings/all-settings.js';
import { defineCommand, EXIT } from './command.js';

/** What all runs together know of a host, a network or an AS. */
export const history = defineCommand({
  positional: { usage: '<what>', describe: 'An address, a prefix, or an AS number' },
  settings: ALL_SETTINGS.pick({ out: true, lang: true, json: true }),
  example: ['ampscope history 192.0.2.10', 'when it was first seen, fixed and reopened'],
  async run({ out, lang: language, json }, { stdout, clock }, { operands }) {
    const matches = matcherOf(operands[0] ?? '');
    const found: ExposureHistory[] = [];
    try {
      // A group that may read the history keeps that right when another user runs this command.
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
    else stdout.write(describeHistory(found, language));
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

const NOTHING_KNOWN: Texts = { en: 'no exposure of it is known', ja: '検出の記録はありません' };

/** What is known of each, for a terminal. Ends with a line feed. */
export function describeHistory(found: readonly ExposureHistory[], language: Language): string {
  if (found.length === 0) return `${NOTHING_KNOWN[language]}\n`;
  return found
    .map((exposure) => {
      const { ip, probe, asn } = exposure;
      const head = [ip, probe, ...(asn === undefined ? [] : [`AS${asn}`]), stateOf(exposure)[language]].join(
        '  ',
      );
      const changes = exposure.changes.map((change) => changeCells(change).map((cell) => cell[language]));
      const lines = alignedTable(changes, new Set());
      return `${[head, ...lines.map((line) => `  ${line}`)].join('\n')}\n`;
    })
    .join('\n');
}

function stateOf({
  state,
  silent,
  times_seen: times,
  first_seen: first,
  last_seen: last,
}: ExposureHistory): Texts {
  const since = state === 'open' ? silent?.since : undefined;
  return {
    en: `${state}${since === undefined ? '' : `, no longer answers since ${since}`}, seen ${plural(times, 'time')} from ${first} to ${last}`,
    ja: `${STATES[state]}${since === undefined ? '' : `（${since} 以降、応答なし）`}、${times}回検出（${first} から ${last} まで）`,
  };
}

const STATES: Readonly<Record<ExposureHistory['state'], string>> = { open: '未解消', fixed: '解消' };

function changeCells({ at, status, evidence, doubt, wire_amplification }: StatusChange): readonly Texts[] {
  const why = evidence ?? doubt;
  const reason = evidence ? EVIDENCE_TEXTS[evidence] : doubt && DOUBT_TEXTS[doubt];
  const factor = wire_amplification === undefined ? '' : decimalText(wire_amplification, FACTOR_DECIMALS);
  const { ja } = STATUS_TEXTS[status];
  return [
    { en: at, ja: at },
    {
      en: why === undefined ? status : `${status}: ${why}`,
      ja: reason === undefined ? ja : `${ja}：${reason.ja}`,
    },
    factor === '' ? { en: '', ja: '' } : { en: `${factor}x on the wire`, ja: `回線上で${factor}倍` },
  ];
}
