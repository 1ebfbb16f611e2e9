import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sweepSeconds } from '../../src/commands/plan.js';
import { ipv4 } from '../../src/domain/address.js';
import { eachRange } from '../../src/domain/ranges.js';
import { addressSet } from '../../src/scope/address-set.js';
import type { Order } from '../../src/sweep/order.js';
import { createOrder, placesPerSubnet } from '../../src/sweep/order.js';
import { createPacer, createRoundPacer } from '../../src/sweep/pacer.js';
import { runCli } from '../cli/run-cli.js';
import { makeWorkspace, scopeText } from '../cli/workspace.js';

interface Pace {
  readonly rate: number;
  readonly perSubnet: number;
}

/** @param pieces the number of the /24, the first host in it, the length. */
function orderOf(
  pieces: readonly (readonly [number, number, number])[],
  { perSubnet, perHost, forms }: Pick<Pace, 'perSubnet'> & { perHost: number; forms: number },
): Order {
  const ranges = pieces.map(([net, host, size]) => {
    const first = 0x0a00_0000 + net * 256 + host;
    return { first: ipv4(first), last: ipv4(first + size - 1) };
  });
  return createOrder({
    ranges: eachRange(addressSet(ranges).ranges),
    forms,
    pad: placesPerSubnet({ perSubnet, perHost }),
    key: new Uint32Array(8),
  });
}

/** What the sweep itself does, without a kernel: each packet as soon as both pacers let it. */
function simulatedSeconds(order: Order, { rate, perSubnet }: Pace): number {
  const rounds = createRoundPacer(perSubnet);
  const pacer = createPacer(rate, 5);
  let nowMs = 0;
  for (const cursor = order.cursor(); cursor.advance();) {
    nowMs += Math.max(rounds.waitMs(nowMs, cursor.round), pacer.waitMs(nowMs));
    rounds.spend(nowMs, cursor.round);
    pacer.spend(nowMs);
  }
  return nowMs / 1000;
}

describe('the time that plan names', () => {
  it('adds up where a crowd of single hosts is followed by a long walk through one /24', () => {
    const pieces = [
      [2000, 0, 256],
      ...Array.from({ length: 1000 }, (_, net) => [net, 7, 1] as const),
    ] as const;
    const order = orderOf(pieces, { perSubnet: 200, perHost: 1, forms: 1 });
    // 1,001 packets at 1,000 a second, then 255 rounds of one packet, 5 ms apart.
    assert.equal(sweepSeconds(order, { rate: 1000, perSubnet: 200 }).toFixed(3), '2.276');
  });

  it('is what the pacers need, over even and uneven scopes', () => {
    const piece = fc.tuple(
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 0, max: 255 }),
      fc.integer({ min: 1, max: 700 }),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 8 }),
        fc.constantFrom(50, 300, 1000, 5000),
        fc.constantFrom(20, 100, 400),
        fc.constantFrom(1, 3),
        (pieces, rate, perSubnet, forms) => {
          const order = orderOf(pieces, { perSubnet, perHost: 2, forms });
          const [planned, needed] = [
            sweepSeconds(order, { rate, perSubnet }),
            simulatedSeconds(order, { rate, perSubnet }),
          ];
          // Where the pace changes, the pause after a packet and that after a round may be one and the same.
          const slack = (order.steps().length + 1) * (1 / perSubnet + 1 / rate);
          assert.ok(Math.abs(planned - needed) <= slack, `planned ${planned} s, needed ${needed} s`);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('the canaries of a scope', () => {
  const workspace = makeWorkspace();
  const planOf = async (canaries: string, ...more: readonly string[]): Promise<string> => {
    const scope = workspace.write('scope.yaml', scopeText(canaries === '' ? {} : { canaries }));
    const { code, stdout, stderr } = await runCli(['plan', '--scope', scope, ...more]);
    assert.equal(code, 0, stderr);
    return stdout;
  };

  it('are counted, each with the requests that it gets where it stays silent', async () => {
    const two = '[{ address: 127.9.0.1, probe: chargen }, { address: 127.9.0.2, probe: ntp-readvar }]';
    assert.match(await planOf(two), /^canaries {3}2, asked until they answer: at most 6 requests more$/m);
    const { canaries } = JSON.parse(await planOf(two, '--json')) as { canaries: object };
    assert.deepEqual(canaries, { hosts: 2, requests: 6 });
    // One that is excluded is not asked.
    assert.match(await planOf(two, '--exclude', '127.9.0.1'), /^canaries {3}1, .* at most 3 requests/m);
    assert.doesNotMatch(await planOf(''), /canaries/);
  });
});
