import { createHash } from 'node:crypto';

/** Forty letters of Japanese; with digest, ending and a temporary name's additions below the 255 of a file name. */
const MOST_BYTES = 120;
const DIGEST_DIGITS = 16;

/**
 * The name under which a customer's files stand, without ending: `C-1001`. Letters and digits of any script, and
 * `.`, `_`, `-` within, in capitals where there is a digit and in small letters where there is none. Whatever else is
 * in a customer's name becomes a hyphen, and then a digest of the name follows, as it does where case or a reserved
 * name of Windows demands it: so no two customers share a file, on any file system. Depends on the name alone: the same
 * in every run.
 * @param customer absent: unknown, `unknown`.
 */
export function customerFile(customer: string | undefined): string {
  if (customer === undefined) return UNKNOWN;
  const plain = customer
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}\p{M}._-]+/gu, '-')
    .replace(/^[^\p{L}\p{N}]+|(?<![^\p{L}\p{N}\p{M}])[^\p{L}\p{N}\p{M}]+$/gu, '');
  const cut = Buffer.from(plain)
    .subarray(0, MOST_BYTES)
    .toString()
    .replace(/\ufffd{1,3}$/, '');
  if (cut === customer && isPlain(cut)) return cut;
  const digest = createHash('sha256').update(customer).digest('hex').slice(0, DIGEST_DIGITS);
  if (cut === '') return digest;
  // `CON.x` is as reserved as `CON`.
  return `${RESERVED.test(cut) ? cut.replaceAll('.', '-') : cut}-${digest}`;
}

const UNKNOWN = 'unknown';
/** What ends like this could be the name of another. */
const DIGEST = new RegExp(`(^|-)[0-9a-f]{${DIGEST_DIGITS}}$`, 'i');
/** Devices of Windows, whatever ending they have ("Naming Files, Paths, and Namespaces"). */
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])(?:\.|$)/i;

/**
 * Of the names that a file system may take for one (HFS+ and NTFS do not tell case apart, and the first not two ways
 * to write a letter) one alone stays as it is.
 */
function isPlain(name: string): boolean {
  const folded = /\p{N}/u.test(name) ? name.toLowerCase().toUpperCase() : name.toUpperCase().toLowerCase();
  return (
    name !== '' &&
    name === folded &&
    name === name.normalize('NFKC') &&
    name.toLowerCase() !== UNKNOWN &&
    !DIGEST.test(name) &&
    !RESERVED.test(name)
  );
}
