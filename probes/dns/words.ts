import type { ProbeIdentity } from '../probe.js';

/** What an end customer may read about an open DNS server. */
export const words: ProbeIdentity['words'] = {
  title: {
    en: 'DNS server that answers anyone',
    ja: '誰からの問い合わせにも応答する DNS サーバー',
  },
  risk: {
    en: 'A query of about forty bytes with a forged source address makes this server send up to several thousand bytes to a victim. Attackers use such servers as amplifiers in denial-of-service attacks; your own line carries the traffic too.',
    ja: '送信元を偽装した約 40 バイトの問い合わせ 1 つで、このサーバーから最大数千バイトの応答が第三者に送りつけられます。DDoS 攻撃の増幅器(リフレクター)として悪用されるおそれがあり、その通信はお客様の回線にも負荷をかけます。',
  },
  remedy: {
    en: [
      'Answer recursive queries for your own networks only, and keep authoritative answers small.',
      'BIND: `recursion no;` on authoritative servers, `allow-recursion` and `allow-query-cache` with your own networks on resolvers; `minimal-any yes;` and `rate-limit { responses-per-second 5; };`.',
      'Unbound: `access-control: 0.0.0.0/0 refuse`, then `allow` for your own networks; `deny-any: yes`.',
      'dnsmasq: listen inside only (`interface=`, `bind-interfaces`, or `local-service`).',
      'Windows DNS Server: switch recursion off on servers that face the Internet, or bind the service to inside addresses, and turn on response rate limiting.',
      'Home routers: turn off DNS service on the WAN side and update the firmware.',
      'Where the server is for inside use only, filter 53/udp from outside at the edge; and drop packets with forged source addresses that leave your network (BCP 38).',
    ].join(' '),
    ja: [
      '再帰問い合わせには自組織のネットワークからのものだけに応答し、権威サーバーの応答は小さく抑えてください。',
      'BIND:権威サーバーでは `recursion no;`、キャッシュサーバーでは `allow-recursion` と `allow-query-cache` に自組織のネットワークだけを指定し、`minimal-any yes;` と `rate-limit { responses-per-second 5; };` を設定します。',
      'Unbound:`access-control: 0.0.0.0/0 refuse` としたうえで自組織のネットワークのみ `allow` とし、`deny-any: yes` を設定します。',
      'dnsmasq:内側のインターフェースでのみ待ち受けます(`interface=` と `bind-interfaces`、または `local-service`)。',
      'Windows DNS サーバー:インターネットに面したサーバーでは再帰を無効にするか、内部アドレスだけで待ち受け、応答レート制限(RRL)を有効にします。',
      '家庭用ルーター:WAN 側の DNS 応答を無効にし、ファームウェアを更新します。',
      '内部専用のサーバーであれば、外部からの 53/udp をネットワーク境界で遮断してください。あわせて、送信元を偽装したパケットが自網から出ないようにしてください(BCP 38)。',
    ].join(''),
  },
};
