/**
 * What a notice tells its reader to type, typed, where no real server could be had: against the emulated one of the lab,
 * and against an address without a listener. The real ones are in self-checks.test.ts.
 */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { probes } from '../../probes/list.js';
import { unpacked, whyMissing } from '../packages/fetch.js';
import { PACKAGE_SETS } from '../packages/packages.js';
import { makeLink, spawnIn, type Link } from './namespace.js';
import { address } from './real-servers.js';

/** By probe: its emulated server, and what the notice says will be seen of it, and nowhere else. */
const CHECKS: Readonly<Record<string, readonly [server: string, shows: RegExp]>> = {
  bacnet: ['bacnet-device', /Lab Controls.*LC-12/],
  db2: ['db2-discovery', /DB2RETADDR.*db01/],
  'dvr-dhcpdiscover': ['dvr-camera', /client\.notifyDevInfo/],
  mssql: ['mssql-two-instances', /ServerName;DB01;InstanceName;/],
  plex: ['plex-before-2021', /^Content-Type: plex\/media-server/m],
  slp: ['slp-agent', /en.*service:printer:lpr/],
  'steam-a2s': ['source-without-challenge', /Counter-Strike Source #1/],
  ubiquiti: ['ubiquiti-loco-m5', /NanoStation Loco M5/],
};

const [SCANNER, EMULATED, NOBODY] = [address(1), address(73), address(201)];
const skip = whyMissing('servers') ?? false;

describe('the check that a notice names where no real server could be had', () => {
  let folder: string;
  let link: Link | undefined;
  let emulated: ChildProcess | undefined;

  before(async () => {
    if (skip !== false) return;
    folder = mkdtempSync(join(tmpdir(), 'ampscope-emulated-'));
    symlinkSync(unpacked(PACKAGE_SETS.netcat).path('bin/nc.openbsd'), join(folder, 'nc'));
    link = makeLink(SCANNER, [NOBODY, EMULATED]);
    const servers = Object.fromEntries(Object.entries(CHECKS).map(([id, [server]]) => [id, server]));
    const program = [process.execPath, join(import.meta.dirname, 'emulated-servers.js')];
    emulated = spawnIn(link.servers, [...program, EMULATED, JSON.stringify(servers)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    assert.ok(emulated.stdout);
    await once(emulated.stdout, 'data');
  });

  after(() => {
    emulated?.kill('SIGKILL');
    link?.close();
    if (skip === false) rmSync(folder, { recursive: true, force: true });
  });

  it('is typed here for each of them', () => {
    const unmeasured = probes.filter(({ measuredOn }) => measuredOn !== undefined).map(({ id }) => id);
    assert.deepEqual(Object.keys(CHECKS), unmeasured);
  });

  for (const [id, [server, shows]] of Object.entries(CHECKS))
    it(`of ${id} tells ${server} from a closed port`, { skip }, async () => {
      assert.match(await typed(id, EMULATED), shows);
      assert.doesNotMatch(await typed(id, NOBODY), shows);
    });

  /** What the command of the notice prints, with the address of the host in place. */
  async function typed(id: string, host: string): Promise<string> {
    const { texts, port } = probes.find((probe) => probe.id === id) ?? assert.fail(id);
    const command = texts.check.en.split('\n').find((line) => line.startsWith('    '));
    assert.ok(link && command !== undefined, `the notice of ${id} has a command`);
    const script = command.replaceAll('ADDRESS', host).replaceAll('PORT', String(port));
    const PATH = [folder, '/usr/sbin:/usr/bin:/sbin:/bin'].join(':');
    const shell = spawnIn(link.scanner, ['sh', '-c', script], {
      env: { PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [shell.stdout, shell.stderr])
      stream?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    await once(shell, 'close');
    return output;
  }
});
