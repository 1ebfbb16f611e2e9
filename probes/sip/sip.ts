/**
 * Does this SIP server answer anybody? (RFC 3261 §11)
 *
 *     sent      OPTIONS sip:ampscope.invalid SIP/2.0 …   what can you do? 264 bytes
 *     received  SIP/2.0 200 OK …                         our Via, From, To, Call-ID and CSeq, and what it says of itself
 *
 * OPTIONS changes nothing. `Max-Forwards: 0` has the first server answer itself: none passes it on, and none looks the
 * name up, which by RFC 2606 nobody has. With `rport` the answer goes to the port that asked (RFC 3581); of a server
 * that does not know it nothing is heard, for it answers to port 5060.
 */
import type { Exchange, Facts } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import { reportedExchange } from '../../src/domain/factors.js';
import {
  defineProbe,
  forms,
  joined,
  type Judgement,
  type Nonce,
  type Reading,
  type Texts,
} from '../probe.js';
import { dissectTextMessage, readTextMessage } from '../wire/text-message.js';
import { emulatedServers } from './emulated-servers.js';
import { texts } from './texts.js';

const HOST = 'ampscope.invalid';
const NONCE_DIGITS = 8;

export const sip = defineProbe({
  id: 'sip',
  protocol: 'sip',
  port: 5060,
  standard: 'RFC 3261 §11',
  severity: 'high',
  inDefault: 'yes: reported',
  quietGapMs: 2000,
  report: 'scan_sip',
  texts,
  textsFor: ({ facts }) => (facts === undefined ? {} : { detail: detailOf(facts) }),
  sweepForms: [
    {
      name: 'options',
      encode(nonce) {
        const id = nonce.toString(16).padStart(NONCE_DIGITS, '0');
        const lines = [
          `OPTIONS sip:${HOST} SIP/2.0`,
          `Via: SIP/2.0/UDP ${HOST};branch=z9hG4bK${id};rport`,
          'Max-Forwards: 0',
          `From: <sip:${HOST}>;tag=${id}`,
          `To: <sip:${HOST}>`,
          `Call-ID: ${id}@${HOST}`,
          'CSeq: 1 OPTIONS',
          'Content-Length: 0',
        ];
        return new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`);
      },
    },
  ],
  nonce: { bits: 30, echoed },
  read,
  next: forms(),
  judge,
  dissect: dissectTextMessage,
  emulatedServers,
});

const STATUS_LINE = /^SIP\/2\.0 ([1-6]\d\d) ?([^\r\n]{0,200})$/;

/** The names of RFC 3261 §7.3.3, and the columns of scan_sip. */
const COLUMNS: Readonly<Record<string, string>> = {
  via: 'sip_via',
  v: 'sip_via',
  to: 'sip_to',
  t: 'sip_to',
  from: 'sip_from',
  f: 'sip_from',
  'call-id': 'call_id',
  i: 'call_id',
  cseq: 'cseq',
  contact: 'contact',
  m: 'contact',
  'content-length': 'content_length',
  l: 'content_length',
  'content-type': 'content_type',
  c: 'content_type',
  server: 'server',
  'user-agent': 'user_agent',
  allow: 'allow',
};

interface Response {
  readonly code: number;
  readonly reason: string;
  readonly headers: ReadonlyMap<string, string>;
}

function responseIn(payload: Uint8Array): Response | undefined {
  // What no message begins with need not be taken apart.
  if (payload[0] !== 0x53) return undefined;
  const { firstLine, headers } = readTextMessage(payload, COLUMNS);
  const status = STATUS_LINE.exec(firstLine);
  if (!status) return undefined;
  return { code: Number(status[1]), reason: status[2] ?? '', headers };
}

function echoed(payload: Uint8Array): Nonce | undefined {
  const id = responseIn(payload)?.headers.get('call_id') ?? '';
  const digits = id.slice(0, NONCE_DIGITS);
  if (!/^[0-9a-f]{8}$/.test(digits) || id !== `${digits}@${HOST}`) return undefined;
  const nonce = Number.parseInt(digits, 16);
  return nonce < 2 ** 30 ? nonce : undefined;
}

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const response = responseIn(payload);
  if (!response) return { kind: 'unrecognised', why: 'no response of SIP' };
  const callId = response.headers.get('call_id');
  if (callId === undefined || callId !== readTextMessage(request, COLUMNS).headers.get('call_id'))
    return { kind: 'unrecognised', why: 'another Call-ID than that of the request' };
  const { code, reason, headers } = response;
  return {
    kind: 'answer',
    facts: { sip: 'SIP/2.0', sip_code: code, sip_reason: reason, ...Object.fromEntries(headers) },
  };
}

/** Whatever the code says, an answer came: to an address that may have been forged. */
function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose }) => purpose === 'measure');
  const reported = reportedExchange(measured.filter((exchange) => answersIn(exchange).length > 0));
  // A provisional response (RFC 3261 §21.1) comes before the one that says something.
  const facts = reported && answersIn(reported).at(-1);
  if (!facts) return { kind: 'nothing' };
  const version = facts['server'] ?? facts['user_agent'];
  return {
    kind: 'exposure',
    tags: ['sip'],
    ...(version !== undefined && version !== '' && { version: String(version) }),
    detail: detailOf(facts).en,
    facts,
  };
}

function detailOf({ sip_code, sip_reason, allow }: Facts): Texts {
  const said = `${String(sip_code)} ${String(sip_reason)}`.trim();
  return joined([
    { en: `answers ${said}`, ja: `${said} の応答` },
    ...(allow === undefined ? [] : [{ en: `allows ${String(allow)}`, ja: `許可：${String(allow)}` }]),
  ]);
}
