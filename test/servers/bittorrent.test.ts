/**
 * The built command against nodes of the BitTorrent DHT: transmission, which knows nobody, and aria2 among nine more that
 * make its table full. They ask the scanner back, long after its sockets are closed, so they are no part of the scan of all servers.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readBencoded, textIn, writeBencoded } from '../../probes/bittorrent-dht/bencode.js';
import { bittorrentDht } from '../../probes/bittorrent-dht/bittorrent-dht.js';
import { unpacked, whyMissing } from '../packages/fetch.js';
import { askUntilAnswer } from './ask-in.js';
import { aria2, transmission } from './bittorrent.js';
import { startCapture } from './capture.js';
import { assertEqualToCapture, assertRowEqualsStrongest, findExchange } from './compare.js';
import { makeLink, type Link } from './namespace.js';
import type { Pcap } from './pcap.js';
import { address, type RealServer } from './real-servers.js';
import { rowsOf } from './rows.js';
import { readRun, runCli, type FindingRecord } from './scan.js';
import { startServer, type RunningServer } from './server.js';
import { assertOnPage, updateSection } from './table.js';

const SCANNER = address(1);
const [TRANSMISSION, ARIA2, OTHERS] = [address(90), address(91), address(92)];
const CAPTURE = address(200);
const PORT = 6881;
/** The first of the others. */
const ENTRY = `${OTHERS}:${PORT}`;
const probe = bittorrentDht.build(undefined);

const SERVERS: readonly RealServer[] = [
  {
    name: 'transmission-daemon',
    configured: 'no torrent; it knows no other node',
    address: TRANSMISSION,
    ports: [PORT],
    plan: transmission(TRANSMISSION, PORT),
  },
  {
    name: 'aria2',
    configured: '`--enable-dht=true`, one torrent that nobody has; nine other nodes',
    address: ARIA2,
    ports: [PORT],
    plan: aria2(ARIA2, PORT, ENTRY),
  },
];

const SCOPE = `organisation: Test lab
authorised_by: the test itself
contact: noc@example.net
valid_until: 2099-12-31
networks:
  - { prefix: 192.0.2.88/29, asn: 64496, as_name: TEST-AS }
exclude: [${OTHERS}]
`;

const skip = whyMissing('servers') ?? false;

describe('the built command against nodes of a BitTorrent DHT', () => {
  let folder: string;
  let link: Link | undefined;
  const running: RunningServer[] = [];
  let findings: readonly FindingRecord[];
  let pcap: Pcap;

  before(
    async () => {
      if (skip !== false) return;
      folder = mkdtempSync(join(tmpdir(), 'ampscope-bittorrent-'));
      link = makeLink(SCANNER, [TRANSMISSION, ARIA2, OTHERS, CAPTURE]);
      const made = link;
      const start = (name: string, plan: RealServer['plan']): Promise<RunningServer> =>
        startServer(made, folder, name, plan);
      running.push(await start('node-0', aria2(OTHERS, PORT, ENTRY)));
      const others = Array.from({ length: 8 }, (_, i) => ({
        name: `node-${i + 1}`,
        plan: aria2(OTHERS, PORT + 1 + i, ENTRY),
      }));
      running.push(
        ...(await Promise.all([...SERVERS, ...others].map(({ name, plan }) => start(name, plan)))),
      );
      await untilFull(link, ARIA2);
      const capture = await startCapture(
        link.scanner,
        link.scanner.interface,
        CAPTURE,
        join(folder, 'run.pcap'),
      );
      writeFileSync(join(folder, 'scope.yaml'), SCOPE);
      const out = join(folder, 'exposure');
      // aria2 asks back every 16 s: so long a gap hears at least one of its questions.
      const { exitCode, stderr } = await runCli(link.scanner, folder, [
        'scan',
        ...['--scope', join(folder, 'scope.yaml'), '--out', out, '--probe', 'bittorrent-dht'],
        ...['--retries', '0', '--cooldown', '3s', '--quiet-gap', '20s', '--quiet'],
      ]);
      pcap = await capture.stop();
      assert.equal(exitCode, 0, stderr);
      ({ findings } = readRun(out));
    },
    { timeout: 600_000 },
  );

  after(async () => {
    await Promise.all(running.map((one) => one.stop()));
    link?.close();
    if (skip === false) rmSync(folder, { recursive: true, force: true });
  });

  it('finds both, and every exchange is in the capture, questions of theirs counted apart', { skip }, () => {
    assert.deepEqual(
      findings.map(({ ip }) => ip),
      [TRANSMISSION, ARIA2],
    );
    for (const finding of findings) {
      const exchanges = finding.exchanges.map((record) => ({
        record,
        captured: findExchange(record, { address: finding.ip, port: PORT }, pcap.datagrams, probe),
      }));
      for (const { record, captured } of exchanges) assertEqualToCapture(record, captured);
      assertRowEqualsStrongest(
        finding,
        exchanges
          .filter(({ record }) => record.purpose === 'measure' && record.seen_in === 'measurement')
          .map(({ captured }) => captured),
      );
    }
  });

  // When a node asks back is up to it: 4 to 20 s after it was asked. What it asks is held to the capture above.
  it('takes no question of a node for an answer', { skip }, () => {
    const measured = findings.flatMap(({ exchanges }) =>
      exchanges.filter(({ seen_in }) => seen_in === 'measurement'),
    );
    assert.ok(measured.length > 0);
    for (const { datagrams } of measured) assert.equal(datagrams, 1);
  });

  it('docs/servers.md shows what they answer', { skip }, async () => {
    await assertOnPage(
      'bittorrent',
      SERVERS.flatMap((server) => rowsOf(server, [probe], findings, pcap.datagrams)),
    );
    await updateSection(
      'bittorrent-configurations',
      SERVERS.map(({ name, configured, plan }) => ({
        server: name,
        version: unpacked(plan('').packages).version,
        configuration: configured,
      })),
    );
  });

  it('has nodes that ask nobody outside the link', { skip }, () => {
    const outward = pcap.frames.filter(
      ({ packet }) => packet !== undefined && !packet.destination.startsWith('192.0.2.'),
    );
    assert.deepEqual(outward, []);
  });
});

/** Until a node names eight others: asked from its own side, where it may ask back. */
async function untilFull(link: Link, node: string): Promise<void> {
  const id = 'readiness of a table';
  const question = writeBencoded({ a: { id, target: id }, q: 'find_node', ro: 1, t: 'aa', y: 'q' });
  for (;;) {
    const answer = await askUntilAnswer(link.servers, { address: node, port: PORT }, question, 20_000);
    if (textIn(answer, readBencoded(answer), 'r', 'nodes')?.length === 8 * 26) return;
  }
}
