import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { dropsIn, errorWatch, readKernelDrops } from '../../src/udp/kernel-drops.js';
import { udpCounterIn } from '../../src/udp/send-buffer-drops.js';

/** As Linux 6 writes it, with a socket connected to our address and port before our own line. */
const TABLE = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  101: 0100007F:A2C6 0100097F:83FD 01 00000000:00000000 00:00000000 00000000     0        0 26100 2 0000000000000000 77
  152: 0100097F:83FD 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 26101 2 0000000000000000 12
 1711: 00000000:83FD 00000000:0000 07 00000000:00034200 00:00000000 00000000     0        0 26102 2 0000000000000000 1480
 1999: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 26103 2 0000000000000000 0
`;

/** The same of IPv6, with a socket connected to 2001:db8:0:7::a00:1 before the line of that address. */
const TABLE6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 1101: 00000000000000000000000001000000:0007 B80D012007000000000000000100000A:A2C6 01 00000000:00000000 00:00000000 00000000     0        0 26101 2 0000000000000000 77
 1712: 00000000000000000000000000000000:83FD 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 26102 2 0000000000000000 3
 1713: 00000000000000000000000001000000:0035 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 26103 2 0000000000000000 41
 1714: B80D012007000000000000000100000A:A2C6 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 26104 2 0000000000000000 5
`;

describe('the drops of a socket', () => {
  const table = [
    ['0.0.0.0', 0x83fd, 1480, 'the unbound address'],
    ['127.9.0.1', 0x83fd, 12, 'an address with its octets reversed, and not the peer of another socket'],
    ['0.0.0.0', 53, 0, 'a port with leading zeros; none dropped is 0'],
    ['127.0.0.1', 0xa2c6, 77, 'a connected socket'],
  ] as const;
  for (const [address, port, drops, why] of table) {
    it(`of ${address}:${port} are ${drops}: ${why}`, () => {
      assert.equal(dropsIn(TABLE, address, port), drops);
    });
  }

  const unknown = [
    ['no such port', TABLE, '0.0.0.0', 9],
    ['no such address', TABLE, '127.9.0.2', 0x83fd],
    ['the port of a peer', TABLE, '0.0.0.0', 0],
    ['an empty table', '', '0.0.0.0', 53],
    ['a line cut short', TABLE.replace(/ 1480\n[^]*/, ''), '0.0.0.0', 53],
  ] as const;
  for (const [why, text, address, port] of unknown) {
    it(`are not known, which is not 0: ${why}`, () => {
      assert.equal(dropsIn(text, address, port), undefined);
    });
  }

  const table6 = [
    ['::', 0x83fd, 3, 'the unbound address'],
    ['::1', 0x0035, 41, 'the octets of each of the four words reversed'],
    ['2001:db8:0:7::a00:1', 0xa2c6, 5, 'each word by itself, and not the peer of another socket'],
  ] as const;
  for (const [address, port, drops, why] of table6)
    it(`of [${address}]:${port} are ${drops}: ${why}`, () => {
      assert.equal(dropsIn(TABLE6, address, port), drops);
    });

  it('are not known of an address of the other family, nor of what is no address', () => {
    assert.equal(dropsIn(TABLE6, '0.0.0.0', 0x83fd), undefined);
    assert.equal(dropsIn(TABLE, '::', 0x83fd), undefined);
    assert.equal(dropsIn(TABLE, 'localhost', 53), undefined);
  });

  it('need not be looked for while the errors of all sockets stand still', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ampscope-drops-'));
    const file = join(folder, 'snmp');
    const write = (errors: number): void => {
      writeFileSync(file, `Udp: InDatagrams InErrors\nUdp: 9 ${errors}\n`);
    };
    const watch = errorWatch(file, udpCounterIn);
    assert.equal(watch.known, undefined);
    assert.equal(await watch.read(), undefined, 'there is no such file');
    write(3);
    assert.equal(await watch.read(), 3);
    write(4);
    assert.equal(watch.known, 3, 'as of the last look');
    assert.equal(await watch.read(), 4);
    rmSync(folder, { recursive: true });
  });

  it('are not known of a socket that is not there, in either family', async () => {
    assert.equal(await readKernelDrops('127.9.0.77', 1), undefined);
    assert.equal(await readKernelDrops('2001:db8::77', 1), undefined);
  });
});
