import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Language, Texts } from '../../probes/probe.js';
import { readRunRecord } from '../archive/run-archive.js';
import { runNames } from '../archive/run-directory.js';
import { UsageError } from '../domain/usage-error.js';
import { startLab } from '../lab/lab.js';
import { LAB_ORGANISATION } from '../lab/layout.js';
import { ALL_SETTINGS } from '../settings/all-settings.js';
import { defineCommand, EXIT, NOTHING_GIVEN } from './command.js';
import { labOf, labPorts, writeScopeFile } from './lab.js';
import { scan } from './scan.js';

/** The lab, a scan of it, and where to look next: what `npm start` shows. */
export const demo = defineCommand({
  settings: ALL_SETTINGS.pick({ base_port: true, out: true, lang: true }),
  example: ['ampscope demo', 'takes about a minute, and touches nothing but loopback'],
  async run({ base_port, out, lang }, io) {
    const { hosts, scopeText } = labOf(base_port, io.clock.now());
    await refuseOtherRuns(out);
    const scopeFile = join(out, 'lab-scope.yaml');
    await mkdir(out, { recursive: true, mode: 0o700 });
    await writeScopeFile(scopeFile, scopeText);
    const running = await startLab(hosts);
    io.stderr.write(
      `the lab is up: ${hosts.length} reflectors on loopback, in networks of documentation ASNs\n`,
    );
    try {
      const code = await scan.run(
        scan.settings.parse({
          scope: scopeFile,
          out,
          cooldown: '2s',
          form_gap: '400ms',
          quiet_gap: '400ms',
          // Nothing is lost on loopback: a second pass would only take as long again.
          retries: 0,
          probe: ['all'],
          port: labPorts(hosts),
          lang,
        }),
        io,
        NOTHING_GIVEN,
      );
      if (code === EXIT.finished) io.stdout.write(whereToLook(out, lang));
      return code;
    } finally {
      await running.close();
    }
  },
});

/**
 * `out` may come from ampscope.yaml or the environment, as for a scan: the lab is no week of a real network.
 * @throws UsageError where the folder has a run of another scope.
 */
async function refuseOtherRuns(out: string): Promise<void> {
  for (const name of await runNames(out).catch(() => [])) {
    const run = await readRunRecord(join(out, name)).catch(() => undefined);
    if (run !== undefined && run.authorisation.organisation !== LAB_ORGANISATION)
      throw new UsageError(
        `${out}: the demo writes into no folder with runs of a network: ${name} is one`,
        'give it a folder of its own: ampscope demo --out demo',
      );
  }
}

/** For a terminal. Ends with a line feed. */
export function whereToLook(out: string, language: Language): string {
  const run = join(out, 'latest');
  const places: readonly (readonly [place: string, what: Texts])[] = [
    [join(run, 'report.html'), { en: 'all of it, to look at in a browser', ja: 'ブラウザーで見る報告書' }],
    [join(run, 'findings.csv'), { en: 'every finding, one row each', ja: '検出の一覧（1行に1件）' }],
    [join(run, 'summary.csv'), { en: 'how many of what, in which AS', ja: 'ASとプローブごとの件数' }],
    [
      join(run, 'as64496/'),
      { en: 'what you would send to the owner of AS64496', ja: 'AS64496の管理者に送るファイル' },
    ],
    [
      join(run, 'run.json'),
      { en: 'what was authorised, sent, received and lost', ja: '許可・送信・受信・損失の記録' },
    ],
    [
      'ampscope probes ntp-monlist',
      {
        en: 'what a finding means and what to do; --lang ja in Japanese',
        ja: '検出の意味と対策（--lang ja で日本語）',
      },
    ],
    ['ampscope init', { en: 'write a scope of your own', ja: 'ご自身のスコープファイルを作成' }],
  ];
  const width = Math.max(...places.map(([place]) => place.length));
  const lines = places.map(([place, what]) => `  ${place.padEnd(width)}  ${what[language]}\n`);
  return `\n${HEADING[language]}\n${lines.join('')}`;
}

const HEADING: Texts = {
  en: 'Where to look next (ampscope is node dist/src/cli.js in a clone)',
  ja: '次に見るもの（cloneした場合、ampscopeは node dist/src/cli.js です）',
};
