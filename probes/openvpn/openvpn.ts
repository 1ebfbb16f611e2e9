/**
 * Does this OpenVPN server answer anybody, and how often? (openvpn-rfc, control channel; OpenVPN 2.6, ssl_pkt.h)
 *
 *     sent      38  70 4d 41 f9 00 00 4d 3a  00  00 00 00 00          the reset that begins a handshake: 14 bytes
 *     received  40  de 7f 18 ef 35 65 07 af  01  00 00 00 00          the server's own, acknowledging packet 0
 *                   70 4d 41 f9 00 00 4d 3a      00 00 00 00          of our session: 26 bytes
 *
 * A server of 2.6 (`server`, `mode server`) sends it once, for its session id is a cookie and it keeps nothing. In
 * point-to-point mode (`tls-server` alone), and before 2.6, it is sent again after 2, 6, 14 and 30 s. With tls-auth or
 * tls-crypt a request without the key is met with silence.
 *
 * There is no farewell: an acknowledgement would end the resends, but to a server of 2.6 it is the answer to the
 * cookie, and would open the session that we do not want. Nothing else is left behind than a handshake that the server
 * forgets after 60 s (`hand-window`). Until then a second request in point-to-point mode is acknowledged within the
 * session of the first, which began with the sweep, so only some of the answers come: then it is asked once more.
 */
import type { Exchange } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import {
  defineProbe,
  type Ask,
  type Field,
  type Judgement,
  type Reading,
  type RequestForm,
} from '../probe.js';
import { layFields } from '../wire/fields.js';
import { emulatedServers } from './emulated-servers.js';
import { OPCODE, NONCE_BITS, acknowledgedNonce, readControlPacket, shapesOf, writeReset } from './packet.js';
import { texts, textsFor } from './texts.js';

const reset: RequestForm = { name: 'hard-reset', encode: writeReset };

/** The 60 s of `hand-window`, and time for the restart that follows in point-to-point mode. */
const HANDSHAKE_OVER_MS = 75_000;

export const openvpn = defineProbe({
  id: 'openvpn',
  protocol: 'openvpn',
  port: 1194,
  standard: 'draft-wire-openvpn-protocol, OpenVPN 2.6 (ssl_pkt.h)',
  severity: 'medium',
  inDefault: 'no: state',
  // The first interval is 1.2 to 2.5 s, the one after it up to 4.9 s: the timer that resends is coarse.
  quietGapMs: 5000,
  report: 'x_openvpn',
  texts,
  textsFor,
  sweepForms: [reset],
  nonce: { bits: NONCE_BITS, echoed: acknowledgedNonce },
  read,
  next,
  judge,
  dissect: (payload): readonly Field[] => layFields(payload, shapesOf(payload)),
  emulatedServers,
});

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const packet = readControlPacket(payload);
  const asked = readControlPacket(request)?.session;
  const answered = packet?.acknowledged?.session;
  if (!packet || packet.opcode === OPCODE.clientReset || !answered || !asked || !isSame(answered, asked))
    return { kind: 'unrecognised', why: 'no packet of OpenVPN that acknowledges the session of the request' };
  return { kind: 'answer', facts: { is_reset: packet.opcode === OPCODE.serverReset } };
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((octet, i) => octet === b[i]);
}

function next(done: readonly Exchange[]): Ask | undefined {
  return done.length === 1 && done.some(joinsEarlierSession)
    ? { form: reset, purpose: 'measure', afterMs: HANDSHAKE_OVER_MS }
    : undefined;
}

/** Whether the request was acknowledged within a handshake that had begun before. */
function joinsEarlierSession(exchange: Exchange): boolean {
  return answersIn(exchange)[0]?.['is_reset'] === false;
}

function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose }) => purpose === 'measure');
  const answered = measured.filter((exchange) => answersIn(exchange).length > 0);
  if (answered.length === 0) return { kind: 'nothing' };
  const answers = Math.max(...answered.map((exchange) => answersIn(exchange).length));
  const resends = answers > 1;
  return {
    kind: 'exposure',
    tags: ['openvpn', ...(resends ? ['resends'] : [])],
    detail: detailOf(answers),
    facts: { answers },
    incomplete: answered.every(joinsEarlierSession),
  };
}

function detailOf(answers: number): string {
  return answers > 1 ? `one request is answered ${answers} times` : 'one request is answered once';
}
