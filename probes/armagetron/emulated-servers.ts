import type { EmulatedServer } from '../probe.js';
import { DESCRIPTOR, readMessage, writeMessage } from './message.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'armagetronad-0.2.9.1.0',
    about: 'armagetronad-dedicated 0.2.9.1.0 of Debian 12, asked 52 before 53: 18 bytes, then 178',
    reply(request) {
      const descriptor = readMessage(request)?.descriptor;
      if (descriptor === DESCRIPTOR.requestSmallServerInformation)
        return [writeMessage(DESCRIPTOR.smallServerInformation, Buffer.from('11b60000000000000000', 'hex'))];
      return descriptor === DESCRIPTOR.requestBigServerInformation
        ? [writeMessage(DESCRIPTOR.bigServerInformation, bigInformation())]
        : [];
    },
  },
  {
    name: 'armagetronad-at-home',
    about:
      'armagetronad-dedicated with SERVER_IP set to an address of the home network: silence to everybody else',
    reply: () => [],
  },
];

/** A server by the name of "lab" without players; what follows the most users is as long as it was measured. */
function bigInformation(): Uint8Array {
  return Buffer.concat([
    number(4534),
    text(''),
    text('lab'),
    number(0),
    number(0),
    number(17),
    text('0.2.9.1_alpha20230222 unix dedicated'),
    number(16),
    Buffer.alloc(102),
  ]);
}

/** The less significant half first. */
function number(value: number): Uint8Array {
  return Buffer.from([value >> 8, value & 0xff, 0, 0]);
}

/** Its length with the final zero, then pairs of bytes the wrong way round. */
function text(words: string): Uint8Array {
  if (words === '') return Buffer.from([0, 0]);
  const bytes = Buffer.from(words.length % 2 === 1 ? `${words}\0` : `${words}\0\0`, 'latin1').swap16();
  return Buffer.concat([Buffer.from([0, words.length + 1]), bytes]);
}
