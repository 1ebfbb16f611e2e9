/**
 * Does this device list itself to anybody? (UPnP Device Architecture 2.0 §1.3)
 *
 *     sent      M-SEARCH * HTTP/1.1 … ST: ssdp:all     what is there? 94 bytes
 *     received  HTTP/1.1 200 OK … ST: … USN: …         a datagram for each device, each service and their ids
 *
 * The question changes nothing. `MX: 1` has the answers spread over one second at most. Nothing in them repeats the
 * request, and some devices send each from a port drawn for it: address, port asked and headers decide.
 */
import type { Exchange, Facts } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import { reportedExchange } from '../../src/domain/factors.js';
import { defineProbe, forms, type Judgement, type Reading, type Texts } from '../probe.js';
import { dissectTextMessage, readTextMessage } from '../wire/text-message.js';
import { emulatedServers } from './emulated-servers.js';
import { texts } from './texts.js';

export const ssdp = defineProbe({
  id: 'ssdp',
  protocol: 'ssdp',
  port: 1900,
  standard: 'UPnP Device Architecture 2.0 §1.3',
  published: { factor: '30.8', source: 'US-CERT TA14-017A' },
  severity: 'high',
  inDefault: 'yes: reported',
  quietGapMs: 2000,
  report: 'scan_ssdp',
  texts,
  textsFor: ({ facts }) => (facts?.['devices'] === undefined ? {} : { detail: detailOf(facts) }),
  sweepForms: [
    {
      name: 'search-all',
      encode() {
        const lines = [
          'M-SEARCH * HTTP/1.1',
          'HOST: 239.255.255.250:1900', // the group, as in every search: few devices take their own address there
          'MAN: "ssdp:discover"',
          'MX: 1',
          'ST: ssdp:all',
        ];
        return new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`);
      },
    },
  ],
  read,
  next: forms(),
  judge,
  dissect: dissectTextMessage,
  emulatedServers,
});

/** The headers of an answer (§1.3.3), and the columns of scan_ssdp. */
const COLUMNS: Readonly<Record<string, string>> = {
  date: 'systime',
  'cache-control': 'cache_control',
  location: 'location',
  server: 'server',
  st: 'search_target',
  usn: 'unique_service_name',
  host: 'host',
  nts: 'nts',
  nt: 'nt',
  'content-type': 'content_type',
};

function read(payload: Uint8Array): Reading {
  const { firstLine, headers } = readTextMessage(payload, COLUMNS);
  const isAnswer = /^HTTP\/1\.[01] 200\b/.test(firstLine);
  // §1.3.3: both are required, and no other protocol of HTTP has either.
  if (!isAnswer || !headers.has('search_target') || !headers.has('unique_service_name'))
    return { kind: 'unrecognised', why: 'no answer to a search of SSDP' };
  return { kind: 'answer', facts: { header: firstLine, ...Object.fromEntries(headers) } };
}

function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose }) => purpose === 'measure');
  const reported = reportedExchange(measured.filter((exchange) => answersIn(exchange).length > 0));
  const answers = reported ? answersIn(reported) : [];
  // They come in any order; this is the one that every device sends.
  const root = answers.find(({ search_target }) => search_target === 'upnp:rootdevice') ?? answers[0];
  if (!root) return { kind: 'nothing' };
  const devices = devicesIn(answers);
  const facts = { ...root, ...(devices.length > 0 && { devices: devices.join(', ') }) };
  const { server } = root;
  return {
    kind: 'exposure',
    tags: ['ssdp', ...(devices.includes(GATEWAY) ? ['internet-gateway'] : [])],
    ...(server !== undefined && server !== '' && { version: String(server) }),
    ...(devices.length > 0 && { detail: detailOf(facts).en }),
    facts,
  };
}

/** A router of which UPnP can open ports. */
const GATEWAY = 'InternetGatewayDevice';
const MOST_DEVICES = 20;

/** The kinds of devices, each once, in the order of the alphabet: `urn:schemas-upnp-org:device:MediaServer:1`. */
function devicesIn(answers: readonly Facts[]): readonly string[] {
  const kinds = answers.flatMap(
    ({ search_target }) => /^urn:[^:]{1,64}:device:([\w.-]{1,64}):/.exec(String(search_target))?.[1] ?? [],
  );
  return [...new Set(kinds)].sort().slice(0, MOST_DEVICES);
}

function detailOf({ devices }: Facts): Texts {
  return { en: `lists itself as ${String(devices)}`, ja: `機器の種類：${String(devices)}` };
}
