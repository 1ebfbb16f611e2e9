import type { ProbeTexts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'Plex Media Server announces itself to anyone',
    ja: 'Plex Media Serverが誰にでも自身の情報を返しています',
  },
  risk: {
    en:
      'A request of 23 bytes from anywhere brings back name, version and identifier of the server. With a forged sender ' +
      'that answer goes to a third party, and attackers have used it so since 2020. A server that is reached on this ' +
      'port is usually one without a firewall, or behind a router that forwards too much.',
    ja:
      'どこからでも、わずか23バイトの要求を送るだけで、サーバーの名前、バージョン、識別子が返ってきます。' +
      '送信元を詐称した要求に応答すると、その応答が第三者へ送られます。2020年以降、実際に攻撃に使われています。' +
      'このポートに外部から届くサーバーは、たいていファイアウォールがないか、ルーターの転送の範囲が広すぎます。',
  },
  remedy: {
    en: [
      'Update Plex Media Server to 1.21.3.4014 or newer: since then it answers on this port from its own network alone.',
      'Forward TCP 32400 alone on the router, by hand, and take the host out of the DMZ; nothing needs UDP PORT, 32410, 32412 and 32413 from outside.',
      'On a host with a public address: let the firewall drop UDP 32410 to 32414. Settings, Network, "Enable local network discovery (GDM)" switches the answers off altogether.',
      'Until then have UDP port PORT filtered at the edge, and let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'Plex Media Serverを1.21.3.4014以降に更新してください。以降の版は、自身の網からの要求にだけ応答します。',
      'ルーターではTCP 32400番だけを手動で転送し、ホストをDMZから外してください。UDPポートPORT、32410番、32412番、32413番を外部から必要とするものはありません。',
      '公開アドレスを持つホスト：ファイアウォールでUDP 32410〜32414番を遮断してください。設定、ネットワークの「ローカルネットワーク検出（GDM）を有効にする」を外すと、応答自体が止まります。',
      '対策が済むまでは、網の境界でUDPポートPORTを遮断し、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: "If a text with `plex/media-server` comes back, the server still answers. If nothing comes back within three seconds, twice in a row, it no longer does:\n    printf 'M-SEARCH * HTTP/1.1\\r\\n\\r\\n' | nc -u -w 3 ADDRESS PORT",
    ja: "`plex/media-server` を含む文字列が返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    printf 'M-SEARCH * HTTP/1.1\\r\\n\\r\\n' | nc -u -w 3 ADDRESS PORT",
  },
};
