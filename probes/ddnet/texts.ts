import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeTexts } from '../probe.js';

const COMMAND =
  "    printf 'xe\\1\\2\\0\\0\\377\\377\\377\\377gie3\\3' | nc -u -w 3 ADDRESS PORT | tr -c '[:print:]' .";

export const texts: ProbeTexts = {
  title: {
    en: 'DDNet or Teeworlds 0.6 server describes itself to anyone',
    ja: 'DDNet（Teeworlds 0.6）サーバーが、サーバー情報を誰にでも送信しています',
  },
  risk: {
    en:
      'A question of 15 bytes from anywhere brings back the description of the server, which grows with each player. With a ' +
      'forged sender address it hits a third party from your network.',
    ja:
      'どこからでも、15バイトの要求を送るだけで、サーバーの説明が返ってきます。プレイヤーが増えるほど大きくなります。' +
      '送信元を詐称した要求に応答すると、第三者への攻撃がこのネットワークから行われる形になります。',
  },
  remedy: {
    en: [
      'A public server has to answer the server browser: bound it. In autoexec_server.cfg or myServerconfig.cfg set `sv_server_info_per_second 10` (DDNet; default 50 for all together), and keep the server up to date.',
      'Limit what one address is sent, for example `iptables -A INPUT -p udp --dport PORT -m length --length 43 -m hashlimit --hashlimit-name ddnet --hashlimit-mode srcip --hashlimit-above 30/minute -j DROP`; a browser asks once in a while, and players in the game send other packets.',
      'Only for people you know: `sv_register 0`, and `bindaddr` with the inside address or that of a VPN, or accept UDP port PORT from their addresses alone.',
      'Teeworlds 0.7 (teeworlds-server) answers no such question: it asks for a token first.',
      'Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      '公開サーバーはサーバーブラウザーに応答する必要があるため、応答の量を制限してください。autoexec_server.cfg または myServerconfig.cfg に `sv_server_info_per_second 10` を設定し（DDNet、既定は全体で毎秒50）、サーバーを最新の状態に保ちます。',
      '1つのアドレスへの送信を制限してください（例：`iptables -A INPUT -p udp --dport PORT -m length --length 43 -m hashlimit --hashlimit-name ddnet --hashlimit-mode srcip --hashlimit-above 30/minute -j DROP`）。ブラウザーの要求はまれで、プレイ中の通信は別のパケットです。',
      '知り合いだけで遊ぶ場合は、`sv_register 0` とし、`bindaddr` に内部またはVPNのアドレスを設定するか、そのアドレスからのUDPポートPORTだけを許可してください。',
      'Teeworlds 0.7（teeworlds-server）は、先にトークンを要求するため、この要求には応答しません。',
      '送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: `If name and version of the server come back, it still answers. If nothing comes back within three seconds, twice in a row, it no longer does:\n${COMMAND}`,
    ja: `サーバーの名前とバージョンが返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n${COMMAND}`,
  },
};

/** How many players, in Japanese too. A row that this run did not see has no facts. */
export function textsFor({ facts, detail = '' }: FindingRecord): Partial<ProbeTexts> {
  const [players, most] = [facts?.['players'], facts?.['most_players']];
  return players === undefined
    ? {}
    : { detail: { en: detail, ja: `接続中のプレイヤーは${String(players)}人（上限${String(most)}人）です` } };
}
