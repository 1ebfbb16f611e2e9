#!/usr/bin/env bash
# rtpengine 10.5.3.5 (Debian rtpengine-daemon 10.5.3.5-1+deb12u1), whose control protocol ng answers on UDP.
#
# The command `statistics` ("COOKIE d7:command10:statisticse", 33 bytes with a cookie of 8) is answered in one datagram. In
# it stands an entry for each address that ever gave a command, with a count and a duration of every command there is:
#   asked by one address, some 7,560 bytes, and as many again when it asks from another port;
#   each further address makes the answer 1,127 bytes longer (1,129 where it is written in ten characters, not nine), for
#   all who ask from then on;
#   a `ping` is enough for that, with its 26 bytes, and the answer names every one of the addresses.
# So the size of the answer depends on who asked before, and whoever measures it makes it longer.
#
# Ends with status 0 while that is so, with 1 when it is not, and with 2 when it could not be tried. Takes some 10 s after
# it has fetched 30 MB, as root: in a network namespace of its own, whose loopback has all the addresses that ask.
set -euo pipefail
version=10.5.3.5-1+deb12u1
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
cd "$work"
unshare -n true || exit 2
# Only unpacked: nothing is installed, and no service starts. Of its some hundred libraries those that are missing here.
libraries=$(apt-get -q -s --no-install-recommends install "rtpengine-daemon=$version" |
  awk '$1 == "Inst" && $2 != "rtpengine-daemon" { print $2 }') || exit 2
# shellcheck disable=SC2086 # One word each.
apt-get -q -o APT::Sandbox::User="$(id -un)" download "rtpengine-daemon=$version" $libraries >/dev/null || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH="$work/root/usr/lib/$(uname -m)-linux-gnu:$work/root/lib/$(uname -m)-linux-gnu"

cat >ask.mjs <<'ASK'
import { createSocket } from 'node:dgram';

const [STATISTICS, PING] = ['d7:command10:statisticse', 'd7:command4:pinge'];
let asked = 0;

/** Asks from a new port of an address, with a cookie of its own; undefined where no answer comes within 2 s. */
function ask(address, command) {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const end = (answer) => {
      clearTimeout(timer);
      socket.close();
      resolve(answer?.toString('latin1'));
    };
    const timer = setTimeout(end, 2000);
    socket.once('message', end);
    socket.bind(0, address, () => socket.send(`${String(++asked).padStart(8, '0')} ${command}`, 2223, '127.0.0.1'));
  });
}

let isUp = false;
for (let attempt = 0; !isUp && attempt < 10; attempt++) isUp = (await ask('127.0.0.1', PING)) !== undefined;

const rows = [];
/** One row: how long the answer is, and which addresses it names in its control statistics. */
async function statistics(address) {
  const answer = (await ask(address, STATISTICS)) ?? '';
  const names = [...answer.matchAll(/5:proxy9:127\.0\.0\.(\d)/g)].map(([, last]) => Number(last));
  const longer = answer.length - (rows.at(-1)?.bytes ?? answer.length);
  rows.push({ address, bytes: answer.length, longer, names: names.sort((a, b) => a - b).join(' ') });
}
if (isUp) {
  for (const last of [1, 1, 2, 3, 4, 1]) await statistics(`127.0.0.${last}`);
  await ask('127.0.0.5', PING);
  await statistics('127.0.0.1');
}
console.table(rows);

// Counts and durations may gain a digit from one answer to the next.
const isSame = ({ longer }) => Math.abs(longer) < 50;
const isLonger = ({ longer }) => Math.abs(longer - 1127) < 50;
const expected = [isSame, isSame, isLonger, isLonger, isLonger, isSame, isLonger];
const asSeen =
  rows.every((row, at) => row.bytes > 7000 && expected[at](row)) &&
  rows.map(({ names }) => names).join() === '1,1,1 2,1 2 3,1 2 3 4,1 2 3 4,1 2 3 4 5';
process.exitCode = !isUp ? 2 : asSeen ? 0 : 1;
ASK
cat >run.sh <<'RUN'
ip link set lo up || exit 2
# --table -1: without its kernel module.
timeout -k 5 60 root/usr/bin/rtpengine --foreground --log-stderr --config-file none --table -1 --pidfile "$PWD/pid" \
  --interface 127.0.0.1 --listen-ng 127.0.0.1:2223 >log 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server"; exit 2' INT TERM
node ask.mjs
status=$?
kill "$server"
wait "$server" || true
exit "$status"
RUN
root/usr/bin/rtpengine --version
unshare -n sh run.sh && status=0 || status=$?
case $status in
  0) echo 'as seen: each address that gave a command makes all later answers longer' ;;
  1) echo 'changed' ;;
  *) status=2 ;;
esac
exit "$status"
