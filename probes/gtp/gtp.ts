/**
 * Does this node of a mobile network answer anybody? (GTP: 3GPP TS 29.060, TS 29.281 and TS 29.274; Echo, §7.2.1 and §7.1.1)
 *
 *     sent      32 01 00 04  00 00 00 00  12 34 00 00          Echo Request of version 1, no tunnel, sequence number: 12 bytes
 *     received  32 02 00 06  00 00 00 00  12 34 00 00  0e 01   Echo Response with a restart counter: 14 bytes
 *
 * To version 2 osmo-ggsn says Version Not Supported in 12 bytes, but to port 2123 of whoever asked, where nothing listens.
 *
 * The question by which nodes see whether the path between them is up: it names no subscriber and opens no tunnel. As an
 * amplifier it is nothing; what counts is that such a node should be reached by roaming partners alone. The control plane
 * (2123) is asked in versions 1 and 2, the user plane (2152) in version 1, and version 0 has its port (3386). GTP', the
 * charging protocol of that port, has another header, and no server of it could be had: it is not asked.
 */
import type { Exchange, Facts } from '../../src/domain/exchange.js';
import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import {
  defineProbe,
  forms,
  type Judgement,
  type NonEmpty,
  type Nonce,
  type ProbeDefinition,
  type Reading,
  type RequestForm,
} from '../probe.js';
import { emulatedServersOf } from './emulated-servers.js';
import {
  ECHO_RESPONSE,
  MESSAGE_TYPES,
  VERSION_NOT_SUPPORTED,
  dissectGtp,
  echoRequestV0,
  echoRequestV1,
  echoRequestV2,
  readGtp,
  recoveryIn,
} from './message.js';
import { describe, textsFor, textsOf } from './texts.js';

const NONCE_BITS = 16;

export const gtpControl = gtpOn('gtp-control', {
  port: 2123,
  standard: '3GPP TS 29.060 §7.2.1; TS 29.274 §7.1.1',
  sweepForms: [
    { name: 'echo-v1', encode: echoRequestV1 },
    { name: 'echo-v2', encode: echoRequestV2 },
  ],
});
export const gtpUser = gtpOn('gtp-user', {
  port: 2152,
  standard: '3GPP TS 29.281 §7.2.1',
  sweepForms: [{ name: 'echo-v1', encode: echoRequestV1 }],
});
export const gtpV0 = gtpOn('gtp-v0', {
  port: 3386,
  standard: '3GPP TS 09.60 §7.4.1',
  sweepForms: [{ name: 'echo-v0', encode: echoRequestV0 }],
});

function gtpOn<const Id extends string>(
  id: Id,
  own: {
    readonly port: number;
    readonly standard: string;
    readonly sweepForms: NonEmpty<RequestForm>;
  },
): ProbeDefinition<Id> {
  return defineProbe({
    id,
    protocol: 'gtp',
    ...own,
    severity: 'medium',
    inDefault: 'no: small',
    quietGapMs: 2000,
    report: 'scan_gtp',
    texts: textsOf(id === 'gtp-v0' ? 0 : 1),
    textsFor,
    nonce: { bits: NONCE_BITS, echoed },
    read,
    next: forms(),
    judge,
    dissect: dissectGtp,
    emulatedServers: emulatedServersOf(id),
  });
}

function echoed(payload: Uint8Array): Nonce | undefined {
  const message = readGtp(payload);
  const isReply = message?.type === ECHO_RESPONSE || message?.type === VERSION_NOT_SUPPORTED;
  return isReply && message.sequence < 2 ** NONCE_BITS ? message.sequence : undefined;
}

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const [message, asked] = [readGtp(payload), readGtp(request)];
  if (message === undefined || message.sequence !== asked?.sequence)
    return unrecognised('no message of GTP with the sequence number of the request');
  if (message.type === VERSION_NOT_SUPPORTED && message.elements.length === 0)
    return { kind: 'refusal', reason: 'version' };
  const recovery = recoveryIn(message);
  if (message.type !== ECHO_RESPONSE || message.version !== asked.version || recovery === undefined)
    return unrecognised('no Echo Response of the version that was asked, with a restart counter');
  const { flags, type, length, teid, sequence, version } = message;
  return {
    kind: 'answer',
    facts: {
      version,
      flags,
      message_type: type,
      message_type_text: MESSAGE_TYPES.get(type) ?? '',
      message_length: length,
      ...(teid !== undefined && { teid }),
      sequence,
      recovery,
    },
  };
}

function unrecognised(why: string): Reading {
  return { kind: 'unrecognised', why };
}

function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose }) => purpose === 'measure');
  const [first, ...more] = measured.flatMap(answersIn);
  if (!first) {
    const [reason] = measured.flatMap(refusalsIn);
    return reason === undefined ? { kind: 'nothing' } : { kind: 'refusal', reason };
  }
  const versions = [...new Set([first, ...more].map(({ version }) => Number(version)))].sort((a, b) => a - b);
  const facts: Facts = { ...first, versions: versions.join(', ') };
  return {
    kind: 'exposure',
    tags: ['gtp', ...versions.map((each) => `gtp-v${each}`)],
    detail: describe(facts).en,
    facts,
  };
}
