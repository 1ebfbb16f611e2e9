import type { EmulatedServer } from '../probe.js';
import { messageIdOf } from './message.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'wsdd2-1.8',
    about: 'wsdd2 1.8.7 of Debian 12: one match of 1,329 bytes',
    reply(request) {
      const id = messageIdOf(request);
      return id === undefined ? [] : [new TextEncoder().encode(PROBE_MATCHES.replace('@ID', () => id))];
    },
  },
  {
    name: 'wsdd-0.7',
    about: 'wsdd 0.7.0 of Debian 12, which hears the group alone: silence',
    reply: () => [],
  },
];

const PROBE_MATCHES =
  '<?xml version="1.0" encoding="utf-8"?><soap:Envelope' +
  ' xmlns:soap="http://www.w3.org/2003/05/soap-envelope"' +
  ' xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing"' +
  ' xmlns:wsd="http://schemas.xmlsoap.org/ws/2005/04/discovery"' +
  ' xmlns:wsx="http://schemas.xmlsoap.org/ws/2004/09/mex"' +
  ' xmlns:wsdp="http://schemas.xmlsoap.org/ws/2006/02/devprof"' +
  ' xmlns:un0="http://schemas.microsoft.com/windows/pnpx/2005/10"' +
  ' xmlns:pub="http://schemas.microsoft.com/windows/pub/2005/07"><soap:Header>' +
  '<wsa:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</wsa:To>' +
  '<wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</wsa:Action>' +
  '<wsa:MessageID>urn:uuid:87388670-056d-eb0a-704a-db63d946da1d</wsa:MessageID>' +
  '<wsd:AppSequence InstanceId="1795212221" SequenceId="urn:uuid:e7a188b3-38e7-07c0-e06b-6b16676fa9c2" MessageNumber="2" />' +
  '<wsa:RelatesTo>@ID</wsa:RelatesTo></soap:Header><soap:Body><wsd:ProbeMatches><wsd:ProbeMatch>' +
  '<wsa:EndpointReference><wsa:Address>urn:uuid:3d1219c7-c4c5-404a-aa1f-6d2a48adfda4</wsa:Address>' +
  '</wsa:EndpointReference><wsd:Types>wsdp:Device pub:Computer</wsd:Types>' +
  '<wsd:XAddrs>http://10.99.0.1:3702/3d1219c7-c4c5-404a-aa1f-6d2a48adfda4</wsd:XAddrs>' +
  '<wsd:MetadataVersion>2</wsd:MetadataVersion></wsd:ProbeMatch></wsd:ProbeMatches></soap:Body>' +
  '</soap:Envelope>';
