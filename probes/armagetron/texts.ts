import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeTexts } from '../probe.js';
import { isAmplifier } from '../probe.js';

const COMMAND =
  "    { printf '\\0\\064\\0\\0\\0\\0\\0\\0'; sleep 1; printf '\\0\\065\\0\\0\\0\\0\\0\\0'; } | nc -u -w 3 ADDRESS PORT | tr -c '[:print:]' .";

export const texts: ProbeTexts = {
  title: {
    en: 'Armagetron server describes itself to anyone',
    ja: 'Armagetronサーバーが、サーバー情報を誰にでも送信しています',
  },
  risk: {
    en:
      'Two questions of 8 bytes from anywhere bring back the description of the server. With a forged sender address it ' +
      'hits a third party from your network. The server stops answering when it is asked too often, which bounds the harm, ' +
      'but then your players do not find it either.',
    ja:
      'どこからでも、8バイトの要求を2つ送るだけで、サーバーの説明が返ってきます。' +
      '送信元を詐称した要求に応答すると、第三者への攻撃がこのネットワークから行われる形になります。' +
      '要求が多すぎるとサーバーは応答を止めるため被害は限られますが、その間はプレイヤーからもサーバーが見えなくなります。',
  },
  remedy: {
    en: [
      'For people you know only: set SERVER_IP in settings_dedicated.cfg (Debian: /etc/armagetronad/) to the inside address or that of a VPN, or accept UDP port PORT from their addresses alone.',
      'A public server has to answer the server browser: keep the flood protection on (PING_FLOOD_GLOBAL and PING_FLOOD_TIME_… at their defaults), and limit what one address is sent, for example `iptables -A INPUT -p udp --dport PORT -m length --length 36 -m hashlimit --hashlimit-name armagetron --hashlimit-mode srcip --hashlimit-above 6/minute -j DROP`.',
      'A server that nobody uses any more: `systemctl disable --now armagetronad-dedicated`.',
      'Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      '知り合いだけで遊ぶ場合は、settings_dedicated.cfg（Debianでは /etc/armagetronad/）のSERVER_IPに内部またはVPNのアドレスを設定するか、そのアドレスからのUDPポートPORTだけを許可してください。',
      '公開サーバーはサーバーブラウザーに応答する必要があります。過剰な要求への対策（PING_FLOOD_GLOBAL、PING_FLOOD_TIME_…）を既定値のまま有効にし、1つのアドレスへの送信を制限してください（例：`iptables -A INPUT -p udp --dport PORT -m length --length 36 -m hashlimit --hashlimit-name armagetron --hashlimit-mode srcip --hashlimit-above 6/minute -j DROP`）。',
      '使われていないサーバーは、`systemctl disable --now armagetronad-dedicated` で停止します。',
      '送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: `If text comes back, the server still answers; in each pair of its letters the two have changed places. If nothing comes back within three seconds, twice in a row, it no longer answers:\n${COMMAND}`,
    ja: `2文字ずつ入れ替わった文字列が返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n${COMMAND}`,
  },
};

/** How many users, in Japanese too; where the small information alone came, no harm that needs the big one. */
export function textsFor(finding: FindingRecord): Partial<ProbeTexts> {
  const { facts, detail = '' } = finding;
  const [users, most] = [facts?.['users'], facts?.['most_users']];
  const ja =
    users === undefined
      ? '返ってきたのは短いサーバー情報だけです'
      : `接続中の利用者は${String(users)}人（上限${String(most)}人）です`;
  return {
    ...(detail !== '' && { detail: { en: detail, ja } }),
    ...(!isAmplifier(finding) && { risk: SMALL_RISK }),
  };
}

const SMALL_RISK: ProbeTexts['risk'] = {
  en: 'A question of 8 bytes from anywhere is answered, hardly larger than it was. Asked again, such a server sends a longer description.',
  ja: 'どこからでも、8バイトの要求に応答しますが、応答の大きさは要求とほとんど変わりません。続けて要求すると、より長い説明を返すことがあります。',
};
