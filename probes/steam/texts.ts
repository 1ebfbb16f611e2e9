import type { ProbeTexts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'Steam game server tells its state without asking for a challenge',
    ja: 'Steam系ゲームサーバーが、チャレンジなしで状態を返しています',
  },
  risk: {
    en:
      'A request of 25 bytes from anywhere brings back name, map and game of the server at once. With a forged sender ' +
      'address that answer hits a third party from your network. Servers from after December 2020 first send back a ' +
      'challenge of 9 bytes, which only the true sender can repeat.',
    ja:
      'どこからでも、わずか25バイトの要求を送るだけで、サーバー名、マップ、ゲーム名などが直ちに返ってきます。' +
      '送信元を詐称した要求に応答すると、第三者への攻撃がこのネットワークから行われる形になります。' +
      '2020年12月より後のサーバーは、まず9バイトのチャレンジを返し、実際の送信元だけがその先へ進めるようになっています。',
  },
  remedy: {
    en: [
      'Update the server with steamcmd (`app_update` with the number of the game, then `validate`) and restart it: newer builds ask for the challenge.',
      'Games on their own code, and servers of games no longer kept: ask the maker for it, or put a filter that answers in their place before them (plug-ins such as those for SourceMod and ReHLDS).',
      'A server for friends: admit UDP port PORT only from their addresses. With `sv_lan 1` it is in no list, but it still answers.',
      'A public server that cannot be updated: limit the requests for each source address before it, with nftables `udp dport PORT @th,64,40 0xffffffff54 meter a2s { ip saddr limit rate over 2/second } drop`.',
      'Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'steamcmdでサーバーを更新し（ゲームの番号を指定した `app_update` と `validate`）、再起動してください。新しいビルドはチャレンジを要求します。',
      '独自実装のゲームや更新の止まったゲームのサーバーの場合：開発元に対応を依頼するか、代わりに応答するフィルター（SourceModやReHLDSのプラグインなど）を導入してください。',
      '仲間内のサーバーの場合：UDPポートPORTへの通信を利用者のアドレスからだけ許可してください。`sv_lan 1` では公開リストに載らなくなりますが、応答は続きます。',
      '更新できない公開サーバーの場合：サーバーの手前で、送信元アドレスごとに回数を制限してください。nftablesの例：`udp dport PORT @th,64,40 0xffffffff54 meter a2s { ip saddr limit rate over 2/second } drop`',
      '送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: "If the name of the server comes back, it still answers without a challenge. If the line is `....A` and four characters more, it asks for a challenge now; if nothing comes back within three seconds, twice in a row, it no longer answers:\n    printf '\\377\\377\\377\\377TSource Engine Query\\0' | nc -u -w 3 ADDRESS PORT | tr -c '[:print:]' .",
    ja: "サーバー名が返ってきた場合は、まだチャレンジなしで応答しています。`....A` と4文字だけの場合は、チャレンジを要求するようになっています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    printf '\\377\\377\\377\\377TSource Engine Query\\0' | nc -u -w 3 ADDRESS PORT | tr -c '[:print:]' .",
  },
};
