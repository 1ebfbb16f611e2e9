import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'avahi-0.8',
    about: 'Avahi 0.8 of Debian 12 with five kinds of service, asked from its own link: 155 bytes',
    reply: (request) => answer(request, true),
  },
  {
    name: 'mdns-without-question',
    about: 'a responder that leaves the question out, as answers to a group do (RFC 6762 §6)',
    reply: (request) => answer(request, false),
  },
  {
    name: 'avahi-0.8-routed',
    about: 'the same Avahi, asked through a router: silence',
    reply: () => [],
  },
];

const HEADER_BYTES = 12;
const QUESTION = Buffer.from('\x09_services\x07_dns-sd\x04_udp\x05local\0\0\x0c\0\x01', 'latin1');
/** Where `local` stands in the question, and `_tcp.local` in the first record behind it, as pointers. */
const LOCAL = '\xc0\x23';
const TCP_LOCAL = '\xc0\x47';
/** Behind the first record each name ends in a part of it. */
const SERVICES = [
  `\x0c_workstation\x04_tcp${LOCAL}`,
  ...['\x04_smb', '\x04_ipp', '\x04_ssh', '\x05_http'].map((label) => label + TCP_LOCAL),
];

function answer(request: Uint8Array, hasQuestion: boolean): readonly Uint8Array[] {
  if (Buffer.compare(request.subarray(HEADER_BYTES), QUESTION) !== 0) return [];
  const [high = 0, low = 0] = request;
  // A response with authority, for ten seconds (§6.7).
  const header = [high, low, 0x84, 0, 0, hasQuestion ? 1 : 0, 0, SERVICES.length, 0, 0, 0, 0];
  const record = (owner: string, name: string): Uint8Array =>
    Buffer.from(`${owner}\0\x0c\0\x01\0\0\0\x0a\0${String.fromCharCode(name.length)}${name}`, 'latin1');
  const whole = QUESTION.subarray(0, -4).toString('latin1');
  const parts = hasQuestion
    ? [QUESTION, ...SERVICES.map((name) => record('\xc0\x0c', name))]
    : SERVICES.map((name, i) => record(i === 0 ? whole : '\xc0\x0c', i === 0 ? name : uncompressed(name)));
  return [Uint8Array.from(Buffer.concat([Uint8Array.from(header), ...parts]))];
}

/** Without the question the first record's own name moves what the others would point at. */
function uncompressed(name: string): string {
  return name.replace(TCP_LOCAL, `\x04_tcp${LOCAL}`);
}
