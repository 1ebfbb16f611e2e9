import { MODE6_DATA_BYTES, READ_VARIABLES, readMode6, writeMode6 } from './mode6.js';
import {
  MODE7_DATA_BYTES,
  MODE7_ERRORS,
  MONLIST_CODE,
  readMode7,
  writeMode7,
  type Mode7Packet,
} from './mode7.js';
import { isTimeRequest, MODE_SERVER, ORIGIN_AT, TIME_PACKET_BYTES, TRANSMIT_AT } from './time-packet.js';

/** IMPL_XNTPD and IMPL_XNTPD_OLD of ntp_request.h; 0 is IMPL_UNIV, which knows no request of ours. */
export const XNTPD = 3;
export const XNTPD_OLD = 2;
const UNIVERSAL = 0;

/** An entry of the list: 4 or 16 bytes of address, and those the client asked. */
export interface Client {
  readonly address: readonly number[];
  readonly asked: readonly number[];
}

/** An NTP server as its configuration makes it. */
export interface NtpServer {
  /** Newest first. Empty: no client came yet, or monitoring is off. */
  readonly clients: readonly Client[];
  /** The implementations that mode 7 knows; absent where it is off. */
  readonly mode7?: readonly number[];
  /** Where mode 7 has every code but this. */
  readonly withoutMonlist?: true;
  /** What mode 6 tells of the system; absent where it is off. */
  readonly variables?: string;
}

/**
 * What such a server answers: the rules of ntpd as 4.2.6p5 and 4.2.8p6 showed them request by request. To a client
 * in mode 3 the time, though of a clock that stands still; to what it does not know, silence.
 */
export function answerAs(server: NtpServer, request: Uint8Array): readonly Uint8Array[] {
  if (isTimeRequest(request)) return [timeAnswer(request)];
  return [...controlAnswer(server, request), ...privateAnswer(server, request)];
}

/** Version and poll of the request, its transmit timestamp as origin, and a local clock as source. */
function timeAnswer(request: Uint8Array): Uint8Array {
  const answer = new Uint8Array(TIME_PACKET_BYTES);
  answer.set([((request[0] ?? 0) & 0b111000) | MODE_SERVER, 11, request[2] ?? 0, 0xe9]);
  answer.set([127, 127, 1, 0], 12);
  answer.set(request.subarray(TRANSMIT_AT, TRANSMIT_AT + 8), ORIGIN_AT);
  for (const at of [16, 32, TRANSMIT_AT]) answer.set([0xee, 0xab, 0x3b, 0x24, 0x3c, 0x6b, 0x41, 0xae], at);
  return answer;
}

const UNSYNCHRONISED = 3;

function controlAnswer({ variables }: NtpServer, bytes: Uint8Array): readonly Uint8Array[] {
  const request = readMode6(bytes);
  if (variables === undefined || !request || request.response || request.error || request.more) return [];
  if (request.opcode !== READ_VARIABLES || request.association !== 0 || request.data.length > 0) return [];
  const data = new TextEncoder().encode(variables);
  return Array.from({ length: Math.ceil(data.length / MODE6_DATA_BYTES) }, (_, i) => {
    const offset = i * MODE6_DATA_BYTES;
    const end = offset + MODE6_DATA_BYTES;
    return writeMode6(
      {
        ...request,
        response: true,
        more: end < data.length,
        status: 0xc016,
        offset,
        data: data.subarray(offset, end),
      },
      UNSYNCHRONISED,
    );
  });
}

/**
 * The rules of ntpd's process_private: what is no clean request gets silence, a clean request that cannot be served
 * an error, and anything behind the eight bytes is ignored.
 */
function privateAnswer(server: NtpServer, bytes: Uint8Array): readonly Uint8Array[] {
  const request = readMode7(bytes);
  if (!server.mode7 || !request || request.response || request.more) return [];
  if (request.version < 1 || request.version > 4) return [];
  if (request.sequence !== 0 || request.error !== 0 || request.reserved !== 0) return [];
  const { implementation } = request;
  if (implementation !== UNIVERSAL && !server.mode7.includes(implementation))
    return [refuse(request, MODE7_ERRORS.implementation)];
  if (implementation === UNIVERSAL || request.code !== MONLIST_CODE || server.withoutMonlist)
    return [refuse(request, MODE7_ERRORS.request)];
  if (request.itemBytes !== 0) return [refuse(request, MODE7_ERRORS.format)];
  // The older implementation leaves out what has no IPv4 address.
  const clients = server.clients.filter(({ address }) => implementation === XNTPD || address.length === 4);
  return clients.length === 0 ? [refuse(request, MODE7_ERRORS.noData)] : pages(request, clients);
}

/** An error is the header alone. */
function refuse(request: Mode7Packet, error: number): Uint8Array {
  return writeMode7({ ...responseTo(request), error });
}

function pages(request: Mode7Packet, clients: readonly Client[]): readonly Uint8Array[] {
  const itemBytes = request.implementation === XNTPD ? 72 : 32;
  // 6 items of 72 bytes fill a datagram, or 15 of 32: so 600 entries are 100 datagrams, or 40.
  const perDatagram = Math.floor(MODE7_DATA_BYTES / itemBytes);
  return Array.from({ length: Math.ceil(clients.length / perDatagram) }, (_, sequence) => {
    const first = sequence * perDatagram;
    const here = clients.slice(first, first + perDatagram);
    return writeMode7({
      ...responseTo(request),
      more: first + here.length < clients.length,
      sequence,
      items: here.length,
      itemBytes,
      data: Uint8Array.from(here.flatMap((client, i) => item(client, first + i).slice(0, itemBytes))),
    });
  });
}

function responseTo(request: Mode7Packet): Mode7Packet {
  return {
    ...request,
    response: true,
    authenticated: false,
    items: 0,
    itemBytes: 0,
    data: new Uint8Array(0),
  };
}

const NO_IPV4 = Array<number>(4).fill(0);
const NO_IPV6 = Array<number>(16).fill(0);

/** info_monitor_1 of ntp_request.h; the short form ends before the IPv6 fields. */
function item({ address, asked }: Client, age: number): number[] {
  const isIpv6 = address.length === 16;
  return [
    [0, 0, 0, 64], // seconds between two requests of this client
    [0, 0, age >> 8, age & 0xff], // seconds since the last one
    [0, 0, 0, 0], // restrictions that apply to it
    [0, 0, 0, 1], // packets from it
    isIpv6 ? NO_IPV4 : address, // the client
    isIpv6 ? NO_IPV4 : asked, // the address it asked
    [0, 0, 0, 1], // flags: unicast
    [0, 123, 3, 4], // its port, mode and version
    [Number(isIpv6), 0, 0, 0], // whether IPv6, in the host's order
    [0, 0, 0, 0], // unused
    isIpv6 ? address : NO_IPV6, // IPv6: the client
    isIpv6 ? asked : NO_IPV6, // IPv6: the address it asked
  ].flat();
}
