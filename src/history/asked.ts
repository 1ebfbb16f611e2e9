import { createHash } from 'node:crypto';
import type { RunProbe } from '../domain/run-record.js';

/**
 * What every target is asked with a probe, as a hash: other names, communities or ports make it another question,
 * and silence to another question says nothing of the first one's answer.
 */
export function askedBy({
  port,
  forms,
}: Pick<RunProbe, 'port'> & {
  readonly forms: readonly Pick<RunProbe['forms'][number], 'request_hex'>[];
}): string {
  const question = JSON.stringify([port, ...forms.map(({ request_hex }) => request_hex)]);
  return createHash('sha256').update(question).digest('hex').slice(0, 16);
}
