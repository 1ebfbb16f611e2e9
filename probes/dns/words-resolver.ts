import type { ProbeIdentity } from '../probe.js';

/** What an end customer may read about an open resolver. */
export const words: ProbeIdentity['words'] = {
  title: {
    en: 'DNS resolver open to anyone',
    ja: '誰でも利用できるDNSリゾルバー（オープンリゾルバー）',
  },
  risk: {
    en: 'This server looks up any name for anyone on the Internet. Attackers let it fetch the largest answers there are and send them to a victim by forging the source address; they can also fill its cache with false entries, and use it to attack the servers of others. Your own line carries the traffic too.',
    ja: 'このサーバーは、インターネット上の誰からの依頼でも、あらゆる名前を検索します。攻撃者は送信元を詐称し、最も大きな応答を取り寄せさせて第三者に送りつけることができます。キャッシュに偽の情報を入れられたり、他者のサーバーへの攻撃に使われたりするおそれもあります。その通信はお客様の回線にも負荷をかけます。',
  },
  remedy: {
    en: [
      'Resolve for your own networks only (RFC 5358).',
      'BIND: `allow-recursion` and `allow-query-cache` with your own networks; `recursion no;` where the server is authoritative only.',
      'Unbound: `access-control: 0.0.0.0/0 refuse` and `access-control: ::/0 refuse`, then `allow` for your own networks.',
      'PowerDNS Recursor: `allow-from`. Knot Resolver: `view` with `policy.REFUSE` for all others. dnsmasq: listen inside only (`interface=` and `bind-interfaces`, or `local-service`).',
      'Windows DNS Server: switch recursion off on servers that face the Internet, or bind the service to inside addresses.',
      'Home routers: turn off DNS service and DNS forwarding on the WAN side and update the firmware. A router that passes queries on to another resolver without answering itself is cured in the same place.',
      'Where the server is for inside use only, filter 53/udp from outside at the edge; and drop packets with forged source addresses that leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      '自組織のネットワークからの問い合わせに対してのみ名前解決を行ってください（RFC 5358）。',
      'BIND：`allow-recursion` と `allow-query-cache` に自組織のネットワークだけを指定し、権威サーバー専用であれば `recursion no;` とします。',
      'Unbound：`access-control: 0.0.0.0/0 refuse` と `access-control: ::/0 refuse` を設定したうえで、自組織のネットワークのみ `allow` とします。',
      'PowerDNS Recursor：`allow-from` を設定します。Knot Resolver：`view` で自組織以外を `policy.REFUSE` とします。dnsmasq：内側のインターフェースでのみ待ち受けます（`interface=` と `bind-interfaces`、または `local-service`）。',
      'Windows DNSサーバー：インターネットに面したサーバーでは再帰を無効にするか、内部アドレスだけで待ち受けます。',
      '家庭用ルーター：WAN側のDNS応答とDNS転送を無効にし、ファームウェアを更新します。自身では応答せず、問い合わせを他のリゾルバーへ渡すだけのルーターも、同じ設定で対処できます。',
      '内部専用のサーバーであれば、外部からの53/udpをネットワーク境界で遮断してください。あわせて、送信元を詐称したパケットが自網から出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: 'If an address comes back (status NOERROR, flag "ra"), the resolver is still open; REFUSED or no answer is well:\n    dig +notcp +tries=1 A www.example.com @ADDRESS -p PORT',
    ja: 'アドレスが返ってきた場合（status: NOERROR、raフラグあり）は、まだ応答しています。REFUSED、または無応答であれば問題ありません。\n    dig +notcp +tries=1 A www.example.com @ADDRESS -p PORT',
  },
};
