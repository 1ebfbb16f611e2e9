#!/usr/bin/env bash
# net-snmp's agent 5.9.3 (Debian snmpd 5.9.3+dfsg-2+deb12u1) answers a GetBulk request inside an SNMP version 1 message.
#
# GetBulk (PDU tag 0xA5) is an operation of version 2 (RFC 3416 §4.2.3); version 1 (RFC 1157) has no such PDU, and an
# agent may drop what it does not know. This one answers with a version 1 message that holds all the repetitions, also where
# its access control lets in version 1 alone and version 2c is silent: there GetNext is not the strongest question.
#
# Ends with status 0 while that is so, with 1 when it is not, and with 2 when it could not be tried.
set -euo pipefail
version=5.9.3+dfsg-2+deb12u1
work=$(mktemp -d)
chmod 755 "$work"
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
# Only unpacked: nothing is installed, and no service starts.
apt-get -q -o APT::Sandbox::User="$(id -un)" download "snmpd=$version" "libsnmp40=$version" "libsnmp-base=$version" \
  libwrap0 libpci3 libsensors5 libsensors-config libmariadb3 >/dev/null || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH="$work/root/usr/lib/$(uname -m)-linux-gnu:$work/root/lib/$(uname -m)-linux-gnu"

# Access for version 1 alone; without these lines `rocommunity` opens both versions.
cat >snmpd.conf <<'CONF'
com2sec reader 127.0.0.1 public
group readers v1 reader
view all included .1
access readers "" v1 noauth exact all none none
sysDescr lab
CONF
mkdir state
SNMP_PERSISTENT_DIR="$work/state" root/usr/sbin/snmpd -f -Lf "$work/log" -C -c "$work/snmpd.conf" -m '' \
  udp:127.0.0.1:21161 &
server=$!
sleep 2

cat >ask.mjs <<'ASK'
import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';

/** A GetBulk for 10 repetitions of 1.3.6.1.2.1, the version field as given (0: version 1, 1: version 2c). */
const request = (version) =>
  Buffer.from(
    `3026 02010${version} 0406 7075626c6963 a519 02041234567${version} 020100 02010a 300b 3009 06052b06010201 0500`.replaceAll(' ', ''),
    'hex',
  );

async function ask(version) {
  const socket = createSocket('udp4');
  const answers = [];
  socket.on('message', (datagram) => answers.push(datagram));
  socket.send(request(version), 21161, '127.0.0.1');
  await sleep(1500);
  socket.close();
  const [answer] = answers;
  if (answer === undefined) return { answer: 'none' };
  // Each variable binding of such a walk begins with its object identifier below 1.3.6.1.2.1.
  const bindings = answer.toString('latin1').split('\x2b\x06\x01\x02\x01').length - 1;
  return { bytes: answer.length, version: answer.includes(Buffer.from('0201000406', 'hex')) ? '1' : '2c', bindings };
}

const inVersion1 = await ask(0);
const inVersion2c = await ask(1);
console.log({ inVersion1, inVersion2c });
process.exitCode = inVersion1.version === '1' && inVersion1.bindings === 10 && inVersion2c.answer === 'none' ? 0 : 1;
ASK
root/usr/sbin/snmpd -v | sed -n 2p
if node ask.mjs; then echo 'as seen: ten repetitions in version 1, where version 2c is closed'; else echo 'changed'; exit 1; fi
