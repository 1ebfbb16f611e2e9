#!/usr/bin/env bash
# aria2 1.36.0 (Debian 1.36.0-1), whose BitTorrent DHT (BEP 5) answers on its own UDP port.
#
# BEP 43: a node that sets ro=1 in its queries is read-only, and "should not be added" to routing tables: nobody is to ask
# it anything. Asked one `ping` with ro=1, aria2 answers it, and within 40 s sends queries of its own (y=q) to the asker's
# address and port. They stand in the same socket as the answers and are longer than the `pong`; whoever counts all that
# arrives from that address counts them as answer.
#
# Ends with status 0 while that is so, with 1 when it is not, and with 2 when it could not be tried. Takes some 45 s, as
# root: in a network namespace of its own, in which aria2 has no other node to talk to.
set -euo pipefail
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
cd "$work"
# Only unpacked: nothing is installed.
apt-get -q -o APT::Sandbox::User="$(id -un)" download aria2=1.36.0-1 libaria2-0=1.36.0-1 \
  libc-ares2 libssh2-1 libxml2 libsqlite3-0 libicu72 >/dev/null || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH="$work/root/usr/lib/$(uname -m)-linux-gnu"

cat >ask.mjs <<'ASK'
import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';

const socket = createSocket('udp4');
const counts = { answers: 0, queries: 0, answerBytes: 0, queryBytes: 0 };
socket.on('message', (datagram) => {
  // Keys are sorted, so a bencoded message ends with its type: 1:y1:q or 1:y1:r.
  const isQuery = datagram.includes('1:y1:q');
  counts[isQuery ? 'queries' : 'answers']++;
  counts[isQuery ? 'queryBytes' : 'answerBytes'] += datagram.length;
});
socket.send('d1:ad2:id20:abcdefghij0123456789e1:q4:ping2:roi1e1:t2:aa1:y1:qe', 21881, '127.0.0.1');
await sleep(40_000);
socket.close();
console.log(counts);
process.exitCode = counts.answers === 1 && counts.queries > 0 ? 0 : 1;
ASK
cat >run.sh <<'RUN'
ip link set lo up
root/usr/bin/aria2c --no-conf --enable-dht=true --enable-dht6=false --dht-listen-port=21881 --listen-port=21882 \
  --dht-file-path="$PWD/dht.dat" --bt-enable-lpd=false --seed-time=0 --dir="$PWD" \
  'magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567' >log 2>&1 &
server=$!
sleep 3
node ask.mjs
status=$?
kill "$server"
wait "$server" || true
exit "$status"
RUN
root/usr/bin/aria2c --version | sed -n 1p
if unshare -n sh run.sh; then echo 'as seen: a read-only node is asked back'; else echo 'changed'; exit 1; fi
