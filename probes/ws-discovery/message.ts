import type { Field, Nonce } from '../probe.js';
import { latin1, layFields, showText } from '../wire/fields.js';

export const NONCE_BITS = 30;

/** The message id of a request ends in its nonce. */
const MESSAGE_ID = 'urn:uuid:0a6dc791-2be6-4991-9af1-4547';

/**
 * A Probe for anything that is there (WS-Discovery 1.1 §5.2.1, in the namespaces of 2005 that devices speak). The prefixes
 * are those that every implementation writes: wsdd2 looks for them, not for namespaces. 520 bytes.
 */
export function writeProbe(nonce: Nonce): Uint8Array {
  return new TextEncoder().encode(
    '<?xml version="1.0" encoding="utf-8"?>' +
      '<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"' +
      ' xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing"' +
      ' xmlns:wsd="http://schemas.xmlsoap.org/ws/2005/04/discovery">' +
      '<soap:Header><wsa:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</wsa:To>' +
      '<wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</wsa:Action>' +
      `<wsa:MessageID>${MESSAGE_ID}${nonce.toString(16).padStart(8, '0')}</wsa:MessageID></soap:Header>` +
      '<soap:Body><wsd:Probe/></soap:Body></soap:Envelope>',
  );
}

/** So much of a message is read; a device that has many names is longer than wsdd2's 1,329 bytes, not ten times. */
const MOST_BYTES_READ = 8192;
const MOST_VALUE = 300;

/** The text of the first element of this name, whatever its prefix: undefined where there is none, or none so short. */
export function elementText(payload: Uint8Array, name: string): string | undefined {
  const text = latin1(payload.subarray(0, MOST_BYTES_READ));
  if (!text.includes(name)) return undefined;
  // Each part is bounded, so that no text takes long.
  const element = new RegExp(
    `<(?:[A-Za-z0-9_-]{1,20}:)?${name}(?:\\s[^<>]{0,300})?>([^<>]{1,${MOST_VALUE}})</`,
  );
  return element.exec(text)?.[1]?.trim();
}

/** The message id that a request carries, or that an answer relates to. */
export const messageIdOf = (request: Uint8Array): string | undefined => elementText(request, 'MessageID');
export const relatesTo = (payload: Uint8Array): string | undefined => elementText(payload, 'RelatesTo');

export function nonceEchoed(payload: Uint8Array): Nonce | undefined {
  const digits = /^urn:uuid:[0-9a-f-]{28}([0-9a-f]{8})$/i.exec(relatesTo(payload) ?? '')?.[1];
  const nonce = digits === undefined ? undefined : Number.parseInt(digits, 16);
  return nonce !== undefined && nonce < 2 ** NONCE_BITS ? nonce : undefined;
}

/** Each element with the text behind it; the first is the declaration, where there is one. */
export function dissectSoap(payload: Uint8Array): readonly Field[] {
  return layFields(payload, elementsOf(payload));
}

function* elementsOf(
  payload: Uint8Array,
): Generator<readonly [number, string, (bytes: Uint8Array) => string]> {
  const LESS_THAN = 0x3c;
  for (let at = 0; at < Math.min(payload.length, MOST_BYTES_READ);) {
    const found = payload.indexOf(LESS_THAN, at + 1);
    const end = found < 0 ? payload.length : found;
    yield [end - at, 'element', (bytes) => showText(bytes, 0, MOST_VALUE)];
    at = end;
  }
}
