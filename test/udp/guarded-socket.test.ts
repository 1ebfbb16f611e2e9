import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Address } from '../../src/domain/address.js';
import { formatAddress, parseAddress } from '../../src/domain/address.js';
import type { GuardedSocket, GuardedSocketOptions } from '../../src/udp/guarded-socket.js';
import { openGuardedSocket } from '../../src/udp/guarded-socket.js';
import { socketErrors } from '../../src/udp/kernel-drops.js';

const onIpv6 = {
  skip: Object.values(networkInterfaces()).some((list) => list?.some((one) => one.address === '::1'))
    ? false
    : 'this machine has no ::1',
};
const onLinux = { skip: process.platform === 'linux' ? false : 'only Linux tells drops' };

describe('a guarded socket', () => {
  it('sends from an ephemeral port, never one below 1024, with the buffer that the system gave', async () => {
    await using(async (open) => {
      const { socket } = await open();
      assert.ok(socket.localPort >= 1024);
      assert.equal(socket.localAddress, '0.0.0.0');
      assert.ok(socket.receiveBufferBytes >= 65_536);
    });
  });

  it('sends a payload to the given address, and hands on what comes back, with its sender', async () => {
    await using(async (open, listen) => {
      const echo = await listen('127.9.2.1');
      echo.socket.on('message', (payload, { port, address }) => {
        echo.socket.send(Buffer.concat([payload, payload]), port, address);
      });
      const { socket, received } = await open();
      assert.equal(socket.send(Uint8Array.of(1, 2, 3), address('127.9.2.1'), echo.port), true);
      assert.equal(socket.unfinished(), 1);
      await until(() => received.length > 0);
      assert.deepEqual(received, [{ payload: '010203010203', from: '127.9.2.1', port: echo.port }]);
    });
  });

  it('does all of this over IPv6 too, where it hears no IPv4', onIpv6, async () => {
    await using(async (open, listen) => {
      const echo = await listen('::1');
      echo.socket.on('message', (payload, { port, address: from }) => {
        echo.socket.send(Buffer.concat([payload, payload]), port, from);
      });
      const { socket, received } = await open({ family: 6 });
      assert.equal(socket.localAddress, '::');
      assert.equal(socket.send(Uint8Array.of(1, 2, 3), address('::1'), echo.port), true);
      await until(() => received.length > 0);
      // A socket that also heard IPv4 would hold this port in both families.
      const shouting = await listen('127.9.2.1', socket.localPort);
      await new Promise((resolve) => {
        shouting.socket.send('IPv4', socket.localPort, '127.0.0.1', resolve);
      });
      socket.send(Uint8Array.of(4), address('::1'), echo.port);
      await until(() => received.length > 1);
      assert.deepEqual(received, [
        { payload: '010203010203', from: '::1', port: echo.port },
        { payload: '0404', from: '::1', port: echo.port },
      ]);
      assert.deepEqual(socket.sent(), { datagrams: 2, payloadBytes: 4 });
      if (process.platform === 'linux') assert.equal(await socket.readDrops(), 0);
      const bound = await open({ family: 6, sourceAddress: '::1' });
      assert.equal(bound.socket.localAddress, '::1');
      if (process.platform === 'linux') assert.equal(await bound.socket.readDrops(), 0);
    });
  });

  it('throws at an allowed address of the other family, and asks the scope before that', onIpv6, async () => {
    await using(async (open) => {
      const { socket, errors } = await open({
        family: 6,
        guard: { mayAsk: (to) => to !== address('127.9.2.2') },
      });
      assert.throws(() => socket.send(Uint8Array.of(1), address('127.9.2.1'), 9), RangeError);
      assert.equal(socket.send(Uint8Array.of(1), address('127.9.2.2'), 9), false);
      const four = await open();
      assert.throws(() => four.socket.send(Uint8Array.of(1), address('::1'), 9), RangeError);
      assert.equal(socket.unfinished() + four.socket.unfinished(), 0);
      assert.deepEqual(errors, []);
    });
  });

  it('sends from the source address it was given', async () => {
    await using(async (open, listen) => {
      const server = await listen('127.9.2.1');
      const { socket } = await open({ sourceAddress: '127.9.2.77' });
      assert.equal(socket.localAddress, '127.9.2.77');
      const message = once(server.socket, 'message');
      socket.send(Uint8Array.of(1), address('127.9.2.1'), server.port);
      const [, sender] = (await message) as [Buffer, { readonly address: string; readonly port: number }];
      assert.deepEqual([sender.address, sender.port], ['127.9.2.77', socket.localPort]);
      if (process.platform === 'linux') assert.equal(await socket.readDrops(), 0);
    });
  });

  it('is refused with the system code where the source address is not of this machine', async () => {
    await assert.rejects(openGuardedSocket({ ...IDLE, sourceAddress: '192.0.2.1' }), {
      code: 'EADDRNOTAVAIL',
    });
  });

  it('leaves no descriptor behind where it cannot be bound', onLinux, async () => {
    const before = readdirSync('/proc/self/fd').length;
    for (let tries = 0; tries < 20; tries++)
      await assert.rejects(openGuardedSocket({ ...IDLE, sourceAddress: '192.0.2.1' }));
    await delay(10);
    assert.ok(readdirSync('/proc/self/fd').length < before + 10);
  });

  it('that is connected tells that a port is closed, hears its peer alone, and asks the scope first', async () => {
    await using(async (open, listen) => {
      const echo = await listen('127.9.2.1');
      echo.socket.on('message', (payload, { port, address: from }) => {
        echo.socket.send(payload, port, from);
      });
      const peer = address('127.9.2.1');
      const heard = await open({ connectTo: { address: peer, port: echo.port } });
      heard.socket.send(Uint8Array.of(1), peer, echo.port);
      await until(() => heard.received.length > 0);
      assert.deepEqual(heard.received, [{ payload: '01', from: '127.9.2.1', port: echo.port }]);
      assert.throws(() => heard.socket.send(Uint8Array.of(1), address('127.9.2.2'), echo.port), RangeError);

      const closed = await open({ connectTo: { address: address('127.9.2.3'), port: echo.port } });
      closed.socket.send(Uint8Array.of(1), address('127.9.2.3'), echo.port);
      await until(() => closed.errors.length > 0);
      assert.deepEqual(closed.errors, ['ECONNREFUSED 127.9.2.3']);

      const outside = await open({
        guard: { mayAsk: () => false },
        connectTo: { address: peer, port: echo.port },
      });
      assert.equal(outside.socket.send(Uint8Array.of(1), peer, echo.port), false);
    });
  });

  it('connects to no address that the guard does not allow, and asks by the wall clock of the moment', async () => {
    const connected: (Address | undefined)[] = [];
    const asked: number[] = [];
    let now = 100;
    const opened = (mayAsk: boolean): Promise<GuardedSocket> =>
      openGuardedSocket(
        {
          ...IDLE,
          clock: { now: () => now },
          guard: {
            mayAsk(_to, at) {
              asked.push(at);
              return mayAsk;
            },
          },
          connectTo: { address: address('127.9.2.1'), port: 9 },
        },
        ({ connectTo }) => {
          connected.push(connectTo?.address);
          return Promise.resolve({
            localAddress: '0.0.0.0',
            localPort: 1024,
            receiveBufferBytes: 0,
            send: () => undefined,
            nextTurn: () => Promise.resolve(),
            readDrops: () => Promise.resolve(0),
            close: () => Promise.resolve(),
          });
        },
      );
    await opened(false);
    const allowed = await opened(true);
    assert.deepEqual(connected, [undefined, address('127.9.2.1')]);
    now = 200;
    allowed.send(Uint8Array.of(1), address('127.9.2.1'), 9);
    assert.deepEqual(asked, [100, 100, 200]);
  });

  it('asks the guard before each single send, and sends nothing where that says no', async () => {
    await using(async (open, listen) => {
      const allowed = await listen('127.9.2.1');
      const forbidden = await listen('127.9.2.2', allowed.port);
      const asked: Address[] = [];
      let isOpen = true;
      const { socket, errors } = await open({
        guard: {
          mayAsk(to) {
            asked.push(to);
            return isOpen && to === address('127.9.2.1');
          },
        },
      });
      assert.equal(socket.send(Uint8Array.of(1), address('127.9.2.1'), allowed.port), true);
      assert.equal(socket.send(Uint8Array.of(2), address('127.9.2.2'), allowed.port), false);
      isOpen = false;
      assert.equal(socket.send(Uint8Array.of(3), address('127.9.2.1'), allowed.port), false);
      await until(() => allowed.received.length > 0);
      await delay(30);
      assert.deepEqual(allowed.received, ['01']);
      assert.deepEqual(forbidden.received, []);
      assert.equal(asked.length, 3);
      assert.equal(socket.unfinished(), 0);
      assert.deepEqual(errors, []);
    });
  });

  it('tells every send that the system refuses, by code and address', async () => {
    await using(async (open) => {
      const { socket, errors } = await open();
      // The broadcast address of loopback needs SO_BROADCAST, which is never set; 65,508 bytes fit no datagram.
      socket.send(Uint8Array.of(1), address('127.255.255.255'), 9);
      socket.send(new Uint8Array(65_508), address('127.9.2.9'), 9);
      socket.send(Uint8Array.of(1), address('127.255.255.255'), 9);
      await socket.unfinishedBelow(1);
      assert.deepEqual(errors.toSorted(), [
        'EACCES 127.255.255.255',
        'EACCES 127.255.255.255',
        'EMSGSIZE 127.9.2.9',
      ]);
      assert.deepEqual(socket.sent(), { datagrams: 0, payloadBytes: 0 }, 'none of them was sent');
      socket.send(new Uint8Array(70), address('127.9.2.9'), 9);
      await socket.unfinishedBelow(1);
      assert.deepEqual(socket.sent(), { datagrams: 1, payloadBytes: 70 });
    });
  });

  it('resolves unfinishedBelow when so few sends are left, and at once where that is so', async () => {
    await using(async (open) => {
      const { socket } = await open();
      await socket.unfinishedBelow(1);
      for (let i = 0; i < 100; i++) socket.send(Uint8Array.of(i), address('127.9.2.9'), 9);
      assert.equal(socket.unfinished(), 100);
      await Promise.all([
        socket.unfinishedBelow(50).then(() => {
          assert.ok(socket.unfinished() < 50);
        }),
        socket.unfinishedBelow(1).then(() => {
          assert.equal(socket.unfinished(), 0);
        }),
      ]);
    });
  });

  for (const [family, to, skip] of [
    [4, '127.0.0.1', onLinux.skip],
    [6, '::1', onLinux.skip || onIpv6.skip],
  ] as const)
    it(
      `knows how many datagrams the kernel threw away for want of buffer, to the last one, over IPv${family}`,
      { skip },
      async () => {
        await using(async (open, listen) => {
          const sender = await listen(family === 4 ? '127.9.2.1' : '::1');
          // As among other sockets: what all of them had dropped by then is known.
          await socketErrors[family].read();
          // The smallest buffer that is asked for; while this process is busy sending, nothing is read from it.
          const { socket, received } = await open({ family, receiveBufferBytes: 65_536 });
          const sent = 2000;
          let failed = 0;
          await Promise.all(
            Array.from(
              { length: sent },
              () =>
                new Promise<void>((resolve) => {
                  sender.socket.send(new Uint8Array(1000), socket.localPort, to, (error) => {
                    if (error) failed++;
                    resolve();
                  });
                }),
            ),
          );
          assert.equal(failed, 0);
          await until(async () => received.length + ((await socket.readDrops()) ?? 0) >= sent);
          const drops = await socket.readDrops();
          assert.ok(drops !== undefined && drops > 0, `${drops} drops`);
          assert.equal(drops, sent - received.length);
        });
      },
    );
});

const IDLE: GuardedSocketOptions = {
  family: 4,
  guard: { mayAsk: () => true },
  clock: { now: () => 0 },
  receiveBufferBytes: 1024 * 1024,
  onDatagram: () => undefined,
  onSendError: () => undefined,
};

interface Opened {
  readonly socket: GuardedSocket;
  readonly received: readonly { readonly payload: string; readonly from: string; readonly port: number }[];
  readonly errors: readonly string[];
}

interface Listening {
  readonly socket: ReturnType<typeof createSocket>;
  readonly port: number;
  /** Payloads in hex. */
  readonly received: readonly string[];
}

/** Runs a test with sockets that are closed at its end, however it ends. */
async function using(
  test: (
    open: (options?: Partial<GuardedSocketOptions>) => Promise<Opened>,
    listen: (address: string, port?: number) => Promise<Listening>,
  ) => Promise<void>,
): Promise<void> {
  const closers: (() => unknown)[] = [];
  const open = async (options: Partial<GuardedSocketOptions> = {}): Promise<Opened> => {
    const received: { payload: string; from: string; port: number }[] = [];
    const errors: string[] = [];
    const socket = await openGuardedSocket({
      ...IDLE,
      onDatagram(payload, from, port) {
        received.push({ payload: Buffer.from(payload).toString('hex'), from: formatAddress(from), port });
      },
      onSendError(code, to) {
        errors.push(`${code} ${to}`);
      },
      ...options,
    });
    closers.push(() => socket.close());
    return { socket, received, errors };
  };
  const listen = async (at: string, port = 0): Promise<Listening> => {
    const socket = createSocket({ type: at.includes(':') ? 'udp6' : 'udp4' });
    const received: string[] = [];
    socket.on('message', (payload) => received.push(payload.toString('hex')));
    socket.bind(port, at);
    await once(socket, 'listening');
    closers.push(() => socket.close());
    return { socket, port: socket.address().port, received };
  };
  try {
    await test(open, listen);
  } finally {
    for (const close of closers) await close();
  }
}

/** Waits until something holds, three seconds at most. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let waits = 0; waits < 300 && !(await holds()); waits++) await delay(10);
}

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed !== undefined);
  return parsed;
}
