/** `--rrl-check` and `--dns-version` of the built command, against BIND with response rate limiting. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { bind9Authoritative } from './bind9.js';
import { whyMissing } from '../packages/fetch.js';
import { makeLink, type Link } from './namespace.js';
import { readRun, runCli, type FindingRecord } from './scan.js';
import { startServer, type RunningServer } from './server.js';

const SCANNER = '192.0.2.1';
const LIMITED = '192.0.2.15';
const UNLIMITED = '192.0.2.16';

const SCOPE = `organisation: Test lab
authorised_by: the test itself
contact: noc@example.net
valid_until: 2099-12-31
networks: [{ prefix: ${LIMITED}/32 }, { prefix: ${UNLIMITED}/32 }]
dns: { names: [fat.test] }
`;

const skip = whyMissing('servers') ?? false;

describe('the options of the DNS probes, against BIND', () => {
  let folder: string;
  let link: Link | undefined;
  let running: readonly RunningServer[] = [];
  let findings: readonly FindingRecord[];

  before(
    async () => {
      if (skip !== false) return;
      folder = mkdtempSync(join(tmpdir(), 'ampscope-dns-options-'));
      link = makeLink(SCANNER, [LIMITED, UNLIMITED]);
      const rrl = 'rate-limit { responses-per-second 5; window 5; slip 2; }';
      for (const [name, address, options] of [
        ['limited', LIMITED, [rrl]],
        ['unlimited', UNLIMITED, ['minimal-any yes']],
      ] as const)
        running = [...running, await startServer(link, folder, name, bind9Authoritative(address, options))];
      writeFileSync(join(folder, 'scope.yaml'), SCOPE);
      const out = join(folder, 'exposure');
      const { exitCode, stderr } = await runCli(link.scanner, folder, [
        'scan',
        ...[
          '--scope',
          join(folder, 'scope.yaml'),
          '--out',
          out,
          '--retries',
          '0',
          '--cooldown',
          '2s',
          '--quiet',
        ],
        ...['--probe', 'dns-any', '--rrl-check', '--dns-version'],
      ]);
      assert.equal(exitCode, 0, stderr);
      ({ findings } = readRun(out));
    },
    { timeout: 110_000 },
  );

  after(async () => {
    await Promise.all(running.map((one) => one.stop()));
    link?.close();
    if (skip === false) rmSync(folder, { recursive: true, force: true });
  });

  for (const [address, isLimited] of [
    [LIMITED, true],
    [UNLIMITED, false],
  ] as const)
    it(
      `${isLimited ? 'sees' : 'sees no'} rate limit in one burst of 15, and no factor of it; names the version`,
      { skip },
      () => {
        const [finding, ...others] = findings.filter(({ ip }) => ip === address);
        assert.ok(finding && others.length === 0);
        const burst = finding.exchanges.filter(({ purpose }) => purpose === 'rate-check');
        assert.equal(burst.length, 15);
        assert.ok(burst.every((exchange) => !('amplification' in exchange)));
        assert.equal(
          (finding.tag ?? '').split(';').includes('rate-limited'),
          isLimited,
          String(finding['detail']),
        );
        assert.match(String(finding['version']), /^9\./);
        const pattern = /(\d+) full.* of 15 in 1 s \(([FTRD]{15})\)/.exec(String(finding['detail']));
        if (isLimited) assert.match(pattern?.[2] ?? '', /T/, 'slip 2: every second one is truncated');
        else assert.equal(pattern?.[1], '15');
      },
    );
});
