import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeTexts } from '../probe.js';
import { detailOf } from './detail.js';

export const texts: ProbeTexts = {
  title: {
    en: 'Game server (Quake III and its kin) tells its state to anyone',
    ja: 'ゲームサーバー（Quake III系）が状態を誰にでも返しています',
  },
  risk: {
    en:
      'A request of 13 bytes from anywhere brings back all variables that the server shows, and a line for each player: ' +
      'the more players and settings, the longer. With a forged sender address that answer hits a third party from ' +
      'your network. Servers of today answer an address only so often; older ones, and most from before 2012, answer ' +
      'without any limit.',
    ja:
      'どこからでも、わずか13バイトの要求を送るだけで、サーバーの設定値の一覧と各プレイヤーの情報が返ってきます。プレイヤーや設定が多いほど、応答は大きくなります。' +
      '送信元を詐称した要求に応答すると、第三者への攻撃がこのネットワークから行われる形になります。' +
      '現在のサーバーは同じアドレスへの応答回数を制限しますが、古いもの、特に2012年より前のものは、制限なく応答します。',
  },
  remedy: {
    en: [
      'ioquake3 and games on it (OpenArena, Urban Terror and others): run a build from 2012 or newer: it answers an address 10 times, then once a second. The original server of Quake III Arena (1.32) and of the games of its time has no limit: run the game on ioquake3.',
      'DarkPlaces (Nexuiz, Xonotic): run a build from April 2012 or newer: it answers an address once a second.',
      'A server for friends: `+set dedicated 1` (DarkPlaces: `sv_public 0`) keeps it out of the public lists, but it still answers: admit UDP port PORT only from them, or let it listen on the address of the LAN or the VPN (`net_ip`, in DarkPlaces `net_address`).',
      'A public server has to answer. Limit these questions for each source address before it: with nftables `udp dport PORT @th,64,32 0xffffffff meter q3 { ip saddr limit rate over 2/second } drop`.',
      'Nobody plays there any more: stop it. Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'ioquake3とその上のゲーム（OpenArena、Urban Terrorなど）：2012年以降のビルドを使ってください。同じアドレスへの応答が10回まで、その後は毎秒1回に制限されます。Quake III Arena（1.32）と同時期のゲームの元々のサーバーには制限がないため、ioquake3で動かしてください。',
      'DarkPlaces（Nexuiz、Xonotic）：2012年4月以降のビルドを使ってください。同じアドレスへの応答が毎秒1回に制限されます。',
      '仲間内のサーバーの場合：`+set dedicated 1`（DarkPlacesでは `sv_public 0`）で公開リストには載らなくなりますが、応答は続きます。UDPポートPORTへの通信を利用者のアドレスからだけ許可するか、LANやVPNのアドレスだけで待ち受けてください（`net_ip`、DarkPlacesでは `net_address`）。',
      '公開サーバーは応答する必要があります。サーバーの手前で、送信元アドレスごとに回数を制限してください。nftablesの例：`udp dport PORT @th,64,32 0xffffffff meter q3 { ip saddr limit rate over 2/second } drop`',
      '使われていないサーバーは停止してください。また、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: "If a text with statusResponse comes back, the server still answers. If nothing comes back within three seconds, twice in a row, it no longer does:\n    printf '\\377\\377\\377\\377getstatus' | nc -u -w 3 ADDRESS PORT",
    ja: "statusResponseを含む文字列が返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    printf '\\377\\377\\377\\377getstatus' | nc -u -w 3 ADDRESS PORT",
  },
};

/** What the server says of itself, in Japanese too. A row that this run did not see has no facts. */
export function textsFor({ facts }: FindingRecord): Partial<ProbeTexts> {
  return facts === undefined ? {} : { detail: detailOf(facts) };
}
