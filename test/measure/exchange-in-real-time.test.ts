/** What exchange-schedule.test.ts holds on a fake clock, through the kernel's sockets, on loopback: half a minute. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { it } from 'node:test';
import { ipv4 } from '../../src/domain/address.js';
import type { Exchange } from '../../src/domain/exchange.js';
import { limitsFor } from '../../src/measure/exchange-limits.js';
import { runExchange } from '../../src/measure/run-exchange.js';
import { systemClock } from '../../src/system-clock.js';
import { openGuardedSocket } from '../../src/udp/guarded-socket.js';
import type { Schedule } from './recorded-schedules.js';
import { SCHEDULES, datagramOf, probeFor } from './recorded-schedules.js';

it('the schedule of a real server is heard to its end in real time too: xl2tpd, and atftpd with a timeout of 1 s', async () => {
  const labels = [/xl2tpd SCCRQ nmap, socket open/, /atftpd blksize 1400 timeout 1, socket open/];
  const some = labels.map((label) => SCHEDULES.find((schedule) => label.test(schedule.label)));
  for (const { exchange, schedule } of await Promise.all(some.map(inRealTime))) {
    assert.equal(exchange.received.datagrams, schedule.times_s.length, schedule.label);
    assert.equal(exchange.end, 'quiet', schedule.label);
  }
});

async function inRealTime(
  schedule: Schedule | undefined,
): Promise<{ readonly exchange: Exchange; readonly schedule: Schedule }> {
  assert.ok(schedule !== undefined);
  const server = createSocket('udp4').bind(0, '127.0.0.1');
  await once(server, 'listening');
  const timers: NodeJS.Timeout[] = [];
  server.on('message', (_, { port, address }) => {
    for (const [index, seconds] of schedule.times_s.entries())
      timers.push(
        setTimeout(() => {
          server.send(datagramOf(schedule.sizes[index] ?? 0, index), port, address);
        }, seconds * 1000),
      );
  });
  const probe = probeFor(schedule);
  try {
    const { exchange } = await runExchange({
      probe,
      ask: { form: probe.sweepForms[0], purpose: 'measure' },
      nonce: 0,
      to: ipv4(0x7f00_0001),
      port: server.address().port,
      limits: limitsFor(probe, {}, 10),
      mayTakeLeave: () => Promise.resolve(true),
      onReceived: () => undefined,
      clock: systemClock,
      openSocket: ({ family, onDatagram, onSendError }) =>
        openGuardedSocket({
          family,
          guard: { mayAsk: () => true },
          clock: systemClock,
          receiveBufferBytes: 65_536,
          onDatagram,
          onSendError,
        }),
    });
    return { exchange, schedule };
  } finally {
    for (const timer of timers) clearTimeout(timer);
    server.close();
  }
}
