import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'ubiquiti-loco-m5',
    about:
      'a radio with two addresses: the items and the 146 bytes of the answer that BSI shows, with names of our own; not a measured one',
    reply: (request) =>
      answer(request, [
        [0x02, `${MAC}c0000207`],
        [0x02, `${MAC}c6336401`],
        [0x01, MAC],
        [0x0a, '0028f5ca'],
        [0x0b, hex('North roof link')],
        [0x0c, hex('LM5')],
        [0x0d, hex('lab-ptp')],
        [0x0e, '02'],
        [0x03, hex('XM.ar7240.v6.0.4.30805.170505.14')],
        [0x10, 'e4a5'],
        [0x14, hex('NanoStation Loco M5')],
      ]),
  },
  {
    name: 'ubiquiti-edgerouter',
    about: 'a router with ten addresses, which names each; by the items that Nmap reads, not a measured one',
    reply: (request) =>
      answer(request, [
        ...Array.from({ length: 10 }, (_, index): Item => [0x02, `${MAC}c633640${index}`]),
        [0x01, MAC],
        [0x0a, '0001b9fc'],
        [0x0b, hex('border-1')],
        [0x0c, hex('ER-X')],
        [0x03, hex('EdgeRouter.ER-e50.v1.10.7.5127989.181001.1227')],
      ]),
  },
  {
    name: 'ubiquiti-off',
    about: 'discovery switched off, or an address that it does not serve: silence',
    reply: () => [],
  },
];

/** A number of RFC 7042 §2.1.2, for documentation. */
const MAC = '00005e005301';

type Item = readonly [type: number, valueHex: string];

const hex = (text: string): string => Buffer.from(text).toString('hex');

function answer(request: Uint8Array, items: readonly Item[]): readonly Uint8Array[] {
  if (Buffer.from(request).toString('hex') !== '01000000') return [];
  const data = Buffer.concat(
    items.map(([type, valueHex]) => {
      const value = Buffer.from(valueHex, 'hex');
      return Buffer.concat([Buffer.from([type, value.length >> 8, value.length & 255]), value]);
    }),
  );
  return [Uint8Array.from([1, 0, data.length >> 8, data.length & 255, ...data])];
}
