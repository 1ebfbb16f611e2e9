import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendOnce } from './ask-in.js';
import { unpacked } from '../packages/fetch.js';
import { spawnIn, type Namespace } from './namespace.js';
import { PACKAGE_SETS } from '../packages/packages.js';
import { readPcap, type CapturedDatagram, type Pcap } from './pcap.js';

/** tcpdump at work on one interface of a namespace. */
export interface Capture {
  /** All that has passed until now. What comes back leaves the marker datagrams of the capture itself out. */
  soFar(): Promise<Pcap>;
  /** Ends it. Fails where the kernel dropped a single packet: then the capture proves nothing. */
  stop(): Promise<Pcap>;
}

/** RFC 863: the discard port answers nothing. */
const DISCARD = 9;
const WITHIN_MS = 30_000;

/**
 * Captures everything on an interface into a file, whole packets.
 * @param discardTo an address reached through that interface: where the marker datagrams go, which show that all
 *   before them is in the file.
 * @param only.snapBytes of each frame at most: longer ones fail. Shorter frames leave room for far more of them.
 * @param only.filter what is captured, in tcpdump's words; the marker datagrams must pass it.
 */
export async function startCapture(
  where: Namespace,
  interfaceName: string,
  discardTo: string,
  file: string,
  only: { readonly snapBytes?: number; readonly filter?: string } = {},
): Promise<Capture> {
  const set = unpacked(PACKAGE_SETS.tcpdump);
  // A buffer of 64 MiB; every packet is handed over and written at once; no change of user, for there is none.
  const flags = [
    '-i',
    interfaceName,
    '-w',
    file,
    '-s',
    String(only.snapBytes ?? 0),
    '-B',
    '65536',
    '-U',
    '-n',
    '-Z',
    'root',
  ];
  const tcpdump = spawnIn(
    where,
    [
      'env',
      ...assignments(set.environment),
      set.path(PACKAGE_SETS.tcpdump.proof),
      '--immediate-mode',
      ...flags,
      ...(only.filter === undefined ? [] : [only.filter]),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  // Not its exit: what it said last may come after that.
  const ended = once(tcpdump, 'close');
  let args = '';
  tcpdump.stderr?.on('data', (chunk: Buffer) => {
    args += chunk.toString();
  });
  await until(
    () => args.includes('listening on'),
    () => `tcpdump did not start: ${args}`,
  );

  const markers = new Set<string>();
  const read = (): Pcap => readPcap(existsSync(file) ? readFileSync(file) : new Uint8Array());
  const isMarker = ({ payload }: CapturedDatagram): boolean => markers.has(hexOf(payload));
  const flush = async (): Promise<Pcap> => {
    const marker = randomBytes(16);
    markers.add(hexOf(marker));
    await sendOnce(where, { address: discardTo, port: DISCARD }, marker);
    let pcap = read();
    await until(
      () => {
        pcap = read();
        return pcap.datagrams.some(({ payload }) => hexOf(payload) === hexOf(marker));
      },
      () => `tcpdump never saw the marker: ${args}`,
    );
    return pcap;
  };
  const soFar = async (): Promise<Pcap> => {
    const { frames, datagrams } = await flush();
    return { frames, datagrams: datagrams.filter((datagram) => !isMarker(datagram)) };
  };
  const stop = async (): Promise<Pcap> => {
    const pcap = await soFar();
    tcpdump.kill('SIGINT');
    await ended;
    assert.match(args, /^0 packets dropped by kernel$/m, 'the capture is complete');
    return pcap;
  };
  return { soFar, stop };
}

function assignments(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).map(([name, value]) => `${name}=${value}`);
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

async function until(condition: () => boolean, complaint: () => string): Promise<void> {
  const deadline = Date.now() + WITHIN_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(complaint());
    await sleep(20);
  }
}
