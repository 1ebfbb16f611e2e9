import type { Facts, Texts } from '../probe.js';
import { CLASS_IN, readDnsMessage, typeName } from './message.js';

/** `TXT example.net`, from the request's own bytes: so that it is true of every request, also of a captured one. */
export function describeQuestion(request: Uint8Array): string {
  const question = readDnsMessage(request)?.question;
  if (question === undefined) return 'no DNS query';
  const { labels, type, class: questionClass } = question;
  const name = labels.length === 0 ? '.' : labels.join('.');
  return `${typeName(type)} ${name}${questionClass === CLASS_IN ? '' : ` (class ${questionClass})`}`;
}

/** `TXT example.net, EDNS 4096`. */
export function describeQuery(request: Uint8Array): string {
  const size = readDnsMessage(request)?.ednsSize;
  return `${describeQuestion(request)}, ${size === undefined ? 'no EDNS' : `EDNS ${size}`}`;
}

/** What a letter says of an answer that the server explained itself. */
export function explanation({ extended_error: error }: Facts): readonly Texts[] {
  return error === undefined ? [] : [{ en: `the server says ${error}`, ja: `サーバーによる説明：${error}` }];
}

/** The tag and the texts for an answer that the server explained itself (RFC 8914). */
export function explainedBy({ extended_error: error }: Facts): {
  readonly tags: readonly string[];
  readonly texts: readonly string[];
} {
  if (error === undefined) return { tags: [], texts: [] };
  return { tags: ['extended-error'], texts: [`the server says ${error}`] };
}
