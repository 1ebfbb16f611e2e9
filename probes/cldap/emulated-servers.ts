import type { EmulatedServer } from '../probe.js';
import { BER, berElement, berInteger } from '../wire/ber.js';
import { OPERATION, readMessages } from './message.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'samba-4.17-ad-dc',
    about: 'samba 4.17.12 of Debian 12 as the domain controller of lab.test: 1,862 bytes for a search of 40',
    reply: (request) => answerOf(request, (id) => [entry(id), doneWith(id, SUCCESS)]),
  },
  {
    name: 'ldap-root-dse-hidden',
    about: 'a server that hides its root DSE from who did not log in: the end of the search, and no entry',
    reply: (request) => answerOf(request, (id) => [doneWith(id, INSUFFICIENT_ACCESS_RIGHTS)]),
  },
  {
    name: 'slapd-2.5',
    about: 'slapd 2.5.13 of Debian 12, which is built without CLDAP: silence',
    reply: () => [],
  },
];

/** RFC 4511 §4.1.9. */
const [SUCCESS, INSUFFICIENT_ACCESS_RIGHTS] = [0, 50];

/** All messages of an answer come in one datagram. */
function answerOf(
  request: Uint8Array,
  messages: (id: number) => readonly Uint8Array[],
): readonly Uint8Array[] {
  const [asked] = readMessages(request);
  return asked?.operation === OPERATION.searchRequest ? [Buffer.concat(messages(asked.id))] : [];
}

function doneWith(id: number, code: number): Uint8Array {
  return message(id, OPERATION.searchResultDone, [berInteger(code, 0x0a), text(''), text('')]);
}

function entry(id: number): Uint8Array {
  const attributes = ROOT_DSE.trim()
    .split('\n')
    .map((line) => {
      const [type = '', values = ''] = line.split(': ');
      const set = values
        .replaceAll('@C', 'CN=Configuration,@D')
        .replaceAll('@D', 'DC=lab,DC=test')
        .replaceAll('@M', '1.2.840.113556.1.4')
        .split('|');
      return berElement(BER.sequence, text(type), berElement(0x31, ...set.map(text)));
    });
  return message(id, OPERATION.searchResultEntry, [text(''), berElement(BER.sequence, ...attributes)]);
}

function message(id: number, operation: number, contents: readonly Uint8Array[]): Uint8Array {
  return berElement(BER.sequence, berInteger(id), berElement(operation, ...contents));
}

function text(value: string): Uint8Array {
  return berElement(BER.octetString, new TextEncoder().encode(value));
}

/** As the capture of samba has it. @D: the domain, @C: its configuration, @M: the arc of Microsoft's controls. */
const ROOT_DSE = `
configurationNamingContext: @C
defaultNamingContext: @D
rootDomainNamingContext: @D
schemaNamingContext: CN=Schema,@C
subschemaSubentry: CN=Aggregate,CN=Schema,@C
supportedCapabilities: @M.800|@M.1670|@M.1791|@M.1935|@M.2080
supportedLDAPVersion: 2|3
vendorName: Samba Team (https://www.samba.org)
isSynchronized: TRUE
dsServiceName: CN=NTDS Settings,CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,@C
serverName: CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,@C
dnsHostName: dc1.lab.test
ldapServiceName: lab.test:dc1$@LAB.TEST
currentTime: 20261120213728.0Z
supportedControl: @M.1413|@M.1413|@M.1413|@M.1413|@M.1413|@M.528|@M.841|@M.319|2.16.840.1.113730.3.4.9|@M.473|@M.1504|@M.801|@M.801|@M.801|@M.805|@M.1338|@M.529|@M.417|@M.2064|@M.1339|@M.1340|@M.1413|@M.1341
namingContexts: @D|@C|CN=Schema,@C|DC=DomainDnsZones,@D|DC=ForestDnsZones,@D
highestCommittedUSN: 4073
domainFunctionality: 4
forestFunctionality: 4
domainControllerFunctionality: 4
isGlobalCatalogReady: TRUE
`;
