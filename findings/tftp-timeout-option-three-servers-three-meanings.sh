#!/usr/bin/env bash
# The timeout option of TFTP (RFC 2349) in three servers of Debian 12: atftpd 0.8.0-3, tftpd-hpa 5.2+20150808-1.4,
# dnsmasq-base 2.90-4~deb12u2.
#
# RFC 2349 lets a client ask for the number of seconds before a retransmission, and a server that accepts it must answer
# with the same value. A read request with `timeout 1`, whose answer is then never acknowledged, brings:
#   atftpd     an OACK with timeout 1, repeated each second: 0 1 2 3 4 5 s, as the option says;
#   tftpd-hpa  an OACK with timeout 1, repeated at doubling intervals: 0 1 3 7 s (then 15 and 31);
#   dnsmasq    an OACK without the option, which it may leave out, and a schedule of its own.
# So the accepted option does not tell how long to listen: after 5 s the first has said all, the second a half.
#
# Ends with status 0 while that is so, with 1 when it is not, and with 2 when it could not be tried. Runs as root (two of
# the servers want to change their user), on loopback, for some 15 s.
set -euo pipefail
work=$(mktemp -d)
chmod 755 "$work"
servers=()
trap 'for id in "${servers[@]}"; do kill "$id" 2>/dev/null || true; done; rm -rf "$work"' EXIT
cd "$work"
# Only unpacked: nothing is installed, and no service starts.
apt-get -q -o APT::Sandbox::User="$(id -un)" download \
  atftpd=0.8.0-3 tftpd-hpa=5.2+20150808-1.4 dnsmasq-base=2.90-4~deb12u2 \
  libwrap0 libpcre3 libpcre2-8-0 libnetfilter-conntrack3 libnfnetlink0 libmnl0 libidn2-0 libunistring2 \
  libnftables1 libnftnl11 libjansson4 libxtables12 libedit2 libbsd0 >/dev/null || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH="$work/root/usr/lib/$(uname -m)-linux-gnu:$work/root/lib/$(uname -m)-linux-gnu"
mkdir files
head -c 600 /dev/zero >files/x
chmod -R a+rX files

root/usr/sbin/atftpd --daemon --no-fork --port 21069 --bind-address 127.0.0.1 --user "$(id -un)" --logfile - files >/dev/null 2>&1 &
servers+=($!)
root/usr/sbin/in.tftpd --foreground --listen --address 127.0.0.1:21169 --user "$(id -un)" --secure "$work/files" >/dev/null 2>&1 &
servers+=($!)
root/usr/sbin/dnsmasq --keep-in-foreground --conf-file=/dev/null --port=0 --interface=lo --bind-interfaces --pid-file= \
  --user="$(id -un)" --enable-tftp --tftp-root="$work/files" >/dev/null 2>&1 &
servers+=($!)
sleep 1

cat >ask.mjs <<'ASK'
import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';

/** Seconds at which the OACK came, within 10 s, and the option's value in it. */
async function ask(port) {
  const socket = createSocket('udp4');
  const seconds = [];
  let timeout;
  const started = performance.now();
  socket.on('message', (datagram) => {
    if (datagram.readUInt16BE(0) !== 6) return;
    const words = datagram.subarray(2).toString('latin1').split('\0');
    const at = words.indexOf('timeout');
    timeout = at < 0 ? 'left out' : words[at + 1];
    seconds.push(Math.round((performance.now() - started) / 1000));
  });
  socket.send('\0\x01x\0octet\0blksize\x001400\0timeout\x001\0', port, '127.0.0.1');
  await sleep(10_000);
  socket.close();
  return { timeout, seconds: seconds.join(' ') };
}

const [atftpd, hpa, dnsmasq] = await Promise.all([21069, 21169, 69].map(ask));
console.log({ atftpd, hpa, dnsmasq });
const asSeen =
  atftpd.timeout === '1' && atftpd.seconds === '0 1 2 3 4 5' &&
  hpa.timeout === '1' && hpa.seconds === '0 1 3 7' &&
  dnsmasq.timeout === 'left out' && dnsmasq.seconds.split(' ').length >= 3;
process.exitCode = asSeen ? 0 : 1;
ASK
if node ask.mjs; then echo 'as seen: one option, three schedules'; else echo 'changed'; exit 1; fi
