import type { EmulatedServer } from '../probe.js';
import { CODE, OPTION, TYPE, encodeCoap, readCoap, type CoapMessage } from './message.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'libcoap-4.3.1',
    about:
      'the example server of libcoap 4.3.1 (Debian 12): 158 bytes of resources, and 146 at the root for a request of 4',
    reply: (request) => responseTo(request, (path) => PAGES[path]),
  },
  {
    name: 'coap-large',
    about:
      'a gateway with many sensors: 1,024 bytes of its list, the most that a block may have; built from RFC 7959, not measured',
    reply: (request) => responseTo(request, (path) => (path === '' ? undefined : SENSORS)),
  },
  {
    name: 'coap-locked',
    about: 'a device that wants credentials (4.01), as RFC 7252 §5.9.2.2 says it',
    reply: (request) => responseTo(request, () => undefined),
  },
  {
    name: 'coap-off',
    about: 'a device that speaks CoAP over DTLS alone, or sits behind a filter: silence',
    reply: () => [],
  },
];

/** `Content-Format` and `Max-Age`, as libcoap sends them with its list and its root. */
interface Page {
  readonly options: CoapMessage['options'];
  readonly text: string;
}

const LINK_FORMAT: CoapMessage['options'] = [{ number: 12, value: Uint8Array.of(40) }];

const PAGES: Readonly<Record<string, Page>> = {
  '.well-known/core': {
    options: LINK_FORMAT,
    text:
      '</>;title="General Info";ct=0,</time>;if="clock";rt="ticks";title="Internal Clock";ct=0;obs,' +
      '</async>;ct=0,</example_data>;title="Example Data";ct=0;obs',
  },
  '': {
    options: [{ number: 14, value: Uint8Array.of(2, 0xff, 0xff) }],
    text:
      'This is a test server made with libcoap (see https://libcoap.net)\n' +
      'Copyright (C) 2010--2022 Olaf Bergmann <bergmann@tzi.org> and others\n\n',
  },
};

const BLOCK_BYTES = 1024;

const SENSORS: Page = {
  options: LINK_FORMAT,
  text: Array.from({ length: 40 }, (_, i) => `</sensors/${i}>;rt="temperature";obs`)
    .join(',')
    .slice(0, BLOCK_BYTES),
};

const UNAUTHORIZED = 0x81;

/** A response on the acknowledgement (RFC 7252 §5.2.1) to a GET; a reset for an empty message, as for a ping (§4.3). */
function responseTo(request: Uint8Array, pageAt: (path: string) => Page | undefined): readonly Uint8Array[] {
  const asked = readCoap(request);
  if (asked?.type !== TYPE.confirmable) return [];
  const empty = { ...asked, options: [], payload: new Uint8Array() };
  if (asked.code === CODE.empty) return [encodeCoap({ ...empty, type: TYPE.reset })];
  if (asked.code !== CODE.get) return [];
  const page = pageAt(
    asked.options
      .filter(({ number }) => number === OPTION.uriPath)
      .map(({ value }) => Buffer.from(value).toString('latin1'))
      .join('/'),
  );
  const type = TYPE.acknowledgement;
  if (page === undefined) return [encodeCoap({ ...empty, type, code: UNAUTHORIZED })];
  return [
    encodeCoap({
      ...empty,
      type,
      code: CODE.content,
      options: page.options,
      payload: new TextEncoder().encode(page.text),
    }),
  ];
}
