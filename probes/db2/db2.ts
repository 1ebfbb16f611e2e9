/**
 * Does this DB2 Administration Server say its name to anybody? (DB2 discovery, UDP 523)
 *
 *     sent      "DB2GETADDR" 00 "SQL08020" 00              the question, and the client's version: 20 bytes
 *     received  "DB2RETADDR" 00 "SQL09070" 00 "db01" 00 …   the answer, the server's version, its name: 298 bytes
 *
 * IBM has published no description; those of Nmap's db2-discover and of The Database Hacker's Handbook agree. What follows
 * the name is not known. An old server stops at a request of more than 20 bytes (IBM APAR IY47686): this one has 20, as the
 * client of IBM sends it, and never more. Nothing in the answer echoes anything.
 */
import type { Exchange, Facts } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Reading, type Texts } from '../probe.js';
import { latin1, layFields, showHex, showText, type FieldShape } from '../wire/fields.js';
import { emulatedServers } from './emulated-servers.js';
import { riskOf, texts } from './texts.js';

/** Version, release and modification stand as digits: 09 07 0. */
const ANSWER = /^DB2RETADDR\0SQL(\d\d)(\d\d)(\d)\0([^\0]{1,255})\0/;
const [NAME_AT, MOST_READ_BYTES] = [20, 276];

export const db2 = defineProbe({
  id: 'db2',
  protocol: 'db2',
  port: 523,
  standard: 'Nmap, db2-discover',
  severity: 'high',
  inDefault: 'no: unmeasured',
  measuredOn: 'published figures',
  quietGapMs: 2000,
  report: 'scan_db2',
  texts,
  textsFor: (finding) => ({
    ...riskOf(finding),
    ...(finding.facts !== undefined && { detail: detailOf(finding.facts) }),
  }),
  sweepForms: [{ name: 'get-address', encode: () => new TextEncoder().encode('DB2GETADDR\0SQL08020\0') }],
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

function read(payload: Uint8Array): Reading {
  const [, version, release, modification, name] =
    ANSWER.exec(latin1(payload.subarray(0, MOST_READ_BYTES))) ?? [];
  if (name === undefined) return { kind: 'unrecognised', why: 'no DB2RETADDR with a version and a name' };
  return {
    kind: 'answer',
    facts: {
      servername: name,
      version: `${Number(version)}.${Number(release)}.${Number(modification)}`,
    },
  };
}

function judge(done: readonly Exchange[]): Judgement {
  const [facts] = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  if (!facts) return { kind: 'nothing' };
  return {
    kind: 'exposure',
    tags: ['db2'],
    version: `IBM DB2 ${String(facts['version'])}`,
    detail: detailOf(facts).en,
    facts,
  };
}

function detailOf({ servername }: Facts): Texts {
  return { en: `server "${String(servername)}"`, ja: `サーバー名「${String(servername)}」` };
}

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield [11, 'message', showText];
  yield [9, 'version', showText];
  const end = payload.indexOf(0, NAME_AT);
  yield [(end < 0 ? payload.length : end + 1) - NAME_AT, 'name', showText];
  yield [payload.length, 'unknown', showHex];
}
