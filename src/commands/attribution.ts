import { probes } from '../../probes/list.js';
import { formatInstant } from '../domain/time.js';
import { mailAddressOf } from '../domain/mail-address.js';
import { UsageError } from '../domain/usage-error.js';
import type { ScopeFile } from '../scope/scope-file.js';
import { ALL_SETTINGS } from '../settings/all-settings.js';
import { defineCommand, EXIT } from './command.js';
import { readScope } from './inputs/scan-inputs.js';

/** Writes the file that names the sender of the probes (RFC 9511). */
export const attribution = defineCommand({
  settings: ALL_SETTINGS.pick({ scope: true, host: true }),
  example: [
    'ampscope attribution --host scanner.example.net',
    'redirect it into your web server: probing.txt',
  ],
  async run(settings, io) {
    const { scopeFile, scope } = await readScope({ ...settings, exclude: [] }, io);
    const expires = formatInstant(scope.validUntilEnd);
    io.stdout.write(probingText(scopeFile, { host: settings.host, expires }));
    return EXIT.finished;
  },
});

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
