import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

const PORT = 1701;

/** xl2tpd open to all, without IPsec before it. Its own name would be the machine's. */
export function xl2tpd(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.xl2tpd,
    files: {
      'xl2tpd.conf': `[global]
listen-addr = ${address}
[lns default]
hostname = lab
ip range = 198.51.100.2-198.51.100.9
local ip = 198.51.100.1
`,
    },
    arguments: ['-D', '-c', `${folder}/xl2tpd.conf`, '-p', `${folder}/pid`, '-C', `${folder}/control`],
    // A tunnel id of 0, which it refuses: that leaves nothing open.
    ready: { port: PORT, request: FIRST_MESSAGE_WITHOUT_TUNNEL },
  });
}

const FIRST_MESSAGE_WITHOUT_TUNNEL = Buffer.from(
  'c80200390000000000000000' + // length 57, no tunnel, no session
    '8008000000000001' + // SCCRQ
    '8008000000020100' + // version 1.0
    '800b000000077265616479' + // host name
    '800a0000000300000003' + // framing
    '8008000000090000', // tunnel id 0
  'hex',
);
