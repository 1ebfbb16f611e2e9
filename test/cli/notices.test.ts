import assert from 'node:assert/strict';
import { readFileSync, readdirSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { toRecord } from '../../reports/record.js';
import { writeRun } from '../../src/archive/run-archive.js';
import { createRunDirectory } from '../../src/archive/run-directory.js';
import { sampleFindings, sampleRun } from '../reports/sample-run.js';
import { runCli } from './run-cli.js';
import { makeWorkspace, scopeText } from './workspace.js';

const workspace = makeWorkspace();
const records = sampleFindings.map((finding) => toRecord(finding, { scanId: sampleRun.scan_id }));
const templates = join(workspace.path, 'templates');
const english = join('notices', 'C-1001.en.txt');
let run = '';

before(async () => {
  mkdirSync(templates);
  writeTemplate('en', 'Subject: Ours\n\nHello {{customer}}, see {{csv}}');
  writeTemplate('ja', 'Subject: 当社\n\n{{salutation}}');
  const out = join(workspace.path, 'runs');
  run = (await createRunDirectory(out, sampleRun.scan_id, { fileMode: 0o600 })).path;
  await writeRun(run, sampleRun, records, []);
});

function writeTemplate(language: string, text: string | Uint8Array): void {
  writeFileSync(join(templates, `notice.${language}.txt`), text);
}

function filesIn(path: string): Map<string, string> {
  return new Map(
    readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file.slice(path.length + 1), readFileSync(file, 'utf8')]),
  );
}

describe('ampscope report RUN and the letters', () => {
  const secondTime = english.replace('notices', 'notices-2');

  it('writes them as text where there are none', async () => {
    assert.equal((await runCli(['report', run])).code, 0);
    assert.match(filesIn(run).get(english) ?? '', /^Subject: Exposed UDP services in your network: 2 /);
    assert.ok(![...filesIn(run).keys()].some((path) => path.endsWith('.eml')));
  });

  it('never writes over those that are there, whatever became of them, and makes the other reports anew', async () => {
    const before = filesIn(run);
    writeFileSync(join(run, english), 'as it was sent');
    writeFileSync(join(run, 'findings.csv'), '');
    assert.equal((await runCli(['report', run])).code, 0);
    const after = filesIn(run);
    assert.equal(after.get(english), 'as it was sent');
    assert.equal(after.get('findings.csv'), before.get('findings.csv'));
    assert.deepEqual([...after.keys()].sort(), [...before.keys()].sort());
    writeFileSync(join(run, english), before.get(english) ?? '');
  });

  it('writes them in another way to a folder beside, and says which', async () => {
    const before = filesIn(run);
    const { code, stderr } = await runCli(['report', run, '--notice-format', 'eml']);
    assert.equal(code, 0);
    assert.match(stderr, /^the letters are in \S+\/notices-2$/m);
    const after = filesIn(run);
    assert.equal(after.get(english), before.get(english));
    assert.equal(after.get(secondTime), before.get(english));
    assert.match(after.get(secondTime.replace('.txt', '.eml')) ?? '', /^Date: .*\r\nFrom: Example ISP </);
  });

  it("takes the operator's templates for this once, and the choice of letters", async () => {
    const before = filesIn(run);
    assert.equal((await runCli(['report', run, '--notice-templates', templates])).code, 0);
    const after = filesIn(run);
    const third = english.replace('notices', 'notices-3');
    assert.equal(after.get(third), 'Subject: Ours\n\nHello C-1001, see C-1001.csv\n');
    for (const [path, text] of before) assert.equal(after.get(path), text, path);
    await refused(['report', run, '--notices', 'some'], /--notices: "some" is not a choice of letters$/);
  });

  it('gives the reason where it is asked for letters and there are none', async () => {
    const partial = { compared_with: '2026-11-13T030000Z', missing_addresses: 1 };
    const { path } = await createRunDirectory(join(workspace.path, 'partial'), 'partial', {
      fileMode: 0o600,
    });
    await writeRun(path, { ...sampleRun, partial }, records, []);
    const { code, stderr } = await runCli(['report', path, '--notice-format', 'eml']);
    assert.equal(code, 0);
    assert.match(
      stderr,
      /^ampscope: note: no letters are written: only a whole run has any, and this one is partial$/m,
    );
    assert.ok(!readdirSync(path).some((name) => name.startsWith('notices')));
    const none = await createRunDirectory(join(workspace.path, 'none'), 'none', { fileMode: 0o600 });
    await writeRun(none.path, { ...sampleRun, counts: { ...sampleRun.counts, findings: 0 } }, [], []);
    assert.match(
      (await runCli(['report', none.path, '--notices', 'new'])).stderr,
      /the run has none to write$/m,
    );
    assert.doesNotMatch((await runCli(['report', none.path])).stderr, /letters/);
  });

  it('prints the summary in the language of the environment or the flag', async () => {
    const environment = { AMPSCOPE_LANG: 'ja' };
    const { stdout } = await runCli(['report', run], { environment });
    assert.match(stdout, /検出\d+件：/);
    assert.match((await runCli(['report', run, '--lang', 'en'], { environment })).stdout, /\d+ findings: /);
  });

  it('refuses a template that is wrong, missing or no text, with file and line, and leaves the run as it was', async () => {
    const before = filesIn(run);
    const wrong: readonly (readonly [text: string | Uint8Array, error: RegExp])[] = [
      ['Subject: x\n\nDear {{costumer}}', /notice\.en\.txt:3: unknown placeholder "\{\{costumer\}\}"$/],
      ['Dear customer', /notice\.en\.txt:1: the first line is no subject$/],
      [Uint8Array.of(0x53, 0xff), /notice\.en\.txt: not in UTF-8$/],
      ['x'.repeat(65_537), /notice\.en\.txt: longer than 64 KiB$/],
    ];
    for (const [text, error] of wrong) {
      writeTemplate('en', text);
      await refused(['report', run, '--notice-templates', templates], error);
    }
    await refused(['report', run, '--notice-templates', workspace.path], /notice\.en\.txt: no such file$/);
    await refused(
      ['report', run, '--notice-format', 'html'],
      /--notice-format: "html" is not a format of notices$/,
    );
    assert.deepEqual(filesIn(run), before);
  });
});

describe('ampscope scan and the templates of the notices', () => {
  it('refuses a wrong one before a run is begun or a packet sent', async () => {
    writeTemplate('en', 'Subject: {{nobody}}');
    const scope = workspace.write('scope.yaml', scopeText());
    const out = join(workspace.path, 'exposure');
    await refused(
      ['scan', '--scope', scope, '--out', out, '--notice-templates', templates],
      /notice\.en\.txt:1: unknown placeholder "\{\{nobody\}\}"$/,
    );
    assert.throws(() => readdirSync(out), /ENOENT/);
  });

  it('keeps them in run.json, so that the same bytes are made again when the folder is gone', async () => {
    writeTemplate('en', 'Subject: Ours {{exposed}}\n\n{{findings}}');
    const scope = workspace.write(
      'lab.yaml',
      scopeText({ networks: '[{ prefix: 127.9.0.0/30, asn: 64496, customer: C-1001 }]' }),
    );
    const out = join(workspace.path, 'scans');
    const args = ['--notice-templates', templates, '--notice-format', 'eml', '--cooldown', '300ms'];
    const { code, stderr } = await runCli(
      ['scan', '--scope', scope, '--out', out, '--probe', 'chargen', '--retries', '0', ...args],
      { cwd: workspace.path },
    );
    assert.ok(code === 0 || code === 4, stderr);
    const record = JSON.parse(readFileSync(join(out, 'latest', 'run.json'), 'utf8')) as typeof sampleRun;
    assert.deepEqual(record.settings.notices, {
      format: 'eml',
      templates: {
        en: 'Subject: Ours {{exposed}}\n\n{{findings}}',
        ja: 'Subject: 当社\n\n{{salutation}}',
      },
    });
    const kept = { ...sampleRun, settings: { ...sampleRun.settings, notices: record.settings.notices } };
    const { path } = await createRunDirectory(join(workspace.path, 'kept'), 'kept', { fileMode: 0o600 });
    await writeRun(path, kept, records, []);
    writeTemplate('en', 'Subject: changed');
    assert.equal((await runCli(['report', path])).code, 0);
    const made = filesIn(path);
    assert.match(made.get(english) ?? '', /^Subject: Ours 2\n\n- 192\.0\.2\.10, UDP port 123/);
    assert.equal((await runCli(['report', path])).code, 0);
    assert.deepEqual(filesIn(path), made);
  });
});

async function refused(args: readonly string[], error: RegExp): Promise<void> {
  const { code, stdout, stderr } = await runCli(args, { cwd: workspace.path });
  const lines = stderr.trimEnd().split('\n');
  assert.equal(lines.length, 2, stderr);
  assert.match(lines[0] ?? '', error);
  assert.match(lines[1] ?? '', /^ampscope: hint: \S/);
  assert.equal(code, 2);
  assert.equal(stdout, '');
}
