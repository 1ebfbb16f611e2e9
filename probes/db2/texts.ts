import type { FindingRecord } from '../../src/domain/finding-record.js';
import { isAmplifier, type ProbeTexts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'DB2 Administration Server says its name to anyone',
    ja: 'DB2管理サーバーが誰にでも名前とバージョンを返しています',
  },
  risk: {
    en:
      'A request of 20 bytes from anywhere brings back the name and the version of the database server. With a forged ' +
      'sender the answer, several times as large, goes to a third party. It also tells an attacker where a database ' +
      'stands and how old it is. Nothing on the Internet needs the service.',
    ja:
      'どこからでも、わずか20バイトの要求を送るだけで、データベースサーバーの名前とバージョンが返ってきます。' +
      '送信元を詐称した要求に応答すると、要求の数倍の大きさの応答が第三者へ送られます。' +
      'また、データベースの所在とその古さを攻撃者に知らせることにもなります。インターネットからこのサービスを必要とするものはありません。',
  },
  remedy: {
    en: [
      'Switch discovery off: as the administrator of DB2 `db2 update admin cfg using DISCOVER DISABLE`, then `db2admin stop` and `db2admin start`. Clients that were catalogued by hand do not need it.',
      'The Administration Server itself is out of use since DB2 9.7: stop it with `db2admin stop`, and remove it with `dasdrop` (Windows: `db2admin drop`) where no old tool needs it.',
      'Where it is needed: let only the network of the administrators reach UDP and TCP port PORT.',
      'Until then have UDP port PORT filtered at the edge, and the ports of the database (TCP 50000) with it, and let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      '検索への応答を無効にしてください。DB2の管理者として `db2 update admin cfg using DISCOVER DISABLE` を実行し、続けて `db2admin stop`、`db2admin start` を実行します。手動でカタログに登録したクライアントには影響しません。',
      '管理サーバー（DAS）自体、DB2 9.7以降は非推奨です。`db2admin stop` で停止し、古い管理ツールで使っていなければ `dasdrop`（Windowsでは `db2admin drop`）で削除してください。',
      '必要な場合：UDPとTCPのポートPORTへの通信を、管理者の網からだけ許可してください。',
      '対策が済むまでは、網の境界でUDPポートPORTを、併せてデータベースのポート（TCP 50000番）も遮断し、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: "If `DB2RETADDR` comes back, the service still answers. If nothing comes back within three seconds, twice in a row, it no longer does:\n    printf 'DB2GETADDR\\000SQL08020\\000' | nc -u -w 3 ADDRESS PORT | tr -c '[:print:]' .",
    ja: "`DB2RETADDR` が返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    printf 'DB2GETADDR\\000SQL08020\\000' | nc -u -w 3 ADDRESS PORT | tr -c '[:print:]' .",
  },
};

/** Less than twice what it got, on the wire. */
const SMALL: Pick<ProbeTexts, 'risk'> = {
  risk: {
    en:
      'A request of 20 bytes from anywhere brings back the name and the version of the database server. The answer was ' +
      'less than twice as large on the wire, so it hardly adds to an attack; but it tells an attacker where a database ' +
      'stands and how old it is. Nothing on the Internet needs the service.',
    ja:
      'どこからでも、わずか20バイトの要求を送るだけで、データベースサーバーの名前とバージョンが返ってきます。' +
      '今回の応答は、回線上で要求の2倍未満の大きさで、攻撃の通信量をほとんど増やしません。' +
      'ただし、データベースの所在とその古さを攻撃者に知らせることになります。インターネットからこのサービスを必要とするものはありません。',
  },
};

export function riskOf(finding: FindingRecord): Partial<ProbeTexts> {
  return isAmplifier(finding) ? {} : SMALL;
}
