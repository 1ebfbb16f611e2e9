import type { FindingRecord } from '../../src/domain/finding-record.js';

/** Zeros at the end of a request that are still written one by one. */
const MOST_ZEROS = 12;

/** The request of the reported exchange. @param usual that of a row that has no exchange of its own, in hex. */
export function reportedRequest({ exchanges }: Pick<FindingRecord, 'exchanges'>, usual: string): Uint8Array {
  return Buffer.from(exchanges.find(({ reported }) => reported === true)?.request ?? usual, 'hex');
}

/**
 * The shell command that sends a request, octet for octet, to whatever port: ntpdc and ntpq
 * ask port 123 alone, and nmap runs its NTP scripts on other ports only where it takes the service for NTP; its
 * ntp-monlist asks one implementation of two, and shows no error. `ADDRESS` and `PORT` are to be put in.
 * @param shown the program that makes the answer readable.
 */
export function ncCommand(request: Uint8Array, shown: string): string {
  const ending = request.length - 1 - request.findLastIndex((byte) => byte !== 0);
  const written = ending > MOST_ZEROS ? request.subarray(0, request.length - ending) : request;
  const octal = [...written].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  const typed =
    ending > MOST_ZEROS ? `{ printf '${octal}'; head -c ${ending} /dev/zero; }` : `printf '${octal}'`;
  return `    ${typed} | nc -u -w 3 ADDRESS PORT | ${shown}`;
}
