import type { ProbeIdentity } from '../probe.js';

export const words: ProbeIdentity['words'] = {
  title: {
    en: 'NTP server shows its variables to anybody (mode 6)',
    ja: 'NTPサーバーが内部情報を誰にでも応答しています（モード6）',
  },
  risk: {
    en:
      'One packet of 12 bytes from anywhere brings back about 30 times as much: the version of the software, the ' +
      'operating system and its kernel, and the state of the clock. With a forged sender address that answer ' +
      'strikes a third party from your network, and the version tells an attacker which holes to try.',
    ja:
      'どこからでも、わずか12バイトの要求を送るだけで、約30倍の応答が返ってきます。' +
      '応答には、ソフトウェアの版、OSとカーネルの版、時計の状態が含まれます。' +
      '送信元を詐称した要求に応答すると、第三者への攻撃がこのネットワークから行われる形になります。' +
      'また、版の情報は攻撃者が弱点を探す手がかりになります。',
  },
  remedy: {
    en: [
      'ntpd: answer the time and nothing else. Put `restrict default nomodify nopeer noquery limited` and `restrict -6 default nomodify nopeer noquery limited` into ntp.conf, with `restrict 127.0.0.1` and `restrict ::1` for your own ntpq, and restart it. ntpsec: remove lines `unrestrict default noquery`.',
      'Cisco IOS: `no ntp allow mode control` or an `ntp access-group`. Juniper: a firewall filter on the loopback interface. Other routers and devices: where only the client is needed, turn the server off.',
      'Until then admit UDP port 123 at the edge only to hosts that serve time, and have dropped what goes out from source port 123 with a payload larger than an answer with the time (48 bytes, 68 with a key). Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'ntpd：時刻だけに応答するようにしてください。ntp.conf に `restrict default nomodify nopeer noquery limited` と `restrict -6 default nomodify nopeer noquery limited` を設定し、自ホストのntpq用に `restrict 127.0.0.1` と `restrict ::1` を追加して、再起動します。ntpsec：`unrestrict default noquery` の行を削除します。',
      'Cisco IOS：`no ntp allow mode control` または `ntp access-group` を設定します。Juniper：ループバックインターフェースにファイアウォールフィルターを設定します。その他のルーターや機器：時刻の取得だけでよければ、サーバー機能を無効にしてください。',
      '対策が済むまでは、網の境界で、時刻を提供するホスト以外へのUDPポート123の通信を遮断し、送信元がUDPポート123で、ペイロードが通常の時刻応答（48バイト、鍵認証付きで68バイト）より大きい外向きのパケットも遮断してください。また、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: 'If a list of variables comes back ("version=", "system="), the server still answers; "timed out" is well:\n    ntpq -n -c rv ADDRESS',
    ja: '変数の一覧（version=、system= など）が返ってきた場合は、まだ応答しています。「timed out」と表示されれば問題ありません。\n    ntpq -n -c rv ADDRESS',
  },
};
