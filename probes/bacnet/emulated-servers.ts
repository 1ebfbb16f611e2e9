import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'bacnet-device',
    about: 'a controller with twelve objects, by ASHRAE 135; not measured, Debian has no server',
    reply: (request) => answer(request, 'answers'),
  },
  {
    name: 'bacnet-device-refusing',
    about: 'a device that refuses both services: Error and Reject, by ASHRAE 135; not measured',
    reply: (request) => answer(request, 'refuses'),
  },
  {
    name: 'bacnet-off',
    about: 'a host without BACnet/IP, or with one that is filtered: silence',
    reply: () => [],
  },
];

const DEVICE = [0x02, 0x00, 0x04, 0xd2]; // device 1234

/** A text of UTF-8, its length in a byte of its own. */
const text = (value: string): readonly number[] => [0x75, value.length + 1, 0x00, ...Buffer.from(value)];
const property = (number: number, ...value: readonly number[]): readonly number[] => [
  ...[0x29, number],
  ...[0x4e, ...value, 0x4f],
];

/** The device itself, and four objects each of analogue inputs, analogue values and binary outputs. */
const OBJECTS = [
  DEVICE,
  ...[0, 2, 4].flatMap((type) => [0, 1, 2, 3].map((instance) => [0x00, type << 6, 0, instance])),
].slice(0, 13);

const PROPERTIES = [
  property(75, 0xc4, ...DEVICE), // object-identifier
  property(77, ...text('CONTROLLER-1234')), // object-name
  property(79, 0x91, 0x08), // object-type: device
  property(112, 0x91, 0x00), // system-status: operational
  property(121, ...text('Lab Controls')), // vendor-name
  property(120, 0x22, 0x03, 0xe7), // vendor-identifier
  property(70, ...text('LC-12')), // model-name
  property(44, ...text('1.0')), // firmware-revision
  property(12, ...text('1.0.7')), // application-software-version
  property(98, 0x21, 0x01), // protocol-version
  property(139, 0x21, 0x0e), // protocol-revision
  property(76, ...OBJECTS.flatMap((object) => [0xc4, ...object])), // object-list
  property(62, 0x22, 0x05, 0xc4), // max-APDU-length-accepted
  property(107, 0x91, 0x03), // segmentation-supported: none
  property(11, 0x22, 0x0b, 0xb8), // APDU-timeout
  property(73, 0x21, 0x03), // number-of-APDU-retries
  property(30), // device-address-binding: none
  property(155, 0x21, 0x01), // database-revision
].flat();

function answer(request: Uint8Array, how: 'answers' | 'refuses'): readonly Uint8Array[] {
  const [invokeId = 0, service = 0] = request.subarray(8);
  const asks = Buffer.from(request).toString('hex');
  const isOne = asks === `810a001101040005${hex(invokeId)}0c0c023fffff194b`;
  const isAll = asks === `810a001301040005${hex(invokeId)}0e0c023fffff1e09081f`;
  if (!isOne && !isAll) return [];
  // Unknown object, and a service that is not recognised.
  if (how === 'refuses')
    return [isOne ? frame(0x50, invokeId, service, 0x91, 0x01, 0x91, 0x1f) : frame(0x60, invokeId, 0x09)];
  const body = isOne ? [0x19, 75, 0x3e, 0xc4, ...DEVICE, 0x3f] : [0x1e, ...PROPERTIES, 0x1f];
  return [frame(0x30, invokeId, service, 0x0c, ...DEVICE, ...body)];
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

function frame(...apdu: readonly number[]): Uint8Array {
  const length = 6 + apdu.length;
  return Uint8Array.of(0x81, 0x0a, length >> 8, length & 0xff, 0x01, 0x00, ...apdu);
}
