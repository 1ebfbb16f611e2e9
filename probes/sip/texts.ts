import type { ProbeTexts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'SIP server (telephony) answers anyone',
    ja: 'SIPサーバー（電話）が誰にでも応答しています',
  },
  risk: {
    en:
      'A question from anywhere is answered with a message that is as a rule a little larger than it, with name and ' +
      'version of the software. With a forged sender address the answer goes to a third party. Whoever finds a SIP ' +
      'server by such a question tries its extensions and passwords next, and telephones at the cost of its owner.',
    ja:
      'どこからの問い合わせにも、通常は要求よりやや大きい応答を、ソフトウェアの名称やバージョンとともに返します。' +
      '送信元を詐称した要求に応答すると、無関係の第三者へパケットを送ることになります。' +
      'また、この方法でSIPサーバーを見つけた攻撃者は、内線番号やパスワードを総当たりし、所有者の負担で電話をかけようとします。',
  },
  remedy: {
    en: [
      'A telephone system that only its provider and its own telephones reach: admit UDP port PORT, and TCP likewise, only from their addresses, in the firewall of the system or before it.',
      'Telephones and adapters: let them register through the router instead of forwarding the port to them, and switch the SIP helper (SIP ALG) of the router off.',
      'Asterisk (PJSIP): without an endpoint `anonymous` strangers get a refusal only, but still an answer; fail2ban with the filter asterisk, or a `permit` list in acl.conf, keeps them out. FreeSWITCH: `apply-inbound-acl` in the profile.',
      'Kamailio, OpenSIPS: in request_route drop what comes from no known address (`allow_source_address()`, then `drop`), before anything answers; set `server_signature=no`, and pike against floods.',
      'A public SIP service has to answer. Limit the requests for each source address, and let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      '通信事業者と自社の電話機だけが接続する電話システムの場合：システムまたはその手前のファイアウォールで、UDPポートPORT（TCPも同様）への通信を、それらのアドレスからだけ許可してください。',
      '電話機やアダプターの場合：ポートを転送せず、機器の側から登録させてください。ルーターのSIP ALG機能は無効にします。',
      'Asterisk（PJSIP）：`anonymous` エンドポイントがなければ接続は拒否されますが、拒否の応答は返ります。fail2banのasteriskフィルター、または acl.conf の `permit` で、無関係のアドレスを遮断してください。FreeSWITCH：プロファイルの `apply-inbound-acl` を設定します。',
      'Kamailio、OpenSIPS：request_route の先頭、応答を返す前に、未知のアドレスからの要求を破棄し（`allow_source_address()` で判定して `drop`）、`server_signature=no` とpikeモジュールによる流量制限を設定します。',
      '公開のSIPサービスは応答する必要があります。送信元アドレスごとに回数を制限し、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: 'sipsak (a package of most systems) asks the same. If a message that begins with SIP/2.0 is received, the server still answers; if it ends with an error or a time-out, it no longer does:\n    sipsak -vv -s sip:check@ADDRESS:PORT',
    ja: 'sipsak（多くのOSのパッケージにあります）で同じ問い合わせができます。SIP/2.0で始まる応答が表示された場合は、まだ応答しています。エラーやタイムアウトで終われば、応答は止まっています。\n    sipsak -vv -s sip:check@ADDRESS:PORT',
  },
};
