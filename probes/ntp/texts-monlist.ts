import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeTexts, Texts } from '../probe.js';
import { ncCommand } from './nc-command.js';

/** An error, or an empty list, has 8 bytes: the header of mode 7. */
function checkOf(finding: Pick<FindingRecord, 'exchanges'>): Texts {
  // As the sweep asks: implementation 3, request code 42.
  const command = ncCommand(finding, '1700032a00000000', 'wc -c');
  return {
    en: `The command prints how many bytes come back. More than 8: the server still gives a list. 8: it still answers, without a list. 0, twice in a row: it no longer answers.\n${command}`,
    ja: `返ってきたバイト数が表示されます。8より大きい場合は、まだ一覧を返しています。8の場合は、一覧は返しませんが、まだ応答しています。2回続けて0の場合は、応答は止まっています。\n${command}`,
  };
}

export const texts: ProbeTexts = {
  title: {
    en: 'NTP server answers monlist requests (mode 7)',
    ja: 'NTPサーバーがmonlist要求（モード7）に応答しています',
  },
  risk: {
    en:
      'One packet of 8 bytes from anywhere brings back the list of the hosts that last used this server. The list ' +
      'grows as clients come, up to 600 entries: 100 packets and 44,000 bytes. With a forged sender address that ' +
      'answer goes to a third party from your network, and the list shows strangers which hosts use the server.',
    ja:
      'どこからでも、わずか8バイトの要求を送るだけで、このサーバーを最近利用したホストの一覧が返ってきます。' +
      '一覧は利用者が増えるにつれて大きくなり、最大600件（100パケット、44,000バイト）に達します。' +
      '送信元を詐称した要求に応答すると、第三者への攻撃がこのネットワークから行われる形になります。' +
      'また、このサーバーを利用しているホストが部外者に知られます。',
  },
  remedy: {
    en: [
      'ntpd: upgrade to 4.2.7p26 or later (any 4.2.8), where monlist was removed.',
      'ntpd that cannot be upgraded now: put `restrict default noquery` and `restrict -6 default noquery` into ntp.conf (no answers to modes 6 and 7), or at least `disable monitor` (no list any more), and restart it.',
      'Routers and other devices: turn the NTP server off where only the client is needed, otherwise admit your own networks only by an access list.',
      'Until then have your upstream or your edge block outgoing UDP packets from source port 123 that are larger than an ordinary time reply: more than 48 bytes of payload, or 68 with a key. Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'ntpd：4.2.7p26以降（4.2.8系であればどの版でも可）に更新してください。monlistはこの版で廃止されました。',
      'すぐに更新できないntpd：ntp.conf に `restrict default noquery` と `restrict -6 default noquery`（モード6と7の問い合わせに応答しない）を、少なくとも `disable monitor`（一覧を記録しない）を追加し、再起動してください。',
      'ルーターなどの機器：時刻の取得だけでよければNTPサーバー機能を無効にし、必要であればアクセスリストで自網からの要求に限定してください。',
      '対策が済むまでは、上流または網の境界で、送信元がUDPポート123で、ペイロードが通常の時刻応答（48バイト、鍵認証付きで68バイト）より大きい外向きのパケットを遮断してください。また、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: checkOf({ exchanges: [] }),
};

/** Words for a server that answered the request without a list, and the check at the port that was asked. */
export function textsFor(finding: FindingRecord): Partial<ProbeTexts> {
  const tags = finding.tag?.split(';') ?? [];
  if (tags.includes('mode7-open-no-monlist')) return { ...WITHOUT_LIST, check: checkOf(finding) };
  if (tags.includes('mode7-open')) return { ...EMPTY_LIST, check: checkOf(finding) };
  const { entries, datagrams } = finding.facts ?? {};
  return {
    check: checkOf(finding),
    risk: {
      en: texts.risk.en.replace('8 bytes', `${finding.request_size} bytes`),
      ja: texts.risk.ja.replace('わずか8バイト', `わずか${finding.request_size}バイト`),
    },
    ...(entries !== undefined && {
      detail: {
        en: finding.detail ?? '',
        ja: `${String(datagrams)}個のデータグラムで${String(entries)}件の一覧が返りました`,
      },
    }),
  };
}

const WITHOUT_LIST: Partial<ProbeTexts> = {
  title: {
    en: 'NTP server answers management requests (mode 7) without a list of clients',
    ja: 'NTPサーバーが管理要求（モード7）に応答しています（利用者の一覧は返りません）',
  },
  risk: {
    en:
      'The management interface of this server answers anyone. The request for its list of clients (monlist) brought ' +
      'one packet without a list, no larger than the request, and still did after we had used the server as a client: ' +
      'so it does not multiply an attack. No stranger needs this interface: close it before an update or a setting ' +
      'brings the list back.',
    ja:
      'このサーバーの管理機能は、誰からの要求にも応答します。利用者の一覧（monlist）の要求に対しては、要求を超えない大きさの、' +
      '一覧を含まない応答が1つ返りました。当方がクライアントとして利用した後も同じでしたので、攻撃の通信量を増やすものではありません。' +
      'ただし、外部から利用する必要のない機能です。更新や設定変更で一覧が返るようになる前に、閉じてください。',
  },
  detail: {
    en: 'mode 7 answers, but monlist brought no list',
    ja: 'モード7には応答しますが、一覧は返りませんでした',
  },
};

const EMPTY_LIST: Partial<ProbeTexts> = {
  title: {
    en: 'NTP server answers management requests (mode 7); its list of clients was empty',
    ja: 'NTPサーバーが管理要求（モード7）に応答しています（利用者の一覧は空でした）',
  },
  risk: {
    en:
      'The management interface of this server answers anyone. The request for its list of clients (monlist) brought ' +
      'one packet without a list, no larger than the request. Where monlist works, the list fills as clients come, up ' +
      'to 600 entries; where it is switched off, it stays empty. From outside the two look the same today.',
    ja:
      'このサーバーの管理機能は、誰からの要求にも応答します。利用者の一覧（monlist）の要求に対しては、要求を超えない大きさの、' +
      '一覧を含まない応答が1つ返りました。monlistが有効であれば、一覧は利用者が増えるにつれて最大600件まで大きくなり、' +
      '無効であれば空のままです。現時点では、外部からはどちらであるか判別できません。',
  },
  detail: {
    en: 'monlist is answered, and the list was empty',
    ja: 'monlistに応答しましたが、一覧は空でした',
  },
};
