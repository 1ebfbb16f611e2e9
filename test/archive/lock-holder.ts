/** Holds the lock of the folder (or, with `scope`, of the scope file) that its arguments name, until it is killed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { holderNow, lockFolder, lockScope } from '../../src/archive/run-lock.js';

const [what, path = ''] = process.argv.slice(2);
const holder = holderNow('run of another process', '2026-11-20T03:00:00Z');
if (what === 'scope') await lockScope(path, undefined, holder);
else await lockFolder(path, holder, { fileMode: 0o600 });
process.stdout.write('locked\n');
await sleep(600_000);
