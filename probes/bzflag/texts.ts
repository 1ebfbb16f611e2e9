import type { ProbeTexts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'BZFlag server answers pings of anyone',
    ja: 'BZFlagサーバーが誰からのpingにも応答しています',
  },
  risk: {
    en:
      'A ping of 6 bytes from anywhere brings back the rules of the game in 60. As every packet in a line has a least size, ' +
      'that is little more than the ping itself; with a forged sender address the answer goes to a third party all the same.',
    ja:
      'どこからでも、6バイトのpingに対して60バイトの応答（ゲームのルールなど）が返ります。' +
      '回線上のパケットには最小サイズがあるため、実際の増幅はわずかですが、' +
      '送信元を詐称した要求に応答すると、第三者へ応答が送られます。',
  },
  remedy: {
    en: [
      'Only for people you know: start bzfs without `-public`, with `-i` and the inside address or that of a VPN, or accept UDP port PORT from their addresses alone.',
      'A public server needs no UDP ping, for the server list is fetched elsewhere: `iptables -A INPUT -p udp --dport PORT -m length --length 34 -m hashlimit --hashlimit-name bzflag --hashlimit-mode srcip --hashlimit-above 10/minute -j DROP` drops more than ten pings a minute from one address.',
      'A server that nobody uses any more: end bzfs, and take it out of the start of the machine (Debian: /etc/default/bzflag).',
      'Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      '知り合いだけで遊ぶ場合は、bzfsを `-public` なしで起動し、`-i` に内部またはVPNのアドレスを指定するか、そのアドレスからのUDPポートPORTだけを許可してください。',
      '公開サーバーの一覧は別の場所から取得されるため、UDPのpingは必須ではありません。`iptables -A INPUT -p udp --dport PORT -m length --length 34 -m hashlimit --hashlimit-name bzflag --hashlimit-mode srcip --hashlimit-above 10/minute -j DROP` で、1つのアドレスからの毎分10回を超えるpingを破棄できます。',
      '使われていないサーバーは、bzfsを終了し、自動起動の設定から外してください（Debian：/etc/default/bzflag）。',
      '送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: "If a line with BZFS comes back, the server still answers. If nothing comes back within three seconds, twice in a row, it no longer does:\n    printf '\\0\\2\\4\\4\\0\\0' | nc -u -w 3 ADDRESS PORT | tr -c '[:print:]' .",
    ja: "BZFSを含む行が返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    printf '\\0\\2\\4\\4\\0\\0' | nc -u -w 3 ADDRESS PORT | tr -c '[:print:]' .",
  },
};
