/**
 * Does this management controller (BMC) talk to anybody? (IPMI v2.0 §22.13, Get Channel Authentication Capabilities)
 *
 *     sent      06 00 ff 07  00 …  20 18 c8  81 00 38 8e 04  b5           outside a session: 23 bytes
 *     received  06 00 ff 07  00 …  81 1c 63  20 00 38 00 01 97 06 03 …    the same with what it allows: 30 bytes
 *
 * No session is opened and no password is tried. As an amplifier it is weak; what weighs is that the controller of a
 * machine can be reached at all.
 */
import type { Exchange } from '../../src/domain/exchange.js';
import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Judgement, type Reading } from '../probe.js';
import { emulatedServers } from './emulated-servers.js';
import { dissectIpmi, readCapabilities, writeCapabilitiesRequest } from './message.js';
import { texts, textsFor } from './texts.js';

export const ipmi = defineProbe({
  id: 'ipmi',
  protocol: 'ipmi',
  port: 623,
  standard: 'IPMI v2.0 §22.13',
  severity: 'high',
  inDefault: 'no: small',
  quietGapMs: 2000,
  report: 'scan_ipmi',
  texts,
  textsFor,
  // No nonce: of what an answer repeats only six bits are free, and a sweep would need a hundred sockets for them.
  sweepForms: [{ name: 'channel-capabilities', encode: writeCapabilitiesRequest }],
  read,
  next: forms(),
  judge,
  dissect: dissectIpmi,
  emulatedServers,
});

function read(payload: Uint8Array): Reading {
  const capabilities = readCapabilities(payload);
  if (capabilities === undefined)
    return { kind: 'unrecognised', why: 'no answer of IPMI about the capabilities of its channel' };
  const { completion, data } = capabilities;
  if (completion !== 0)
    return { kind: 'refusal', reason: `completion code ${completion.toString(16).padStart(2, '0')}` };
  const [, types = 0, status = 0, versions = 0] = data;
  const yes = (octet: number, bit: number): string => ((octet >> bit) % 2 === 1 ? 'yes' : 'no');
  // Table 22-15. The versions are there only where bit 7 of the types says so.
  const isV2 = yes(types, 7) === 'yes' && yes(versions, 1) === 'yes';
  return {
    kind: 'answer',
    facts: {
      ipmi_version: isV2 ? '2.0' : '1.5',
      none_auth: yes(types, 0),
      md2_auth: yes(types, 1),
      md5_auth: yes(types, 2),
      passkey_auth: yes(types, 4),
      oem_auth: yes(types, 5),
      defaultkg: yes(status, 5) === 'yes' ? 'set' : 'default',
      permessage_auth: yes(status, 4) === 'yes' ? 'no' : 'yes',
      userlevel_auth: yes(status, 3) === 'yes' ? 'no' : 'yes',
      usernames: yes(status, 2),
      nulluser: yes(status, 1),
      anon_login: yes(status, 0),
    },
  };
}

function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose }) => purpose === 'measure');
  const [facts] = measured.flatMap(answersIn);
  if (!facts) {
    const [reason] = measured.flatMap(refusalsIn);
    return reason === undefined ? { kind: 'nothing' } : { kind: 'refusal', reason };
  }
  const isOpen = facts['none_auth'] === 'yes' || facts['anon_login'] === 'yes';
  return {
    kind: 'exposure',
    tags: ['ipmi', ...(isOpen ? ['ipmi-no-password'] : [])],
    version: `IPMI ${String(facts['ipmi_version'])}`,
    ...(isOpen && { detail: 'allows sessions without a password' }),
    facts,
    ...(isOpen && { atLeast: NO_PASSWORD }),
  };
}

const NO_PASSWORD = {
  level: 'high',
  reason: 'it allows sessions without a password, which switch the machine off or read its console',
} as const;
