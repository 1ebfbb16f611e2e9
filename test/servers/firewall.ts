import { execFileSync } from 'node:child_process';
import { unpacked } from '../packages/fetch.js';
import type { Namespace } from './namespace.js';
import { PACKAGE_SETS } from '../packages/packages.js';

/** Runs one command of nftables in a namespace. @returns what it prints. @throws Error where nft refuses it. */
export function nft({ enter }: Namespace, command: string): string {
  const set = unpacked(PACKAGE_SETS.nftables);
  const [program, ...rest] = enter;
  return execFileSync(program, [...rest, set.path(PACKAGE_SETS.nftables.proof), command], {
    encoding: 'utf8',
    env: { ...process.env, ...set.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
