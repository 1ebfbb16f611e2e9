import { createHash } from 'node:crypto';

/** Forty letters of Japanese; with digest, ending and a temporary name's additions below the 255 of a file name. */
const MOST_BYTES = 120;
const DIGEST_DIGITS = 16;

/**
 * The name under which a customer's files stand, without ending: `C-1001`. Letters and digits of any script, and
 * `.`, `_`, `-` within; whatever else is in a customer's name becomes a hyphen, and then a digest of the name
 * follows, so that no two customers share a file. Depends on the name alone: the same in every run.
 * @param customer absent: nobody knows, `unknown`.
 */
export function customerFile(customer: string | undefined): string {
  if (customer === undefined) return UNKNOWN;
  const plain = customer
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}\p{M}._-]+/gu, '-')
    .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}\p{M}]+$/gu, '');
  const cut = Buffer.from(plain)
    .subarray(0, MOST_BYTES)
    .toString()
    .replace(/\ufffd+$/, '');
  if (cut === customer && cut !== '' && cut !== UNKNOWN && !DIGEST.test(cut)) return cut;
  const digest = createHash('sha256').update(customer).digest('hex').slice(0, DIGEST_DIGITS);
  return cut === '' ? digest : `${cut}-${digest}`;
}

const UNKNOWN = 'unknown';
/** What ends like this could be the name of another. */
const DIGEST = new RegExp(`(^|-)[0-9a-f]{${DIGEST_DIGITS}}$`);
