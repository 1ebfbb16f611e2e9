import type { ProbeTexts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'SQL Server Browser lists its instances to anyone',
    ja: 'SQL Server Browserが誰にでもインスタンスの一覧を返しています',
  },
  risk: {
    en:
      'A request of one byte from anywhere brings back the name of the server and, of each database instance, its name, ' +
      'version and port. With a forged sender that list goes to a third party, and the more instances there are, the ' +
      'larger it is. It also tells an attacker which databases to try, and how old they are. Nothing on the Internet ' +
      'needs the service.',
    ja:
      'どこからでも、わずか1バイトの要求を送るだけで、サーバー名と、データベースの各インスタンスの名前・バージョン・ポートが返ってきます。' +
      '送信元を詐称した要求に応答すると、この一覧が第三者へ送られ、インスタンスが多いほど大きくなります。' +
      'また、どのデータベースが狙えるか、どれだけ古いかを攻撃者に知らせることにもなります。インターネットからこのサービスを必要とするものはありません。',
  },
  remedy: {
    en: [
      'Windows: stop the service "SQL Server Browser" and disable it where clients can name the port: PowerShell `Stop-Service SQLBrowser; Set-Service SQLBrowser -StartupType Disabled`. Give named instances a fixed port in SQL Server Configuration Manager (TCP/IP, IPAll, TCP Port) and connect to `server,port`.',
      'Where it is needed: limit the rule for UDP PORT in Windows Defender Firewall to the networks of the clients (Scope, Remote IP address), and the rules for the TCP ports of the instances likewise.',
      'An instance that nobody needs to find: set "Hide Instance" to Yes in the properties of its protocols; it is listed no more.',
      'Products that bring SQL Server Express or MSDE with them (accounting, backup, building control): the service comes with them; limit it in the same way.',
      'Until then have UDP port PORT filtered at the edge, and TCP 1433 with it, and let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'Windows：クライアントがポートを指定して接続できる場合は、サービス「SQL Server Browser」を停止し、無効にしてください。PowerShell：`Stop-Service SQLBrowser; Set-Service SQLBrowser -StartupType Disabled`。名前付きインスタンスには、SQL Server構成マネージャー（TCP/IP、IPAll、TCPポート）で固定のポートを割り当て、`サーバー名,ポート` で接続します。',
      '必要な場合：Windows Defenderファイアウォールで、UDPポートPORTの規則の対象を利用者の網に限定し（スコープ、リモートIPアドレス）、各インスタンスのTCPポートの規則も同様に限定してください。',
      '検索で見つける必要のないインスタンス：プロトコルのプロパティで「インスタンスの非表示」を「はい」にすると、一覧に出なくなります。',
      'SQL Server ExpressやMSDEを同梱する製品（会計、バックアップ、設備管理など）にもこのサービスが含まれています。同様に限定してください。',
      '対策が済むまでは、網の境界でUDPポートPORTを、併せてTCPポート1433も遮断し、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: "If a line with `ServerName;` comes back, the service still answers. If nothing comes back within three seconds, twice in a row, it no longer does:\n    printf '\\003' | nc -u -w 3 ADDRESS PORT | tr -c '[:print:]' .",
    ja: "`ServerName;` を含む行が返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    printf '\\003' | nc -u -w 3 ADDRESS PORT | tr -c '[:print:]' .",
  },
};
