import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeTexts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'Minetest (Luanti) server goes on sending to an address that asked once',
    ja: 'Minetest（Luanti）サーバーが、1回の要求に対して送信を繰り返しています',
  },
  risk: {
    en:
      'A packet of 8 bytes from anywhere is taken for a new player, and the server repeats its welcome every half second ' +
      'until it gives the player up after 30 seconds: more than 200 packets. With a forged sender address they hit a ' +
      'third party from your network, which cannot stop them by rejecting them. The packets are small, so a counter of ' +
      'bytes hardly shows them; in packets this is one of the strongest amplifications known.',
    ja:
      'どこからでも、わずか8バイトのパケットを送るだけで、サーバーは新しいプレイヤーの接続とみなし、' +
      '30秒後に諦めるまで0.5秒ごとに送信を繰り返します（合計200パケット以上）。' +
      '送信元を詐称した要求に応答すると、第三者への攻撃がこのネットワークから行われる形になり、第三者が受信を拒否しても送信は止まりません。' +
      '1つ1つは小さいため通信量では目立ちませんが、パケット数では知られている中でも特に増幅率の高いものです。',
  },
  remedy: {
    en: [
      'Update to Luanti (Minetest) 5.9 or newer: it repeats nothing until the player has answered. Mods and worlds of 5.x go on working.',
      'Debian 12 and Ubuntu 24.04 package 5.6: install from a newer release of the distribution, or the container image of the project (ghcr.io/luanti-org/luanti).',
      'Where only people you know play: accept UDP port PORT from their addresses alone, or let them come through a VPN and set `bind_address` in minetest.conf to its address.',
      'Until the update: limit how many new conversations one address may begin (`iptables -A INPUT -p udp --dport PORT -m conntrack --ctstate NEW -m hashlimit --hashlimit-name luanti --hashlimit-mode srcip --hashlimit-above 4/minute -j DROP`); players notice nothing of it.',
      'A server that nobody uses any more: `systemctl disable --now minetest-server`.',
      'Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'Luanti（Minetest）5.9以降に更新してください。プレイヤーが応答するまで再送しなくなります。5.xのMODとワールドはそのまま使えます。',
      'Debian 12とUbuntu 24.04のパッケージは5.6です。より新しいリリース、またはプロジェクトのコンテナーイメージ（ghcr.io/luanti-org/luanti）をご利用ください。',
      '知り合いだけで遊ぶ場合は、そのアドレスからのUDPポートPORTだけを許可するか、VPN経由で接続してもらい、minetest.conf の `bind_address` にVPNのアドレスを設定します。',
      '更新までの間は、1つのアドレスが新しく始められる通信の数を制限してください（`iptables -A INPUT -p udp --dport PORT -m conntrack --ctstate NEW -m hashlimit --hashlimit-name luanti --hashlimit-mode srcip --hashlimit-above 4/minute -j DROP`）。プレイヤーへの影響はありません。',
      '使われていないサーバーは、`systemctl disable --now minetest-server` で停止します。',
      '送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: "Each packet is a line that begins with 4f 45 74 03. Several lines mean that the server still repeats itself, a single one that it answers and does no more (5.9 and newer). If no line comes, twice in a row, it no longer answers:\n    printf 'OEt\\3\\0\\0\\0\\1' | timeout 5 nc -u ADDRESS PORT | od -An -v -tx1 -w14",
    ja: "パケットごとに 4f 45 74 03 で始まる行が表示されます。複数の行が表示された場合は、まだ送信を繰り返しています。1行だけの場合は、応答はしていますが、繰り返していません（5.9以降）。2回続けて何も表示されなければ、応答は止まっています。\n    printf 'OEt\\3\\0\\0\\0\\1' | timeout 5 nc -u ADDRESS PORT | od -An -v -tx1 -w14",
  },
};

/** One that was heard once repeats nothing, as far as this run knows. A row that this run did not see has no facts. */
export function textsFor({ facts, detail = '' }: FindingRecord): Partial<ProbeTexts> {
  const [welcomes, pings] = [facts?.['welcomes'], facts?.['pings']];
  if (typeof welcomes !== 'number' || typeof pings !== 'number') return {};
  const heard = {
    detail: {
      en: detail,
      ja: `プレイヤー番号の通知が${welcomes}回、ピングが${pings}回届きました`,
    },
  };
  return welcomes + pings > 1 ? heard : { ...heard, ...ONCE };
}

const ONCE: Pick<ProbeTexts, 'title' | 'risk'> = {
  title: {
    en: 'Minetest (Luanti) server answers anyone',
    ja: 'Minetest（Luanti）サーバーが誰にでも応答しています',
  },
  risk: {
    en: 'A packet of 8 bytes from anywhere brings back one of 14. That hardly amplifies; versions before 5.9 repeat it for 30 seconds.',
    ja: 'どこからでも、8バイトのパケットを送ると、14バイトのパケットが1つ返ってきます。増幅はわずかですが、5.9より前のバージョンでは30秒間繰り返し送信されます。',
  },
};
