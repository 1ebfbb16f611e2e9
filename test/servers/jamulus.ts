import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn, ServerPlan } from './server.js';

const PORT = 22_124;
/** CLM_REQ_VERSION_AND_OS: another question than the scanner's. */
const VERSION = Buffer.from('0000f403000000bd23', 'hex');

/** A directory, which is its own first entry. */
export function jamulusDirectory(address: string): PlanIn {
  return (folder) => jamulus(address, folder, ['-e', 'localhost', '-o', 'Lab directory;Berlin;82']);
}

/** A server, registered with a directory where one is named: then it is ready when that has said so. */
export function jamulusServer(address: string, directory?: string): PlanIn {
  return (folder) => {
    if (directory === undefined) return jamulus(address, folder, []);
    const name = `Lab server ${address.split('.').at(-1) ?? ''}`;
    return {
      ...jamulus(address, folder, ['-e', directory, '-o', `${name};Berlin;82`]),
      ready: { prints: 'Server Registration Status update: Registered' },
    };
  };
}

/** Without a window and a sound card. It announces itself to no directory but the one that is named. */
function jamulus(address: string, folder: string, options: readonly string[]): ServerPlan {
  return {
    address,
    packages: PACKAGE_SETS.jamulus,
    arguments: ['-s', '-n', '--serverbindip', address, ...options],
    environment: { HOME: folder, QT_QPA_PLATFORM: 'offscreen' },
    ready: { port: PORT, request: VERSION },
  };
}
