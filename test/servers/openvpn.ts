import { createCipheriv, createHmac } from 'node:crypto';
import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';
import { TEST_CERTIFICATE } from './test-certificate.js';

const PORT = 1194;
/** P_CONTROL_HARD_RESET_CLIENT_V2 and a session id that is not the scanner's. */
const RESET = Buffer.from('380102030405060708', 'hex');
/** Nothing acknowledged, packet id 0. */
const REST = Buffer.alloc(5);

/** openvpn for several clients, as `server` makes it; with `tls-crypt` it hears only who has the key. */
export function openvpn(
  address: string,
  { hasTlsCrypt = false }: { readonly hasTlsCrypt?: boolean } = {},
): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.openvpn,
    files: {
      ...TEST_CERTIFICATE,
      'tls-crypt.key': STATIC_KEY_FILE,
      'openvpn.conf': [
        'dev tun',
        'topology subnet',
        'server 198.51.100.0 255.255.255.0',
        'proto udp4',
        `local ${address}`,
        `port ${PORT}`,
        ...['ca', 'cert'].map((option) => `${option} ${folder}/cert.pem`),
        `key ${folder}/key.pem`,
        'dh none',
        ...(hasTlsCrypt ? [`tls-crypt ${folder}/tls-crypt.key`] : []),
        '',
      ].join('\n'),
    },
    arguments: ['--config', `${folder}/openvpn.conf`],
    ready: { port: PORT, request: hasTlsCrypt ? withTlsCrypt() : Buffer.concat([RESET, REST]) },
  });
}

/** 2,048 bits: a key for encryption and one for authentication, 64 bytes each, for either side. */
const STATIC_KEY = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
const STATIC_KEY_FILE = [
  '-----BEGIN OpenVPN Static key V1-----',
  ...(STATIC_KEY.toString('hex').match(/.{32}/g) ?? []),
  '-----END OpenVPN Static key V1-----',
  '',
].join('\n');

/** The reset as a client with the key makes it (openvpn-rfc, tls-crypt): the second half of the key is the client's. */
function withTlsCrypt(): Buffer {
  const encryptionKey = STATIC_KEY.subarray(128, 128 + 32);
  const authenticationKey = STATIC_KEY.subarray(192, 192 + 32);
  // Packet id 1, and a time: a server remembers neither before it knows the client, so any will do.
  const header = Buffer.concat([RESET, Buffer.from('000000016b0e01d6', 'hex')]);
  const tag = createHmac('sha256', authenticationKey).update(header).update(REST).digest();
  const cipher = createCipheriv('aes-256-ctr', encryptionKey, tag.subarray(0, 16));
  return Buffer.concat([header, tag, cipher.update(REST)]);
}
