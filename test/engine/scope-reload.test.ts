import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UsageError } from '../../src/domain/usage-error.js';
import type { ReadScope } from '../../src/engine/read-scope.js';
import type { LiveLimits, ScopeReload } from '../../src/engine/scope-reload.js';
import { createScopeReload } from '../../src/engine/scope-reload.js';
import { createExpiry } from '../../src/engine/expiry.js';
import { addressSet } from '../../src/scope/address-set.js';
import { createLiveScope } from '../../src/scope/live-scope.js';
import { createScope } from '../../src/scope/scope.js';
import type { ScopeFile } from '../../src/scope/scope-file.js';
import { FAKE_EPOCH, createFakeClock } from '../fake-clock.js';
import { address, prefix, range, scopeFileOf } from '../scope/scope-of.js';

const LIMITS = { rate: 1000, perSubnet: 200, perHost: 1, replyBandwidthBps: 20_000_000 };

function fileOf(changes: Partial<ScopeFile> = {}): ScopeFile {
  return { ...scopeFileOf({ networks: [{ prefix: prefix('192.0.2.0/24') }] }), ...changes };
}

function read(file: ScopeFile): ReadScope {
  return { scopeFile: file, scopeText: 'text', scope: createScope(file), exclusions: [] };
}

function reloadOf(
  files: readonly (ScopeFile | UsageError)[],
  pace = { rate: 1000, replyBandwidthBps: 20_000_000, share: 1 },
): {
  readonly reload: ScopeReload;
  readonly changes: LiveLimits[];
  readonly printed: string[];
  readonly reads: () => number;
  readonly stopListening: () => void;
} {
  const changes: LiveLimits[] = [];
  const printed: string[] = [];
  let reads = 0;
  const reload = createScopeReload({
    scope: createLiveScope(createScope(fileOf())),
    targets: addressSet([range('192.0.2.0/25')]),
    pace,
    limits: LIMITS,
    async read() {
      const next = files[Math.min(reads++, files.length - 1)];
      await Promise.resolve();
      if (next === undefined || next instanceof UsageError) throw next ?? new Error('nothing to read');
      return read(next);
    },
    clock: createFakeClock(),
    print: (kind, text) => printed.push(`${kind}: ${text}`),
  });
  const stopListening = reload.onChange((limits) => {
    if (limits === 'revoked') printed.push('revoked');
    else changes.push(limits);
    return Promise.resolve();
  });
  return { reload, changes, printed, reads: () => reads, stopListening };
}

describe('reading the scope again', () => {
  it('records what is newly excluded among the targets of this run, and nothing beside them', async () => {
    const exclude = [
      { range: range('192.0.2.64/26'), text: '' },
      { range: range('192.0.2.128/25'), text: '' },
    ];
    const { reload } = reloadOf([fileOf({ exclude })]);
    await reload.reload();
    const [record] = reload.records();
    assert.deepEqual(record?.newly_excluded, ['192.0.2.64/26']);
    assert.equal(record.newly_excluded_addresses, 64);
    assert.equal(record.time, '2026-11-20T03:00:00Z');
  });

  it('lowers the limits of the run and never raises them', async () => {
    const lower = fileOf({ limits: { ...LIMITS, rate: 10, replyBandwidthBps: 1000 } });
    const higher = fileOf({ limits: { ...LIMITS, rate: 5000, replyBandwidthBps: 90_000_000 } });
    const { reload, changes } = reloadOf([lower, higher]);
    await reload.reload();
    await reload.reload();
    assert.deepEqual(
      changes.map(({ rate, replyBandwidthBps }) => [rate, replyBandwidthBps]),
      [
        [10, 1000],
        [1000, 20_000_000],
      ],
    );
    assert.deepEqual(reload.records()[1]?.next_run, ['the higher rate', 'the higher reply_bandwidth']);
  });

  it('calls no listener that was removed', async () => {
    const lower = fileOf({ limits: { ...LIMITS, rate: 10 } });
    const { reload, changes, stopListening } = reloadOf([lower, lower]);
    await reload.reload();
    assert.equal(changes.length, 1);
    stopListening();
    await reload.reload();
    assert.equal(changes.length, 1);
  });

  it('tells a listener that comes later what has changed before it', async () => {
    const lower = fileOf({ limits: { ...LIMITS, rate: 10 } });
    const { reload } = reloadOf([lower]);
    await reload.reload();
    const heard: unknown[] = [];
    reload.onChange((limits) => {
      heard.push(limits === 'revoked' ? limits : limits.rate);
      return Promise.resolve();
    });
    assert.deepEqual(heard, [10]);
  });

  it('gives a shard its share of a lowered limit', async () => {
    const lower = fileOf({ limits: { ...LIMITS, rate: 100 } });
    const pace = { rate: 250, replyBandwidthBps: 5_000_000, share: 1 / 4 };
    const { reload, changes } = reloadOf([lower], pace);
    await reload.reload();
    assert.equal(changes[0]?.rate, 25);
    assert.equal(changes[0].replyBandwidthBps, 5_000_000);
  });

  it('says what takes effect with the next run only', async () => {
    const changed = fileOf({
      limits: { ...LIMITS, perSubnet: 10, perHost: 0.1 },
      networks: [...fileOf().networks, { prefix: prefix('198.51.100.0/24'), line: 9 }],
    });
    const { reload, printed } = reloadOf([changed]);
    await reload.reload();
    assert.deepEqual(reload.records()[0]?.next_run, [
      'per_subnet',
      'per_host',
      'the networks that were added',
    ]);
    assert.ok(printed.some((line) => line.includes('with the next run: per_subnet, per_host')));
  });

  it('revokes the run where the scope cannot be read, and says why and what to do', async () => {
    const { reload, changes, printed } = reloadOf([new UsageError('scope.yaml:3: bad', 'mend it')]);
    assert.equal(reload.guard.mayAsk(address('192.0.2.1'), FAKE_EPOCH), true);
    await reload.reload();
    assert.equal(reload.revoked.aborted, true);
    assert.equal(
      reload.guard.mayAsk(address('192.0.2.1'), FAKE_EPOCH),
      false,
      'the guard lets a packet out that had passed the gate',
    );
    assert.deepEqual(changes, []);
    assert.deepEqual(reload.records(), [{ time: '2026-11-20T03:00:00Z', problem: 'scope.yaml:3: bad' }]);
    assert.equal(printed[0], 'revoked', 'said before every thread has stopped');
    assert.match(printed[1] ?? '', /^error: scope\.yaml:3: bad; nothing more is sent/);
    assert.equal(printed[2], 'hint: mend it');
  });

  it('answers signals that come while it reads with one more reading, for the file may be newer', async () => {
    const exclude = [{ range: range('192.0.2.0/26'), text: '' }];
    const { reload, reads } = reloadOf([fileOf(), fileOf({ exclude })]);
    await Promise.all([reload.reload(), reload.reload(), reload.reload()]);
    assert.equal(reads(), 2);
    assert.equal(reload.records()[1]?.newly_excluded_addresses, 64);
  });
});

describe('the end of the authorisation', () => {
  it('aborts then, and neither before nor after it was moved or cancelled', async () => {
    const clock = createFakeClock();
    const end = clock.now() + 1000;
    const plain = createExpiry(end, clock);
    const moved = createExpiry(end, clock);
    const brought = createExpiry(end + 50_000, clock);
    const cancelled = createExpiry(end, clock);
    moved.moveTo(end + 1000);
    brought.moveTo(end);
    cancelled.cancel();
    cancelled.moveTo(end);
    const aborted = (): boolean[] => [plain, moved, brought, cancelled].map(({ signal }) => signal.aborted);
    await clock.sleep(900);
    assert.deepEqual(aborted(), [false, false, false, false]);
    await clock.sleep(200);
    assert.deepEqual(aborted(), [true, false, true, false]);
    await clock.sleep(1000);
    assert.deepEqual(aborted(), [true, true, true, false]);
  });
});
