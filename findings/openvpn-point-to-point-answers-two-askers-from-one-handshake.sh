#!/usr/bin/env bash
# OpenVPN 2.6.14-0+deb12u2 (Debian 12) in point-to-point mode (`tls-server` without `server`) has one handshake for all who
# begin one.
#
# The first packet of a client (P_CONTROL_HARD_RESET_CLIENT_V2, 14 bytes) is answered with the server's own reset, 26 bytes,
# which is sent again after 2, 6, 14 and 30 s. When a second client begins 4 s after the first, from another port and with
# another session id:
#   it gets no reset at first but an acknowledgement of 22 bytes (P_ACK_V1, 28), with the server's session id of the first;
#   what is left of the first one's resends goes to the second, and acknowledges the second one's session;
#   the first gets nothing more.
# So how often one request is answered depends on who asks next: a repeated measurement within the 60 s of `hand-window`
# sees a smaller first answer, and takes the rest away from the one before.
#
# Ends with status 0 while that is so, with 1 when it is not, and with 2 when it could not be tried. On loopback, for some
# 18 s.
set -euo pipefail
work=$(mktemp -d)
server=
trap 'test -z "$server" || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
# Only unpacked: nothing is installed, and no service starts.
apt-get -q -o APT::Sandbox::User="$(id -un)" download \
  openvpn=2.6.14-0+deb12u2 libpkcs11-helper1 liblzo2-2 liblz4-1 libnl-3-200 libnl-genl-3-200 libcap-ng0 >/dev/null || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH="$work/root/usr/lib/$(uname -m)-linux-gnu:$work/root/lib/$(uname -m)-linux-gnu"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem \
  -subj /CN=lab -days 2 2>/dev/null || exit 2
# No tunnel device: no handshake is completed.
root/usr/sbin/openvpn --dev null --tls-server --dh none --ca cert.pem --cert cert.pem --key key.pem \
  --proto udp4 --local 127.0.0.1 --port 21194 >/dev/null 2>&1 &
server=$!
sleep 2

cat >ask.mjs <<'ASK'
import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';

const started = performance.now();

/** Begins a handshake; its answers come into the list that is returned. */
function begin(session) {
  const answers = [];
  const socket = createSocket('udp4');
  socket.on('message', (datagram) => {
    const [opcode, from, acknowledges] = [[0, 1], [1, 9], [14, 22]].map(([a, b]) => datagram.toString('hex', a, b));
    const second = Math.round((performance.now() - started) / 1000);
    answers.push({ second, bytes: datagram.length, opcode, from, acknowledges });
  });
  socket.send(Buffer.from(`38${session}0000000000`, 'hex'), 21194, '127.0.0.1');
  return { answers, close: () => socket.close() };
}

const first = begin('1111111111111111');
await sleep(4000);
const second = begin('2222222222222222');
await sleep(12_000);
for (const one of [first, second]) one.close();
console.log({ first: first.answers, second: second.answers });
const [begun, ...rest] = second.answers;
const resets = [...first.answers, ...rest];
const asSeen =
  first.answers.length === 2 && first.answers.every(({ second: at }) => at < 4) &&
  begun?.bytes === 22 && begun.opcode === '28' && rest.length >= 2 &&
  resets.every(({ bytes, opcode, from }) => bytes === 26 && opcode === '40' && from === begun.from) &&
  rest.every(({ acknowledges }) => acknowledges === '2222222222222222');
process.exitCode = first.answers.length === 0 ? 2 : asSeen ? 0 : 1;
ASK
node ask.mjs && status=0 || status=$?
case $status in
  0) echo 'as seen: the second one to ask takes the rest of the answers to the first' ;;
  1) echo 'changed' ;;
esac
exit "$status"
