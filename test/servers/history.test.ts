/**
 * What becomes of real servers from one run to the next, told by the built command: one is stopped, one reconfigured
 * to refuse, one firewalled in silence and one with a refusal, and one stays as it is. Then the firewall is opened.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { bind9Authoritative } from './bind9.js';
import { whyMissing } from '../packages/fetch.js';
import { nft } from './firewall.js';
import { inetutilsInetd, openbsdInetd, xinetd } from './inetd.js';
import { makeLink, type Link } from './namespace.js';
import { readRun, runCli, type FindingRecord } from './scan.js';
import { startServer, type PlanIn, type RunningServer } from './server.js';
import { snmpd } from './snmpd.js';

const skip = whyMissing('servers') ?? false;
const SCANNER = '192.0.2.1';
const [STOPPED, RECONFIGURED, DROPPED, REJECTED, STEADY] = [10, 11, 12, 13, 14].map(
  (host) => `192.0.2.${host}`,
) as [string, string, string, string, string];

const SCOPE = `organisation: Test lab
authorised_by: the test itself
contact: noc@example.net
valid_until: 2099-12-31
networks: [{ prefix: 192.0.2.8/29, asn: 64496 }]
limits: { per_host: 5 }
dns: { names: [fat.test] }
snmp: { communities: [public] }
`;

describe('real servers from one run to the next', { skip }, () => {
  const folder = skip === false ? mkdtempSync(join(tmpdir(), 'ampscope-history-')) : '';
  const running = new Map<string, RunningServer>();
  const runs: (readonly FindingRecord[])[] = [];
  let link: Link | undefined;

  before(
    async () => {
      if (skip !== false) return;
      writeFileSync(join(folder, 'scope.yaml'), SCOPE);
      link = makeLink(SCANNER, [STOPPED, RECONFIGURED, DROPPED, REJECTED, STEADY]);
      await Promise.all([
        start(STOPPED, xinetd(STOPPED)),
        start(RECONFIGURED, bind9Authoritative(RECONFIGURED, ['minimal-any no'])),
        start(DROPPED, snmpd(DROPPED, { view: 'all' })),
        start(REJECTED, openbsdInetd(REJECTED)),
        start(STEADY, inetutilsInetd(STEADY)),
      ]);
      await scan();
      await running.get(STOPPED)?.stop();
      await running.get(RECONFIGURED)?.stop();
      await start(`${RECONFIGURED}-refusing`, bind9Authoritative(RECONFIGURED, ['allow-query { none; }']));
      const [drop, reject] = [`ip daddr ${DROPPED} udp dport 161 drop`, `ip daddr ${REJECTED} udp dport 19`];
      nft(
        link.servers,
        `table ip history { chain in { type filter hook input priority 0; ${drop}; ${reject} reject with icmp port-unreachable; }; }`,
      );
      await scan();
      nft(link.servers, 'delete table ip history');
      await scan();
    },
    { timeout: 120_000 },
  );
  after(async () => {
    await Promise.all([...running.values()].map((one) => one.stop()));
    link?.close();
    if (skip === false) rmSync(folder, { recursive: true, force: true });
  });

  it('are fixed where they were stopped or refuse, not where one is silent, and reopened when the firewall is', () => {
    assert.deepEqual(
      Object.fromEntries(
        [STOPPED, RECONFIGURED, DROPPED, REJECTED, STEADY].map((ip) => [ip, runs.map(statusOf(ip))]),
      ),
      {
        [STOPPED]: ['new', 'fixed: closed', 'no row'],
        [RECONFIGURED]: ['new', 'fixed: refused', 'no row'],
        // The others prove the path; one silent run is no fix.
        [DROPPED]: ['new', 'unknown: silent', 'persisting'],
        // It refuses on behalf of the host: that cannot be told from a closed port.
        [REJECTED]: ['new', 'fixed: closed', 'reopened'],
        [STEADY]: ['new', 'persisting', 'persisting'],
      },
    );
  });

  it('show in the row what was asked in vain, and what came of it', () => {
    const ends = (ip: string): readonly unknown[] =>
      runs[1]?.find((row) => row.ip === ip)?.exchanges.map(({ purpose, end }) => [purpose, end]) ?? [];
    assert.deepEqual(ends(STOPPED), [['prove', 'closed']]);
    assert.deepEqual(ends(REJECTED), [['prove', 'closed']]);
    const silent = ends(DROPPED);
    assert.ok(silent.length >= 3 && silent.length % 3 === 0, `${silent.length} exchanges`);
    assert.deepEqual([...new Set(silent.map(String))], ['prove,silent']);
    const refusals = runs[1]?.find((row) => row.ip === RECONFIGURED)?.exchanges.map(({ refusal }) => refusal);
    assert.ok(
      refusals?.length && refusals.every((reason) => String(reason).startsWith('refused')),
      String(refusals),
    );
  });

  async function start(name: string, plan: PlanIn): Promise<void> {
    assert.ok(link);
    running.set(name, await startServer(link, folder, name, plan));
  }

  async function scan(): Promise<void> {
    assert.ok(link);
    const out = join(folder, 'exposure');
    const probes = ['chargen', 'dns-any', 'snmp-getbulk'].flatMap((probe) => ['--probe', probe]);
    const fast = ['--cooldown', '1s', '--form-gap', '500ms', '--quiet-gap', '500ms', '--retries', '0'];
    const { exitCode, stderr } = await runCli(link.scanner, folder, [
      ...['scan', '--quiet', '--out', out],
      ...probes,
      ...fast,
    ]);
    assert.equal(exitCode, 0, stderr);
    runs.push(readRun(out).findings);
  }
});

function statusOf(ip: string): (rows: readonly FindingRecord[]) => string {
  return (rows) => {
    const found = rows.filter((row) => row.ip === ip);
    assert.ok(found.length <= 1, `${found.length} rows of ${ip}`);
    const [row] = found;
    if (row === undefined) return 'no row';
    return [row['status'], row['status_evidence'] ?? row['status_doubt']].filter(Boolean).join(': ');
  };
}
