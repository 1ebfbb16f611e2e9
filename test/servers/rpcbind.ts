import { readFileSync } from 'node:fs';
import { PACKAGE_SETS } from '../packages/packages.js';
import { encodeRpcCall } from '../../probes/wire/rpc.js';
import type { PlanIn } from './server.js';

/** rpcbind with nothing registered but itself. It becomes the user _rpc, whom its package would make. */
export function rpcbind(address: string): PlanIn {
  return () => ({
    address,
    packages: PACKAGE_SETS.rpcbind,
    files: {
      'etc/passwd': `${readFileSync('/etc/passwd', 'utf8')}_rpc:x:65534:65534::/run/rpcbind:/usr/sbin/nologin\n`,
    },
    arguments: ['-f', '-h', address],
    // The null procedure.
    ready: {
      port: 111,
      request: encodeRpcCall({ xid: 1, program: 100_000, version: 2, procedure: 0 }),
    },
  });
}
