import type { ProbeTexts } from '../probe.js';

const COMMAND = "    printf 'P\\10%262s' | tr ' ' '\\0' | nc -u -w 3 ADDRESS PORT | od -An -tx1";

export const texts: ProbeTexts = {
  title: {
    en: 'GNUstep name server (gdomap) answers anyone',
    ja: 'GNUstepの名前サーバー（gdomap）が誰にでも応答しています',
  },
  risk: {
    en:
      'A request of 264 bytes from anywhere is answered with 4, so this adds nothing to an attack. But anybody can ask for ' +
      'the ports of the programs that are registered there, and a packet with the forged sender of a neighbour can add a ' +
      'host of choice to the list of name servers. No host needs the service from outside.',
    ja:
      'どこからでも、264バイトの要求に4バイトで応答します。増幅には使えません。' +
      'ただし、登録されたプログラムのポートを誰でも問い合わせることができ、近隣の送信元を詐称したパケットで、名前サーバーの一覧に任意のホストを加えられるおそれがあります。外部からこのサービスを必要とするホストはありません。',
  },
  remedy: {
    en: [
      'Switch it off where no program talks to others by Distributed Objects: Debian, Ubuntu: `systemctl disable --now gdomap`; it comes with gnustep-base-runtime, and is off unless somebody switched it on.',
      'Where it is needed on one machine alone, look-ups go over loopback: let the firewall of the host drop UDP and TCP port PORT from elsewhere. Its option -a names the interfaces that it is for.',
      'Have UDP and TCP port PORT filtered at the edge.',
    ].join('\n'),
    ja: [
      'Distributed Objectsで他と通信するプログラムがなければ停止してください。Debian、Ubuntu：`systemctl disable --now gdomap`。gnustep-base-runtimeに含まれ、既定では起動しません。',
      '1台の中だけで必要な場合：ループバック経由の問い合わせで足りるため、ホストのファイアウォールで、他からのUDPとTCPのポートPORTを遮断してください。オプション-aで、対象のインターフェースを指定できます。',
      '網の境界で、UDPとTCPのポートPORTを遮断してください。',
    ].join('\n'),
  },
  check: {
    en: `If "1a 02" or "02 1a" comes back, the server still answers. If nothing comes back within three seconds, twice in a row, it no longer does:\n${COMMAND}`,
    ja: `「1a 02」または「02 1a」が返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n${COMMAND}`,
  },
};
