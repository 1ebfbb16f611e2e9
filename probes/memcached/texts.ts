import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeTexts, Texts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'memcached answers over UDP to anyone',
    ja: 'memcachedがUDPで誰にでも応答しています',
  },
  risk: {
    en:
      'A request of 15 bytes from anywhere brings back a page of statistics; we asked for nothing else. As a rule an ' +
      'attacker can first store a large value there and then have it sent, again and again, to a third party whose ' +
      'address is forged as the sender: up to a megabyte for a request of a few bytes, one of the strongest ' +
      'amplifications known. As a rule whoever reaches the service can also read and change what is stored in it.',
    ja:
      'どこからでも、わずか15バイトの要求を送るだけで、統計情報の一覧が返ってきます（当方が要求したのは統計情報のみです）。' +
      '通常、攻撃者はあらかじめ大きな値を保存し、送信元を第三者のアドレスに詐称した要求を繰り返して、その値を第三者へ送らせることができます。' +
      '数バイトの要求に対して最大1メガバイトが返る、知られている中でも特に増幅率の高い攻撃です。' +
      'また、通常、サービスに接続できる者は、保存されたデータを読み書きできます。',
  },
  remedy: {
    en: [
      'Switch UDP off: hardly any client needs it, and memcached 1.5.6 and newer have it off unless told otherwise.',
      'Debian, Ubuntu: remove the line `-U` from /etc/memcached.conf, or set `-U 0`, and run `systemctl restart memcached`.',
      'Red Hat and its like: set OPTIONS="-U 0 -l 127.0.0.1" in /etc/sysconfig/memcached and restart it.',
      'Containers and panels: start memcached with `-U 0`, and publish no UDP port.',
      'Let it listen only on the addresses at which its clients reach it (`-l 127.0.0.1`), for TCP has as a rule no password either.',
      'Until then have UDP port PORT filtered at the edge, and let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'UDPを無効にしてください。UDPを必要とするクライアントはほとんどなく、memcached 1.5.6以降では既定で無効です。',
      'Debian、Ubuntu：/etc/memcached.conf の `-U` の行を削除するか `-U 0` とし、`systemctl restart memcached` を実行します。',
      'Red Hat系：/etc/sysconfig/memcached に OPTIONS="-U 0 -l 127.0.0.1" を設定し、再起動します。',
      'コンテナーや管理パネル：memcachedを `-U 0` で起動し、UDPポートを公開しないでください。',
      '通常はTCPにもパスワードがないため、クライアントが接続に使うアドレスだけで待ち受けるようにしてください（`-l 127.0.0.1`）。',
      '対策が済むまでは、網の境界でUDPポートPORTを遮断し、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: "If lines that begin with STAT come back, the service is still open; a line with ERROR means that it answers, but shows no statistics. If nothing comes back within three seconds, twice in a row, it no longer answers:\n    printf '\\0\\1\\0\\0\\0\\1\\0\\0stats\\r\\n' | nc -u -w 3 ADDRESS PORT",
    ja: "STATで始まる行が返ってきた場合は、まだ応答しています。ERRORを含む行が返ってきた場合は、応答していますが、統計情報は返していません。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    printf '\\0\\1\\0\\0\\0\\1\\0\\0stats\\r\\n' | nc -u -w 3 ADDRESS PORT",
  },
};

/** A row that this run did not see has no facts. */
export function textsFor({ facts }: FindingRecord): Partial<ProbeTexts> {
  const datagrams = facts?.['datagrams'];
  return datagrams === undefined ? {} : { detail: statisticsText(Number(datagrams)) };
}

/** How much came back. */
export function statisticsText(datagrams: number): Texts {
  return {
    en: `statistics in ${datagrams} datagram${datagrams === 1 ? '' : 's'}; what is stored there could be made to come back too`,
    ja: `統計情報が${datagrams}個のデータグラムで返りました。保存されたデータも同様に返される可能性があります`,
  };
}
