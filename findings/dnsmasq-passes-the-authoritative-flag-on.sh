#!/usr/bin/env bash
# dnsmasq 2.90 (Debian dnsmasq-base 2.90-4~deb12u2) passes AA, the flag of an authoritative answer, on from its upstream.
#
# RFC 1035 §4.1.1: AA says that "the responding name server is an authority" for the name. A forwarder is none. dnsmasq,
# with its default cache, relays the first answer to each name with the upstream's AA as it came, and with RA of its own;
# the second answer comes from its cache without AA. So of an open forwarder in front of an authoritative server each
# fresh name says AA and RA at once, and a check that takes AA for "authoritative, no open resolver" misses it.
#
# Ends with status 0 while that is so, with 1 when it is not, and with 2 when it could not be tried.
set -euo pipefail
work=$(mktemp -d)
chmod 755 "$work"
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
# Only unpacked: nothing is installed, and no service starts.
apt-get -q -o APT::Sandbox::User="$(id -un)" download dnsmasq-base=2.90-4~deb12u2 \
  libnetfilter-conntrack3 libnfnetlink0 libmnl0 libnftables1 libnftnl11 libjansson4 libxtables12 libedit2 libbsd0 >/dev/null || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH="$work/root/usr/lib/$(uname -m)-linux-gnu:$work/root/lib/$(uname -m)-linux-gnu"

root/usr/sbin/dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --server=127.0.0.1#21253 \
  --port=21353 --interface=lo --bind-interfaces --pid-file= --user="$(id -un)" >/dev/null 2>&1 &
server=$!
sleep 1

cat >ask.mjs <<'ASK'
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

// The upstream: an authority that answers A of any name with 192.0.2.1 for 300 s; QR, AA, RD copied.
const upstream = createSocket('udp4');
upstream.on('message', (query, from) => {
  const question = query.subarray(12, query.indexOf(0, 12) + 5);
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8400 | (header.readUInt16BE(2) & 0x0100), 2);
  header.writeUInt16BE(1, 6);
  header.writeUInt16BE(0, 10);
  const answer = Buffer.from('c00c000100010000012c0004c0000201', 'hex');
  upstream.send(Buffer.concat([header, question, answer]), from.port, from.address);
});
upstream.bind(21253, '127.0.0.1');
await once(upstream, 'listening');

async function ask(name) {
  const socket = createSocket('udp4');
  const labels = name.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]);
  const query = Buffer.concat([Buffer.from('2a2a01000001000000000000', 'hex'), ...labels, Buffer.from('0000010001', 'hex')]);
  socket.send(query, 21353, '127.0.0.1');
  const [answer] = await once(socket, 'message', { signal: AbortSignal.timeout(5000) });
  socket.close();
  const flags = answer.readUInt16BE(2);
  return [flags & 0x0400 ? 'AA' : '', flags & 0x0080 ? 'RA' : ''].filter(Boolean).join(' ');
}

const first = await ask('one.lab.example');
const again = await ask('one.lab.example');
const other = await ask('two.lab.example');
upstream.close();
console.log({ first, again, other });
process.exitCode = first === 'AA RA' && again === 'RA' && other === 'AA RA' ? 0 : 1;
ASK
root/usr/sbin/dnsmasq --version | sed -n 1p
if node ask.mjs; then echo 'as seen: AA with the first answer to each name, gone with the second'; else echo 'changed'; exit 1; fi
