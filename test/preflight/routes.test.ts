import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatAddress } from '../../src/domain/address.js';
import { directlyConnected, ipv4Routes, ipv6Routes } from '../../src/preflight/routes.js';
import { routeTo, targets } from './facts.js';

const IPV4_TABLE = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
ppp0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0
*\t0000A8C0\t00000000\t0200\t0\t0\t0\t0000FFFF\t0\t0\t0
eth1\t010064C0\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0
`;
const IPV6_TABLE = `20010db8000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 20010db8000000000000000000000001 00000400 00000001 00000000 00000003     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
`;

const shown = (routes: ReturnType<typeof ipv4Routes>): readonly string[] =>
  routes.map(
    (r) => `${formatAddress(r.range.first)}/${r.length} ${r.interface} ${r.direct ? 'direct' : 'via'}`,
  );

describe('the routing tables', () => {
  it('of IPv4 are words in reversed octets; a rejecting route is none', () => {
    assert.deepEqual(shown(ipv4Routes(IPV4_TABLE, new Set(['ppp0']))), [
      '0.0.0.0/0 eth0 via',
      '192.0.2.0/24 eth0 direct',
      '10.0.0.0/8 ppp0 via',
      '192.100.0.1/32 eth1 direct',
    ]);
  });

  it('of IPv6 are addresses in network order; a rejecting route is none', () => {
    assert.deepEqual(shown(ipv6Routes(IPV6_TABLE, new Set(['lo']))), [
      '2001:db8::/64 eth0 direct',
      '::/0 eth0 via',
    ]);
  });

  it('that cannot be read give no routes', () => {
    assert.deepEqual(ipv4Routes('', new Set()), []);
    assert.deepEqual(ipv4Routes('Iface\nnonsense\n', new Set()), []);
    assert.deepEqual(ipv6Routes('', new Set()), []);
    assert.deepEqual(ipv6Routes('nonsense\n', new Set()), []);
  });
});

describe('directly connected targets', () => {
  it('are those whose most specific route has no gateway', () => {
    const routes = [
      routeTo('0.0.0.0/0', { direct: false }),
      routeTo('10.0.0.0/8', { direct: true }),
      routeTo('10.1.0.0/16', { direct: false }),
      routeTo('10.1.2.0/24', { direct: true }),
    ];
    const count = (...prefixes: string[]): number => directlyConnected(targets(...prefixes), routes)[4];
    assert.equal(count('10.2.0.0/24'), 256);
    assert.equal(count('10.1.0.0/16'), 256);
    assert.equal(count('10.0.0.0/15'), 65_536 + 256);
    assert.equal(count('192.0.2.0/24'), 0);
  });

  it('are counted by family', () => {
    const routes = [routeTo('192.0.2.0/24', { direct: true }), routeTo('2001:db8::/64', { direct: true })];
    const counted = directlyConnected(targets('192.0.2.0/25', '2001:db8::/120'), routes);
    assert.deepEqual(counted, { 4: 128, 6: 256 });
  });
});
