/**
 * What the texts of mdns and ssdp say of Avahi and miniupnpd: that they answer their own network and no other. So what is
 * found across a router is something else.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { probes } from '../../probes/list.js';
import { whyMissing } from '../packages/fetch.js';
import { askUntilAnswer, sendOnce } from './ask-in.js';
import { startCapture } from './capture.js';
import { makeLink, type Link } from './namespace.js';
import type { Pcap } from './pcap.js';
import { address, REAL_SERVERS } from './real-servers.js';
import { startServer, type RunningServer } from './server.js';

const SCANNER = address(1);
/** Nothing listens there: where the markers of the capture go. */
const NOBODY = address(2);
/** RFC 5737, TEST-NET-2: the scanner's other address, which is in no network of the servers. */
const ROUTED = '198.51.100.1';
const WITHIN_MS = 60_000;

const CASES = [
  // It answers at once: what it did not answer before the next question it never will.
  { server: 'avahi', probe: 'mdns', ignores: '' },
  // It answers after a random pause, but says at once whom it ignores.
  { server: 'miniupnpd-upnp', probe: 'ssdp', ignores: `SSDP packet sender ${ROUTED}` },
] as const;

const skip = whyMissing('servers') ?? false;

describe('a question from another network', () => {
  let folder: string;
  let link: Link | undefined;
  let running: readonly RunningServer[] = [];
  let pcap: Pcap;

  before(
    async () => {
      if (skip !== false) return;
      folder = mkdtempSync(join(tmpdir(), 'ampscope-off-link-'));
      const servers = REAL_SERVERS.filter(({ name }) => CASES.some(({ server }) => server === name));
      const made = makeLink(SCANNER, [NOBODY, ...servers.map((server) => server.address)]);
      link = made;
      const ip = (...words: readonly string[]): unknown =>
        execFileSync('ip', ['-n', made.scanner.name, ...words]);
      ip('addr', 'add', `${ROUTED}/32`, 'dev', 'lo');
      running = await Promise.all(servers.map(({ name, plan }) => startServer(made, folder, name, plan)));
      const { scanner } = made;
      const capture = await startCapture(scanner, scanner.interface, NOBODY, join(folder, 'asked.pcap'));
      for (const { server, probe, ignores } of CASES) {
        const { to, request, output } = asked(server, probe);
        ip('route', 'add', `${to.address}/32`, 'dev', scanner.interface, 'src', ROUTED);
        await sendOnce(scanner, to, request);
        const deadline = Date.now() + WITHIN_MS;
        while (!output().includes(ignores)) {
          assert.ok(Date.now() < deadline, output());
          await sleep(20);
        }
        ip('route', 'del', `${to.address}/32`);
        await askUntilAnswer(scanner, to, request, WITHIN_MS);
      }
      pcap = await capture.stop();
    },
    { timeout: 300_000 },
  );

  after(async () => {
    await Promise.all(running.map((one) => one.stop()));
    link?.close();
    if (skip === false) rmSync(folder, { recursive: true, force: true });
  });

  for (const { server, probe } of CASES)
    it(`is not answered by ${server}, which answers the same question of its own`, { skip }, () => {
      const { to } = asked(server, probe);
      const between = (other: string): readonly [asked: boolean, answered: boolean] => [
        pcap.datagrams.some(({ source, destination }) => source === other && destination === to.address),
        pcap.datagrams.some(({ source, destination }) => source === to.address && destination === other),
      ];
      assert.deepEqual(between(ROUTED), [true, false]);
      assert.deepEqual(between(SCANNER), [true, true]);
    });

  function asked(server: string, id: string) {
    const definition = probes.find((each) => each.id === id);
    const at = REAL_SERVERS.find(({ name }) => name === server);
    assert.ok(definition && at);
    return {
      to: { address: at.address, port: definition.port },
      request: definition.build(undefined).sweepForms[0].encode(1),
      output: () => running.find(({ name }) => name === server)?.output() ?? '',
    };
  }
});
