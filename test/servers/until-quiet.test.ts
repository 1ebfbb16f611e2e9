/**
 * Servers that send again while nothing acknowledges them: each exchange is listened to until the line is quiet, and then
 * ended with the protocol's own word. The figures are those of a capture of the same run.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ATTRIBUTE, MESSAGE, numberOf, readControl, type ControlMessage } from '../../probes/l2tp/message.js';
import { startCapture } from './capture.js';
import { assertEqualToCapture, assertRowEqualsStrongest, findExchange } from './compare.js';
import { whyMissing } from '../packages/fetch.js';
import { makeLink, type Link } from './namespace.js';
import type { CapturedDatagram } from './pcap.js';
import { builtProbes, rowsOf } from './rows.js';
import { readRun, runCli, type FindingRecord } from './scan.js';
import { startServer, type PlanIn, type RunningServer } from './server.js';
import { assertOnPage } from './table.js';
import { atftpd, dnsmasqTftp, tftpdHpa } from './tftp.js';
import { xl2tpd } from './xl2tpd.js';

interface Repeater {
  readonly name: string;
  readonly address: string;
  readonly plan: PlanIn;
  readonly probe: string;
  /** How often it sends: by its own count, however slow the machine is. */
  readonly datagrams: number;
  readonly bytes: number;
  /** The datagram that ends the exchange. */
  readonly isFarewell: (payload: Uint8Array) => boolean;
}

const SCANNER = '192.0.2.1';
const PROBES = builtProbes({});
const TFTP = {
  probe: 'tftp',
  isFarewell: (payload: Uint8Array) => Buffer.from(payload).toString('latin1') === '\0\x05\0\0not wanted\0',
};
const full = { hasFile: true };
const NOTHING: ControlMessage = { tunnelId: 0, sent: 0, expected: 0, attributes: [] };

const REPEATERS: readonly Repeater[] = [
  // The same block six times: after 0, 1, 3, 7, 15 and 31 s.
  { ...TFTP, ...at('tftpd-hpa', 10, (on) => tftpdHpa(on, full)), datagrams: 6, bytes: 6 * 516 },
  // The block, and then each 5 s the three bytes of a header that was cut short.
  { ...TFTP, ...at('atftpd', 11, (on) => atftpd(on, full)), datagrams: 6, bytes: 516 + 5 * 3 },
  { ...TFTP, ...at('dnsmasq', 12, (on) => dnsmasqTftp(on, full)), datagrams: 7, bytes: 7 * 516 },
  // Its reply after 0, 1, 3, 7 and 15 s, and from 31 s on five times that it gives up.
  {
    ...at('xl2tpd', 13, xl2tpd),
    probe: 'l2tp',
    isFarewell: (payload) =>
      numberOf(readControl(payload) ?? NOTHING, ATTRIBUTE.messageType) === MESSAGE.stop,
    datagrams: 10,
    bytes: 5 * 100 + 5 * 45,
  },
];

const skip = whyMissing('servers') ?? false;

describe('an exchange with a server that sends again', { skip }, () => {
  let folder: string;
  let link: Link | undefined;
  let running: readonly RunningServer[] = [];
  let findings: readonly FindingRecord[];
  let farewells: number | undefined;
  let capture: readonly CapturedDatagram[];

  before(
    async () => {
      if (skip !== false) return;
      folder = mkdtempSync(join(tmpdir(), 'ampscope-quiet-'));
      const made = makeLink(
        SCANNER,
        REPEATERS.map(({ address }) => address),
      );
      link = made;
      running = await Promise.all(REPEATERS.map(({ name, plan }) => startServer(made, folder, name, plan)));
      writeFileSync(join(folder, 'scope.yaml'), SCOPE);
      const { scanner } = made;
      const [first] = REPEATERS;
      const tcpdump = await startCapture(
        scanner,
        scanner.interface,
        first?.address ?? '',
        join(folder, 'run.pcap'),
      );
      const out = join(folder, 'exposure');
      const probes = [...new Set(REPEATERS.map(({ probe }) => probe))].flatMap((id) => ['--probe', id]);
      const result = await runCli(scanner, folder, [
        ...['scan', '--scope', join(folder, 'scope.yaml'), '--out', out, ...probes],
        ...['--cooldown', '1s', '--quiet'],
      ]);
      capture = (await tcpdump.stop()).datagrams;
      assert.equal(result.exitCode, 0, result.stderr);
      const read = readRun(out);
      findings = read.findings;
      farewells = read.run.counts.farewells;
    },
    { timeout: 180_000 },
  );

  after(async () => {
    await Promise.all(running.map((one) => one.stop()));
    link?.close();
    if (skip === false) rmSync(folder, { recursive: true, force: true });
  });

  for (const { name, address, probe, datagrams, bytes, isFarewell } of REPEATERS) {
    it(`${name}: has all its datagrams, as the capture has them, and no lower bound`, () => {
      const { finding, exchange, captured } = measured(address, probe);
      assertEqualToCapture(exchange, captured);
      assertRowEqualsStrongest(finding, [captured]);
      assert.deepEqual([exchange.datagrams, exchange.response_size], [datagrams, bytes]);
      assert.notEqual(finding['lower_bound'], true);
    });

    it(`${name}: is ended once, at the port that it answered from, when the line was quiet`, () => {
      const { exchange, captured } = measured(address, probe);
      const toIt = capture.filter(
        ({ source, sourcePort, destinationPort }) =>
          source === SCANNER &&
          sourcePort === captured.request.sourcePort &&
          destinationPort === exchange.replies_port,
      );
      const ends = toIt.filter(({ payload }) => isFarewell(payload));
      assert.equal(ends.length, 1);
      const [end] = ends;
      const last = captured.replies.at(-1);
      assert.ok(end !== undefined && last !== undefined && end.tsMicros > last.tsMicros);
      assert.equal(exchange['farewell_size'], end.payload.length);
    });
  }

  it('docs/servers.md shows what each answers until it is quiet', async () => {
    await assertOnPage(
      'until-quiet',
      REPEATERS.flatMap(({ name, address, plan, probe }) =>
        rowsOf(
          { name, configured: '', address, ports: PROBES.map(({ port }) => port), plan },
          PROBES.filter(({ id }) => id === probe),
          findings,
          capture,
        ),
      ),
    );
  });

  it('counts the datagrams that end one apart from the requests', () => {
    assert.equal(farewells, REPEATERS.length);
  });

  /** The exchange of the measurement, and what the capture has of it: the farewell begins no other. */
  function measured(address: string, probe: string) {
    const finding = findings.find((each) => each.ip === address && each.probe === probe);
    const exchange = finding?.exchanges.find(({ seen_in }) => seen_in === 'measurement');
    assert.ok(finding && exchange, `${address} was measured`);
    const requests = capture.filter(
      ({ source, payload }) => source !== SCANNER || !REPEATERS.some((each) => each.isFarewell(payload)),
    );
    const captured = findExchange(exchange, { address, port: finding.probed_port }, requests);
    return { finding, exchange, captured };
  }
});

const SCOPE = `organisation: Test lab
authorised_by: the test itself
contact: noc@example.net
valid_until: 2099-12-31
networks: [{ prefix: 192.0.2.8/29, asn: 64496 }]
limits: { per_host: 2 }
`;

function at(
  name: string,
  host: number,
  plan: (address: string) => PlanIn,
): Pick<Repeater, 'name' | 'address' | 'plan'> {
  const address = `192.0.2.${host}`;
  return { name, address, plan: plan(address) };
}
