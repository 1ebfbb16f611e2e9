/**
 * Does this KNXnet/IP server (building automation) describe itself to anybody? (KNX Standard 03.08.02, ISO 22510)
 *
 *     sent      06 10 0201 000e  08 01 00000000 0000       SEARCH_REQUEST, its answer to go to 0.0.0.0:0; 14 bytes
 *     received  06 10 0202 004c  08 01 … 36 01 … 08 02 …    SEARCH_RESPONSE: endpoint, device, families of services; 76 bytes
 *
 * An endpoint of zeros means the sender of the packet (route-back, for NAT); any other is answered there, whoever it is, so
 * none but zeros is ever sent. Who has answered is asked the same by DESCRIPTION_REQUEST. No connection is opened, and
 * nothing reaches the bus.
 */
import type { Exchange, Facts } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Reading, type RequestForm } from '../probe.js';
import { latin1, layFields, showHex, showText, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import { emulatedServers } from './emulated-servers.js';
import { describe, texts, textsFor } from './texts.js';

const [HEADER_BYTES, VERSION] = [0x06, 0x10];
const [SEARCH, DESCRIPTION] = [0x0201, 0x0203];
const SEARCH_RESPONSE = SEARCH + 1;
/** How a host protocol address begins: its length, UDP over IPv4. */
const ENDPOINT = [0x08, 0x01];
/** Description information blocks, by type. */
const [DEVICE, FAMILIES] = [0x01, 0x02];
const DEVICE_BYTES = 54;
const MEDIA: ReadonlyMap<number, string> = new Map([
  [0x01, 'TP0'],
  [0x02, 'twisted pair'],
  [0x04, 'power line'],
  [0x10, 'radio'],
  [0x20, 'IP'],
]);
const SERVICES: ReadonlyMap<number, string> = new Map([
  [0x02, 'core'],
  [0x03, 'device management'],
  [0x04, 'tunnelling'],
  [0x05, 'routing'],
  [0x06, 'remote logging'],
  [0x07, 'remote configuration'],
  [0x08, 'object server'],
  [0x09, 'security'],
]);

const asking = (name: string, service: number): RequestForm => ({
  name,
  encode: () =>
    Uint8Array.of(
      ...[HEADER_BYTES, VERSION],
      ...[service >> 8, service & 0xff],
      ...[0x00, 0x0e], // length of all
      ...ENDPOINT,
      ...[0, 0, 0, 0], // back to whoever asks
      ...[0, 0],
    ),
});

export const knxnetIp = defineProbe({
  id: 'knxnet-ip',
  protocol: 'knxnet-ip',
  port: 3671,
  standard: 'KNX Standard 03.08.02 (ISO 22510)',
  severity: 'medium',
  inDefault: 'no: specific',
  group: 'industrial',
  quietGapMs: 2000,
  report: 'x_knxnet_ip',
  texts,
  textsFor,
  sweepForms: [asking('search', SEARCH)],
  read,
  next: forms(asking('description', DESCRIPTION)),
  judge,
  dissect,
  emulatedServers,
});

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const reader = new Reader(payload);
  const [head, version, service, length] = [reader.u8(), reader.u8(), reader.u16(), reader.u16()];
  const asked = new Reader(request, 2).u16() ?? 0;
  if (head !== HEADER_BYTES || version !== VERSION || service !== asked + 1 || length !== payload.length)
    return unrecognised('no KNXnet/IP answer to the service that was asked for');
  if (service === SEARCH_RESPONSE && !isEndpoint(reader)) return unrecognised('a search without an endpoint');
  let facts: Facts | undefined;
  let services: readonly string[] = [];
  while (reader.remaining > 0) {
    const bytes = reader.u8() ?? 0;
    const type = reader.u8();
    const block = reader.take(bytes - 2);
    if (block === undefined) return unrecognised('a block that is cut short');
    if (type === DEVICE && bytes === DEVICE_BYTES) facts ??= deviceIn(new Reader(block));
    if (type === FAMILIES && services.length === 0) services = familiesIn(block);
  }
  return facts === undefined
    ? unrecognised('an answer that describes no device')
    : { kind: 'answer', facts: { ...facts, services: services.join('; ') } };
}

function unrecognised(why: string): Reading {
  return { kind: 'unrecognised', why };
}

function isEndpoint(reader: Reader): boolean {
  return reader.u8() === ENDPOINT[0] && reader.u8() === ENDPOINT[1] && reader.skip(6);
}

/** Its own addresses of the bus and of the link, and its name; not the one where it listens inside. */
function deviceIn(reader: Reader): Facts | undefined {
  const [medium, status, address] = [reader.u8(), reader.u8(), reader.u16()];
  reader.skip(2); // project and installation
  const serial = reader.take(6);
  reader.skip(4); // multicast address
  const [mac, name] = [reader.take(6), reader.take(30)];
  if (medium === undefined || status === undefined || address === undefined || !serial || !mac || !name)
    return undefined;
  return {
    name: latin1(name).split('\0')[0] ?? '',
    medium: MEDIA.get(medium) ?? String(medium),
    individual_address: busAddress(address),
    serial_number: Buffer.from(serial).toString('hex'),
    mac_address: showHex(mac).replaceAll(' ', ':'),
    programming_mode: (status & 1) === 1,
  };
}

/** Area, line and device. */
function busAddress(address: number): string {
  return [address >> 12, (address >> 8) & 0xf, address & 0xff].join('.');
}

function familiesIn(block: Uint8Array): readonly string[] {
  const names: string[] = [];
  for (let at = 0; at + 1 < block.length; at += 2)
    names.push(`${SERVICES.get(block[at] ?? 0) ?? String(block[at])} ${String(block[at + 1])}`);
  return names;
}

function judge(done: readonly Exchange[]): Judgement {
  const [facts] = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  return facts === undefined
    ? { kind: 'nothing' }
    : { kind: 'exposure', tags: ['knxnet-ip'], detail: describe(facts).en, facts };
}

const ENDPOINT_SHAPES: readonly FieldShape[] = [
  [1, 'length of endpoint'],
  [1, 'protocol of endpoint', showHex],
  [4, 'address of endpoint', (bytes) => [...bytes].join('.')],
  [2, 'port of endpoint'],
];
const DEVICE_SHAPES: readonly FieldShape[] = [
  [1, 'medium', ([medium = 0]) => MEDIA.get(medium) ?? String(medium)],
  [1, 'status'],
  [2, 'individual address', (bytes) => busAddress(new Reader(bytes).u16() ?? 0)],
  [2, 'project and installation', showHex],
  [6, 'serial number', showHex],
  [4, 'multicast address', (bytes) => [...bytes].join('.')],
  [6, 'MAC address', showHex],
  [30, 'name', showText],
];

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

const MOST_SHOWN_BYTES = 16;

function showBegin(block: Uint8Array): string {
  return showHex(block, 0, MOST_SHOWN_BYTES);
}

function showFamilies(block: Uint8Array): string {
  return familiesIn(block.subarray(0, MOST_SHOWN_BYTES)).join('; ');
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield [1, 'length of header'];
  yield [1, 'version', showHex];
  yield [2, 'service', showHex];
  yield [2, 'length'];
  const service = new Reader(payload, 2).u16();
  if (service !== DESCRIPTION + 1) yield* ENDPOINT_SHAPES;
  if (service === SEARCH || service === DESCRIPTION) return;
  const reader = new Reader(payload, service === SEARCH_RESPONSE ? 14 : 6);
  for (;;) {
    const [bytes, type] = [reader.u8(), reader.u8()];
    if (bytes === undefined || type === undefined || !reader.skip(bytes - 2)) return;
    yield [1, 'length of block'];
    yield [1, 'block'];
    if (type === DEVICE && bytes === DEVICE_BYTES) yield* DEVICE_SHAPES;
    else if (bytes > 2) yield [bytes - 2, 'content', type === FAMILIES ? showFamilies : showBegin];
  }
}
