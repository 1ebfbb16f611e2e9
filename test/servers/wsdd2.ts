import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** wsdd2, which makes Samba's shares visible to Windows, for IPv4 over UDP and for WS-Discovery alone. */
export function wsdd2(address: string): PlanIn {
  return () => ({
    address,
    packages: PACKAGE_SETS.wsdd2,
    everywhere: true,
    arguments: ['-4', '-u', '-w', '-i', 'vserve', '-N', 'LABHOST', '-G', 'WORKGROUP'],
    ready: { port: 3702, request: Buffer.from(PROBE) },
  });
}

/** For computers alone: not the scanner's question. */
const PROBE =
  '<?xml version="1.0" encoding="utf-8"?>' +
  '<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"' +
  ' xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing"' +
  ' xmlns:wsd="http://schemas.xmlsoap.org/ws/2005/04/discovery"' +
  ' xmlns:wsdp="http://schemas.xmlsoap.org/ws/2006/02/devprof"><soap:Header>' +
  '<wsa:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</wsa:To>' +
  '<wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</wsa:Action>' +
  '<wsa:MessageID>urn:uuid:0a6dc791-2be6-4991-9af1-454778a1917a</wsa:MessageID></soap:Header>' +
  '<soap:Body><wsd:Probe><wsd:Types>wsdp:Device</wsd:Types></wsd:Probe></soap:Body></soap:Envelope>';
