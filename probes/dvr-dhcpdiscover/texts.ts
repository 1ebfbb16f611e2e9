import type { ProbeTexts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'Video recorder or camera describes itself to anyone',
    ja: '録画機または監視カメラが誰にでも自身の情報を返しています',
  },
  risk: {
    en:
      'A small request from anywhere brings back a long text about the device: model, firmware, serial number, ports ' +
      'and inner addresses. With a forged sender it goes to a third party, and attackers do that: many devices answer even ' +
      'requests of a few bytes. It also shows where a device with an old firmware stands; such devices are taken over in ' +
      'great numbers, and their pictures with them.',
    ja:
      'どこからでも、小さな要求を送るだけで、機種、ファームウェア、シリアル番号、ポートや内部のアドレスなど、詳しい情報が返ってきます。' +
      '送信元を詐称した要求に応答すると、これが第三者へ送られます。数バイトの要求に応答する機器も多く、実際に攻撃に使われています。' +
      'また、古いファームウェアの機器の所在を知らせることにもなります。こうした機器は大量に乗っ取られており、映像も例外ではありません。',
  },
  remedy: {
    en: [
      'Put recorders and cameras behind a firewall or a VPN, and remove the forwards to their ports (UDP PORT; 37777 and 80 as well). UPnP in the device (Setup, Network, UPnP) opens them by itself: switch it off there and on the router.',
      'Dahua and what is sold under other names (Lorex, Amcrest, Intelbras and many more): update the firmware. Newer ones have a list of those who may connect: Setup, System, Safety, "IP Filter" or "Firewall".',
      'A device that gets no more updates: replace it, or let nothing but the recorder reach it.',
      'Until then have UDP port PORT filtered at the edge. Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      '録画機とカメラをファイアウォールやVPNの内側に置き、ポートの転送（UDPポートPORT、および37777番と80番）を削除してください。機器のUPnP（設定、ネットワーク、UPnP）は自動的に転送を設定するため、機器とルーターの両方で無効にしてください。',
      'Dahuaの製品と、その技術を使った別ブランド（Lorex、Amcrest、Intelbrasなど多数）：ファームウェアを更新してください。新しいものは、接続できる相手を限定できます（設定、システム、安全、「IPフィルター」または「ファイアウォール」）。',
      '更新が提供されなくなった機器：交換するか、録画機以外から到達できないようにしてください。',
      '対策が済むまでは、網の境界でUDPポートPORTを遮断してください。また、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: 'If a text with `client.notifyDevInfo` comes back, the device still answers. If nothing comes back within three seconds, twice in a row, it no longer does:\n    printf \'\\040\\0\\0\\0DHIP\\0\\0\\0\\0\\0\\0\\0\\0\\111\\0\\0\\0\\0\\0\\0\\0\\111\\0\\0\\0\\0\\0\\0\\0{ "method" : "DHDiscover.search", "params" : { "mac" : "", "uni" : 1 } }\\n\' | nc -u -w 3 ADDRESS PORT | tr -c \'[:print:]\' .',
    ja: '`client.notifyDevInfo` を含む文字列が返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    printf \'\\040\\0\\0\\0DHIP\\0\\0\\0\\0\\0\\0\\0\\0\\111\\0\\0\\0\\0\\0\\0\\0\\111\\0\\0\\0\\0\\0\\0\\0{ "method" : "DHDiscover.search", "params" : { "mac" : "", "uni" : 1 } }\\n\' | nc -u -w 3 ADDRESS PORT | tr -c \'[:print:]\' .',
  },
};
