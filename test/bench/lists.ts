import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatAddress, ipv4, ipv6 } from '../../src/domain/address.js';
import { cliPath } from '../cli/run-cli.js';
import { scopeText } from '../cli/workspace.js';
import type { MeasuredProcess } from './measured-process.js';
import { runForeign, runMeasured } from './measured-process.js';
import type { Part } from './part.js';
import type { Cell } from './table.js';
import { megabytes, seconds, table } from './table.js';

const LINES = 1_000_000;
const MOST_SECONDS = 5;
const MOST_BYTES = 300e6;
/** Another commit is not waited for any longer. */
const LONGEST_MS = 60_000;
/** No divisor of the number of lines, so that each place comes once and neighbours lie far apart. */
const STRIDE = 7919;

/** `plan` as a whole process with a million lines of targets or exclusions: scattered, none beside another. */
export const showLists: Part = {
  names: ['lists'],
  async run({ runs, note, beside: other }) {
    const folder = mkdtempSync(join(tmpdir(), 'ampscope-bench-lists-'));
    const write = (name: string, text: string): string => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    };
    try {
      const list = write(
        'four.txt',
        linesOf((i) => formatAddress(ipv4(0x0a00_0005 + i * 16))),
      );
      const six = write(
        'six.txt',
        linesOf((i) => formatAddress(ipv6((0x2001_0db8n << 96n) + BigInt(i * 5)))),
      );
      const networks = '[{ prefix: 10.0.0.0/8 }, { prefix: "2001:db8::/32" }]';
      const plan = ['plan', '--scope', write('scope.yaml', scopeText({ networks }))];
      const ways: readonly { readonly name: Cell; readonly args: readonly string[] }[] = [
        {
          name: { en: 'IPv4 as --targets', ja: 'IPv4 を --targets で' },
          args: [...plan, '--targets', list],
        },
        {
          name: { en: 'IPv4 as --exclude @', ja: 'IPv4 を --exclude @ で' },
          args: [...plan, '--exclude', `@${list}`],
        },
        { name: { en: 'IPv6 as --targets', ja: 'IPv6 を --targets で' }, args: [...plan, '--targets', six] },
        {
          name: { en: 'IPv6 as --exclude @', ja: 'IPv6 を --exclude @ で' },
          args: [...plan, '--exclude', `@${six}`],
        },
      ];
      const rows: Cell[][] = [];
      const verdicts: { target: string; met: boolean; seen: string }[] = [];
      const show = (name: Cell, of: string, one: MeasuredProcess | undefined): void => {
        rows.push(
          one === undefined
            ? [name, of, `> ${seconds(LONGEST_MS / 1000)}`, '', '']
            : [name, of, seconds(one.wallMs / 1000), seconds(one.cpuSeconds), megabytes(one.peakRssBytes)],
        );
      };
      note('lists: reading and splitting a million lines');
      const script = join(import.meta.dirname, 'list-baseline.js');
      show(
        { en: 'reading and splitting alone', ja: '読み込みと行分割のみ' },
        'Node',
        await middleOf(runs, () => runMeasured(script, [list])),
      );
      for (const { name, args } of ways) {
        const label = typeof name === 'string' ? name : name.en;
        note(`lists: a million lines, ${label}`);
        const one = await middleOf(runs, () => runMeasured(cliPath, args));
        if (one.exitCode !== 0) throw new Error(one.stderr);
        show(name, 'Ampscope', one);
        verdicts.push(
          {
            target: `a million lines, ${label}: at most 5 s`,
            met: one.wallMs / 1000 <= MOST_SECONDS,
            seen: `${seconds(one.wallMs / 1000)}, ${seconds(one.cpuSeconds)} of CPU`,
          },
          {
            target: `a million lines, ${label}: at most 300 MB`,
            met: one.peakRssBytes <= MOST_BYTES,
            seen: megabytes(one.peakRssBytes),
          },
        );
        if (other === undefined) continue;
        note(`lists: the same with ${other.commit}`);
        const before = await runForeign([process.execPath, other.cli, ...args], { longestMs: LONGEST_MS });
        show(name, other.commit, before.exitCode === 0 ? before : undefined);
      }
      const header: readonly Cell[] = [
        { en: 'a million lines', ja: '100 万行' },
        { en: 'by', ja: '実行' },
        { en: 'time', ja: '時間' },
        { en: 'CPU', ja: 'CPU' },
        { en: 'peak RSS', ja: '最大 RSS' },
      ];
      return {
        verdicts,
        texts: {
          en: [`Lists: \`plan\` as a whole process, median of ${runs}.`, table(header, rows, { texts: 2 })],
          ja: [
            `リスト: \`plan\` のプロセス全体、${runs} 回の中央値。`,
            table(header, rows, { language: 'ja', texts: 2 }),
          ],
        },
      };
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

/** In no order: a list that is sorted is read faster. */
function linesOf(line: (place: number) => string): string {
  return Array.from({ length: LINES }, (_, i) => `${line((i * STRIDE) % LINES)}\n`).join('');
}

async function middleOf(runs: number, run: () => Promise<MeasuredProcess>): Promise<MeasuredProcess> {
  const all: MeasuredProcess[] = [];
  for (let i = 0; i < runs; i++) all.push(await run());
  const middle = all.toSorted((a, b) => a.wallMs - b.wallMs)[Math.floor(runs / 2)];
  if (middle === undefined) throw new RangeError('no runs');
  return middle;
}
