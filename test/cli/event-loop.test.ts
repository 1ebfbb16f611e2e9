/** Nothing that a command does keeps the event loop: the first signal is heard at once. test/servers holds it too. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { writeRun } from '../../src/archive/run-archive.js';
import { createRunDirectory, makeRunsFolder } from '../../src/archive/run-directory.js';
import { assertNeverBlocked, watchEventLoop } from '../event-loop/watch.js';
import { largeRun } from '../reports/large-run.js';
import { runCli } from './run-cli.js';
import { ONE_PASS, scanOfLab } from './scan-of-lab.js';
import { makeWorkspace, scopeText } from './workspace.js';

const workspace = makeWorkspace();
const lab = scanOfLab(workspace);
const HOST = '127.9.0.7';
const FINDINGS = 2000;

describe('the watch over the event loop', () => {
  const probesWith = async (work: string): ReturnType<typeof watchEventLoop> => {
    const script = `import { subscribe } from 'node:diagnostics_channel';
      subscribe('ampscope:command-loaded', () => setTimeout(() => { ${work} }, 20));`;
    const also = `--import=data:text/javascript,${encodeURIComponent(script)}`;
    return watchEventLoop(({ NODE_OPTIONS = '', ...environment }) =>
      runCli(['probes'], {
        environment: { ...environment, NODE_OPTIONS: `${NODE_OPTIONS} ${also}` },
      }),
    );
  };

  it('sees a command that computes for 300 ms at a time', async () => {
    const { longest } = await probesWith(
      'const cpu = () => Object.values(process.cpuUsage()).reduce((a, b) => a + b); const from = cpu(); while (cpu() - from < 300_000);',
    );
    assert.ok(longest.cpuMs > 200, `${longest.cpuMs} ms`);
    assert.throws(() => {
      assertNeverBlocked(longest, 'probes');
    }, /probes: the event loop stood still for \d+\.\d ms of CPU time/);
  });

  it('does not take a machine that is busy with something else for it', async () => {
    const { longest } = await probesWith(
      'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);',
    );
    assertNeverBlocked(longest, 'probes');
  });
});

describe('the event loop turns all the time', () => {
  const holds = async (args: readonly string[], codes: readonly number[] = [0]): Promise<string> => {
    const { result, longest } = await watchEventLoop((environment) =>
      runCli(args, { environment, cwd: workspace.path }),
    );
    assert.ok(codes.includes(result.code ?? -1), `${result.code}: ${result.stderr}`);
    assertNeverBlocked(longest, args.join(' '));
    return result.stdout;
  };

  it('in a scan of the lab, and in the report that is made of it again', async () => {
    const out = join(workspace.path, 'lab');
    await holds(lab.args(out, ...ONE_PASS), [0, 4]);
    await holds(['report', join(out, 'latest')]);
  });

  for (const form of ['--json', '--all'])
    it(`in inspect ${form}, of a host that answers with 1,000 full datagrams`, async () => {
      const server = createSocket('udp4');
      server.bind(0, HOST);
      await once(server, 'listening');
      // A head as of MON_GETLIST_1, more to come, six items of 72 bytes.
      const full = Buffer.concat([Buffer.from('d700032a00060048', 'hex'), Buffer.alloc(432, 0x7f)]);
      server.on('message', (_, from) => {
        for (let i = 0; i < 1000; i++) server.send(full, from.port, from.address);
      });
      try {
        const scope = workspace.write('inspect.yaml', scopeText());
        const ask = [
          '--probe',
          'ntp-monlist',
          '--port',
          `ntp-monlist=${server.address().port}`,
          '--quiet-gap',
          '1s',
        ];
        const shown = await holds(['inspect', HOST, '--scope', scope, ...ask, form], [0, 4]);
        assert.ok([...shown.matchAll(/bytes/g)].length > 1000);
      } finally {
        server.close();
      }
    });

  it(`in report of ${FINDINGS} findings, letters to their customers, and in merge of two shards of as many`, async () => {
    const { run, records } = largeRun(FINDINGS);
    const rows = records.map((record, index) => ({ ...record, customer: `C-${index % 40}` }));
    const directories = [];
    for (const [index, part] of [rows.slice(0, FINDINGS / 2), rows.slice(FINDINGS / 2)].entries()) {
      const out = join(workspace.path, `shard-${index + 1}`);
      await makeRunsFolder(out, { fileMode: 0o600 });
      const { path } = await createRunDirectory(out, run.scan_id, { fileMode: 0o600 });
      directories.push(path);
      const shard = {
        ...run,
        settings: { ...run.settings, shard: `${index + 1}/2` },
        counts: { ...run.counts, findings: part.length },
      };
      await writeRun(path, shard, part, []);
    }
    const out = join(workspace.path, 'merged');
    await holds(['merge', '--out', out, ...directories], [0, 4]);
    await holds(['report', join(out, 'latest')]);
    await holds(['report', join(out, 'latest'), '--notices', 'all']);
  });
});
