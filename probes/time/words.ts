import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeIdentity, ProbeWords } from '../probe.js';

export const words: ProbeIdentity['words'] = {
  title: {
    en: 'Time service (RFC 868) answers over UDP',
    ja: 'timeサービス（RFC 868）がUDPで応答しています',
  },
  risk: {
    en:
      'One byte from anywhere brings back the time as a binary number. On the wire the answer is hardly larger than the ' +
      'request, but with a forged sender address it goes to a third party that did not ask for it. ' +
      'Such a service answers whatever it is sent: with the forged address of another such service (echo, chargen, time, qotd) ' +
      'one packet makes the two answer each other without end. Nothing in use today needs it: clocks are set by NTP.',
    ja:
      'どこからでも、わずか1バイトの要求を送るだけで、時刻を表す数値が返ってきます。回線上での応答は要求とほぼ同じ大きさですが、' +
      '送信元を詐称した要求に応答すると、無関係の第三者へパケットを送ることになります。' +
      'このようなサービスは要求の内容を問わず応答するため、同種のサービス（echo、chargenなど）を送信元に詐称したパケットが1つ届くだけで、' +
      '2つのサービスが際限なく応答し合います。時刻合わせにはNTPが使われており、現在、このサービスを必要とする用途はありません。',
  },
  remedy: {
    en: [
      'Switch the service off; clocks are set by NTP.',
      'inetd: remove the time lines from /etc/inetd.conf and restart it. xinetd: set `disable = yes` in /etc/xinetd.d/time* and restart it.',
      'Windows: remove the feature "Simple TCP/IP Services".',
      'Printers, routers and other devices: turn off the "time" server (RFC 868) or update the firmware.',
      'Until then have UDP port 37 filtered at the edge, and let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'サービスを停止してください。時刻合わせにはNTPを使用してください。',
      'inetd：/etc/inetd.conf からtimeの行を削除し、再起動します。xinetd：/etc/xinetd.d/time* に `disable = yes` を設定し、再起動します。',
      'Windows：「簡易TCP/IPサービス」の機能を削除します。',
      'プリンター、ルーターなどの機器：time（RFC 868）サーバーを無効にするか、ファームウェアを更新します。',
      '対策が済むまでは、網の境界でUDPポート37を遮断し、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: 'If numbers come back, the service is still open. If nothing comes back within three seconds, twice in a row, it no longer answers:\n    echo | nc -u -w 3 ADDRESS PORT | od -t u1',
    ja: '数値が返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    echo | nc -u -w 3 ADDRESS PORT | od -t u1',
  },
};

/** What came back, in Japanese too. */
export function wordsFor({ facts, detail }: FindingRecord): Partial<ProbeWords> {
  const told = facts?.['says'];
  return told === undefined
    ? {}
    : {
        detail: {
          en: detail ?? '',
          ja: `応答を時刻として読むと ${String(told)} になります（時刻であることを示すものは、応答にはほかにありません）`,
        },
      };
}
