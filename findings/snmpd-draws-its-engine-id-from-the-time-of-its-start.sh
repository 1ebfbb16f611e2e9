#!/usr/bin/env bash
# snmpd 5.9.3+dfsg-2+deb12u1 (net-snmp, Debian 12): two agents that start at the same instant have the same engine ID.
#
# RFC 3411 §5: an snmpEngineID identifies one engine within an administrative domain. Where none is configured, net-snmp makes
# one of the enterprise's own format (80001f88, then 80) of four random bytes and the time; but the generator is seeded with
# the time of the start too, seconds and microseconds, and with nothing else. So agents that start together, as containers of
# one host or copies of one snapshot do, may be the same engine to a manager:
#   two agents with one time of start, each with a folder of its own: one engine ID;
#   a third one, started a second later: another.
# It happens without a held clock too: of six agents that a test started side by side, two once drew the same. A count of
# devices by their engine IDs is then too small.
#
# The clock is held by libfaketime 0.9.10-2.1. Ends with status 0 while that is so, with 1 when it is not, and with 2 when it
# could not be tried. On loopback, for some 5 s.
set -euo pipefail
work=$(mktemp -d)
agents=()
trap 'for id in "${agents[@]}"; do kill "$id" 2>/dev/null || true; done; wait; rm -rf "$work"' EXIT
cd "$work"
# Only unpacked: nothing is installed, and no service starts.
apt-get -q -o APT::Sandbox::User="$(id -un)" download snmpd=5.9.3+dfsg-2+deb12u1 libsnmp40=5.9.3+dfsg-2+deb12u1 \
  libsnmp-base libfaketime=0.9.10-2.1 libsensors5 libsensors-config libpci3 libmariadb3 libwrap0 >/dev/null || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
libraries="$work/root/usr/lib/$(uname -m)-linux-gnu"

start() { # start PORT TIME
  mkdir "agent-$1"
  printf 'agentaddress udp:127.0.0.1:%s\nrocommunity public\n' "$1" >"agent-$1.conf"
  LD_LIBRARY_PATH=$libraries LD_PRELOAD=$libraries/faketime/libfaketime.so.1 FAKETIME=$2 DONT_FAKE_MONOTONIC=1 \
    SNMP_PERSISTENT_DIR="$work/agent-$1" MIBS='' \
    root/usr/sbin/snmpd -f -Lo -C -c "agent-$1.conf" >/dev/null 2>&1 &
  agents+=($!)
}
start 21161 '2026-11-20 03:00:00'
start 21162 '2026-11-20 03:00:00'
start 21163 '2026-11-20 03:00:01'
sleep 3

cat >ask.mjs <<'ASK'
import { createSocket } from 'node:dgram';

// RFC 3414 §4: a Get of nothing for an engine that is not named; the report says which it is.
const discovery = Buffer.from(
  '3038020103' + '300d' + '020101' + '020205dc' + '040104' + '020103' + '0410300e' + '0400020100020100040004000400' +
    '301204000400' + 'a00c02020001020100020100' + '3000',
  'hex',
);

/** The engine ID of the agent on a port, in hexadecimal; undefined where none answers within 2 s. */
function ask(port) {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const end = (id) => {
      clearTimeout(timer);
      socket.close();
      resolve(id);
    };
    const timer = setTimeout(end, 2000);
    socket.on('message', (report) => end(/80001f8880.{24}/.exec(report.toString('hex'))?.[0]));
    socket.send(discovery, port, '127.0.0.1');
  });
}

const [one, together, later] = await Promise.all([21161, 21162, 21163].map(ask));
console.log({ one, together, later });
process.exitCode = !one || !together || !later ? 2 : one === together && one !== later ? 0 : 1;
ASK
node ask.mjs && status=0 || status=$?
case $status in
  0) echo 'as seen: one start, one engine ID' ;;
  1) echo 'changed' ;;
esac
exit "$status"
