import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeTexts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'Mumble server answers pings of anyone',
    ja: 'Mumbleサーバーが誰からのpingにも応答しています',
  },
  risk: {
    en:
      'A ping of 12 bytes from anywhere brings back 24: the version, and how many users are connected. In the line that ' +
      'is hardly more than the ping itself. It tells strangers which version runs there, and with a forged sender address ' +
      'the answer goes to a third party.',
    ja:
      'どこからでも、12バイトのpingに対して24バイトの応答（バージョンと接続中の利用者数）が返ります。' +
      '回線上の大きさはping自体とほとんど変わりません。ただし、使用中のバージョンを誰にでも知らせることになり、' +
      '送信元を詐称した要求に応答すると、第三者へ応答が送られます。',
  },
  remedy: {
    en: [
      'A public server that shows its users in the server lists needs the ping: then keep it up to date, and leave it as it is.',
      'Otherwise set `allowping=false` in mumble-server.ini (Debian 12: /etc/mumble-server.ini, newer: /etc/mumble/mumble-server.ini, formerly murmur.ini), and run `systemctl restart mumble-server`. Users connect as before; the list shows no number of users.',
      'Container: the variable MUMBLE_CONFIG_ALLOWPING=false.',
      'Used by people you know only: accept port PORT (UDP and TCP) from their addresses, or through a VPN.',
      'Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'サーバー一覧に利用者数を表示する公開サーバーではpingが必要です。その場合は、最新の状態に保ったうえで、このままご利用ください。',
      'それ以外の場合は、mumble-server.ini（Debian 12では /etc/mumble-server.ini、新しいバージョンでは /etc/mumble/mumble-server.ini、旧称 murmur.ini）で `allowping=false` とし、`systemctl restart mumble-server` を実行します。接続には影響せず、一覧に利用者数が表示されなくなるだけです。',
      'コンテナー：環境変数 MUMBLE_CONFIG_ALLOWPING=false を設定します。',
      '知り合いだけで使う場合は、そのアドレスからのポートPORT（UDPとTCP）だけを許可するか、VPN経由で接続してもらいます。',
      '送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: "If 24 numbers come back, the server still answers. If nothing comes back within three seconds, twice in a row, it no longer does:\n    printf '\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\1' | nc -u -w 3 ADDRESS PORT | od -An -v -tu1 -w24",
    ja: "24個の数値が返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    printf '\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\1' | nc -u -w 3 ADDRESS PORT | od -An -v -tu1 -w24",
  },
};

/** How many users, in Japanese too. A row that this run did not see has no facts. */
export function textsFor({ facts, detail = '' }: FindingRecord): Partial<ProbeTexts> {
  const [users, most] = [facts?.['users'], facts?.['most_users']];
  return users === undefined
    ? {}
    : { detail: { en: detail, ja: `接続中の利用者は${String(users)}人（上限${String(most)}人）です` } };
}
