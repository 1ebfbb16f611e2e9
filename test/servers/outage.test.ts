/**
 * A path that begins to drop everything, told by the built command: that run fixes nothing and says first that it is
 * suspect. Then single servers are silent on a path that the others prove, and one port is closed. At last a canary
 * that refuses whatever it is asked proves the path alone, and then fails.
 */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { whyMissing } from '../packages/fetch.js';
import { bind9Authoritative } from './bind9.js';
import { nft } from './firewall.js';
import { openbsdInetd } from './inetd.js';
import { makeLink, type Link } from './namespace.js';
import { readRun, runCli, type CliResult, type FindingRecord } from './scan.js';
import { startServer, type PlanIn, type RunningServer } from './server.js';
import { snmpd } from './snmpd.js';

const skip = whyMissing('servers') ?? false;
const SCANNER = '192.0.2.1';
const [CHARGEN, SNMP, CANARY] = ['192.0.2.10', '192.0.2.11', '192.0.2.12'] as const;
const scopeWith = (canaries: string): string => `organisation: Test lab
authorised_by: the test itself
contact: noc@example.net
valid_until: 2099-12-31
networks: [{ prefix: 192.0.2.8/29, asn: 64496, customer: C-1001 }]
${canaries}limits: { per_host: 5 }
snmp: { communities: [public] }
`;

interface Week extends CliResult {
  readonly directory: string;
  readonly rows: readonly FindingRecord[];
  readonly run: ReturnType<typeof readRun>['run'];
  /** Whether `latest` shows it. */
  readonly isLatest: boolean;
}

describe('a path that drops, refuses and comes back', { skip }, () => {
  const folder = skip === false ? mkdtempSync(join(tmpdir(), 'ampscope-outage-')) : '';
  const running: RunningServer[] = [];
  const weeks: Week[] = [];
  let link: Link | undefined;

  before(
    async () => {
      if (skip !== false) return;
      link = makeLink(SCANNER, [CHARGEN, SNMP, CANARY]);
      await Promise.all([
        start('chargen', openbsdInetd(CHARGEN)),
        start('snmp', snmpd(SNMP, { view: 'all' })),
        start('canary', bind9Authoritative(CANARY, ['allow-query { none; }'])),
      ]);
      writeFileSync(join(folder, 'scope.yaml'), scopeWith(''));
      await scan();
      await scan('drop');
      await scan();
      await scan(`ip daddr ${SNMP} drop`);
      await scan(`ip daddr ${SNMP} drop`);
      await scan(`ip daddr ${CHARGEN} udp dport 19 reject with icmp port-unreachable`);
      const canary = `canaries: [{ address: ${CANARY}, probe: dns-any }]\n`;
      writeFileSync(join(folder, 'scope.yaml'), scopeWith(canary));
      await scan(`ip daddr { ${CHARGEN}, ${SNMP} } drop`);
      await scan('drop');
    },
    { timeout: 560_000 },
  );
  after(async () => {
    await Promise.all(running.map((one) => one.stop()));
    link?.close();
    if (skip === false) rmSync(folder, { recursive: true, force: true });
  });

  it('has the status of each server in each week that evidence and proved silence give it', () => {
    assert.deepEqual(
      Object.fromEntries([CHARGEN, SNMP].map((ip) => [ip, weeks.map(({ rows }) => statusIn(rows, ip))])),
      {
        [CHARGEN]: [
          ...['new', 'unknown: path not proved', 'persisting', 'persisting', 'persisting', 'fixed: closed'],
          ...['no row', 'no row'],
        ],
        [SNMP]: [
          ...[
            'new',
            'unknown: path not proved',
            'persisting',
            'unknown: silent',
            'fixed: silent',
            'reopened',
          ],
          ...['unknown: silent', 'unknown: path not proved'],
        ],
      },
    );
  });

  it('exits with 4 after the weeks that dropped everything, and latest stays where it was', () => {
    assert.deepEqual(
      weeks.map(({ exitCode }) => exitCode),
      [0, 4, 0, 0, 0, 0, 0, 4],
    );
    assert.deepEqual(
      weeks.map(({ isLatest }) => isLatest),
      [true, false, true, true, true, true, true, false],
    );
  });

  it('says first that the run is suspect, and by what, on the console, in run.json and on the page', () => {
    const [dark, failed] = [weeks[1], weeks[7]];
    assert.deepEqual(dark?.run['suspect'], { reason: 'responders', expected: 2, answered: 0 });
    assert.match(dark.stdout, /^SUSPECT: .*: of 2 addresses that answered before, none answered anything\n/);
    assert.doesNotMatch(dark.stdout, /\d fixed/);
    assert.deepEqual(failed?.run['suspect'], {
      ...{ reason: 'canaries', expected: 1, answered: 0 },
      networks: ['192.0.2.8/29'],
    });
    assert.match(failed.stdout, /^SUSPECT: .*: none of the 1 canary of 192\.0\.2\.8\/29 answered\n/);
    for (const { directory } of [dark, failed]) {
      const page = readFileSync(join(directory, 'report.html'), 'utf8');
      const main = page.slice(page.indexOf('<main'));
      assert.match(
        main.slice(0, main.indexOf('<section')),
        /This run is suspect: .*この調査結果は信頼できません/s,
      );
    }
    const usual = weeks[2];
    assert.ok(usual !== undefined && !usual.stdout.includes('SUSPECT'));
    assert.ok(!readFileSync(join(usual.directory, 'report.html'), 'utf8').includes('is suspect'));
  });

  it('writes letters after a run that reached the network, and none after one that may not have', () => {
    assert.deepEqual(
      weeks.map(({ directory }) => existsSync(join(directory, 'notices'))),
      [true, false, true, true, true, true, false, false],
    );
  });

  it('says since when a silent server no longer answers and how often it was asked, and never that it is closed', () => {
    const of = (week: number): string =>
      String(weeks[week - 1]?.rows.find(({ ip }) => ip === SNMP)?.['detail']);
    const since = /^unknown: no longer answers since (\S+Z); asked again 3 times, last at \S+Z;/.exec(
      of(4),
    )?.[1];
    assert.equal(since, String(weeks[3]?.run['started']));
    assert.ok(
      of(5).startsWith(`fixed: no longer answers since ${since}, in 2 runs in a row; asked again 3 times`),
    );
    for (const week of [2, 4, 5]) assert.doesNotMatch(of(week), /closed/);
  });

  it('asks a canary that refuses everything until it answers, and counts what it was sent', () => {
    const canaries = weeks.map(({ run }) => (run['path'] as { readonly canaries?: unknown }).canaries);
    const canary = { ip: CANARY, probe: 'dns-any', port: 53, network: '192.0.2.8/29' };
    assert.deepEqual(canaries.slice(0, 6), Array(6).fill(undefined));
    assert.deepEqual(canaries[6], [{ ...canary, requests: 1, answered: true }]);
    const [silent] = canaries[7] as readonly { readonly requests: number }[];
    assert.ok(silent !== undefined && silent.requests >= 3 && silent.requests % 3 === 0);
    assert.deepEqual(silent, { ...canary, requests: silent.requests, answered: false });
  });

  async function start(name: string, plan: PlanIn): Promise<void> {
    assert.ok(link);
    running.push(await startServer(link, folder, name, plan));
  }

  /** @param rule what the way to the servers does meanwhile, as nftables says it. */
  async function scan(rule?: string): Promise<void> {
    assert.ok(link);
    const { servers, scanner } = link;
    if (rule !== undefined)
      nft(servers, `table ip way { chain in { type filter hook input priority 0; ${rule}; }; }`);
    const out = join(folder, 'exposure');
    const before = new Set(existsSync(out) ? readdirSync(out) : []);
    const result = await runCli(scanner, folder, [
      ...['scan', '--quiet', '--out', out, '--probe', 'chargen', '--probe', 'snmp-getbulk'],
      ...['--cooldown', '1s', '--form-gap', '500ms', '--quiet-gap', '500ms', '--retries', '0'],
    ]);
    if (rule !== undefined) nft(servers, 'delete table ip way');
    const name = readdirSync(out).find((each) => !before.has(each) && /^\d{4}-.*Z/.test(each));
    assert.ok(name !== undefined, result.stderr);
    const directory = join(out, name);
    weeks.push({
      ...result,
      directory,
      rows: readFileSync(join(directory, 'findings.jsonl'), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as FindingRecord),
      run: JSON.parse(readFileSync(join(directory, 'run.json'), 'utf8')) as Week['run'],
      isLatest: readlinkSync(join(out, 'latest')) === name,
    });
  }
});

function statusIn(rows: readonly FindingRecord[], ip: string): string {
  const found = rows.filter((row) => row.ip === ip);
  assert.ok(found.length <= 1, `${found.length} rows of ${ip}`);
  const [row] = found;
  if (row === undefined) return 'no row';
  return [row['status'], row['status_evidence'] ?? row['status_doubt']].filter(Boolean).join(': ');
}
