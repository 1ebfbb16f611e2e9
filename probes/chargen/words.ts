import type { ProbeIdentity } from '../probe.js';

export const words: ProbeIdentity['words'] = {
  title: {
    en: 'Character generator (chargen) answers over UDP',
    ja: 'chargen（文字生成サービス）がUDPで応答しています',
  },
  risk: {
    en:
      'One datagram from anywhere, even of a single byte, brings back a block of text. With a forged sender ' +
      'address that text floods a third party from your network, and two such services can be made to talk to ' +
      'each other without end. Nothing in use today needs this service.',
    ja:
      'どこからでも、わずか1バイトのデータグラムを送るだけで、まとまった量の文字列が返ってきます。' +
      '送信元を詐称した要求に応答すると、第三者への攻撃がこのネットワークから行われる形になります。' +
      'また、同様のサービス同士を際限なく応答させ合うこともできます。現在、このサービスを必要とする用途はありません。',
  },
  remedy: {
    en:
      'Switch the service off: in /etc/inetd.conf remove the chargen lines, in /etc/xinetd.d/chargen* set ' +
      '`disable = yes`, then restart the daemon; on Windows remove the feature "Simple TCP/IP Services"; on ' +
      'printers, routers and other devices turn off "small servers" (Cisco: `no service udp-small-servers`) or ' +
      'update the firmware. Turn off echo (7), daytime (13) and qotd (17) along with it. Until then have UDP ' +
      'port 19 filtered at the edge or upstream, as destination inwards and as source outwards, and let no ' +
      'packet with a forged source leave your network (BCP 38).',
    ja:
      'サービスを停止してください。inetdでは /etc/inetd.conf のchargenの行を削除し、xinetdでは ' +
      '/etc/xinetd.d/chargen* に `disable = yes` を設定して、デーモンを再起動します。' +
      'Windowsでは「簡易TCP/IPサービス」の機能を削除します。プリンターやルーターなどの機器では、' +
      'small servers（Ciscoでは `no service udp-small-servers`）を無効にするか、ファームウェアを更新します。' +
      'echo（7番）、daytime（13番）、qotd（17番）も併せて停止してください。' +
      '対策が済むまでは、網の境界または上流で、内向きは宛先、外向きは送信元がUDPポート19のパケットを遮断し、' +
      '送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
  },
};
