import type { ProbeIdentity, Words } from '../probe.js';

/** What an end customer does about an agent that answers a community, in whatever version. */
const remedy: Words = {
  en: [
    'Let the agent listen on a management network only, and filter 161/udp from outside at the edge.',
    'Net-SNMP (snmpd): `agentAddress udp:10.0.0.1:161` with an inside address, and `rocommunity SECRET 10.0.0.0/8` with a community of your own and the management network; delete `public` and `private`.',
    'Windows: remove the SNMP service, or admit your management hosts only ("Accept SNMP packets from these hosts") with a community of your own.',
    'Routers, switches, printers, modems: put an access list on SNMP, change the default communities, or switch SNMP off where nobody reads it.',
    'Better: use SNMPv3 with authentication and encryption, and switch v1 and v2c off.',
    'Drop packets with forged source addresses that leave your network (BCP 38).',
  ].join('\n'),
  ja: [
    'エージェントは管理用ネットワークでのみ待ち受け、外部からの161/udpはネットワーク境界で遮断してください。',
    'Net-SNMP（snmpd）：`agentAddress udp:10.0.0.1:161` のように内部アドレスを指定し、`rocommunity SECRET 10.0.0.0/8` のように独自のコミュニティ名と管理用ネットワークに限定します。`public` と `private` は削除します。',
    'Windows：SNMPサービスを削除するか、独自のコミュニティ名を設定し、「これらのホストからSNMPパケットを受け付ける」で管理用ホストに限定します。',
    'ルーター、スイッチ、プリンター、モデム：SNMPにアクセスリストを設定し、初期設定のコミュニティ名を変更します。使っていない場合はSNMPを無効にします。',
    '可能であれば認証と暗号化を有効にしたSNMPv3に移行し、v1とv2cを無効にしてください。',
    'あわせて、送信元を詐称したパケットが自網から出ないようにしてください（BCP 38）。',
  ].join('\n'),
};

/** What an end customer may read about an SNMP agent that answers strangers. */
export const getBulkWords: ProbeIdentity['words'] = {
  title: {
    en: 'SNMP agent that answers anyone who knows its community',
    ja: 'コミュニティ名だけで誰にでも応答するSNMPエージェント',
  },
  risk: {
    en: 'One small request with a forged source address makes this device send a list many times its size to a victim. The same answer shows strangers its model, software, interfaces and neighbours; where the community may also write, they can change its configuration.',
    ja: '送信元を詐称した小さな要求1つで、その何十倍もの大きさの応答が第三者に送りつけられ、DDoS攻撃に悪用されるおそれがあります。また、機種・ソフトウェア・インターフェース・隣接機器の情報が外部から読み取られます。書き込み可能なコミュニティの場合は、設定を変更される危険もあります。',
  },
  remedy,
  check: {
    en: 'If names and values come back, the agent is still open; try your own communities in place of public, too (IPv6: udp6:[address]:port):\n    snmpbulkget -v2c -c public -r 0 -Cr10 ADDRESS:PORT 1.3.6.1.2.1',
    ja: '名前と値の一覧が返ってきた場合は、まだ応答しています。publicのほか、実際にお使いのコミュニティ名でもお試しください（IPv6ではudp6:[アドレス]:ポート と書きます）。\n    snmpbulkget -v2c -c public -r 0 -Cr10 ADDRESS:PORT 1.3.6.1.2.1',
  },
};

/** The same agent, or another, in the first version of the protocol. */
export const v1Words: ProbeIdentity['words'] = {
  title: {
    en: 'SNMPv1 agent that answers anyone who knows its community',
    ja: 'コミュニティ名だけで誰にでも応答するSNMPv1エージェント',
  },
  risk: {
    en: 'The oldest version of SNMP is answered to strangers. They read model, software and neighbours of this device, and requests with a forged source address make it send more than was asked to a victim; where the community may also write, they can change its configuration. A device that also answers v2c is reported for that too: each version has to be closed.',
    ja: 'SNMPの最も古いバージョンに、外部の誰にでも応答します。機種・ソフトウェア・隣接機器の情報が読み取られ、送信元を詐称した要求によって、要求より大きな応答が第三者に送りつけられるおそれがあります。書き込み可能なコミュニティの場合は、設定を変更される危険もあります。v2cにも応答する機器は別の項目としても報告されます。両方のバージョンを閉じる必要があります。',
  },
  remedy,
  check: {
    en: 'If a name and a value come back, the agent is still open; try your own communities in place of public, too (IPv6: udp6:[address]:port):\n    snmpgetnext -v1 -c public -r 0 ADDRESS:PORT 1.3.6.1.2.1',
    ja: '名前と値が返ってきた場合は、まだ応答しています。publicのほか、実際にお使いのコミュニティ名でもお試しください（IPv6ではudp6:[アドレス]:ポート と書きます）。\n    snmpgetnext -v1 -c public -r 0 ADDRESS:PORT 1.3.6.1.2.1',
  },
};

export const v3Words: ProbeIdentity['words'] = {
  title: {
    en: 'SNMPv3 engine that tells strangers its identity',
    ja: '識別情報を誰にでも返すSNMPv3エンジン',
  },
  risk: {
    en: 'Without any user or password the device answers with its engine id, which names its maker and often holds its MAC or IP address, and with the time of its last restart. That helps strangers to recognise it and to find missing updates, and proves that its management interface can be reached from outside. Users with weak passwords can then be guessed.',
    ja: 'ユーザー名やパスワードがなくても、機器がエンジンIDと最後に再起動した時刻を返します。エンジンIDからは製造元が分かり、MACアドレスやIPアドレスが含まれることもよくあります。機器の特定や更新漏れの発見に利用されるほか、管理インターフェースに外部から到達できることも分かります。弱いパスワードは推測されるおそれがあります。',
  },
  remedy: {
    en: [
      'The protocol needs this answer, so it cannot be switched off by itself: filter 161/udp from outside at the edge, and let the agent listen on a management network only.',
      'Net-SNMP (snmpd): `agentAddress udp:10.0.0.1:161` with an inside address. Routers, switches, printers: put an access list on SNMP, or switch it off where nobody reads it.',
      'Where SNMPv3 is used, let every user have authentication and encryption (authPriv) and long passwords.',
    ].join('\n'),
    ja: [
      'この応答はプロトコル上必要なもので、単独では無効にできません。外部からの161/udpをネットワーク境界で遮断し、エージェントは管理用ネットワークでのみ待ち受けてください。',
      'Net-SNMP（snmpd）：`agentAddress udp:10.0.0.1:161` のように内部アドレスを指定します。ルーター、スイッチ、プリンター：SNMPにアクセスリストを設定し、使っていない場合はSNMPを無効にします。',
      'SNMPv3を使う場合は、すべてのユーザーに認証と暗号化（authPriv）および長いパスワードを設定してください。',
    ].join('\n'),
  },
  check: {
    en: 'If "Unknown user name" comes back, the engine still answers; a timeout is well (IPv6: udp6:[address]:port):\n    snmpget -v3 -u nobody -l noAuthNoPriv -r 0 ADDRESS:PORT 1.3.6.1.2.1.1.1.0',
    ja: '「Unknown user name」と表示された場合は、まだ応答しています。タイムアウトすれば問題ありません（IPv6ではudp6:[アドレス]:ポート と書きます）。\n    snmpget -v3 -u nobody -l noAuthNoPriv -r 0 ADDRESS:PORT 1.3.6.1.2.1.1.1.0',
  },
};
