/**
 * `npm run bench`: Ampscope's built CLI beside other ways to do the same work, in one run, against servers of the
 * bench's own: in network namespaces of its own where that is allowed, and on loopback otherwise. Absolute figures
 * are this machine's; the ratios carry over. No speed stands without its recall.
 *
 *     npm run bench                      all of it, some eight minutes
 *     npm run bench -- heavy growth      these parts only: speed rates busy four peers heavy growth ledger history
 *                                        report lists
 *     npm run bench -- --runs 1          one run of each instead of three
 *     npm run bench -- speed four responders lists --beside 1fad757
 *                                        and the same with that commit, built in a temporary worktree
 *     npm run bench -- responders-20000  a network of 20,000 responders
 *     npm run bench -- --write           and puts the tables into docs/benchmarks.md and docs/benchmarks.ja.md, and a
 *                                        short one into each README: all of them, of one run
 *
 * Progress goes to stderr; tables and what became of each target to stdout.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Language, Texts } from '../../probes/probe.js';
import { repositoryRoot } from '../repository.js';
import { showBusy } from './busy.js';
import { compareWays, showRates } from './compare.js';
import { showGrowth, showLedger } from './growth.js';
import { showHistory } from './history.js';
import { showLists } from './lists.js';
import { showReport } from './report.js';
import { showResponders } from './responders.js';
import { buildCommit } from './other-commit.js';
import { openPlace, runRaised } from './place.js';
import type { Part, Verdict } from './part.js';
import { inLanguage } from './table.js';

const PARTS: readonly Part[] = [
  compareWays,
  showRates,
  showBusy,
  showGrowth,
  showLedger,
  showResponders,
  showHistory,
  showLists,
  showReport,
];

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean' }, runs: { type: 'string', default: '3' }, beside: { type: 'string' } },
});
const [BEGIN, END] = ['<!-- npm run bench -- --write: from here -->', '<!-- to here -->'];
const runs = Math.max(1, Math.floor(Number(values.runs) || 1));
const unknown = wanted.filter((word) => !PARTS.some(({ names }) => names.includes(word)));

if (process.platform !== 'linux') {
  note('needs Linux: elsewhere not all of 127/8 is this machine');
} else if (unknown.length > 0) {
  note(
    `no part is called ${unknown.join(', ')}: there are ${PARTS.flatMap(({ names }) => names).join(', ')}`,
  );
  process.exitCode = 2;
} else if (values.write === true && wanted.length > 0) {
  // One machine and one hour for all that stands there.
  note('--write is for the whole bench: leave out the names of parts');
  process.exitCode = 2;
} else process.exitCode = runRaised() ?? (await measure());

async function measure(): Promise<number> {
  const place = openPlace();
  const beside = values.beside === undefined ? undefined : buildCommit(values.beside);
  const started = performance.now();
  const texts: Record<Language, string[]> = { en: [], ja: [] };
  let summary: Texts | undefined;
  const verdicts: Verdict[] = [];
  try {
    for (const part of PARTS) {
      const chosen = part.names.filter((name) => wanted.length === 0 || wanted.includes(name));
      if (chosen.length === 0) continue;
      const outcome = await part.run({ place, chosen: new Set(chosen), runs, note, beside });
      for (const language of ['en', 'ja'] as const) texts[language].push(...outcome.texts[language]);
      summary = outcome.summary ?? summary;
      verdicts.push(...outcome.verdicts);
    }
  } finally {
    beside?.close();
    place.close();
  }
  const minutes = (performance.now() - started) / 60_000;
  const machine = `${cpus().length} × ${(cpus()[0]?.model ?? 'unknown').replace(/\s+/g, ' ')}, Linux ${release()}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 7)}`;
  texts.en.push(
    place.name === 'namespaces'
      ? `Two network namespaces joined by a veth pair, Ampscope without root; ${machine}.`
      : `On loopback; ${machine}.`,
  );
  texts.ja.push(
    place.name === 'namespaces'
      ? `veth で結んだ 2 つのネットワーク名前空間、Ampscope は root なし。${machine}。`
      : `ループバック上。${machine}。`,
  );
  const missed = (language: Language): string =>
    verdicts.flatMap(({ met, target }) => (met ? [] : inLanguage(target, language))).join('; ');
  texts.en.push(missed('en') === '' ? 'Every target was met.' : `Targets that were missed: ${missed('en')}.`);
  texts.ja.push(
    missed('ja') === '' ? '目標はすべて達成しました。' : `達成できなかった目標: ${missed('ja')}。`,
  );
  console.log(texts.en.join('\n\n'));
  console.log(`\nTargets, in ${minutes.toFixed(1)} minutes:`);
  for (const { met, target, seen } of verdicts)
    console.log(`${met ? 'met   ' : 'MISSED'}  ${inLanguage(target, 'en')}: ${seen}`);
  if (values.write === true) {
    write(join('docs', 'benchmarks.md'), texts.en);
    write(join('docs', 'benchmarks.ja.md'), texts.ja);
    if (summary === undefined) note('no `cc` here, so the short tables of the READMEs stay as they are');
    else {
      write('README.md', [summary.en]);
      write('README.ja.md', [summary.ja]);
    }
  }
  return verdicts.every(({ met }) => met) ? 0 : 1;
}

/** Puts the tables between the marks of a page. @throws Error where they are missing. */
function write(file: string, texts: readonly string[]): void {
  const path = join(repositoryRoot, file);
  const content = readFileSync(path, 'utf8');
  const [from, to] = [content.indexOf(BEGIN), content.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${file} has no place for the tables`);
  writeFileSync(path, `${content.slice(0, from)}${BEGIN}\n\n${texts.join('\n\n')}\n\n${content.slice(to)}`);
  note(`${file} has the tables`);
}

/** What goes on, for the person who waits. */
function note(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}
