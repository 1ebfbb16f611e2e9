import { probes } from '../../probes/list.js';
import { formatInstant } from '../domain/time.js';
import { mailAddressOf } from '../domain/mail-address.js';
import { UsageError } from '../domain/usage-error.js';
import type { ScopeFile } from '../scope/scope-file.js';
import { textOption } from './options/arguments.js';
import type { Command } from './command.js';
import { EXIT } from './command.js';
import { readScope } from './options/scan-inputs.js';

/** Says who sends the probes, for whoever finds them in a log. */
export const attribution: Command = {
  name: 'attribution',
  describe: 'Write the text of /.well-known/probing.txt (RFC 9511) from the scope',
  options: {
    scope: {
      group: 'Scope:',
      type: 'string',
      requiresArg: true,
      describe: 'Whose contact it names (default ./scope.yaml)',
    },
    host: {
      group: 'Output:',
      type: 'string',
      requiresArg: true,
      describe: 'Name of the scanner in reverse DNS: gives the line Canonical',
    },
  },
  example: [
    'ampscope attribution --host scanner.example.net',
    'redirect it into your web server: probing.txt',
  ],
  async run(argv, io) {
    const { scopeFile, scope } = await readScope(argv, io);
    const host = textOption(argv, 'host');
    if (host !== undefined && !HOST.test(host))
      throw new UsageError(
        `--host: "${host}" is not a host name`,
        'write the name alone: --host scanner.example.net',
      );
    io.stdout.write(probingText(scopeFile, { host, expires: formatInstant(scope.validUntilEnd) }));
    return EXIT.finished;
  },
};

const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/**
 * The Probe Description File: the syntax of RFC 9116 §4 with the fields that RFC 9511 §2.2 asks for. A
 * description is one line.
 */
function probingText(
  { organisation, contact, name }: ScopeFile,
  { host, expires }: { readonly host: string | undefined; readonly expires: string },
): string {
  const ports = [...new Set(probes.map(({ protocol, port }) => `${protocol}/${port}`))].join(', ');
  return [
    ...(host === undefined ? [] : [`Canonical: https://${host}/.well-known/probing.txt`]),
    `Contact: ${contactUri(contact, name)}`,
    `Expires: ${expires}`,
    'Preferred-Languages: en, ja',
    `Description: ${organisation} looks for UDP reflectors in address space that it is authorised to audit: one small read-only request to ${ports} of each address, a few more to those that answer. Write to the contact to be left out.`,
    '',
  ].join('\n');
}

/**
 * RFC 9116 §2.5.3: a contact is a URI.
 * @throws UsageError where the scope's contact is none of the kinds that a URI can name.
 */
function contactUri(contact: string, place: string): string {
  const text = contact.trim();
  if (/^(mailto:|tel:|https:\/\/)\S+$/i.test(text)) return text;
  const mail = mailAddressOf(text);
  if (mail !== undefined) return `mailto:${mail}`;
  if (/^\+[\d\s().-]{6,}$/.test(text)) return `tel:${text.replace(/[\s().]+/g, '-')}`;
  throw new UsageError(
    `${place}: the contact "${text}" names no way to reach you`,
    'write a mail address, a phone number as +81 3 0000 0000, or a page: https://example.net/scans',
  );
}
