import type { Twin } from '../probe.js';
import {
  MODE7_DATA_BYTES,
  MODE7_ERRORS,
  MONLIST_CODE,
  readMode7,
  writeMode7,
  type Mode7Packet,
} from './mode7.js';

/** IMPL_XNTPD and IMPL_XNTPD_OLD of ntp_request.h; 0 is IMPL_UNIV, which knows no request of ours. */
const XNTPD = 3;
const XNTPD_OLD = 2;
const UNIVERSAL = 0;

export const twins: readonly Twin[] = [
  {
    name: 'ntpd-4.2.6-600-clients',
    about: 'ntpd 4.2.6p5 with a full list: 100 datagrams, 44,000 bytes',
    reply: (request) => answer(request, { entries: 600, implementations: [XNTPD, XNTPD_OLD] }),
  },
  {
    name: 'ntpd-4.2.6-7-clients',
    about: 'ntpd 4.2.6p5 that seven hosts have asked for the time: 2 datagrams, 520 bytes',
    reply: (request) => answer(request, { entries: 7, implementations: [XNTPD, XNTPD_OLD] }),
  },
  {
    name: 'ntpd-4.2.6-idle',
    about:
      'ntpd 4.2.6p5 with an empty list; `disable monitor`, and 4.2.8p6 with `enable mode7`, say the same',
    reply: (request) => answer(request, { entries: 0, implementations: [XNTPD, XNTPD_OLD] }),
  },
  {
    name: 'xntpd-old-20-clients',
    about: 'a daemon older than IPv6, by the layout of ntp_request.h: implementation 2 only, 2 datagrams',
    reply: (request) => answer(request, { entries: 20, implementations: [XNTPD_OLD] }),
  },
  {
    name: 'ntpd-refusing',
    about: 'a daemon whose mode 7 has no monlist, as ntpd 4.2.6p5 answers codes it does not know: error 2',
    reply: (request) =>
      answer(request, { entries: 0, implementations: [XNTPD, XNTPD_OLD], withoutMonlist: true }),
  },
  {
    name: 'ntpd-4.2.8-patched',
    about: 'ntpd 4.2.8p6 as it comes, or any with `restrict default noquery`: silent to mode 7',
    reply: () => [],
  },
];

interface Server {
  readonly entries: number;
  readonly implementations: readonly number[];
  readonly withoutMonlist?: true;
}

/**
 * The rules of ntpd's process_private, as ntpd 4.2.6p5 showed them request by request: what is no clean request
 * gets silence, a clean request that cannot be served an error, and anything behind the eight bytes is ignored.
 */
function answer(bytes: Uint8Array, server: Server): readonly Uint8Array[] {
  const request = readMode7(bytes);
  if (!request || request.response || request.more || request.version < 1 || request.version > 4) return [];
  if (request.sequence !== 0 || request.error !== 0 || request.reserved !== 0) return [];
  const { implementation } = request;
  if (implementation !== UNIVERSAL && !server.implementations.includes(implementation))
    return [refuse(request, MODE7_ERRORS.implementation)];
  if (implementation === UNIVERSAL || request.code !== MONLIST_CODE || server.withoutMonlist)
    return [refuse(request, MODE7_ERRORS.request)];
  if (request.itemBytes !== 0) return [refuse(request, MODE7_ERRORS.format)];
  return server.entries === 0 ? [refuse(request, MODE7_ERRORS.noData)] : pages(request, server.entries);
}

/** An error is the header alone. */
function refuse(request: Mode7Packet, error: number): Uint8Array {
  return writeMode7({ ...responseTo(request), error });
}

function pages(request: Mode7Packet, entries: number): readonly Uint8Array[] {
  const itemBytes = request.implementation === XNTPD ? 72 : 32;
  // 6 items of 72 bytes fill a datagram, or 15 of 32: so 600 entries are 100 datagrams, or 40.
  const perDatagram = Math.floor(MODE7_DATA_BYTES / itemBytes);
  return Array.from({ length: Math.ceil(entries / perDatagram) }, (_, sequence) => {
    const first = sequence * perDatagram;
    const items = Math.min(perDatagram, entries - first);
    return writeMode7({
      ...responseTo(request),
      more: first + items < entries,
      sequence,
      items,
      itemBytes,
      data: Uint8Array.from(Array.from({ length: items }, (_, i) => item(first + i, itemBytes)).flat()),
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

/** The three networks of RFC 5737, for the clients in the list: they exist nowhere. */
const DOCUMENTATION_NETWORKS = [
  [192, 0, 2],
  [198, 51, 100],
  [203, 0, 113],
] as const;

/** info_monitor_1 of ntp_request.h, newest client first; the short form ends before the IPv6 fields. */
function item(index: number, bytes: number): readonly number[] {
  const [a, b, c] = DOCUMENTATION_NETWORKS[Math.floor(index / 200) % 3] ?? DOCUMENTATION_NETWORKS[0];
  const item = [
    [0, 0, 0, 64], // seconds between two requests of this client
    [0, 0, index >> 8, index & 0xff], // seconds since the last one
    [0, 0, 0, 0], // restrictions that apply to it
    [0, 0, 0, 1], // packets from it
    [a, b, c, 1 + (index % 200)], // the client
    [203, 0, 113, 254], // the address it asked
    [0, 0, 0, 1], // flags: unicast
    [0, 123, 3, 4], // its port, mode and version
    [0, 0, 0, 0], // not IPv6
    [0, 0, 0, 0], // unused
    Array<number>(16).fill(0), // IPv6: the client
    Array<number>(16).fill(0), // IPv6: the address it asked
  ].flat();
  return item.slice(0, bytes);
}
