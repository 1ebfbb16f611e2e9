import type { ProbeIdentity } from '../probe.js';

export const words: ProbeIdentity['words'] = {
  title: {
    en: 'NTP server answers monlist requests (mode 7)',
    ja: 'NTPサーバーがmonlist要求（モード7）に応答しています',
  },
  risk: {
    en:
      'One packet of 8 bytes from anywhere brings back the list of up to 600 hosts that last used this server: ' +
      'up to 100 packets and 44,000 bytes. With a forged sender address that answer floods a third party from ' +
      'your network, and the list tells strangers who your users are. A server whose list is empty today fills ' +
      'it as clients come.',
    ja:
      'どこからでも、わずか8バイトの要求を送るだけで、このサーバーを最近利用したホストの一覧（最大600件、' +
      '100パケット、44,000バイト）が返ってきます。送信元を詐称した要求に応答すると、' +
      '第三者への大規模な攻撃がこのネットワークから行われる形になります。' +
      'また、利用者の情報が部外者に知られます。現在は一覧が空でも、利用者が増えるにつれて応答は大きくなります。',
  },
  remedy: {
    en: [
      'ntpd: upgrade to 4.2.7p26 or later (any 4.2.8), where monlist was removed.',
      'ntpd that cannot be upgraded now: put `restrict default noquery` and `restrict -6 default noquery` into ntp.conf (no answers to modes 6 and 7), or at least `disable monitor` (no list any more), and restart it.',
      'Routers and other devices: turn the NTP server off where only the client is needed, otherwise admit your own networks only by an access list.',
      'Until then have filtered upstream, or at your edge: outgoing UDP from source port 123 whose payload is larger than an answer with the time (48 bytes, 68 with a key). Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'ntpd：4.2.7p26以降（4.2.8系であればどの版でも可）に更新してください。monlistはこの版で廃止されました。',
      'すぐに更新できないntpd：ntp.conf に `restrict default noquery` と `restrict -6 default noquery`（モード6と7の問い合わせに応答しない）を、少なくとも `disable monitor`（一覧を記録しない）を追加し、再起動してください。',
      'ルーターなどの機器：時刻の取得だけでよければNTPサーバー機能を無効にし、必要であればアクセスリストで自網からの要求に限定してください。',
      '対策が済むまでは、上流または網の境界で、送信元がUDPポート123で、ペイロードが通常の時刻応答（48バイト、鍵認証付きで68バイト）より大きい外向きのパケットを遮断してください。また、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: 'If a list of addresses comes back, monlist is still open (ntpdc belongs to ntp 4.2.6; nmap does the same):\n    ntpdc -n -c monlist ADDRESS\n    nmap -sU -p PORT --script ntp-monlist ADDRESS',
    ja: 'アドレスの一覧が返ってきた場合は、まだ応答しています（ntpdcはntp 4.2.6に付属しています。nmapでも確認できます）。\n    ntpdc -n -c monlist ADDRESS\n    nmap -sU -p PORT --script ntp-monlist ADDRESS',
  },
};
