/** A million lines of targets or exclusions, none beside another: what a whole process needs for them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runMeasured } from '../bench/measured-process.js';
import { cliPath } from './run-cli.js';
import { makeWorkspace, scopeText } from './workspace.js';

const LINES = 1_000_000;
/** Of memory the machine's load takes nothing, and of CPU little: `npm run bench -- lists` has the times. */
const MOST_BYTES = 300e6;
const MOST_CPU_SECONDS = 20;

describe('a million lines', () => {
  const workspace = makeWorkspace();
  const networks = '[{ prefix: 10.0.0.0/8 }, { prefix: "2001:db8::/32" }]';
  const scope = workspace.write('scope.yaml', scopeText({ networks }));
  const lines = Array.from({ length: LINES }, (_, i) => {
    const host = 5 + i * 16;
    return `10.${host >>> 16}.${(host >>> 8) & 0xff}.${host & 0xff}\n`;
  });
  const list = workspace.write('list.txt', lines.join(''));

  const sixes = Array.from(
    { length: LINES },
    (_, i) => `2001:db8::${(i >>> 8).toString(16)}:${(i & 0xff) * 5}\n`,
  );
  const six = workspace.write('six.txt', sixes.join(''));

  for (const [what, args] of [
    ['targets', ['--targets', list]],
    ['IPv6 targets', ['--targets', six]],
    ['exclusions', ['--exclude', `@${list}`]],
  ] as const)
    it(`of ${what} are planned in less than 300 MB and 20 s of CPU`, async () => {
      const plan = await runMeasured(cliPath, ['plan', '--scope', scope, '--probe', 'chargen', ...args]);
      assert.equal(plan.exitCode, 0, plan.stderr);
      const addresses = what === 'exclusions' ? 2 ** 24 - LINES : LINES;
      assert.match(plan.stdout, new RegExp(`targets +${addresses} addresses`));
      assert.ok(plan.peakRssBytes < MOST_BYTES, `${plan.peakRssBytes} bytes`);
      assert.ok(plan.cpuSeconds < MOST_CPU_SECONDS, `${plan.cpuSeconds} s`);
    });
});
