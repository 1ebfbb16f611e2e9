import type { RequestForm } from '../probe.js';
import { CLASS_CH, CLASS_IN, TYPE } from './message.js';

/** What is asked. */
export interface Question {
  /** Lower-case ASCII without a final dot, or `.` for the root; checked by the settings' schema. */
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'ANY' | 'DNSKEY' | 'NS' | 'TXT';
  /** Absent: IN. */
  readonly class?: 'CH';
}

/** How it is put besides. Absent: plain RFC 1035, which holds the answer to 512 bytes. */
export interface Edns {
  /** The largest answer that we say we can take, in bytes (RFC 6891 §6.2.3). */
  readonly udpSize: number;
  /** DNSSEC OK: signatures are wanted too, and they are the largest records there are (RFC 3225). */
  readonly dnssecOk: boolean;
}

/** A form named after what it asks: `txt-edns4096-do example.net`, `ns .`. Its nonce is the message's ID. */
export function queryForm(question: Question, edns?: Edns): RequestForm {
  const template = encodeQuery(0, question, edns);
  const how = edns === undefined ? '' : `-edns${edns.udpSize}${edns.dnssecOk ? '-do' : ''}`;
  return {
    name: `${question.type.toLowerCase()}${how} ${question.name}`,
    encode: (nonce) => {
      const query = template.slice();
      query.set(u16(nonce));
      return query;
    },
  };
}

/** One query (RFC 1035 §4.1, RFC 6891 §6.1). */
export function encodeQuery(id: number, question: Question, edns?: Edns): Uint8Array {
  const labels = question.name === '.' ? [] : question.name.split('.');
  return Uint8Array.from([
    ...u16(id), //                                            ID: the nonce
    ...u16(0x0100), //                                        flags: a standard query, RD, for open resolvers
    //                                                               are what is looked for
    ...u16(1), //                                             QDCOUNT
    ...u16(0), //                                             ANCOUNT
    ...u16(0), //                                             NSCOUNT
    ...u16(edns ? 1 : 0), //                                  ARCOUNT: the OPT record
    ...labels.flatMap((label) => [label.length, ...ascii(label)]),
    0, //                                                     the root ends every name
    ...u16(TYPE[question.type]), //                           QTYPE
    ...u16(question.class === 'CH' ? CLASS_CH : CLASS_IN), // QCLASS
    ...(edns ? optRecord(edns) : []),
  ]);
}

function optRecord({ udpSize, dnssecOk }: Edns): readonly number[] {
  return [
    0, //                               NAME: the root
    ...u16(TYPE.OPT), //                TYPE
    ...u16(udpSize), //                 CLASS: the sender's payload size
    ...u16(0), //                       TTL: extended RCODE 0, version 0
    ...u16(dnssecOk ? 0x8000 : 0), //        the DO bit
    ...u16(0), //                       RDLENGTH: no options
  ];
}

function ascii(text: string): readonly number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}

function u16(value: number): readonly [number, number] {
  return [value >> 8, value & 255];
}
