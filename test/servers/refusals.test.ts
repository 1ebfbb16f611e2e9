/**
 * What is not authorised is refused before the first packet: told of the built command on a loopback interface of
 * a namespace of its own, with a capture that has first shown an authorised scan's packets.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startCapture, type Capture } from './capture.js';
import { whyMissing } from '../packages/fetch.js';
import { makeNamespace } from './namespace.js';
import type { CapturedDatagram } from './pcap.js';
import { runCli } from './scan.js';

const skip = whyMissing('servers') ?? false;

interface Refusal {
  readonly what: string;
  /** Lines of the scope file. */
  readonly scope: readonly string[];
  readonly targets: readonly string[];
  /** What the message must say. */
  readonly says: RegExp;
}

const scope = ({ validUntil = '2099-12-31', prefix = '127.9.0.0/24' } = {}): string[] => [
  'organisation: Test lab',
  'authorised_by: the test itself',
  'contact: noc@example.net',
  `valid_until: ${validUntil}`,
  'networks:',
  `  - prefix: ${prefix}`,
  'exclude: [127.9.0.7, 127.9.0.128/28]',
];

const REFUSALS: readonly Refusal[] = [
  { what: 'a target outside the scope', scope: scope(), targets: ['127.9.1.1'], says: /127\.9\.1\.1/ },
  {
    what: 'a target that lies partly outside the scope',
    scope: scope(),
    targets: ['127.9.0.0/23'],
    says: /127\.9\.1\.0\/24/,
  },
  {
    what: 'an expired scope',
    scope: scope({ validUntil: '2020-02-29' }),
    targets: ['127.9.0.5'],
    says: /scope\.yaml:4: .*2020-02-29/,
  },
  { what: 'an excluded target', scope: scope(), targets: ['127.9.0.7'], says: /127\.9\.0\.7/ },
  {
    what: 'a target within an excluded prefix',
    scope: scope(),
    targets: ['127.9.0.130'],
    says: /127\.9\.0\.130/,
  },
  {
    what: 'a scope whose line 14 is bad',
    scope: [...scope(), '# 8', '# 9', '# 10', '# 11', 'limits:', '  rate: 100', '  per_hose: 1'],
    targets: ['127.9.0.5'],
    says: /scope\.yaml:14: .*per_hose/,
  },
  {
    what: 'a scope whose prefix has host bits set',
    scope: scope({ prefix: '127.9.0.5/24' }),
    targets: ['127.9.0.5'],
    says: /scope\.yaml:6: .*127\.9\.0\.5\/24/,
  },
];

describe('the built command sends nothing that is not authorised', () => {
  let folder: string;
  let namespace: ReturnType<typeof makeNamespace> | undefined;
  let capture: Capture;
  /** What the authorised scan put on the interface. */
  let authorised: readonly CapturedDatagram[] = [];

  before(async () => {
    if (skip !== false) return;
    folder = mkdtempSync(join(tmpdir(), 'ampscope-refusals-'));
    namespace = makeNamespace('refusals');
    capture = await startCapture(namespace, 'lo', '127.0.0.1', join(folder, 'lo.pcap'));
    const { exitCode, stderr } = await scan({ scope: scope(), targets: ['127.9.0.5', '127.9.0.6/31'] });
    assert.equal(exitCode, 0, stderr);
    authorised = (await capture.soFar()).datagrams;
  });

  after(async () => {
    namespace?.close();
    if (skip === false) rmSync(folder, { recursive: true, force: true });
    await Promise.resolve();
  });

  it('asks the authorised targets, and the capture shows it', { skip }, () => {
    assert.deepEqual(authorised.map(({ destination }) => destination).sort(), ['127.9.0.5', '127.9.0.6']);
  });

  for (const { what, says, ...given } of REFUSALS) {
    it(`refuses ${what}: exit code 2, two clear lines, not a packet`, { skip }, async () => {
      const { exitCode, stdout, stderr } = await scan(given);
      const { datagrams, frames } = await capture.soFar();
      assert.equal(exitCode, 2, stderr);
      assert.equal(stdout, '');
      const [message = '', hint = '', ...rest] = stderr.trimEnd().split('\n');
      assert.match(message, /^ampscope: error: /);
      assert.match(message, says);
      assert.match(hint, /^ampscope: hint: /);
      assert.deepEqual(rest, []);
      assert.deepEqual(datagrams, authorised, 'nothing has been added to what the authorised scan sent');
      const asked = frames.filter(({ packet }) => packet?.destination.startsWith('127.9.') === true);
      assert.equal(asked.length, authorised.length, 'nor any other kind of packet');
    });
  }

  it('is watched without a loss', { skip }, async () => {
    assert.deepEqual((await capture.stop()).datagrams, authorised);
  });

  function scan({ scope: lines, targets }: Pick<Refusal, 'scope' | 'targets'>): ReturnType<typeof runCli> {
    assert.ok(namespace);
    writeFileSync(join(folder, 'scope.yaml'), `${lines.join('\n')}\n`);
    const once = ['--probe', 'chargen', '--retries', '0', '--cooldown', '300ms'];
    const flags = [...once, '--out', join(folder, 'exposure')];
    return runCli(namespace, folder, ['scan', '--scope', 'scope.yaml', ...flags, ...targets]);
  }
});
