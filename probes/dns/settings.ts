import * as z from 'zod';
import { formatAddress, parseAddress } from '../../src/domain/address.js';

/** A name whose one right answer the owner knows: a server that gives it without serving the name recurses. */
export interface Check {
  readonly name: string;
  /** Of either family: A or AAAA is asked. */
  readonly address: string;
}

/**
 * The scope's key `dns`. `names`: what the owner of the space serves, for an answer that its owner knows says more
 * than the root zone's. `check`: a name that the servers in the scope do not serve, and its address.
 */
export const dnsSettings = z
  .strictObject({
    names: z
      .array(hostname(), { error: 'names must be a list of host names, such as [example.net]' })
      .max(8, {
        error: 'names has more than 8 entries: each is up to three more requests to every responder',
      })
      .superRefine((names, context) => {
        const twice = names.find((name, i) => names.indexOf(name) < i);
        if (twice !== undefined)
          context.addIssue({ code: 'custom', message: `names lists ${JSON.stringify(twice)} twice` });
      })
      .default([]),
    check: z
      .strictObject(
        { name: hostname(), address: address() },
        { error: ({ code }) => (code === 'invalid_type' ? CHECK_IS : undefined) },
      )
      .optional(),
  })
  .prefault({});

const CHECK_IS =
  'check must be a name and its address, such as { name: www.example.net, address: 192.0.2.80 }';

function address() {
  return z
    .string({ error: 'the address of check must be text, such as 192.0.2.80' })
    .superRefine((text, context) => {
      if (parseAddress(text) === undefined)
        context.addIssue({ code: 'custom', message: `${JSON.stringify(text)} is not an address` });
    })
    .overwrite((text) => {
      const parsed = parseAddress(text);
      return parsed === undefined ? text : formatAddress(parsed);
    });
}

/** Host names are compared without case, and `example.net.` is `example.net`: both are kept in the short form. */
function hostname() {
  return z
    .string({ error: 'a host name must be text, such as example.net' })
    .overwrite((name) => name.toLowerCase().replace(/(?<=[^.])\.$/, ''))
    .superRefine((name, context) => {
      const fault = faultOf(name);
      if (fault !== undefined)
        context.addIssue({
          code: 'custom',
          message: `${JSON.stringify(name)} is not a host name: ${fault}`,
        });
    });
}

/** RFC 1035 §2.3 and RFC 1123 §2.1; underscores because real zones have them (RFC 8552). */
function faultOf(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name === '.') return 'the root is asked anyway where no names are given';
  if (name.length > 253) return 'it is longer than 253 characters';
  const labels = name.split('.');
  if (labels.includes('')) return 'a label between its dots is empty';
  const long = labels.find((label) => label.length > 63);
  if (long !== undefined) return `its label ${JSON.stringify(long)} is longer than 63 characters`;
  const odd = labels.find((label) => !/^[a-z0-9_-]+$/.test(label));
  if (odd !== undefined)
    return `its label ${JSON.stringify(odd)} has a character other than letters, digits, - and _ (write international names as xn--…)`;
  const hyphen = labels.find((label) => label.startsWith('-') || label.endsWith('-'));
  if (hyphen !== undefined) return `its label ${JSON.stringify(hyphen)} begins or ends with a hyphen`;
  if (/^\d+$/.test(labels.at(-1) ?? '')) return 'its last label is a number, as in an address';
  return undefined;
}
