import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { RunRecord } from '../../src/domain/run-record.js';
import type { Lab } from '../../src/lab/lab.js';
import { englishIn, japaneseOf } from '../reports/english.js';
import { runCli } from './run-cli.js';
import { startFreeLab } from './scan-of-lab.js';
import { makeWorkspace, scopeText } from './workspace.js';

let basePort: number;
const workspace = makeWorkspace();
const NETWORKS = '[{ prefix: 127.64.1.0/26 }, { prefix: 127.64.2.0/26 }, { prefix: 127.64.3.0/26 }]';
const limits = '{ rate: 1000, per_subnet: 400, per_host: 10, reply_bandwidth: 90M }';
const scope = workspace.write('scope.yaml', scopeText({ networks: NETWORKS, limits }));
/** Two runs of one file at once are refused. */
const scopeCopies = ['whole.yaml', 'seed.yaml', 'grades.yaml'].map((name) =>
  workspace.write(name, scopeText({ networks: NETWORKS, limits })),
) as [string, string, string];
const other = workspace.write(
  'other.yaml',
  scopeText({ networks: NETWORKS, limits, contact: 'x@example.net' }),
);
const scan = (out: string, ...args: string[]): ReturnType<typeof runCli> =>
  runCli(
    [
      'scan',
      ...['--out', out, '--quiet', '--probe', 'chargen', '--probe', 'ntp-monlist', '--retries', '0'],
      ...['--port', `chargen=${basePort + 19}`, '--port', `ntp-monlist=${basePort + 123}`],
      ...['--cooldown', '300ms', '--form-gap', '100ms', '--quiet-gap', '200ms'],
      ...args,
    ],
    { cwd: workspace.path },
  );
const merge = (...args: string[]): ReturnType<typeof runCli> =>
  runCli(['merge', ...args], { cwd: workspace.path });
/** Of a shard or a whole; its page has no English sentence in Japanese. */
const runIn = (out: string): RunRecord => {
  const read = (file: string): string =>
    readFileSync(join(workspace.path, out, 'latest', file), 'utf8').replaceAll('whoever started the lab', '');
  assert.equal(englishIn(japaneseOf(read('report.html'))), undefined);
  return JSON.parse(read('run.json')) as RunRecord;
};
const idsIn = (out: string): readonly unknown[] =>
  readFileSync(join(workspace.path, out, 'latest', 'findings.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { finding_id: unknown }).finding_id);

/** When each was last written. */
function filesIn(out: string): readonly (readonly [string, number])[] {
  return readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, statSync(path).mtimeMs] as const);
}

let lab: Lab;
before(async () => {
  ({ lab, basePort } = await startFreeLab());
  const whole = ['--scope', scope, '--seed', 'a'];
  const results = await Promise.all([
    scan('whole', '--scope', scopeCopies[0], '--seed', 'a'),
    ...[1, 2, 3].map((part) => scan(`part${part}`, ...whole, '--shard', `${part}/3`)),
    scan('seed', '--scope', scopeCopies[1], '--seed', 'b', '--shard', '3/3'),
    scan('grades', '--scope', scopeCopies[2], '--seed', 'a', '--shard', '3/3', '--severity-high', '20'),
    scan('scope', '--scope', other, '--seed', 'a', '--shard', '3/3'),
  ]);
  for (const { code, stderr } of results) assert.equal(code, 0, stderr);
});
after(() => lab.close());

describe('--shard', () => {
  it('takes whole subnets, at a third of the rate and of the reply bandwidth', () => {
    for (const part of [1, 2, 3]) {
      const run = runIn(`part${part}`);
      assert.equal(run.targets.addresses, 64);
      assert.equal(run.counts.sweep_packets, 128);
      assert.equal(run.settings.shard, `${part}/3`);
      assert.ok(run.settings.rate <= 1000 / 3);
      assert.equal(run.settings.reply_bandwidth_bps, 30e6);
    }
  });

  it('is planned as it is then run', async () => {
    interface Plan {
      readonly packets: number;
      readonly rate_limit: number;
      readonly addresses: number;
      readonly probes: readonly { readonly wire_bytes: number }[];
    }
    const plan = async (...args: readonly string[]): Promise<Plan> => {
      const all = [
        'plan',
        '--scope',
        scope,
        '--json',
        '--probe',
        'chargen',
        '--probe',
        'ntp-monlist',
        ...args,
      ];
      const { code, stdout, stderr } = await runCli([...all, '--retries', '0'], { cwd: workspace.path });
      assert.equal(code, 0, stderr);
      return JSON.parse(stdout) as Plan;
    };
    const whole = await plan();
    const parts = await Promise.all([1, 2, 3].map((part) => plan('--seed', 'a', '--shard', `${part}/3`)));
    for (const [index, { packets, addresses, rate_limit }] of parts.entries()) {
      const run = runIn(`part${index + 1}`);
      assert.deepEqual([packets, addresses], [run.counts.sweep_packets, run.targets.addresses]);
      assert.equal(rate_limit, whole.rate_limit / 3);
    }
    const bytes = ({ probes: rows }: Plan): number[] => rows.map(({ wire_bytes }) => wire_bytes);
    assert.deepEqual(
      bytes(whole),
      bytes(whole).map((_, index) => parts.reduce((sum, part) => sum + (bytes(part)[index] ?? 0), 0)),
    );
  });

  it('needs a seed, and a part that there is', async () => {
    const unseeded = await scan('wrong', '--scope', scope, '--shard', '1/3');
    assert.equal(unseeded.code, 2);
    assert.match(unseeded.stderr, /--shard: a shard needs a seed/);
    for (const part of ['0/3', '4/3', '1', '1/0', '1/2000']) {
      const { code, stderr } = await scan('wrong', '--scope', scope, '--seed', 'a', '--shard', part);
      assert.equal(code, 2, part);
      assert.match(stderr, /is not a shard/);
    }
  });
});

describe('merge', () => {
  it('makes one run of all shards, with the findings and counts of a run that was never divided', async () => {
    const { code, stderr, stdout } = await merge(
      'part3/latest',
      'part1/latest',
      'part2/latest',
      '--out',
      'merged',
    );
    assert.equal(code, 0, stderr);
    assert.match(stdout, /findings/);
    const [merged, whole] = [runIn('merged'), runIn('whole')];
    assert.ok(idsIn('whole').length >= 4);
    assert.deepEqual(idsIn('merged'), idsIn('whole'));
    assert.equal(merged.targets.addresses, whole.targets.addresses);
    assert.equal(merged.counts.sweep_packets, whole.counts.sweep_packets);
    assert.equal(merged.counts.responders, whole.counts.responders);
    assert.deepEqual(merged.probes, whole.probes);
    assert.equal(merged.merged_from?.length, 3);
    assert.equal(merged.settings.shard, undefined);
    const report = await runCli(['report', 'merged/latest'], { cwd: workspace.path });
    assert.equal(report.code, 0, report.stderr);
  });

  it('is one run however often it is asked for, in whatever order: the evidence counts once', async () => {
    const parts = ['part1/latest', 'part2/latest', 'part3/latest'];
    const first = await merge(...parts, '--out', 'weeks');
    const files = (): readonly (readonly [string, number])[] => filesIn(join(workspace.path, 'weeks'));
    const before = files();
    const again = await merge(...parts.reverse(), '--out', 'weeks');
    assert.deepEqual([first.code, again.code], [0, 0], again.stderr);
    assert.match(again.stderr, /these shards are merged already/);
    assert.equal(again.stdout, first.stdout);
    assert.deepEqual(files(), before);
  });

  it('compares the whole with the runs of its --out, which the shards knew nothing of', async () => {
    const earlier = await scan('with-past', '--scope', scope, '--seed', 'earlier');
    assert.equal(earlier.code, 0, earlier.stderr);
    const { code, stderr } = await merge(
      'part1/latest',
      'part2/latest',
      'part3/latest',
      '--out',
      'with-past',
    );
    assert.equal(code, 0, stderr);
    assert.match(stderr, /latest stays at .*, which began later/);
    assert.equal(runIn('with-past').history?.earlier_runs, 0);
    // The shards ran before that run: they are evidence of their own time, whichever of them is named first.
    const { scan_id: newest } = runIn('with-past');
    const [merged = ''] = readdirSync(join(workspace.path, 'with-past')).filter((name) => name < newest);
    const run = JSON.parse(
      readFileSync(join(workspace.path, 'with-past', merged, 'run.json'), 'utf8'),
    ) as RunRecord;
    assert.deepEqual(run.late, { newer_runs: 1, newest });
  });

  it('names the missing shards', async () => {
    const { code, stderr } = await merge('part2/latest');
    assert.equal(code, 2);
    assert.match(stderr, /missing: shard 1\/3, 3\/3/);
  });

  it('refuses another seed, another scope, a shard twice, and a run that is no shard', async () => {
    const rest = ['part1/latest', 'part2/latest'];
    for (const [last, problem] of [
      ['seed/latest', /another seed/],
      ['grades/latest', /another severity threshold/],
      ['scope/latest', /another scope/],
      ['part2/latest', /shard 2\/3 is named twice/],
      ['whole/latest', /no shard, but a run of its own/],
    ] as const) {
      const { code, stderr } = await merge(...rest, last, '--out', 'never');
      assert.equal(code, 2, last);
      assert.match(stderr, problem);
    }
  });
});
