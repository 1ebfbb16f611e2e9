/** All formats of one run say the same: of the lab as a first run sees it, and as the next one does. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { assertFormatsAgree } from '../reports/formats-agree.js';
import { runCli } from './run-cli.js';
import { ONE_PASS, scanOfLab } from './scan-of-lab.js';
import { makeWorkspace } from './workspace.js';

const workspace = makeWorkspace();
const lab = scanOfLab(workspace);

describe('all formats of one run', () => {
  it('have the exposures and the figures of findings.jsonl, mails and the profile for spreadsheets too', async () => {
    const out = join(workspace.path, 'runs');
    for (const more of [[], ['--notice-format', 'eml', '--profile', 'excel']]) {
      const { code, stderr } = await runCli(lab.args(out, ...ONE_PASS, ...more));
      assert.equal(code, 0, stderr);
      assertFormatsAgree(join(out, 'latest'));
    }
    const rows = readFileSync(join(out, 'latest', 'findings.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    assert.ok(rows.length > 5 && rows.every((row) => row.includes('"status":"persisting"')));
  });
});
