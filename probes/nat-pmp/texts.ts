import type { ProbeTexts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'Router answers NAT-PMP from outside',
    ja: 'ルーターがNAT-PMPに外部から応答しています',
  },
  risk: {
    en:
      'A request of 2 bytes from anywhere brings back the outer address of the router, which is meant for its own network ' +
      'alone. On the wire the answer is as large as the request, but with a forged sender address it goes to a third ' +
      'party that did not ask for it. A router that takes such questions from outside may also take orders from there: ' +
      'to forward ports into the network, or traffic to somebody else.',
    ja:
      'どこからでも、わずか2バイトの要求を送るだけで、本来は内部の網だけに知らせるはずのルーターの外側のアドレスなどが返ってきます。' +
      '回線上での応答は要求と同じ大きさですが、送信元を詐称した要求に応答すると、無関係の第三者へパケットを送ることになります。' +
      'また、このような問い合わせを外部から受け付けるルーターは、ポートの転送などの指示も外部から受け付けるおそれがあります。',
  },
  remedy: {
    en: [
      'Home and office routers: update the firmware, and switch "UPnP / NAT-PMP / PCP" off where nothing needs it. It must never answer on the side of the Internet.',
      'miniupnpd (OpenWrt, pfSense, OPNsense and others): let `listening_ip` name the inner interface only and `ext_ifname` the outer one, not the other way round; keep `secure_mode=yes`, and `enable_natpmp=no` (`enable_pcp_pmp=no` in newer ones) where it is not needed.',
      'Let the packet filter drop UDP port PORT, and 1900 likewise, on the outer interface.',
      'Until then have UDP port PORT filtered upstream. Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      '家庭用・業務用ルーター：ファームウェアを更新し、不要であれば「UPnP／NAT-PMP／PCP」の機能を無効にしてください。インターネット側からの要求には決して応答すべきではありません。',
      'miniupnpd（OpenWrt、pfSense、OPNsenseなど）：`listening_ip` には内側、`ext_ifname` には外側のインターフェースを指定し、逆にしないでください。`secure_mode=yes` を維持し、不要であれば `enable_natpmp=no`（新しい版では `enable_pcp_pmp=no`）を設定します。',
      'パケットフィルターで、外側のインターフェースのUDPポートPORTと1900を遮断してください。',
      '対策が済むまでは、上流でUDPポートPORTを遮断してください。また、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: "From a network outside of the router's: if a line with numbers comes back, 0 and 128 first, it still answers. If nothing comes back within three seconds, twice in a row, it no longer does:\n    printf '\\0\\0' | nc -u -w 3 ADDRESS PORT | od -A n -t u1",
    ja: "ルーターの外側の網から実行してください。0と128で始まる数値の行が返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    printf '\\0\\0' | nc -u -w 3 ADDRESS PORT | od -A n -t u1",
  },
};
