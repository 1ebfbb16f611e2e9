#!/usr/bin/env bash
# ip-cidr 4.0.2 (npm), `toArray({ from, limit })` of a block that was written with host bits: 10.0.0.5/24.
#
# `start()` is the network's first address, 10.0.0.0, and a block without `from` begins there. But `from` is turned into an
# offset by subtracting the address as it was written (10.0.0.5) and then added to the first address of the network: from
# 10.0.0.10 one gets 10.0.0.5 and 10.0.0.6, two addresses that were not asked for. And a negative `from`, which other
# libraries count from the end, walks to addresses before the block: 9.255.255.254 out of 10.0.0.0/24. A scanner that
# pages through a block in this way asks other hosts than it was told.
#
# Ends with status 0 while that is so, with 1 when it is not, and with 2 when it could not be tried.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-save --no-audit --no-fund --prefix . ip-cidr@4.0.2 || exit 2
cat >ask.mjs <<'ASK'
import IPCIDR from 'ip-cidr';

const written = new IPCIDR('10.0.0.5/24');
const seen = {
  start: written.start(),
  first: written.toArray({ from: 0, limit: 1 }),
  fromTen: written.toArray({ from: '10.0.0.10', limit: 2 }),
  plainFromTen: new IPCIDR('10.0.0.0/24').toArray({ from: '10.0.0.10', limit: 2 }),
  negative: new IPCIDR('10.0.0.0/24').toArray({ from: -2, limit: 3 }),
};
console.log(seen);
process.exitCode =
  seen.fromTen.join() === '10.0.0.5,10.0.0.6' &&
  seen.plainFromTen.join() === '10.0.0.10,10.0.0.11' &&
  seen.negative.join() === '9.255.255.254,9.255.255.255,10.0.0.0'
    ? 0
    : 1;
ASK
if node ask.mjs; then echo 'as seen: offsets from the address as written, and before the block'; else echo 'changed'; exit 1; fi
