import type { ProbeIdentity } from '../probe.js';

/** What an end customer may read about a DNS server that sends large answers to anyone. */
export const words: ProbeIdentity['words'] = {
  title: {
    en: 'DNS server that sends large answers to anyone',
    ja: '誰にでも大きな応答を返すDNSサーバー',
  },
  risk: {
    en: 'A query of about forty bytes with a forged source address makes this server send up to several thousand bytes to a victim. Attackers use such servers as amplifiers in denial-of-service attacks; your own line carries the traffic too.',
    ja: '送信元を詐称した約40バイトの問い合わせ1つで、このサーバーから最大数千バイトの応答が第三者に送りつけられます。DDoS攻撃の増幅器（リフレクター）として悪用されるおそれがあり、その通信はお客様の回線にも負荷をかけます。',
  },
  remedy: {
    en: [
      'Keep the answers small and limit their rate: an authoritative server has to answer everybody, but not with everything and not as often as it is asked.',
      'BIND: `minimal-any yes;`, `minimal-responses yes;`, `max-udp-size 1232;` and `rate-limit { responses-per-second 5; };`; `recursion no;` on authoritative servers.',
      'NSD: `refuse-any: yes` and `rrl-ratelimit`. Knot DNS: `mod-rrl`. PowerDNS: `any-to-tcp=yes` and dnsdist in front. Unbound: `deny-any: yes`. dnsmasq: listen inside only (`interface=` and `bind-interfaces`).',
      'Windows DNS Server: turn on response rate limiting (`Set-DnsServerResponseRateLimiting`).',
      'Move large TXT records to names below the zone, and roll keys over without double signatures of large size.',
      'A server for inside use only needs no answer to the outside: filter 53/udp at the edge; and drop packets with forged source addresses that leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      '応答を小さくし、応答の頻度を制限してください。権威サーバーは誰からの問い合わせにも応答する必要がありますが、すべての情報を、問い合わせの回数だけ返す必要はありません。',
      'BIND：`minimal-any yes;`、`minimal-responses yes;`、`max-udp-size 1232;`、`rate-limit { responses-per-second 5; };` を設定し、権威サーバーでは `recursion no;` とします。',
      'NSD：`refuse-any: yes` と `rrl-ratelimit` を設定します。Knot DNS：`mod-rrl` を使います。PowerDNS：`any-to-tcp=yes` とし、前段にdnsdistを置きます。Unbound：`deny-any: yes` を設定します。dnsmasq：内側のインターフェースでのみ待ち受けます（`interface=` と `bind-interfaces`）。',
      'Windows DNSサーバー：応答レート制限（RRL、`Set-DnsServerResponseRateLimiting`）を有効にします。',
      '大きなTXTレコードはゾーンの頂点ではなく下位の名前に移し、鍵の更新では大きな署名を重ねないようにします。',
      '内部専用のサーバーであれば、外部からの53/udpをネットワーク境界で遮断してください。あわせて、送信元を詐称したパケットが自網から出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: 'See the line "MSG SIZE rcvd", with a zone of your own for the name; an answer cut to the empty flag "tc", or one of a few hundred bytes, is well:\n    dig +notcp +ignore +bufsize=4096 +dnssec ANY example.net @ADDRESS -p PORT',
    ja: 'お客様ご自身のゾーン名を指定して実行し、「MSG SIZE rcvd」の値をご確認ください。tcフラグだけの空の応答、または数百バイト以下の応答であれば問題ありません。\n    dig +notcp +ignore +bufsize=4096 +dnssec ANY example.net @ADDRESS -p PORT',
  },
};
