import type { FindingRecord } from '../../src/domain/finding-record.js';

/** Zeros at the end of a request that are still written one by one. */
const MOST_ZEROS = 12;

/**
 * The shell command that sends the request of the reported exchange, octet for octet, to whatever port: ntpdc and ntpq
 * ask port 123 alone, and nmap runs its NTP scripts on other ports only where it takes the service for NTP; its
 * ntp-monlist asks one implementation of two, and shows no error. `ADDRESS` and `PORT` are to be put in.
 * @param usual the request of a row that has no exchange of its own, in hex.
 * @param shown the program that makes the answer readable.
 */
export function ncCommand(
  { exchanges }: Pick<FindingRecord, 'exchanges'>,
  usual: string,
  shown: string,
): string {
  const bytes = Buffer.from(exchanges.find(({ reported }) => reported === true)?.request ?? usual, 'hex');
  const ending = bytes.length - 1 - bytes.findLastIndex((byte) => byte !== 0);
  const written = ending > MOST_ZEROS ? bytes.subarray(0, bytes.length - ending) : bytes;
  const octal = [...written].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  const request =
    ending > MOST_ZEROS ? `{ printf '${octal}'; head -c ${ending} /dev/zero; }` : `printf '${octal}'`;
  return `    ${request} | nc -u -w 3 ADDRESS PORT | ${shown}`;
}
