import type { ProbeTexts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'Red Eclipse game server tells its state to anyone',
    ja: 'Red Eclipseのゲームサーバーが状態を誰にでも返しています',
  },
  risk: {
    en:
      'A request of one byte from anywhere brings back what is played there, every time: there is no limit. On the wire ' +
      'the answer is hardly larger than the request while nobody plays, and grows with the names of the players; with ' +
      'a forged sender address it goes to a third party that did not ask for it.',
    ja:
      'どこからでも、わずか1バイトの要求を送るだけで、ゲームの状態が回数の制限なく返ってきます。プレイヤーがいなければ回線上での応答は要求とほぼ同じ大きさですが、' +
      'プレイヤー名の分だけ大きくなります。送信元を詐称した要求に応答すると、無関係の第三者へパケットを送ることになります。',
  },
  remedy: {
    en: [
      'Red Eclipse has no setting for it: the port of information (the port of the game and one more, UDP PORT as a rule) and that of the LAN (28799) answer as long as the server runs. Nobody plays there any more: stop it.',
      'A server for friends: `servertype 1` in servinit.cfg keeps it out of the public list, but it still answers: admit the UDP ports 28799, 28801 and 28802 only from them, or let it listen on one address (`serverip "192.0.2.1"`, or `-si192.0.2.1`).',
      'A public server has to answer: limit the requests for each source address before it, with nftables `udp dport { 28799, PORT } meter redeclipse { ip saddr limit rate over 2/second } drop`.',
      'Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'Red Eclipseには応答を止める設定がありません。サーバーが動いている間、情報用のポート（ゲームのポートの次の番号。通常はUDPポートPORT）とLAN用のポート（28799）が応答します。使われていないサーバーは停止してください。',
      '仲間内のサーバーの場合：servinit.cfg に `servertype 1` を設定すると公開リストには載らなくなりますが、応答は続きます。UDPポート28799、28801、28802への通信を利用者のアドレスからだけ許可するか、1つのアドレスだけで待ち受けてください（`serverip "192.0.2.1"` または `-si192.0.2.1`）。',
      '公開サーバーは応答する必要があります。サーバーの手前で、送信元アドレスごとに回数を制限してください。nftablesの例：`udp dport { 28799, PORT } meter redeclipse { ip saddr limit rate over 2/second } drop`',
      '送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: "If the name of a map comes back among other characters, the server still answers. If nothing comes back within three seconds, twice in a row, it no longer does:\n    printf '\\1' | nc -u -w 3 ADDRESS PORT | tr -cd '[:print:]'",
    ja: "ほかの文字に混じってマップの名前が返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    printf '\\1' | nc -u -w 3 ADDRESS PORT | tr -cd '[:print:]'",
  },
};
