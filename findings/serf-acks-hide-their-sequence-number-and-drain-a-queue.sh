#!/usr/bin/env bash
# serf 0.9.4 (Debian 0.9.4~ds1-1+b13; it calls itself 0.8.2-dev), whose gossip protocol (HashiCorp's memberlist) answers on udp/7946.
#
# A ping (message type 0, MessagePack) of 9 bytes with a sequence number is answered by an ack (type 2) that has the
# number. On the wire the answer is neither: it is a message of type 9, "compressed", whose buffer is LZW, so the sequence
# number does not stand in the datagram, and a reader that looks for type 2 finds nothing. And the ack carries what gossip
# is queued until that has been told a few times: the first answers after the start are longer than all later ones, so the
# size of the answer depends on who asked before.
#
# Ends with status 0 while that is so, with 1 when it is not, and with 2 when it could not be tried.
set -euo pipefail
work=$(mktemp -d)
chmod 755 "$work"
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
# Only unpacked: nothing is installed, and no service starts.
apt-get -q -o APT::Sandbox::User="$(id -un)" download 'serf=0.9.4~ds1-1+b13' >/dev/null || exit 2
dpkg-deb -x ./*.deb root
root/usr/bin/serf agent -node=lab -bind=127.0.0.1:21946 -advertise=127.0.0.1:21946 -rpc-addr=127.0.0.1:21947 >log 2>&1 &
server=$!
sleep 2

cat >ask.mjs <<'ASK'
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const answers = [];
for (let sequence = 1; sequence <= 12; sequence++) {
  const socket = createSocket('udp4');
  // 00, then {"SeqNo": 0x5a5a0000 + n}: a number whose four octets would be easy to find.
  const ping = Buffer.concat([Buffer.from('0081a55365714e6fce', 'hex'), Buffer.from([0x5a, 0x5a, 0, sequence])]);
  socket.send(ping, 21946, '127.0.0.1');
  const [answer] = await once(socket, 'message', { signal: AbortSignal.timeout(5000) });
  socket.close();
  answers.push({ type: answer[0], bytes: answer.length, number: answer.includes(ping.subarray(9)) });
}
console.log('type:', answers.map(({ type }) => type).join(' '));
console.log('bytes:', answers.map(({ bytes }) => bytes).join(' '));
console.log('sequence number in the datagram:', answers.some(({ number }) => number));
const [first] = answers;
const last = answers.at(-1);
process.exitCode = answers.every(({ type, number }) => type === 9 && !number) && first.bytes > last.bytes ? 0 : 1;
ASK
root/usr/bin/serf version | sed -n 1p
if node ask.mjs; then echo 'as seen: compressed acks, the first ones longer'; else echo 'changed'; exit 1; fi
