import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeIdentity, ProbeWords } from '../probe.js';

export const words: ProbeIdentity['words'] = {
  title: {
    en: 'Character generator (chargen) answers over UDP',
    ja: 'chargen（文字生成サービス）がUDPで応答しています',
  },
  risk: {
    en:
      'One datagram from anywhere, even of a single byte, brings back a block of text. With a forged sender ' +
      'address that text hits a third party from your network, and two such services can be made to answer ' +
      'each other without end. Nothing in use today needs this service.',
    ja:
      'どこからでも、わずか1バイトのデータグラムを送るだけで、まとまった量の文字列が返ってきます。' +
      '送信元を詐称した要求に応答すると、第三者への攻撃がこのネットワークから行われる形になります。' +
      'また、同様のサービス同士を際限なく応答させ合うこともできます。現在、このサービスを必要とする用途はありません。',
  },
  remedy: {
    en: [
      'Switch the service off, and echo (7), daytime (13) and qotd (17) along with it.',
      'inetd: remove the chargen lines from /etc/inetd.conf and restart it. xinetd: set `disable = yes` in /etc/xinetd.d/chargen* and restart it.',
      'Windows: remove the feature "Simple TCP/IP Services".',
      'Printers, routers and other devices: turn off "small servers" (Cisco: `no service udp-small-servers`) or update the firmware.',
      'Until then have UDP port 19 filtered at the edge or upstream, as destination inwards and as source outwards, and let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'サービスを停止してください。echo（7番）、daytime（13番）、qotd（17番）も併せて停止してください。',
      'inetd：/etc/inetd.conf からchargenの行を削除し、再起動します。xinetd：/etc/xinetd.d/chargen* に `disable = yes` を設定し、再起動します。',
      'Windows：「簡易TCP/IPサービス」の機能を削除します。',
      'プリンター、ルーターなどの機器：small servers（Ciscoでは `no service udp-small-servers`）を無効にするか、ファームウェアを更新します。',
      '対策が済むまでは、網の境界または上流で、内向きは宛先、外向きは送信元がUDPポート19のパケットを遮断し、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: 'If a block of text comes back, the service is still open. If nothing comes back within three seconds, twice in a row, it no longer answers:\n    echo | nc -u -w 3 ADDRESS PORT',
    ja: '文字列がまとまって返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    echo | nc -u -w 3 ADDRESS PORT',
  },
};

/** What came back, in Japanese too. */
export function wordsFor({ facts, detail }: FindingRecord): Partial<ProbeWords> {
  const told = facts?.['datagram_bytes'];
  return told === undefined
    ? {}
    : { detail: { en: detail ?? '', ja: `最大${String(told)}バイトのデータグラムが返りました` } };
}
