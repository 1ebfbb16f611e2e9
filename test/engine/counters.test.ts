import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Counters } from '../../src/engine/counters.js';
import { addCounters, addSendErrors } from '../../src/engine/counters.js';

const SOCKET = { localAddress: '0.0.0.0', localPort: 1024, receiveBufferBytes: 4096, drops: 0 };

describe('the counters of two sessions', () => {
  it('are summed, by probe and by pass, and their logs are one after the other', () => {
    const [one, two] = [1, 10].map((times): Counters => ({
      sweep: {
        sent: [times, 2 * times],
        sentBytes: [3 * times, 4 * times],
        sentInPass: [5 * times, 6 * times],
        guarded: 7 * times,
        receivedDatagrams: 8 * times,
        receivedBytes: 9 * times,
        unsolicitedDatagrams: times,
        ambiguousDatagrams: 2 * times,
        unrecognisedDatagrams: 3 * times,
      },
      sent: [
        { sent: times, sentBytes: 2 * times },
        { sent: 3 * times, sentBytes: 4 * times },
      ],
      sockets: [{ probe: `p${times}`, socket: SOCKET }],
      sendErrors: [{ code: 'EPERM', count: times, meaning: 'error', addresses: [`10.0.0.${times}`] }],
      lossEvents: [{ kind: 'capped', count: times, first: times, last: times }],
      measurementLosses: times,
      measurementSocketDrops: 2 * times,
      measurementDatagrams: 3 * times,
      measurementBytes: 4 * times,
      ...(times === 10 && { sendBufferDrops: 5 }),
    }));
    assert.ok(one && two);
    assert.deepEqual(addCounters(one, two), {
      sweep: {
        sent: [11, 22],
        sentBytes: [33, 44],
        sentInPass: [55, 66],
        guarded: 77,
        receivedDatagrams: 88,
        receivedBytes: 99,
        unsolicitedDatagrams: 11,
        ambiguousDatagrams: 22,
        unrecognisedDatagrams: 33,
      },
      sent: [
        { sent: 11, sentBytes: 22 },
        { sent: 33, sentBytes: 44 },
      ],
      sockets: [...one.sockets, ...two.sockets],
      sendErrors: [{ code: 'EPERM', count: 11, meaning: 'error', addresses: ['10.0.0.1', '10.0.0.10'] }],
      lossEvents: [...one.lossEvents, ...two.lossEvents],
      measurementLosses: 11,
      measurementSocketDrops: 22,
      measurementDatagrams: 33,
      measurementBytes: 44,
      // What one of them does not tell is not known of both.
    });
  });
});

describe('send errors', () => {
  const errorsOf = (code: string, ...addresses: readonly string[]): Counters['sendErrors'][number] => ({
    code,
    count: addresses.length,
    meaning: 'error',
    addresses,
  });

  it('are summed by code, in the order of the codes, with each address once', () => {
    const all = addSendErrors(
      [errorsOf('EPERM', 'a', 'b')],
      [errorsOf('ENOBUFS', 'c'), errorsOf('EPERM', 'b')],
    );
    assert.deepEqual(all, [errorsOf('ENOBUFS', 'c'), { ...errorsOf('EPERM', 'a', 'b'), count: 3 }]);
  });

  it('name the first twenty addresses only', () => {
    const [first, second] = ['a', 'b'].map((host) =>
      Array.from({ length: 15 }, (_, index) => `${host}${index}`),
    );
    assert.ok(first && second);
    const [all] = addSendErrors([errorsOf('EPERM', ...first)], [errorsOf('EPERM', ...second)]);
    assert.deepEqual([all?.count, all?.addresses], [30, [...first, ...second.slice(0, 5)]]);
  });
});
