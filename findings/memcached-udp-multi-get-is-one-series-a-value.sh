#!/usr/bin/env bash
# memcached 1.6.18 (Debian 1.6.18-1+deb12u1), its UDP protocol (doc/protocol.txt, "UDP protocol").
#
# A UDP reply carries in each datagram an 8-byte header: request id, sequence number, total number of datagrams "in
# this message". One request for three keys is answered with three series of datagrams: the sequence number begins at 0
# again and the total is that of one value alone, while the request id stays the same, and only the last series ends with
# END. A reader that stops when it has as many datagrams as the header says, or that drops what it takes for a repeated
# (id, sequence number), sees a third of the answer.
#
# Ends with status 0 while that is so, with 1 when it is not, and with 2 when it could not be tried.
set -euo pipefail
version=1.6.18-1+deb12u1
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
# Only what the server itself needs; nothing is installed.
apt-get -q -o APT::Sandbox::User="$(id -un)" download "memcached=$version" libevent-2.1-7 libsasl2-2 >/dev/null || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH="$work/root/usr/lib/$(uname -m)-linux-gnu"

port=21211
root/usr/bin/memcached -u "$(id -un)" -l 127.0.0.1 -p "$port" -U "$port" -m 64 &
server=$!

cat >ask.mjs <<'ASK'
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const port = Number(process.argv[2]);
let stored;
for (let attempt = 0; stored === undefined && attempt < 50; attempt++) {
  const socket = connect(port, '127.0.0.1');
  stored = await once(socket, 'connect').then(() => socket, () => sleep(100));
}
const value = 'x'.repeat(3000);
for (const key of ['a', 'b', 'c']) {
  stored.write(`set ${key} 0 60 ${value.length}\r\n${value}\r\n`);
  await once(stored, 'data');
}
stored.end();

const socket = createSocket('udp4');
const headers = [];
let text = '';
socket.on('message', (datagram) => {
  headers.push([0, 2, 4].map((offset) => datagram.readUInt16BE(offset)));
  text += datagram.subarray(8).toString('latin1');
});
// Request id 0x2a2a, sequence 0, 1 datagram, reserved 0; then the text protocol.
socket.send(Buffer.concat([Buffer.from('2a2a000000010000', 'hex'), Buffer.from('get a b c\r\n')]), port, '127.0.0.1');
await sleep(1500);
socket.close();

console.log('request id, sequence number, total, as they arrived:');
for (const header of headers) console.log('  ', header.join(' '));
const totals = new Set(headers.map(([, , total]) => total));
const starts = headers.filter(([, sequence]) => sequence === 0).length;
console.log(`${headers.length} datagrams, ${starts} of them with sequence number 0, total in the header: ${[...totals].join(' and ')}`);
const values = text.split('VALUE ').length - 1;
console.log(`${values} values, END ${text.endsWith('END\r\n') ? 'last' : 'missing'}`);
const asSeen = starts > 1 && values === 3 && headers.every(([, , total]) => total < headers.length);
process.exitCode = asSeen ? 0 : 1;
ASK
root/usr/bin/memcached -V
if node ask.mjs "$port"; then echo 'as seen: each value is a series of its own under one request id'; else echo 'changed'; exit 1; fi
