/**
 * Does this video recorder or camera describe itself to anybody? (DHDiscover, UDP 37810)
 *
 *     sent      20 00 00 00 "DHIP" …  { "method" : "DHDiscover.search", … }      what the maker's own search tool sends
 *     received  20 00 00 00 "DHIP" …  { "method" : "client.notifyDevInfo", … }   some 800 bytes about the device
 *
 * Shadowserver and others send a single byte, which many devices answer too; that is no message of the protocol. Dahua has
 * published no description: those who read the packets of its ConfigTool agree on these 32 bytes before the JSON. The
 * other methods set addresses and passwords, and are never sent. Nothing in the answer echoes anything.
 */
import type { Exchange, Facts } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Reading, type Texts } from '../probe.js';
import { latin1, layFields, showHex, showText, type FieldShape } from '../wire/fields.js';
import { emulatedServers } from './emulated-servers.js';
import { HEAD_BYTES, MAGIC, withHead } from './message.js';
import { texts } from './texts.js';

/** Of a longer answer nothing is read: real ones have about 800. */
const MOST_JSON_BYTES = 4096;
const ANSWER = 'client.notifyDevInfo';

export const dvrDhcpdiscover = defineProbe({
  id: 'dvr-dhcpdiscover',
  protocol: 'dvr-dhcpdiscover',
  port: 37_810,
  standard: 'DHIP, DHDiscover.search',
  published: {
    factor: '11.4',
    source: 'NSFOCUS, 2020',
    note: {
      en: 'on average, for a request of 62 bytes; nearly 200 for one of 4',
      ja: '62バイトの要求に対する平均。4バイトの要求では200近く',
    },
  },
  severity: 'high',
  inDefault: 'no: unmeasured',
  measuredOn: 'published figures',
  quietGapMs: 2000,
  report: 'scan_dvr_dhcpdiscover',
  texts,
  textsFor: ({ facts }) => (facts === undefined ? {} : { detail: detailOf(facts) }),
  sweepForms: [
    {
      name: 'search',
      encode: () => withHead('{ "method" : "DHDiscover.search", "params" : { "mac" : "", "uni" : 1 } }\n'),
    },
  ],
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

/** By column of scan_dvr_dhcpdiscover: where it stands in the JSON. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  method: ['method'],
  mac_address: ['mac'],
  ...inDevice({
    device_vendor: 'Vendor',
    device_type: 'DeviceClass',
    device_model: 'DeviceType',
    device_version: 'Version',
    device_id: 'DeviceID',
    device_serial: 'SerialNo',
    machine_name: 'MachineName',
    manufacturer: 'Manufacturer',
    http_port: 'HttpPort',
    internal_port: 'Port',
    video_input_channels: 'VideoInputChannels',
    alarm_input_channels: 'AlarmInputChannels',
    video_output_channels: 'VideoOutputChannels',
    alarm_output_channels: 'AlarmOutputChannels',
    remote_video_input_channels: 'RemoteVideoInputChannels',
  }),
  ...inDevice(
    {
      ipv4_address: 'IPAddress',
      ipv4_gateway: 'DefaultGateway',
      ipv4_subnet_mask: 'SubnetMask',
      ipv4_dhcp_enable: 'DhcpEnable',
    },
    'IPv4Address',
  ),
  ...inDevice(
    {
      ipv6_address: 'IPAddress',
      ipv6_link_local: 'LinkLocalAddress',
      ipv6_gateway: 'DefaultGateway',
      ipv6_dhcp_enable: 'DhcpEnable',
    },
    'IPv6Address',
  ),
};

function inDevice(
  keys: Readonly<Record<string, string>>,
  ...within: readonly string[]
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(keys).map(([column, key]) => [column, ['params', 'deviceInfo', ...within, key]]),
  );
}

function read(payload: Uint8Array): Reading {
  if (latin1(payload.subarray(0, MAGIC.length)) !== MAGIC)
    return { kind: 'unrecognised', why: 'no message of DHIP' };
  const json = payload.subarray(HEAD_BYTES);
  if (json.length > MOST_JSON_BYTES)
    return { kind: 'unrecognised', why: 'a message of DHIP that is too long' };
  const message = parsed(Buffer.from(json).toString());
  const facts = Object.fromEntries(
    Object.entries(PLACES).flatMap(([column, path]) => {
      const value = path.reduce(at, message);
      return typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value)
        ? [[column, value as string | boolean | number]]
        : [];
    }),
  );
  return facts['method'] === ANSWER
    ? { kind: 'answer', facts }
    : { kind: 'unrecognised', why: `no message of ${ANSWER}` };
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

/** Devices end it with a line feed or zeros. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text.slice(0, text.lastIndexOf('}') + 1));
  } catch {
    return undefined;
  }
}

function judge(done: readonly Exchange[]): Judgement {
  const [facts] = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  if (!facts) return { kind: 'nothing' };
  const { device_version: version } = facts;
  return {
    kind: 'exposure',
    tags: ['dvrdhcpdiscover'],
    ...(version !== undefined && { version: String(version) }),
    detail: detailOf(facts).en,
    facts,
  };
}

function detailOf({ device_vendor: vendor, device_model: model, device_type: type }: Facts): Texts {
  const device = [vendor, model ?? type].filter((part) => part !== undefined).join(' ');
  return device === ''
    ? { en: 'says nothing of its model', ja: '機種の情報なし' }
    : { en: `device ${device}`, ja: `機器：${device}` };
}

const HEAD: readonly FieldShape[] = [
  [4, 'length of the head', littleEndian],
  [4, 'protocol', showText],
  [8, 'reserved', showHex],
  [4, 'length', littleEndian],
  [4, 'reserved', showHex],
  [4, 'length again', littleEndian],
  [4, 'reserved', showHex],
];

function littleEndian(bytes: Uint8Array): string {
  return String(Buffer.from(bytes).readUInt32LE());
}

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, [...HEAD, [Math.max(0, payload.length - HEAD_BYTES), 'JSON', showText]]);
}
