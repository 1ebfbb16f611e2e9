/** Servers that answer a later question with less, and one that answers from another port than the one that was asked. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isakmp } from '../../probes/isakmp/isakmp.js';
import { sendOnce } from './ask-in.js';
import { whyMissing } from '../packages/fetch.js';
import { makeLink, type Link } from './namespace.js';
import { nexuiz } from './quake3.js';
import { redeclipse } from './redeclipse.js';
import { readRun, runCli, type ExchangeRecord, type FindingRecord } from './scan.js';
import { startServer, type RunningServer } from './server.js';
import { strongswan } from './strongswan.js';

const SCANNER = '192.0.2.1';
const GATEWAY = '192.0.2.10';
const GAME = '192.0.2.11';
const NEXUIZ = '192.0.2.12';
/** The port of the LAN, which Red Eclipse answers from its port of information. */
const [LAN_PORT, INFORMATION_PORT] = [28_799, 28_802];

const SCOPE = `organisation: Test lab
authorised_by: the test itself
contact: noc@example.net
valid_until: 2099-12-31
networks: [{ prefix: ${GATEWAY}/32 }, { prefix: ${GAME}/32 }, { prefix: ${NEXUIZ}/32 }]
`;

const skip = whyMissing('servers') ?? false;

describe('the built command against servers that shrink, share a limit or answer from elsewhere', () => {
  let folder: string;
  let link: Link | undefined;
  let running: readonly RunningServer[] = [];
  let findings: readonly FindingRecord[];
  const findingOf = (address: string): FindingRecord =>
    findings.find(({ ip }) => ip === address) ?? assert.fail(`no finding of ${address}`);
  const sizesOf = (finding: FindingRecord, form: string): readonly number[] =>
    finding.exchanges
      .filter((exchange: ExchangeRecord) => exchange.form === form)
      .map(({ response_size }) => response_size);

  before(
    async () => {
      if (skip !== false) return;
      folder = mkdtempSync(join(tmpdir(), 'ampscope-shrinking-'));
      link = makeLink(SCANNER, [GATEWAY, GAME, NEXUIZ]);
      const made = link;
      running = await Promise.all(
        (
          [
            ['gateway', strongswan(GATEWAY, { connection: true, forgets: false })],
            ['game', redeclipse(GAME)],
            ['nexuiz', nexuiz(NEXUIZ)],
          ] as const
        ).map(([name, plan]) => startServer(made, folder, name, plan)),
      );
      // One half-open exchange, two of the sweep: the measurement finds three, and none is forgotten meanwhile.
      const [saInit] = isakmp.build(undefined).sweepForms;
      await sendOnce(link.scanner, { address: GATEWAY, port: 500 }, saInit.encode(1));
      writeFileSync(join(folder, 'scope.yaml'), SCOPE);
      const out = join(folder, 'exposure');
      const { exitCode, stderr } = await runCli(link.scanner, folder, [
        ...[
          'scan',
          '--scope',
          join(folder, 'scope.yaml'),
          '--out',
          out,
          '--retries',
          '0',
          '--cooldown',
          '2s',
        ],
        ...['--probe', 'isakmp', '--probe', 'redeclipse', '--probe', 'quake3', '--seed', '1', '--quiet'],
        ...['--port', `redeclipse=${LAN_PORT}`],
      ]);
      assert.equal(exitCode, 0, stderr);
      ({ findings } = readRun(out));
    },
    { timeout: 180_000 },
  );

  after(async () => {
    await Promise.all(running.map((one) => one.stop()));
    link?.close();
    if (skip === false) rmSync(folder, { recursive: true, force: true });
  });

  it(
    'strongSwan: a cookie of 60 bytes in place of 392 weakens nothing, and the detail says it',
    { skip },
    () => {
      const finding = findingOf(GATEWAY);
      // In the sweep, and alone.
      assert.deepEqual(sizesOf(finding, 'sa-init'), [392, 60]);
      assert.deepEqual(sizesOf(finding, 'main-mode'), [116]);
      assert.equal(finding.response_size, 116);
      assert.equal(finding.amplification, 1.38);
      assert.match(
        String(finding['detail']),
        /^IKEv2 asks for a cookie first; IKEv1 takes up the exchange; .* brought 392, 60 bytes/,
      );
    },
  );

  it(
    'Red Eclipse: asked on the port of the LAN it answers from its own, and is one finding',
    { skip },
    () => {
      const finding = findingOf(GAME);
      assert.equal(finding.probed_port, LAN_PORT);
      assert.equal(finding['response_port'], INFORMATION_PORT);
      assert.equal(finding.port, INFORMATION_PORT);
      assert.deepEqual([finding.request_size, finding.response_size, finding.packets], [5, 36, 1]);
    },
  );

  it(
    'DarkPlaces: one answer a second for both questions is slow enough for both to be answered',
    { skip },
    () => {
      const finding = findingOf(NEXUIZ);
      assert.deepEqual(sizesOf(finding, 'getstatus').concat(sizesOf(finding, 'getinfo')), [184, 184, 181]);
      assert.equal(finding['version'], 'DarkPlaces');
    },
  );
});
