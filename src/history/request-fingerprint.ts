import { createHash } from 'node:crypto';
import type { RunProbe } from '../domain/run-record.js';

/**
 * The fingerprint of what a probe sends to every target: a hash of its port and its sweep requests. Other names,
 * communities or ports make it another question, and silence to that says nothing of the answer to the first.
 */
export function fingerprintOf({
  port,
  forms,
}: Pick<RunProbe, 'port'> & {
  readonly forms: readonly Pick<RunProbe['forms'][number], 'request_hex'>[];
}): string {
  const question = JSON.stringify([port, ...forms.map(({ request_hex }) => request_hex)]);
  return createHash('sha256').update(question).digest('hex').slice(0, 16);
}
