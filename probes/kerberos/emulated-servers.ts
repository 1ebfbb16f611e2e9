import type { EmulatedServer } from '../probe.js';
import { BER, berElement, berInteger } from '../wire/ber.js';
import { realmAsked } from './message.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'krb5kdc-1.20',
    about: 'krb5-kdc 1.20.1 of Debian 12: error 6 with the text NULL_CLIENT, 103 bytes for 104',
    reply: (request) => krbError(request, 'NULL_CLIENT'),
  },
  {
    name: 'samba-4.17-kdc',
    about: 'samba 4.17.12 of Debian 12 as domain controller, whose KDC is Heimdal: error 6 with another text',
    reply: (request) => krbError(request, 'No client in request'),
  },
  {
    name: 'kdc-over-tcp',
    about: 'a KDC with `kdc_listen = ""`, for TCP alone: silence',
    reply: () => [],
  },
];

const GENERAL_STRING = 0x1b;
const KDC_ERR_C_PRINCIPAL_UNKNOWN = 6;

function krbError(request: Uint8Array, text: string): readonly Uint8Array[] {
  const realm = realmAsked(request);
  if (realm === undefined) return [];
  const string = (value: string): Uint8Array => berElement(GENERAL_STRING, Buffer.from(value, 'latin1'));
  const tagged = (number: number, content: Uint8Array): Uint8Array => berElement(0xa0 + number, content);
  return [
    berElement(
      0x7e,
      berElement(
        BER.sequence,
        tagged(0, berInteger(5)),
        tagged(1, berInteger(30)),
        tagged(4, berElement(0x18, Buffer.from('20261120030000Z'))),
        tagged(5, berInteger(412_812)),
        tagged(6, berInteger(KDC_ERR_C_PRINCIPAL_UNKNOWN)),
        tagged(9, string(realm)),
        tagged(
          10,
          berElement(
            BER.sequence,
            tagged(0, berInteger(2)),
            tagged(1, berElement(BER.sequence, string('krbtgt'), string(realm))),
          ),
        ),
        tagged(11, string(text)),
      ),
    ),
  ];
}
