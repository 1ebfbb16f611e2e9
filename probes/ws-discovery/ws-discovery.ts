/**
 * Does this device tell anybody what it is? (WS-Discovery, April 2005 and OASIS 1.1, §5: Probe and ProbeMatches)
 *
 *     sent      <soap:Envelope …><wsa:MessageID>urn:uuid:…00004d3a</wsa:MessageID>… <wsd:Probe/>     520 bytes
 *     received  <soap:Envelope …><wsa:RelatesTo>urn:uuid:…00004d3a</wsa:RelatesTo>…
 *               <wsd:ProbeMatches>… <wsd:XAddrs>http://…     1,329 bytes from wsdd2
 *
 * Asked is what the standard has. The factors of hundreds that are published come from a few bytes of broken XML, to
 * which some devices answer with an error in full: what is malformed is never sent, so they may be stronger than is
 * reported here.
 */
import type { Exchange } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Judgement, type Reading } from '../probe.js';
import { emulatedServers } from './emulated-servers.js';
import {
  NONCE_BITS,
  dissectSoap,
  elementText,
  messageIdOf,
  nonceEchoed,
  relatesTo,
  writeProbe,
} from './message.js';
import { texts, textsFor } from './texts.js';

export const wsDiscovery = defineProbe({
  id: 'ws-discovery',
  protocol: 'ws-discovery',
  port: 3702,
  standard: 'OASIS WS-Discovery 1.1 §5',
  published: {
    factor: '153',
    source: 'Akamai, September 2019',
    note: {
      en: 'at most, of malformed requests, which are never sent',
      ja: '不正な形式の要求に対する最大値（この調査では送りません）',
    },
  },
  severity: 'medium',
  inDefault: 'yes: reported',
  quietGapMs: 2000,
  report: 'scan_ws_discovery',
  texts,
  textsFor,
  sweepForms: [{ name: 'probe', encode: writeProbe }],
  nonce: { bits: NONCE_BITS, echoed: nonceEchoed },
  read,
  next: forms(),
  judge,
  dissect: dissectSoap,
  emulatedServers,
});

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const id = messageIdOf(request);
  if (id === undefined || relatesTo(payload)?.toLowerCase() !== id.toLowerCase())
    return { kind: 'unrecognised', why: 'no envelope that relates to the message id of the request' };
  // SOAP 1.2 §5.4.2: an error has a text of its own.
  const [types, error] = [elementText(payload, 'Types'), elementText(payload, 'Text')];
  return { kind: 'answer', facts: { ...(types && { types }), ...(error && { error }) } };
}

function judge(done: readonly Exchange[]): Judgement {
  const answers = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  const facts = answers.find(({ types }) => types !== undefined) ?? answers[0];
  if (!facts) return { kind: 'nothing' };
  const { types, error } = facts;
  return {
    kind: 'exposure',
    tags: ['ws-discovery'],
    ...(types !== undefined && { detail: `says that it is: ${String(types)}` }),
    ...(types === undefined && error !== undefined && { detail: `answers with an error: ${String(error)}` }),
    facts,
  };
}
