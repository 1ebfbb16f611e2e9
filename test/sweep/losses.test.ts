import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLossLog, createSendErrorCounts } from '../../src/sweep/losses.js';

describe('send errors', () => {
  it('are counted by code, sorted, each with what it means for the address', () => {
    const counts = createSendErrorCounts();
    for (const code of ['EPERM', 'EACCES', 'ENETUNREACH', 'EPERM', 'EHOSTUNREACH', 'ENOBUFS'])
      counts.note(code, '192.0.2.1');
    assert.deepEqual(
      counts.list().map(({ code, count, meaning }) => [code, count, meaning]),
      [
        ['EACCES', 1, 'not_probed'],
        ['EHOSTUNREACH', 1, 'unreachable'],
        ['ENETUNREACH', 1, 'unreachable'],
        ['ENOBUFS', 1, 'error'],
        ['EPERM', 2, 'error'],
      ],
    );
  });

  it('keep the first twenty addresses of each code, however many follow', () => {
    const counts = createSendErrorCounts();
    for (let host = 0; host < 1000; host++) counts.note('EPERM', `192.0.2.${host}`);
    counts.note('EPERM', '');
    const [eperm] = counts.list();
    assert.equal(eperm?.count, 1001);
    assert.deepEqual(
      eperm.addresses,
      Array.from({ length: 20 }, (_, host) => `192.0.2.${host}`),
    );
  });

  it('keep an address once, however often it is refused', () => {
    const counts = createSendErrorCounts();
    for (let times = 0; times < 30; times++) counts.note('EPERM', '192.0.2.1');
    counts.note('EPERM', '192.0.2.2');
    const [eperm] = counts.list();
    assert.deepEqual(eperm?.addresses, ['192.0.2.1', '192.0.2.2']);
    assert.equal(eperm.count, 31);
  });

  it('are none before the first', () => {
    assert.deepEqual(createSendErrorCounts().list(), []);
  });
});

describe('the log of losses', () => {
  const loss = { kind: 'socket_drops', probe: 'chargen', count: 3 } as const;

  it('makes one event of what comes in a row, with the whole span of time and positions', () => {
    const log = createLossLog();
    log.note({ ...loss, first: 1000, positions: { from: 10, to: 20 } });
    log.note({ ...loss, first: 2000, positions: { from: 15, to: 40 } });
    log.note({ ...loss, first: 2500, kind: 'send_buffer' });
    log.note({ ...loss, first: 60_000 });
    assert.deepEqual(log.list(), [
      { ...loss, count: 6, first: 1000, last: 2000, positions: { from: 10, to: 40 } },
      { ...loss, kind: 'send_buffer', first: 2500, last: 2500 },
      { ...loss, first: 60_000, last: 60_000 },
    ]);
  });

  it('tells events of another code or probe apart, goes on where an earlier session ended, and joins up to 3 s', () => {
    const earlier = { ...loss, first: 1000, last: 1000 };
    const log = createLossLog([earlier]);
    log.note({ ...loss, first: 4000 });
    log.note({ ...loss, first: 4000, probe: 'dns-any' });
    log.note({ ...loss, first: 4000, code: 'EPERM' });
    log.note({ ...loss, first: 7001 });
    assert.deepEqual(
      log.list().map(({ count, last, code, probe }) => [count, last, code, probe]),
      [
        [6, 4000, undefined, 'chargen'],
        [3, 4000, undefined, 'dns-any'],
        [3, 4000, 'EPERM', 'chargen'],
        [3, 7001, undefined, 'chargen'],
      ],
    );
  });

  it('keeps the positions of an event of which only a part has some', () => {
    const positions = { from: 10, to: 20 };
    for (const [first, second] of [
      [{ positions }, {}],
      [{}, { positions }],
    ]) {
      const log = createLossLog();
      log.note({ ...loss, first: 1000, ...first });
      log.note({ ...loss, first: 1000, ...second });
      assert.deepEqual(log.list()[0]?.positions, positions);
    }
  });

  it('stays small in a run of weeks and loses no count', () => {
    const log = createLossLog();
    for (let minute = 0; minute < 20_000; minute++) log.note({ ...loss, first: minute * 60_000 });
    assert.ok(log.list().length <= 501);
    assert.equal(
      log.list().reduce((sum, { count }) => sum + count, 0),
      60_000,
    );
  });
});
