import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'xdm-1.1.11',
    about: 'xdm 1.1.11 of Debian 12 on a host of two letters: Willing, 31 bytes',
    reply: (request) => answer(request, 5, ['', 'vm', 'Willing to manage']),
  },
  {
    name: 'xdmcp-unwilling',
    about: 'a display manager that has no session to give: Unwilling, by the specification',
    reply: (request) => answer(request, 6, ['lab', 'Display not authorized to connect']),
  },
  {
    name: 'xdmcp-off',
    about:
      'a display manager as Debian sets it up, with requestPort 0, or one whose Xaccess names its terminals: silence',
    reply: () => [],
  },
];

const QUERY = Uint8Array.of(0, 1, 0, 2, 0, 1, 0);

function answer(request: Uint8Array, opcode: number, arrays: readonly string[]): readonly Uint8Array[] {
  if (Buffer.compare(request, QUERY) !== 0) return [];
  const body = Buffer.concat(
    arrays.map((text) => Buffer.concat([Uint8Array.of(0, text.length), Buffer.from(text, 'latin1')])),
  );
  return [Uint8Array.from([0, 1, 0, opcode, 0, body.length, ...body])];
}
