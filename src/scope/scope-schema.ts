import * as z from 'zod';
import { parseAddress } from '../domain/address.js';
import { endOfDay } from '../domain/time.js';
import { LEAST_BANDWIDTH_BPS, MOST_BANDWIDTH_BPS, parseBandwidth } from './bandwidth.js';
import { parseRange } from './parse-range.js';

/** A key of scope.yaml that belongs to a protocol, and its shape; the scope knows nothing else of it. */
export interface SettingsKey {
  readonly key: string;
  readonly schema: z.ZodType;
}

const LONGEST_TEXT = 200;
/** No control character and no line break, and something besides blanks: two patterns, for one of both is slow. */
const ONE_LINE = /^[^\p{Cc}\p{Zl}\p{Zp}]*$/u;
const NOT_BLANK = /[^\p{Z}]/u;
/** Each is asked three times at most, and costs a line of run.json. */
const MOST_CANARIES = 1000;
const LAST_ASN = 0xffff_ffff;
export const MOST_PER_SECOND = 10_000_000;
const LEAST_PER_SECOND = 0.01;

/** What stands for the limits a scope file leaves out: packets per second, and bits per second of replies. */
const DEFAULT_LIMITS = { rate: 1000, per_subnet: 200, per_host: 1, reply_bandwidth: 20_000_000 } as const;

/** What belongs at one place of a scope file; what is shown when something else stands there. */
export interface FieldTexts {
  /** Ends the sentence "the value is not …". */
  readonly is: string;
  readonly example: string;
  /** What it means, for editors. */
  readonly about: string;
}

/** What `is` says of every field that takes free text. */
export const ONE_LINE_OF_TEXT = `one line of text of at most ${LONGEST_TEXT} characters`;
const perSecond = `a number of packets per second from ${LEAST_PER_SECOND} to ${MOST_PER_SECOND}`;

/** By path, list positions written `[]`. */
export const FIELD_TEXTS = {
  organisation: { is: ONE_LINE_OF_TEXT, example: 'organisation: Example ISP', about: 'Who owns the space.' },
  authorised_by: {
    is: ONE_LINE_OF_TEXT,
    example: 'authorised_by: NOC manager, ticket 4711',
    about: 'Who authorised the scan, and where that is written down.',
  },
  contact: {
    is: ONE_LINE_OF_TEXT,
    example: 'contact: noc@example.net',
    about: 'Whom to ask about the scan; goes into reports and run.json.',
  },
  valid_until: {
    is: 'a day such as 2027-03-31',
    example: 'valid_until: 2027-03-31',
    about: 'The last day (UTC) of the authorisation; after it nothing is sent.',
  },
  networks: {
    is: 'a list of networks',
    example: 'networks: [{ prefix: 192.0.2.0/24 }]',
    about: 'What may be probed. Where networks nest, the most specific prefix wins.',
  },
  'networks[]': {
    is: 'a network with its prefix',
    example: '- prefix: 192.0.2.0/24',
    about: 'One network.',
  },
  'networks[].prefix': {
    is: 'a prefix',
    example: 'prefix: 192.0.2.0/24',
    about: 'An IPv4 or IPv6 prefix of /8 or longer without host bits, or one address.',
  },
  'networks[].asn': {
    is: `an AS number from 1 to ${LAST_ASN}`,
    example: 'asn: 64496',
    about: 'The AS that originates it: 64496 or AS64496.',
  },
  'networks[].as_name': {
    is: ONE_LINE_OF_TEXT,
    example: 'as_name: EXAMPLE-AS',
    about: 'What the AS is called.',
  },
  'networks[].customer': {
    is: ONE_LINE_OF_TEXT,
    example: 'customer: C-1001',
    about: 'Whose it is, in your own terms.',
  },
  exclude: {
    is: 'a list of addresses and prefixes',
    example: 'exclude: [192.0.2.7, 192.0.2.128/28]',
    about: 'Never probed, whatever else says otherwise.',
  },
  'exclude[]': {
    is: 'an address or a prefix',
    example: 'exclude: [192.0.2.7, 192.0.2.128/28]',
    about: 'One address or prefix.',
  },
  canaries: {
    is: `a list of at most ${MOST_CANARIES} hosts that must answer`,
    example: 'canaries: [{ address: 192.0.2.53, probe: dns-any }]',
    about:
      'Hosts of yours that must answer, one at least in each network that may go dark: a run that none of a network answers is suspect.',
  },
  'canaries[]': {
    is: 'an address with the probe that it must answer',
    example: '- { address: 192.0.2.53, probe: dns-any }',
    about: 'One host that must answer.',
  },
  'canaries[].address': {
    is: 'an address',
    example: 'address: 192.0.2.53',
    about: 'One address inside the networks, and not excluded.',
  },
  'canaries[].probe': {
    is: 'the id of a probe',
    example: 'probe: dns-any',
    about: 'What it is asked: `ampscope probes` lists the ids. A refusal is an answer too.',
  },
  'canaries[].port': {
    is: 'a UDP port from 1 to 65535',
    example: 'port: 5353',
    about: "The port that it is asked at; the probe's own where it is absent.",
  },
  limits: {
    is: 'a list of limits by name',
    example: 'limits: { rate: 1000, per_subnet: 200 }',
    about: 'Ceilings, and the defaults where a flag is absent. Flags lower them, never raise them.',
  },
  'limits.rate': {
    is: `a whole number of packets per second from 1 to ${MOST_PER_SECOND}`,
    example: 'rate: 1000',
    about: 'Packets per second in all.',
  },
  'limits.per_subnet': {
    is: perSecond,
    example: 'per_subnet: 200',
    about: 'Packets per second to one /24 (IPv4) or /64 (IPv6).',
  },
  'limits.per_host': {
    is: perSecond,
    example: 'per_host: 1',
    about: 'Packets per second to one address; 0.5 is one packet in two seconds.',
  },
  'limits.reply_bandwidth': {
    is: 'bits per second from 1k to 1000G, such as 20M',
    example: 'reply_bandwidth: 20M',
    about: 'Bits per second of replies that the probing may bring about.',
  },
} as const satisfies Readonly<Record<string, FieldTexts>>;

/** The whole of scope.yaml. Where a message of ours must be shown as it is, the issue carries its hint. */
export function scopeSchema(settings: readonly SettingsKey[]) {
  const ofProbes = Object.fromEntries(settings.map(({ key, schema }) => [key, schema.optional()]));
  return z.strictObject({
    organisation: oneLine('organisation'),
    authorised_by: oneLine('authorised_by'),
    contact: oneLine('contact'),
    valid_until: z
      .string()
      .refine((day) => endOfDay(day) !== undefined)
      .meta({ ...about('valid_until'), format: 'date' }),
    networks: z.array(network).min(1).meta(about('networks')),
    exclude: z.array(range('exclude[]')).default([]).meta(about('exclude')),
    canaries: z.array(canary).max(MOST_CANARIES).default([]).meta(about('canaries')),
    limits: limits.prefault({}).meta(about('limits')),
    ...ofProbes,
  });
}

/** `64496` or `AS64496` (RFC 5396 §2), of which a number comes. */
const asn = z
  .union([z.int().min(1).max(LAST_ASN), z.string().regex(/^[Aa][Ss][1-9]\d{0,9}$/)])
  .transform((written) => (typeof written === 'number' ? written : Number(written.slice(2))))
  .refine((number) => number <= LAST_ASN);

const network = z
  .strictObject({
    prefix: range('networks[].prefix'),
    asn: asn.optional().meta(about('networks[].asn')),
    as_name: oneLine('networks[].as_name').optional(),
    customer: oneLine('networks[].customer').optional(),
  })
  .meta({ description: FIELD_TEXTS['networks[]'].about });

const canary = z
  .strictObject({
    address: z
      .string()
      .transform((written, context) => {
        const address = parseAddress(written);
        if (address === undefined) context.addIssue({ code: 'custom' });
        return address ?? z.NEVER;
      })
      .meta(about('canaries[].address')),
    probe: oneLine('canaries[].probe'),
    port: z.int().min(1).max(65_535).optional().meta(about('canaries[].port')),
  })
  .meta({ description: FIELD_TEXTS['canaries[]'].about });

const limits = z.strictObject({
  rate: z.int().min(1).max(MOST_PER_SECOND).default(DEFAULT_LIMITS.rate).meta(about('limits.rate')),
  per_subnet: pace().default(DEFAULT_LIMITS.per_subnet).meta(about('limits.per_subnet')),
  per_host: pace().default(DEFAULT_LIMITS.per_host).meta(about('limits.per_host')),
  reply_bandwidth: z
    .union([z.int().min(LEAST_BANDWIDTH_BPS).max(MOST_BANDWIDTH_BPS), z.string()])
    .transform((value, context) => {
      const bps = parseBandwidth(String(value));
      if (bps === undefined) context.addIssue({ code: 'custom' });
      return bps ?? z.NEVER;
    })
    .prefault(DEFAULT_LIMITS.reply_bandwidth)
    .meta(about('limits.reply_bandwidth')),
});

function oneLine(field: keyof typeof FIELD_TEXTS) {
  // A text that is too long is refused by its length, and nothing else looks at it.
  return z.string().max(LONGEST_TEXT, { abort: true }).regex(ONE_LINE).regex(NOT_BLANK).meta(about(field));
}

function pace() {
  return z.number().min(LEAST_PER_SECOND).max(MOST_PER_SECOND);
}

function range(field: keyof typeof FIELD_TEXTS) {
  return z
    .string()
    .transform((written, context) => {
      const parsed = parseRange(written);
      if (!('problem' in parsed)) return { ...parsed, text: written };
      context.addIssue({ code: 'custom', message: parsed.problem, params: { hint: parsed.hint } });
      return z.NEVER;
    })
    .meta(about(field));
}

function about(field: keyof typeof FIELD_TEXTS): { description: string } {
  return { description: FIELD_TEXTS[field].about };
}
