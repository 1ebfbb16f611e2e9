import type { EmulatedServer } from '../probe.js';
import { BLOCK_BYTES, OPCODE, errorDatagram, firstBlock } from './packet.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'tftpd-hpa-5.2',
    about:
      'tftpd-hpa 5.2 of Debian 12, and atftpd 0.8.0 alike: an error of 19 bytes, once, from a port of its own',
    fromAnotherPort: true,
    reply: (request) => (nameIn(request) === undefined ? [] : [errorDatagram(1, 'File not found')]),
  },
  {
    name: 'dnsmasq-2.90-tftp',
    about: 'dnsmasq 2.90 with `enable-tftp`: its error names the path of the file and the address that asked',
    fromAnotherPort: true,
    reply(request) {
      const name = nameIn(request);
      return name === undefined ? [] : [errorDatagram(1, `file /srv/tftp/${name} not found for 192.0.2.1`)];
    },
  },
  {
    name: 'tftpd-hpa-any-name',
    about:
      'tftpd-hpa 5.2 that gives every name one file (`-m`), as phones and boot loaders are served: a block of 516 ' +
      'bytes, and the same again after 1, 3, 7, 15 and 31 s; here all at once',
    fromAnotherPort: true,
    reply: (request) =>
      nameIn(request) === undefined
        ? []
        : Array.from({ length: 6 }, () => firstBlock(new Uint8Array(BLOCK_BYTES))),
  },
  {
    name: 'tftp-off',
    about: 'a host without a TFTP server, or with one behind a filter: silence',
    reply: () => [],
  },
];

/** Of the file that a read request asks for; undefined for anything else. */
function nameIn(request: Uint8Array): string | undefined {
  if (request[0] !== 0 || request[1] !== OPCODE.readRequest) return undefined;
  const [name = '', mode] = Buffer.from(request.subarray(2)).toString('latin1').split('\0', 2);
  return mode === undefined ? undefined : name.slice(0, BLOCK_BYTES);
}
