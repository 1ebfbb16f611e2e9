/**
 * Does this Kerberos KDC answer anybody over UDP? (RFC 4120 §5.4.1, §5.9.1)
 *
 *     sent      6a 66 30 64 …  krbtgt/00004D3A …  an AS-REQ for a realm that nobody has, without a client: 104 bytes
 *     received  7e 65 30 63 …  krbtgt/00004D3A …  a KRB-ERROR that names the same service: 103 bytes from MIT krb5
 *
 * This question costs no account a failed login and shows that the KDC answers; as an amplifier it is weak. With the
 * name of an account that needs no pre-authentication the same server sent 761 bytes for 132: guessing names is not
 * for us.
 */
import type { Exchange } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Judgement, type Reading } from '../probe.js';
import { emulatedServers } from './emulated-servers.js';
import {
  NONCE_BITS,
  dissectKerberos,
  nonceEchoed,
  readKrbError,
  realmAsked,
  writeAsRequest,
} from './message.js';
import { texts, textsFor } from './texts.js';

export const kerberos = defineProbe({
  id: 'kerberos',
  protocol: 'kerberos',
  port: 88,
  standard: 'RFC 4120 §5.4.1',
  severity: 'medium',
  inDefault: 'no: small',
  quietGapMs: 2000,
  report: 'x_kerberos',
  texts,
  textsFor,
  sweepForms: [{ name: 'as-req', encode: writeAsRequest }],
  nonce: { bits: NONCE_BITS, echoed: nonceEchoed },
  read,
  next: forms(),
  judge,
  dissect: dissectKerberos,
  emulatedServers,
});

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const error = readKrbError(payload);
  if (error === undefined || error.service !== realmAsked(request))
    return { kind: 'unrecognised', why: 'no KRB-ERROR that names the service of the request' };
  const { code, realm, text } = error;
  return { kind: 'answer', facts: { error_code: code, realm, ...(text !== undefined && { text }) } };
}

function judge(done: readonly Exchange[]): Judgement {
  const [facts] = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  if (!facts) return { kind: 'nothing' };
  return {
    kind: 'exposure',
    tags: ['kerberos'],
    detail: `error ${facts['error_code']} to a request for an unknown realm`,
    facts,
  };
}
