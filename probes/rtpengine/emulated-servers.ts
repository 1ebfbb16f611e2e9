import type { EmulatedServer } from '../probe.js';
import { latin1 } from '../wire/fields.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'rtpengine-10.5.3.5',
    about:
      'rtpengine 10.5.3.5 of Debian 12 without a call, whom one address has asked: 7,556 bytes and its cookie',
    reply: (request) => statistics(request),
  },
  {
    name: 'rtpengine-local',
    about: 'rtpengine as Debian sets it up, whose `listen-ng` is localhost: silence',
    reply: () => [],
  },
];

/** Of one rtpengine that is idle, without its cookie and the space behind that. */
const BYTES = 7553;

function statistics(request: Uint8Array): readonly Uint8Array[] {
  const [, cookie] = /^([^ ]{1,64}) d7:command10:statisticse$/.exec(latin1(request.subarray(0, 128))) ?? [];
  if (cookie === undefined) return [];
  const [begin, proxy, end] = [
    'd10:statisticsd17:currentstatisticsd13:sessionstotali0ee15:totalstatisticsd6:uptime2:71e',
    '17:controlstatisticsd7:proxiesld5:proxy9:127.0.0.1eee',
    'e6:result2:oke',
  ];
  // What else is counted is told in one text here.
  const rest = BYTES - begin.length - proxy.length - end.length - '4:rest4000:'.length;
  const text = `${begin}4:rest${rest}:${'0'.repeat(rest)}${proxy}${end}`;
  return [Uint8Array.from(Buffer.from(`${cookie} ${text}`, 'latin1'))];
}
