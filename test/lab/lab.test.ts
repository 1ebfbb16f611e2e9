import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { describe, it } from 'node:test';
import { probes } from '../../probes/list.js';
import { parseAddress } from '../../src/domain/address.js';
import { startLab } from '../../src/lab/lab.js';
import { addressAndPort, labHosts, labPort, labScope } from '../../src/lab/layout.js';
import { parseScopeFile } from '../../src/scope/scope-file.js';
import { createScope } from '../../src/scope/scope.js';

const onIpv6 = {
  skip: Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'))
    ? false
    : 'this machine has no ::1',
};
const settings = probes.flatMap((probe) => probe.settings ?? []);

describe('the lab', () => {
  for (const hasIpv6 of [true, false]) {
    const hosts = labHosts(probes, { basePort: 20_000, hasIpv6 });

    it(`${hasIpv6 ? 'with' : 'without'} IPv6 has a place of its own for each host, all of them in its scope`, () => {
      const places = hosts.map(({ address, port }) => addressAndPort(address, port));
      assert.equal(new Set(places).size, hosts.length);
      const scope = createScope(parseScopeFile(labScope('2027-03-31', { hasIpv6 }), 'lab.yaml', settings));
      for (const { address } of hosts) {
        const parsed = parseAddress(address);
        assert.ok(parsed !== undefined && scope.allows(parsed), address);
      }
    });

    it(`${hasIpv6 ? 'with IPv6 has one emulated server on each port' : 'without IPv6 has nothing'} on ::1`, () => {
      const six = hosts.filter(({ address }) => address === '::1').map(({ port }) => port);
      const ports = new Set(probes.map(({ port }) => labPort(20_000, port)));
      assert.deepEqual(six, hasIpv6 ? [...ports] : []);
      assert.equal(labScope('2027-03-31', { hasIpv6 }).includes('::1/128'), hasIpv6);
    });
  }

  it('serves every port at one that needs no root, a high one too, and no two at the same', () => {
    const own = new Set(probes.map(({ port }) => port));
    for (const basePort of [1024, 10_000, 60_000]) {
      const ports = [...own].map((port) => labPort(basePort, port));
      for (const port of ports) assert.ok(port >= 1024 && port <= 65_535, `${port}, from ${basePort} on`);
      assert.equal(new Set(ports).size, own.size);
    }
    assert.equal(labPort(10_000, 19), 10_019);
    assert.equal(labPort(10_000, 64_738), 10_226);
  });

  it('has one host for an emulated server that several probes list, and on it the port of each', () => {
    const [chargen] = probes.filter(({ id }) => id === 'chargen');
    const [emulated] = chargen?.emulatedServers ?? [];
    assert.ok(chargen !== undefined && emulated !== undefined);
    const hosts = labHosts(
      [chargen, { ...chargen, id: 'chargen-other' }, { ...chargen, id: 'chargen-far', port: 1019 }],
      { basePort: 20_000, hasIpv6: true },
    );
    const where = hosts.filter((host) => host.emulated === emulated);
    assert.deepEqual(
      where.map(({ address, port, probes: askers }) => [address, port, askers]),
      [
        ['127.64.1.2', 20_019, ['chargen', 'chargen-other']],
        ['127.64.1.2', 21_019, ['chargen-far']],
        ['::1', 20_019, ['chargen', 'chargen-other']],
        ['::1', 21_019, ['chargen-far']],
      ],
    );
    assert.equal(hosts.length, 2 * chargen.emulatedServers.length + 2);
  });

  it('answers from a port drawn for each request where its server does, and is closed all the same', async () => {
    const [host] = labHosts(probes, { basePort: 27_000, hasIpv6: false }).filter(
      ({ emulated }) => emulated.fromAnotherPort === true,
    );
    assert.ok(host !== undefined);
    const [asker] = probes.filter(({ id }) => host.probes.includes(id));
    const lab = await startLab([host]);
    const client = createSocket('udp4');
    try {
      const message = once(client, 'message');
      client.send(asker?.build(undefined).sweepForms[0].encode(0) ?? '', host.port, host.address);
      const [, sender] = (await message) as [Buffer, { readonly address: string; readonly port: number }];
      assert.equal(sender.address, host.address);
      assert.notEqual(sender.port, host.port);
    } finally {
      client.close();
      await lab.close();
    }
  });

  it('answers at the port that its answers name too', async () => {
    const [host] = labHosts(probes, { basePort: 27_000, hasIpv6: false }).filter(
      ({ alsoAt }) => alsoAt !== undefined,
    );
    const at = host?.alsoAt;
    assert.ok(host !== undefined && at !== undefined);
    const [asker] = probes.filter(({ id }) => host.probes.includes(id));
    const lab = await startLab([host]);
    const client = createSocket('udp4');
    try {
      for (const port of [host.port, at]) {
        const message = once(client, 'message');
        client.send(asker?.build(undefined).sweepForms[0].encode(0) ?? '', port, host.address);
        const [reply, sender] = (await message) as [Buffer, { readonly port: number }];
        assert.equal(sender.port, port);
        // The last field of the answer, after the same move as the port itself.
        assert.equal(reply.readUInt32BE(reply.length - 4), at);
      }
    } finally {
      client.close();
      await lab.close();
    }
  });

  it('answers on ::1 as on any other of its addresses', onIpv6, async () => {
    const [host] = labHosts(probes, { basePort: 27_000, hasIpv6: true }).filter(
      ({ address, probes: askers }) => address === '::1' && askers.includes('chargen'),
    );
    assert.ok(host !== undefined);
    const lab = await startLab([host]);
    const client = createSocket('udp6');
    try {
      const message = once(client, 'message');
      client.send(Uint8Array.of(1), host.port, '::1');
      const [reply, sender] = (await message) as [
        Buffer,
        { readonly address: string; readonly port: number },
      ];
      assert.equal(reply.length, 1024);
      assert.deepEqual([sender.address, sender.port], ['::1', host.port]);
    } finally {
      client.close();
      await lab.close();
    }
  });

  it('refuses every address that is not loopback', async () => {
    const [host] = labHosts(probes, { basePort: 27_000, hasIpv6: false });
    assert.ok(host !== undefined);
    for (const address of ['192.0.2.1', '0.0.0.0', '::', '2001:db8::1', '::ffff:127.0.0.1'])
      await assert.rejects(startLab([{ ...host, address }]), /the lab does not serve/, address);
  });
});
