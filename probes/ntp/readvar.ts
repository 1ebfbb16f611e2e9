/**
 * Does this NTP server show its system variables to any address? (mode 6, read variables, association 0)
 *
 *     sent      16 02 4d 3a 00 00 00 00 00 00 00 00      version 2, mode 6; opcode 2; sequence 4d 3a
 *     received  d6 82 4d 3a c0 16 00 00 00 00 01 59      a response of 345 bytes from offset 0, none follows
 *               leap=3, stratum=16, precision=-24, …     360 bytes from ntpsec
 */
import { defineProbe, forms, type RequestForm } from '../probe.js';
import { dissectNtp } from './dissect.js';
import { judgeReadvar } from './judge-readvar.js';
import { READ_VARIABLES, writeMode6 } from './mode6.js';
import { readReadvar, sequenceIn } from './read-readvar.js';
import { emulatedServers } from './emulated-servers.js';
import { texts, textsFor } from './texts-readvar.js';

/** What `ntpq -c rv` asks. Version 2 and version 4 bring the same answer. */
const readVariables: RequestForm = {
  name: 'read-variables',
  encode: (nonce) =>
    writeMode6({
      version: 2,
      response: false,
      error: false,
      more: false,
      opcode: READ_VARIABLES,
      sequence: nonce,
      status: 0,
      association: 0,
      offset: 0,
      data: new Uint8Array(0),
    }),
};

export const ntpReadvar = defineProbe({
  id: 'ntp-readvar',
  protocol: 'ntp',
  port: 123,
  standard: 'RFC 9327 §2, §4.2 (mode 6)',
  published: { factor: '30', source: 'Shadowserver, report "NTP Version"' },
  severity: 'medium',
  inDefault: 'yes: reported',
  quietGapMs: 2000,
  report: 'scan_ntp',
  texts,
  textsFor,
  sweepForms: [readVariables],
  nonce: { bits: 16, echoed: sequenceIn },
  read: readReadvar,
  next: forms(),
  judge: judgeReadvar,
  dissect: dissectNtp,
  emulatedServers,
});
