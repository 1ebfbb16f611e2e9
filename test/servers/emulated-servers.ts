/**
 * A process of emulated servers at one address, each on the standard port of its probe, for what no real server could be
 * had for: `node emulated-servers.js 192.0.2.73 '{"mssql":"mssql-two-instances", …}'`. It says `ready` and runs until it
 * is ended.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { probes } from '../../probes/list.js';

const [address = '', chosen = '{}'] = process.argv.slice(2);
for (const [id, name] of Object.entries(JSON.parse(chosen) as Record<string, string>)) {
  const probe = probes.find((each) => each.id === id);
  const server = probe?.emulatedServers.find((each) => each.name === name);
  if (probe === undefined || server === undefined) throw new Error(`no emulated server ${name} of ${id}`);
  const socket = createSocket('udp4');
  socket.on('message', (request, { address: from, port }) => {
    for (const reply of server.reply(request)) socket.send(reply, port, from);
  });
  socket.bind(probe.port, address);
  await once(socket, 'listening');
}
process.stdout.write('ready\n');
