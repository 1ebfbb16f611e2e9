import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { probes } from '../../probes/list.js';
import type { Lab } from '../../src/lab/lab.js';
import { startLab } from '../../src/lab/lab.js';
import { labHosts } from '../../src/lab/layout.js';
import { runCli } from './run-cli.js';
import { makeWorkspace, scopeText } from './workspace.js';

const BASE_PORT = 25_000 + (process.pid % 25) * 200;
const workspace = makeWorkspace();
workspace.write(
  'scope.yaml',
  scopeText({ networks: '[{ prefix: 127.64.0.0/16 }]', exclude: '[127.64.9.9]' }),
);
workspace.write('expired.yaml', scopeText({ valid_until: '2020-01-01' }));
const hosts = labHosts(probes, { basePort: BASE_PORT, hasIpv6: false });
let lab: Lab;

before(async () => {
  lab = await startLab(hosts);
});
after(() => lab.close());

describe('ampscope inspect', () => {
  it('shows every request and reply of one host, its factors and what they mean, and writes no file', async () => {
    const before = readdirSync(workspace.path);
    const { code, stdout } = await inspect('ntpd-4.2.6-600-clients', 'ntp-monlist');
    assert.equal(code, 0);
    assert.match(
      stdout,
      /asked by ampscope \d\S* for Harbour Networks\nauthorised by J\. Harbour, ticket 12/,
    );
    assert.match(stdout, /^ {2}request 1: .* 8 bytes, \d{4}-.*Z from port \d+$/m);
    assert.match(stdout, /^ {4}0000 {2}17/m);
    assert.match(stdout, /^ {2}reply 1 of 100: 440 bytes/m);
    assert.match(stdout, /^ {2}factors +5500\.00x for 8 bytes, 100\.00x in packets, 759\.38x on the wire$/m);
    assert.match(stdout, /^ {2}exposure +scan_ntpmonitor, critical: /m);
    assert.match(stdout, /^sent: 1 request, 8 bytes, from /m);
    for (const line of stdout.split('\n')) assert.ok(line.length <= 100, line);
    assert.deepEqual(readdirSync(workspace.path), before);
  });

  it('says the same as JSON, every datagram included', async () => {
    const { code, stdout } = await inspect('ntpd-4.2.6-600-clients', 'ntp-monlist', '--json');
    assert.equal(code, 0);
    const { requests, probes: asked } = JSON.parse(stdout) as {
      requests: number;
      probes: {
        outcome: string;
        severity: string;
        exchanges: {
          request: string;
          amplification: number;
          local_port: number;
          replies: { bytes: number; fields: { at: number; bytes: number; hex: string }[] }[];
        }[];
      }[];
    };
    const [only] = asked;
    const exchange = only?.exchanges[0];
    assert.deepEqual([requests, only?.outcome, only?.severity], [1, 'exposure', 'critical']);
    assert.ok(exchange);
    assert.equal(exchange.amplification, 5500);
    assert.ok(exchange.local_port > 0);
    assert.equal(exchange.replies.length, 100);
    for (const { bytes, fields } of exchange.replies)
      assert.equal(fields.map(({ hex }) => hex).join('').length, 2 * bytes);
  });

  it('tells a closed port from silence, and says what silence means', async () => {
    const args = ['inspect', '127.64.5.5', '--probe', 'chargen', '--port', `chargen=${BASE_PORT + 7}`];
    const closed = await runCli(args, { cwd: workspace.path });
    assert.match(closed.stdout, /^ {2}closed +the port is closed: an ICMP port unreachable came back$/m);
    const silent = await inspect('snmpd-own-community', 'snmp-getbulk');
    assert.match(silent.stdout, /^ {2}silent +nothing came back, and UDP does not tell why/m);
    assert.deepEqual([closed.code, silent.code], [0, 0]);
  });

  it('refuses what the scope does not allow, and what is no single host', async () => {
    for (const [args, error] of [
      [['127.65.0.1'], /"127\.65\.0\.1" is outside the scope/],
      [['127.64.9.9'], /excluded/],
      [['127.64.0.0/24'], /no single address/],
      [['localhost'], /localhost/],
      [['127.64.1.1', '--scope', 'expired.yaml'], /2020-01-01/],
      [[], /inspect|argument/],
    ] as const) {
      const { code, stdout, stderr } = await runCli(['inspect', ...args], { cwd: workspace.path });
      assert.equal(code, 2, stderr);
      assert.match(stderr, error);
      assert.equal(stdout, '');
    }
  });
});

function inspect(emulated: string, probe: string, ...args: readonly string[]): ReturnType<typeof runCli> {
  const host = hosts.find((each) => each.emulated.name === emulated);
  assert.ok(host);
  const port = `${probe}=${host.port}`;
  return runCli(['inspect', host.address, '--probe', probe, '--port', port, ...args], {
    cwd: workspace.path,
  });
}
