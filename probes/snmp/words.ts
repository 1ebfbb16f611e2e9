import type { ProbeIdentity } from '../probe.js';

/** What an end customer may read about an SNMP agent that answers strangers. */
export const words: ProbeIdentity['words'] = {
  title: {
    en: 'SNMP agent that answers anyone who knows its community',
    ja: 'コミュニティ名だけで誰にでも応答する SNMP エージェント',
  },
  risk: {
    en: 'One small request with a forged source address makes this device send a list many times its size to a victim. The same answer shows strangers its model, software, interfaces and neighbours; where the community may also write, they can change its configuration.',
    ja: '送信元を偽装した小さな要求 1 つで、その何十倍もの大きさの応答が第三者に送りつけられ、DDoS 攻撃に悪用されるおそれがあります。また、機種・ソフトウェア・インターフェース・隣接機器の情報が外部から読み取られます。書き込み可能なコミュニティの場合は、設定を変更される危険もあります。',
  },
  remedy: {
    en: [
      'Let the agent listen on a management network only, and filter 161/udp from outside at the edge.',
      'Net-SNMP (snmpd): `agentAddress udp:10.0.0.1:161` with an inside address, and `rocommunity SECRET 10.0.0.0/8` with a community of your own and the management network; delete `public` and `private`.',
      'Routers, switches, printers, modems: put an access list on SNMP, change the default communities, or switch SNMP off where nobody reads it.',
      'Better: use SNMPv3 with authentication and encryption, and switch v1 and v2c off.',
      'Drop packets with forged source addresses that leave your network (BCP 38).',
    ].join(' '),
    ja: [
      'エージェントは管理用ネットワークでのみ待ち受け、外部からの 161/udp はネットワーク境界で遮断してください。',
      'Net-SNMP(snmpd):`agentAddress udp:10.0.0.1:161` のように内部アドレスを指定し、`rocommunity SECRET 10.0.0.0/8` のように独自のコミュニティ名と管理用ネットワークに限定します。`public` と `private` は削除します。',
      'ルーター、スイッチ、プリンター、モデム:SNMP にアクセスリストを設定し、初期設定のコミュニティ名を変更します。使っていない場合は SNMP を無効にします。',
      '可能であれば認証と暗号化を有効にした SNMPv3 に移行し、v1 と v2c を無効にしてください。',
      'あわせて、送信元を偽装したパケットが自網から出ないようにしてください(BCP 38)。',
    ].join(''),
  },
};
