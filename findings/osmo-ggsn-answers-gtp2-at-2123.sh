#!/usr/bin/env bash
# osmo-ggsn 1.9.0 (Debian osmo-ggsn 1.9.0-3+b1 with libgtp6 1.9.0-3+b1), which speaks versions 0 and 1 of GTP, answers a
# message of version 2 at port 2123 of who asked, whatever port that one asked from.
#
# Asked at udp/2123 from another port:
#   an Echo Request of version 1 brings an Echo Response of 14 bytes to the port that asked, with its sequence number;
#   an Echo Request of version 2 brings nothing there. Its answer, a Version Not Supported of 12 bytes, goes to port 2123 of
#   the same address, is a message of version 1, and has the sequence number 0, not that of the request.
# So who asks from a port of the system's choice takes it for silence, a firewall that lets in only answers drops it, and one
# that receives it at port 2123 cannot tell by its number which request it belongs to. (In the source of libgtp it is a
# notification and no response, and notifications go to the port of GTP-C.)
#
# Ends with status 0 while that is so, with 1 when it is not, and with 2 when it could not be tried. Takes some 10 s, as
# root: in a network namespace of its own, for port 2123 must be free there.
set -euo pipefail
version=1.9.0-3+b1
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
cd "$work"
unshare -n true || exit 2
# Only unpacked: nothing is installed, and no service starts.
apt-get -q -o APT::Sandbox::User="$(id -un)" download "osmo-ggsn=$version" "libgtp6=$version" \
  libosmocore19 libosmogsm18 libosmovty9 libosmoctrl0 libsctp1 libtalloc2 >/dev/null || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH="$work/root/usr/lib/$(uname -m)-linux-gnu:$work/root/lib/$(uname -m)-linux-gnu"
# Without an access point: it answers Echo, and knows no subscriber.
mkdir state
cat >ggsn.cfg <<CONF
ggsn ggsn0
 gtp state-dir $work/state
 gtp bind-ip 127.0.0.1
 no shutdown ggsn
CONF

cat >ask.mjs <<'ASK'
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const heard = [];
/** A socket at 127.0.0.2; what arrives there is noted. */
async function listen(name, port) {
  const socket = createSocket('udp4');
  socket.on('message', (datagram, from) => {
    const [version, type, sequence] = [datagram[0] >> 5, datagram[1], datagram.toString('hex', 8, 10)];
    heard.push({ at: name, from: `${from.address}:${from.port}`, bytes: datagram.length, version, type, sequence });
  });
  socket.bind(port, '127.0.0.2');
  await once(socket, 'listening');
  return socket;
}
const asker = await listen('the port that asked', 0);
const control = await listen('2123', 2123);

/** What comes within 2 s of a request, at either port. */
async function ask(request) {
  heard.length = 0;
  asker.send(Buffer.from(request.replaceAll(' ', ''), 'hex'), 2123, '127.0.0.1');
  await sleep(2000);
  return [...heard];
}

// Echo Request, tunnel 0, sequence number 0x2a2a; asked until it is there.
let version1 = [];
for (let attempt = 0; version1.length === 0 && attempt < 10; attempt++)
  version1 = await ask('32 01 0004 00000000 2a2a 00 00');
// Echo Request without a tunnel, sequence number 0x002b2b, with the restart counter it must have (TS 29.274 §7.1.1): 0.
const version2 = await ask('40 01 0009 002b2b 00 03 0001 00 00');
for (const socket of [asker, control]) socket.close();
console.log({ version1, version2 });

const shown = (answers) => answers.map((answer) => Object.values(answer).join(' ')).join();
const asSeen =
  shown(version1) === 'the port that asked 127.0.0.1:2123 14 1 2 2a2a' &&
  shown(version2) === '2123 127.0.0.1:2123 12 1 3 0000';
process.exitCode = version1.length === 0 ? 2 : asSeen ? 0 : 1;
ASK
cat >run.sh <<'RUN'
ip link set lo up || exit 2
timeout -k 5 60 root/usr/bin/osmo-ggsn -c ggsn.cfg >log 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server"; exit 2' INT TERM
node ask.mjs
status=$?
kill "$server"
wait "$server" || true
exit "$status"
RUN
root/usr/bin/osmo-ggsn --version | sed -n 1p
unshare -n sh run.sh && status=0 || status=$?
case $status in
  0) echo 'as seen: Version Not Supported goes to port 2123, not to the port that asked' ;;
  1) echo 'changed' ;;
  *) status=2 ;;
esac
exit "$status"
