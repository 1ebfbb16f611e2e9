import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeIdentity, ProbeWords } from '../probe.js';

export const words: ProbeIdentity['words'] = {
  title: {
    en: 'Echo service answers over UDP',
    ja: 'echoサービスがUDPで応答しています',
  },
  risk: {
    en:
      'What it is sent comes back, as large as it was sent. With a forged sender address it hides where an ' +
      'attack comes from; with the address of another such service (echo, chargen, daytime, time, qotd) one packet ' +
      'makes the two answer each other without end, and both networks are loaded. Nothing in use today needs it.',
    ja:
      '受け取ったデータを、同じ大きさのまま送り返します。送信元を詐称した要求に応答すると、攻撃元を隠す踏み台になります。' +
      'さらに、同種のサービス（echo、chargen、daytime、time、qotd）を送信元に詐称したパケットが1つ届くだけで、' +
      '2つのサービスが際限なく応答し合い、双方のネットワークに負荷がかかります。現在、このサービスを必要とする用途はありません。',
  },
  remedy: {
    en: [
      'Switch the service off.',
      'inetd: remove the echo lines from /etc/inetd.conf and restart it. xinetd: set `disable = yes` in /etc/xinetd.d/echo* and restart it.',
      'Windows: remove the feature "Simple TCP/IP Services".',
      'Printers, routers and other devices: turn off "small servers" (Cisco: `no service udp-small-servers`) or update the firmware.',
      'Until then have UDP port 7 filtered at the edge, and let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'サービスを停止してください。',
      'inetd：/etc/inetd.conf からechoの行を削除し、再起動します。xinetd：/etc/xinetd.d/echo* に `disable = yes` を設定し、再起動します。',
      'Windows：「簡易TCP/IPサービス」の機能を削除します。',
      'プリンター、ルーターなどの機器：small servers（Ciscoでは `no service udp-small-servers`）を無効にするか、ファームウェアを更新します。',
      '対策が済むまでは、網の境界でUDPポート7を遮断し、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: 'If the eight digits come back, the service is still open. If nothing comes back within three seconds, twice in a row, it no longer answers:\n    printf 12345678 | nc -u -w 3 ADDRESS PORT',
    ja: '同じ8桁の数字が返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    printf 12345678 | nc -u -w 3 ADDRESS PORT',
  },
};

/** What came back, in Japanese too. */
export function wordsFor({ detail }: FindingRecord): Partial<ProbeWords> {
  return {
    detail: {
      en: detail ?? '',
      ja: '送ったデータがそのまま返りました。増幅はありませんが、何にでも応答するほかのサービスとの間で応答が際限なく続くおそれがあります',
    },
  };
}
