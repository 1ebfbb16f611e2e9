import { createHash } from 'node:crypto';
import { mailAddressOf } from '../../src/domain/mail-address.js';

/** A message as a person would send it, with one file attached. */
export interface Mail {
  readonly from: { readonly name: string; readonly contact: string };
  readonly subject: string;
  /** ISO 8601. */
  readonly date: string;
  readonly language: string;
  readonly body: string;
  readonly attachment: { readonly name: string; readonly type: string; readonly content: string };
}

/**
 * A draft in the format of RFC 5322 with MIME parts (RFC 2045–2047, 2231). It has no To: its sender fills in
 * the address. `X-Unsent: 1` makes mail programs open it for editing. The same mail gives the same bytes.
 */
export function mailText({ from, subject, date, language, body, attachment }: Mail): string {
  const text = base64Lines(body.replaceAll('\n', '\r\n'));
  const file = base64Lines(attachment.content);
  // RFC 2045 §6.7: "=_" cannot occur in base64.
  const boundary = `=_${createHash('sha256').update(text).update(file).digest('hex').slice(0, 32)}`;
  return [
    `Date: ${new Date(date).toUTCString().replace('GMT', '+0000')}`,
    `From: ${mailbox(from)}`,
    `Subject: ${unstructured(subject)}`,
    'MIME-Version: 1.0',
    'X-Unsent: 1',
    'Content-Type: multipart/mixed;',
    ` boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    `Content-Language: ${language}`,
    '',
    text,
    `--${boundary}`,
    `Content-Type: ${attachment.type}; charset=utf-8`,
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment;',
    ` ${fileName(attachment.name)}`,
    '',
    file,
    `--${boundary}--`,
    '',
  ].join('\r\n');
}

/** Where the contact does not hold one mail address, the empty group that RFC 6854 allows in From. */
function mailbox({ name, contact }: Mail['from']): string {
  const phrase = unstructured(name, /^[\w !#$%&'*+/=?^`{|}~-]+$/) || 'unknown';
  const address = mailAddressOf(contact);
  if (address === undefined) return `${phrase}:;`;
  return `${phrase}${phrase.length + address.length > MOST_PLAIN ? '\r\n' : ''} <${address}>`;
}

/** RFC 2047 §2: a line with an encoded word has 76 characters at most; 39 bytes of text are 52 of them. */
const BYTES_A_WORD = 39;
/** With the field's name within the 78 that RFC 5322 §2.1.1 wants. */
const MOST_PLAIN = 66;

/** ASCII as it is; what is longer, has other letters or could be taken for syntax as encoded words. */
function unstructured(text: string, plain = /^[\x20-\x7e]*$/): string {
  if (plain.test(text) && !text.includes('=?') && text.length <= MOST_PLAIN) return text;
  const words = [''];
  for (const character of text) {
    const last = words.at(-1) ?? '';
    if (Buffer.byteLength(last + character) > BYTES_A_WORD) words.push(character);
    else words[words.length - 1] = last + character;
  }
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join('\r\n ');
}

function fileName(name: string): string {
  return /^[\w.-]+$/.test(name)
    ? `filename="${name}"`
    : `filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)}`;
}

function base64Lines(text: string): string {
  return (
    Buffer.from(text)
      .toString('base64')
      .match(/.{1,76}/g) ?? ['']
  ).join('\r\n');
}
