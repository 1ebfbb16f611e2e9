import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { problemsOf, schemaOf } from '../reports/json-schema.js';
import type { CliResult } from './run-cli.js';
import { runCli } from './run-cli.js';
import { makeWorkspace, scopeText } from './workspace.js';

const workspace = makeWorkspace();
workspace.write('scope.yaml', scopeText());
workspace.write(
  'ampscope.yaml',
  ['# ours', 'rate: 400', 'cooldown: 3s', 'out: runs', 'probe: [ntp-monlist, chargen]', ''].join('\n'),
);
const run = (
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CliResult> => runCli(args, { cwd: workspace.path, environment });

/** What `config show` says of a setting: its value and where it comes from. */
function shown({ stdout }: CliResult, key: string): string | undefined {
  const line = stdout.split('\n').find((text) => text.startsWith(`${key} `));
  return line?.replace(key, '').trim().replace(/ {2,}/g, ' | ');
}

describe('ampscope config', () => {
  it('show: names the flag, the variable, the line of the file or the default of each setting', async () => {
    const result = await run(['config', 'show', '--rate', '500'], {
      AMPSCOPE_RATE: '450',
      AMPSCOPE_COOLDOWN: '4s',
      AMPSCOPE_PORT: 'chargen=1919,dns-any=5353',
    });
    assert.equal(result.code, 0, result.stderr);
    assert.equal(shown(result, 'rate'), '500 | --rate');
    assert.equal(shown(result, 'cooldown'), '4s | AMPSCOPE_COOLDOWN');
    assert.equal(shown(result, 'port'), 'chargen=1919, dns-any=5353 | AMPSCOPE_PORT');
    assert.equal(shown(result, 'out'), 'runs | ampscope.yaml:4');
    assert.equal(shown(result, 'probe'), 'ntp-monlist, chargen | ampscope.yaml:5');
    assert.equal(shown(result, 'retries'), '1 | default');
  });

  it('check: says how many settings a file holds, or what is wrong with it, with the line', async () => {
    const check = (...args: readonly string[]): Promise<CliResult> => run(['config', 'check', ...args]);
    assert.equal((await check()).stdout, 'ampscope.yaml: 4 settings, all valid\n');
    for (const [text, error, hint] of [
      ['rate: 5\nfail_onn: high\n', /bad\.yaml:2: unknown key "fail_onn"/, /did you mean "fail_on"/],
      ['\nrate: 0x10\n', /bad\.yaml:2: rate: "0x10" is not a number from 1 to/, /rate: 500/],
      ['port: { chargen: 19 }\n', /bad\.yaml:1: port: a mapping is not one word/, /port: dns-any=5353/],
      [
        'severity_critical: 5\n',
        /bad\.yaml:1: severity_critical: 5 for critical is less than 10 for high/,
        /both/,
      ],
      ['quiet: yes\n', /bad\.yaml:1: quiet: "yes" is not true or false/, /./],
      ['rate: 5\n  x: [\n', /bad\.yaml:\d: /, /./],
    ] as const) {
      const { code, stderr } = await check(workspace.write('bad.yaml', text));
      assert.equal(code, 2, stderr);
      assert.match(stderr, error);
      assert.match(stderr, new RegExp(`hint: .*${hint.source}`));
    }
    const missing = await check('none.yaml');
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /none\.yaml: no such file/);
  });

  it('schema: is a JSON Schema that takes what the program takes, and nothing that it does not know', async () => {
    const schema = schemaOf(JSON.parse((await run(['config', 'schema'])).stdout) as object);
    const valid = { rate: 400, cooldown: '3s', probe: ['ntp-monlist'], quiet: true, fail_on: 'high' };
    assert.deepEqual(problemsOf(schema, valid), []);
    for (const wrong of [{ raet: 1 }, { rate: 'x' }, { retries: 11 }, { probe: ['ntp'] }, { quiet: 1 }])
      assert.notDeepEqual(problemsOf(schema, wrong), [], JSON.stringify(wrong));
  });

  it('takes no other word, and no word more', async () => {
    for (const args of [
      ['config'],
      ['config', 'shwo'],
      ['config', 'show', 'x'],
      ['config', 'check', 'a', 'b'],
    ])
      assert.equal((await run(args)).code, 2, args.join(' '));
  });
});

describe('a settings file', () => {
  it('holds for a command, and its paths are relative to it wherever the program is started', async () => {
    const { stdout, stderr, code } = await runCli(
      ['plan', '--json', '--config', join(workspace.path, 'ampscope.yaml')],
      { environment: { AMPSCOPE_SCOPE: join(workspace.path, 'scope.yaml') } },
    );
    assert.equal(code, 0, stderr);
    const plan = JSON.parse(stdout) as { rate_limit: number; probes: { probe: string }[] };
    assert.equal(plan.rate_limit, 400);
    assert.deepEqual(
      plan.probes.map(({ probe }) => probe),
      ['chargen', 'ntp-monlist'],
    );
    const elsewhere = workspace.write('elsewhere.yaml', 'scope: no-such.yaml\nexclude: ["@no-list"]\n');
    const missing = await runCli(['plan', '--config', elsewhere]);
    assert.match(missing.stderr, new RegExp(`error: ${join(workspace.path, 'no-such.yaml')}: no such file`));
  });

  it('is refused whole before a run is begun, whichever command would read the wrong key', async () => {
    const bad = workspace.write('bad.yaml', 'base_port: 80\n');
    const { code, stderr } = await run(['scan', '--config', bad]);
    assert.equal(code, 2);
    assert.match(stderr, /bad\.yaml:1: base_port: "80" is not a whole number from 1024/);
    assert.ok(!existsSync(join(workspace.path, 'runs')));
  });

  it('may name the rate for a scope that allows less: then it is refused, with its line', async () => {
    const fast = workspace.write('fast.yaml', '# more than the scope allows\nrate: 5000\n');
    const { stderr } = await run(['plan', '--config', fast]);
    assert.match(stderr, /fast\.yaml:2: rate: 5000 is above the scope's limit of 1000/);
  });
});

describe('an environment variable', () => {
  it('that is nearly one of a setting is refused; one of something else is not', async () => {
    const { code, stderr } = await run(['plan'], { AMPSCOPE_RAET: '5' });
    assert.equal(code, 2);
    assert.match(stderr, /unknown variable AMPSCOPE_RAET\n.*did you mean AMPSCOPE_RATE\?/);
    assert.equal((await run(['plan'], { AMPSCOPE_IMAGE: 'x', AMPSCOPE_RATE: '' })).code, 0);
  });
});
