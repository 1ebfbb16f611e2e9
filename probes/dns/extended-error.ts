import { latin1 } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';

/** One extended DNS error (RFC 8914 §2): a code, and text for people, which is the server's own. */
export interface ExtendedError {
  readonly code: number;
  readonly text: string;
}

/** The code of the EDNS option, and of the one that most servers send with a refusal. */
const EXTENDED_ERROR = 15;

/** Servers send one or two; every report cuts a text after 1,000 characters. */
const MOST_ERRORS = 8;
const LONGEST_TEXT = 1000;

/** The first ones among an OPT record's options (RFC 6891 §6.1.2); what is cut short is left out. */
export function readExtendedErrors(rdata: Uint8Array): readonly ExtendedError[] {
  const reader = new Reader(rdata);
  const errors: ExtendedError[] = [];
  while (reader.remaining > 0 && errors.length < MOST_ERRORS) {
    const option = reader.u16();
    const length = reader.u16() ?? -1;
    const at = reader.offset;
    if (!reader.skip(length)) break;
    if (option !== EXTENDED_ERROR || length < 2) continue;
    const [high = 0, low = 0] = rdata.subarray(at, at + 2);
    const text = latin1(rdata.subarray(at + 2, at + Math.min(length, 2 + LONGEST_TEXT)));
    errors.push({ code: high * 256 + low, text });
  }
  return errors;
}

/** RFC 8914 §4.1 to §4.25, by code. */
const NAMES = [
  'Other Error',
  'Unsupported DNSKEY Algorithm',
  'Unsupported DS Digest Type',
  'Stale Answer',
  'Forged Answer',
  'DNSSEC Indeterminate',
  'DNSSEC Bogus',
  'Signature Expired',
  'Signature Not Yet Valid',
  'DNSKEY Missing',
  'RRSIGs Missing',
  'No Zone Key Bit Set',
  'NSEC Missing',
  'Cached Error',
  'Not Ready',
  'Blocked',
  'Censored',
  'Filtered',
  'Prohibited',
  'Stale NXDOMAIN Answer',
  'Not Authoritative',
  'Not Supported',
  'No Reachable Authority',
  'Network Error',
  'Invalid Data',
];

/** `EDE 18 Prohibited`, and the server's own text where it sent one. */
export function formatExtendedError({ code, text }: ExtendedError): string {
  const name = NAMES[code] === undefined ? '' : ` ${NAMES[code]}`;
  return `EDE ${code}${name}${text === '' ? '' : `: ${text}`}`;
}
