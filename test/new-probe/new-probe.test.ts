import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { captureFile, readAs } from '../probes/captures.js';
import { repositoryRoot } from '../repository.js';
import { skeletonOf, withLine } from './skeleton.js';

const run = promisify(execFile);
const CONTRIBUTING = readFileSync(join(repositoryRoot, 'CONTRIBUTING.md'), 'utf8');
const NEW_PROBE = join(import.meta.dirname, 'new-probe.js');

describe('npm run new-probe', () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'ampscope-new-probe-'));
    for (const path of ['package.json', 'tsconfig.json', 'src', 'probes', 'test/probes', 'test/fuzz'])
      cpSync(join(repositoryRoot, path), join(root, path), { recursive: true });
    cpSync(join(repositoryRoot, 'test', 'captures'), join(root, 'test/captures'), { recursive: true });
    cpSync(join(repositoryRoot, 'test', 'repository.ts'), join(root, 'test/repository.ts'));
    symlinkSync(join(repositoryRoot, 'node_modules'), join(root, 'node_modules'));
  });
  after(() => {
    rmSync(root, { recursive: true, force: true });
  });

  const newProbe = (...args: readonly string[]): Promise<{ stdout: string; stderr: string }> =>
    run(process.execPath, [NEW_PROBE, ...args], { cwd: root });
  /** Replaces each of these in a file of the scratch copy, and says so where one is not there. */
  const fill = (path: string, filled: Readonly<Record<string, string>>): void => {
    let text = readFileSync(join(root, path), 'utf8');
    for (const [todo, value] of Object.entries(filled)) {
      assert.ok(text.includes(todo), `${path} has no ${todo}`);
      text = text.replaceAll(todo, value);
    }
    writeFileSync(join(root, path), text);
  };

  it(
    'writes a probe and a small service that the conformance suite passes, once a toy fills them',
    { timeout: 600_000 },
    async () => {
      // As CONTRIBUTING.md has it typed, but for the ids.
      const [folder, service, ...more] = Array.from(
        CONTRIBUTING.matchAll(/^npm run new-probe -- \S+ (--port \d+[^#\n]*?) +#/gm),
        ([, flags = '']) => flags.split(' '),
      );
      assert.ok(folder);
      assert.ok(service);
      assert.ok(service.includes('--small-service'));
      assert.deepEqual(more, []);
      const { stdout } = await newProbe('toy-list', ...folder);
      assert.match(
        stdout,
        /^wrote probes\/toy\/list\.ts\n[^]*wrote its line into probes\/index\.ts\n[^]*What is left/,
      );
      await newProbe('ping', ...service);
      const texts = { "en: 'TODO": "en: 'Toy", "ja: 'TODO": "ja: 'おもちゃ" };
      fill('probes/toy/list.ts', { '[0x00]': '[0x74, 0x6f, 0x79, 0x21]', TODO: 'toy' });
      fill('probes/toy/texts.ts', texts);
      fill('probes/toy/emulated-servers.ts', { 'of(0x00)': 'of(0x74, 0x6f, 0x79, 0x21)', TODO: 'a toy' });
      fill('probes/small-services/ping.ts', { ...texts, TODO: 'pong' });
      for (const [protocol, answer] of [
        ['toy', 'toy!'],
        ['ping', 'pong'],
      ] as const) {
        fill(`test/captures/${protocol}-SERVER.json`, {
          [`"responses_hex": [\n  "00"\n ]`]: `"responses_hex": ["${Buffer.from(answer).toString('hex')}"]`,
          '"response_bytes": 1': '"response_bytes": 4',
          '"sizes": [\n   1\n  ]': '"sizes": [4]',
        });
        fill(`test/captures/expected/${protocol}.json`, {
          '"TODO"': protocol === 'ping' ? '"ping", "loop-risk"' : '"toy"',
        });
      }
      const found = await suite();
      assert.deepEqual(found.failed, [], found.output);
      assert.ok(found.passed > 30, `${found.passed} passed`);
    },
  );

  /** Compiles the suite and what it needs, and runs it for the two toys. */
  async function suite(): Promise<{
    readonly passed: number;
    readonly failed: readonly string[];
    readonly output: string;
  }> {
    const project = { extends: './tsconfig.json', include: [], files: ['test/probes/conformance.test.ts'] };
    writeFileSync(join(root, 'tsconfig.suite.json'), JSON.stringify(project));
    await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.suite.json'], {
      cwd: root,
    }).catch((error: unknown) => assert.fail((error as { stdout: string }).stdout));
    const words = ['--test', '--test-reporter=tap', '--test-name-pattern=^(toy-list|ping)'];
    // A run of its own: neither part of this one nor counted by its coverage.
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_V8_COVERAGE: undefined };
    const output = await run(process.execPath, [...words, 'dist/test/probes/conformance.test.js'], {
      cwd: root,
      env,
    }).then(
      ({ stdout }) => stdout,
      (error: unknown) => (error as { stdout: string }).stdout,
    );
    const lines = output.split('\n').map((line) => line.trim());
    return {
      passed: lines.filter((line) => line.startsWith('ok ') && !line.includes('# SKIP')).length,
      failed: lines.filter((line) => line.startsWith('not ok ')),
      output,
    };
  }

  it('refuses what it cannot write, in two lines', async () => {
    for (const [args, error] of [
      [['Toy', '--port', '1'], /"Toy" is not a protocol and a question/],
      [['toy', '--port', '70000'], /"70000" is not a UDP port/],
      [['toy'], /"" is not a UDP port/],
      [['toy', 'more', '--port', '1'], /one id is needed/],
      [['toy', '--colour'], /--colour/],
      [['ntp-monlist', '--port', '123'], /probes\/ntp\/monlist\.ts is there already/],
    ] as const)
      await assert.rejects(newProbe(...args), (failure: { code: number; stderr: string }) => {
        assert.equal(failure.code, 2);
        assert.match(failure.stderr, error);
        assert.match(failure.stderr, /^new-probe: error: [^\n]+\nnew-probe: hint: [^\n]+\n$/);
        return true;
      });
  });
});

describe('the skeleton of a probe', () => {
  it('leaves alone what the other probes of its protocol have', () => {
    const taken = ['probes/ntp/texts.ts', 'test/captures/expected/ntp.json'];
    const { files, indexLine } = skeletonOf(
      { id: 'ntp-peer-list', port: 123, isSmallService: false },
      (path) => taken.includes(path),
    );
    assert.deepEqual(
      [...files.keys()],
      ['probes/ntp/peer-list.ts', 'probes/ntp/texts-peer-list.ts', 'probes/ntp/emulated-servers.ts'],
    );
    assert.equal(indexLine, "export { ntpPeerList } from './ntp/peer-list.js';");
  });

  it('has its line in the index by name', () => {
    const index = "/** All. */\nexport { b } from './b/b.js';\nexport { d } from './d/d.js';\n";
    const lineOf = (name: string): string => `export { ${name} } from './${name}/${name}.js';`;
    for (const [name, at] of [
      ['a', 1],
      ['c', 2],
      ['e', 3],
    ] as const)
      assert.equal(withLine(index, lineOf(name)).split('\n')[at], lineOf(name));
  });
});

describe('a capture file', () => {
  const good: unknown = JSON.parse(
    readFileSync(join(repositoryRoot, 'test/captures/systat-xinetd.json'), 'utf8'),
  );
  const read = (change: Record<string, unknown>): unknown =>
    readAs(captureFile, 'toy.json', JSON.stringify({ ...(good as object), ...change }));

  it('that is wrong fails with its name and the key', () => {
    assert.ok(read({}));
    assert.throws(() => read({ variants: undefined }), /^Error: test\/captures\/toy\.json: variants: /);
    assert.throws(() => read({ responses_hex: ['xy'] }), /toy\.json: responses_hex\.0: /);
    assert.throws(() => read({ metrics: { sizes: ['1'] } }), /toy\.json: .*metrics\.sizes\.0: /);
    assert.throws(
      () => readAs(captureFile, 'toy.json', '{'),
      /^Error: test\/captures\/toy\.json: SyntaxError/,
    );
  });

  it('has its keys in CONTRIBUTING.md, each of them', () => {
    const { metrics, variants, ...rest } = captureFile.shape;
    const keys = [
      ...Object.keys(rest),
      'variants',
      'metrics',
      ...Object.keys(metrics.shape),
      ...Object.keys(variants.element.shape),
    ];
    assert.ok(keys.length > 15);
    assert.deepEqual(
      keys.filter((key) => !CONTRIBUTING.includes(`\`${key}\``)),
      [],
    );
  });
});
