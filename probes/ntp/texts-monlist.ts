import { countText } from '../../src/domain/count-text.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeTexts, Texts } from '../probe.js';
import { joined } from '../probe.js';
import { ncCommand, reportedRequest } from './nc-command.js';

/** An error, or an empty list, has 8 bytes: the header of mode 7. */
function checkOf(finding: Pick<FindingRecord, 'exchanges'>, gaveList = true): Texts {
  // As the sweep asks: implementation 3, request code 42.
  const command = ncCommand(reportedRequest(finding, '1700032a00000000'), 'wc -c');
  return {
    en: `The command prints how many bytes come back. More than 8: the server ${gaveList ? 'still gives a list' : 'gives a list now'}. 8: it still answers, without a list. 0, twice in a row: it no longer answers.\n${command}`,
    ja: `返ってきたバイト数が表示されます。8より大きい場合は、${gaveList ? 'まだ一覧を返しています' : '一覧を返すようになっています'}。8の場合は、一覧は返しませんが、まだ応答しています。2回続けて0の場合は、応答は止まっています。\n${command}`,
  };
}

const MOST_ENTRIES = 600;
/** Of the items in a datagram (RESP_DATA_SIZE in ntp_request.h), behind the header. */
const DATA_BYTES = 500;
const HEADER_BYTES = 8;

/** A whole list of entries of this size: `100 packets and 44,000 bytes` of 72. */
function largestList(entryBytes: number): Texts {
  const packets = Math.ceil(MOST_ENTRIES / Math.floor(DATA_BYTES / entryBytes));
  const bytes = countText(packets * HEADER_BYTES + MOST_ENTRIES * entryBytes);
  return { en: `: ${packets} packets and ${bytes} bytes`, ja: `（${packets}パケット、${bytes}バイト）` };
}

/** @param largest absent: the size of an entry is not known. */
function riskOf(requestBytes: number, largest: Texts = { en: '', ja: '' }): Texts {
  return {
    en:
      `One packet of ${requestBytes} bytes from anywhere brings back the list of the hosts that last used this server. The list ` +
      `grows as clients come, up to ${MOST_ENTRIES} entries${largest.en}. With a forged sender address that ` +
      'answer goes to a third party from your network, and the list shows strangers which hosts use the server.',
    ja:
      `どこからでも、わずか${requestBytes}バイトの要求を送るだけで、このサーバーを最近利用したホストの一覧が返ってきます。` +
      `一覧は利用者が増えるにつれて大きくなり、最大${MOST_ENTRIES}件${largest.ja}に達します。` +
      '送信元を詐称した要求に応答すると、第三者への攻撃がこのネットワークから行われる形になります。' +
      'また、このサーバーを利用しているホストが部外者に知られます。',
  };
}

export const texts: ProbeTexts = {
  title: {
    en: 'NTP server answers monlist requests (mode 7)',
    ja: 'NTPサーバーがmonlist要求（モード7）に応答しています',
  },
  risk: riskOf(8, largestList(72)),
  remedy: {
    en: [
      'ntpd: upgrade to 4.2.7p26 or later (any 4.2.8), where monlist was removed.',
      'ntpd that cannot be upgraded now: put `restrict default noquery` and `restrict -6 default noquery` into ntp.conf (no answers to modes 6 and 7), or at least `disable monitor` (no list any more), and restart it.',
      'Routers and other devices: turn the NTP server off where only the client is needed, otherwise admit your own networks only by an access list.',
      'Until then have your upstream or your edge block outgoing UDP packets from source port PORT that are larger than an ordinary time reply: more than 48 bytes of payload, or 68 with a key. Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'ntpd：4.2.7p26以降（4.2.8系であればどのバージョンでも可）に更新してください。monlistはこのバージョンで廃止されました。',
      'すぐに更新できないntpd：ntp.conf に `restrict default noquery` と `restrict -6 default noquery`（モード6と7の問い合わせに応答しない）を追加するか、少なくとも `disable monitor`（一覧を記録しない）を追加し、再起動してください。',
      'ルーターなどの機器：時刻の取得だけでよければNTPサーバー機能を無効にし、必要であればアクセスリストで自網からの要求に限定してください。',
      '対策が済むまでは、上流または網の境界で、送信元がUDPポートPORTで、ペイロードが通常の時刻応答（48バイト、鍵認証付きで68バイト）より大きい外向きのパケットを遮断してください。また、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: checkOf({ exchanges: [] }),
};

/** Texts for a server that answered the request without a list, and the check at the port that was asked. */
export function textsFor(finding: FindingRecord): Partial<ProbeTexts> {
  const tags = finding.tag?.split(';') ?? [];
  if (tags.includes('mode7-open-no-monlist')) return { ...WITHOUT_LIST, check: checkOf(finding, false) };
  if (tags.includes('mode7-open')) return { ...EMPTY_LIST, check: checkOf(finding, false) };
  const { entries, datagrams } = finding.facts ?? {};
  // Of the datagrams that were read, each has a header; those of the sweep were counted only.
  const entryBytes = (finding.response_size - Number(datagrams) * HEADER_BYTES) / Number(entries);
  return {
    check: checkOf(finding),
    risk: riskOf(
      finding.request_size,
      Number.isInteger(entryBytes) && entryBytes > 0 && entryBytes <= DATA_BYTES
        ? largestList(entryBytes)
        : undefined,
    ),
    ...(datagrams !== undefined && { detail: joined(listTexts(finding)) }),
  };
}

/** What came of the list, and what is missing of it. */
function listTexts({ facts = {}, exchanges }: FindingRecord): readonly Texts[] {
  const { entries, lost_datagrams: lost, repeated_datagrams: repeated, sequence_complete: isWhole } = facts;
  const datagrams = Number(facts['datagrams']);
  const counted = `${datagrams} ${datagrams === 1 ? 'datagram' : 'datagrams'}`;
  if (entries === undefined)
    return [
      {
        en: `a list in ${counted}, whose entries were not counted`,
        ja: `一覧は${datagrams}個のデータグラムで返りました（件数は数えていません）`,
      },
    ];
  return [
    {
      en: `${entries} ${entries === 1 ? 'entry' : 'entries'} in ${counted}`,
      ja: `${datagrams}個のデータグラムで${entries}件の一覧が返りました`,
    },
    ...(isWhole === false
      ? [
          {
            en: `a part of the list is missing${lost === undefined ? '' : ` (${lost} in between)`}`,
            ja: `一覧の一部が欠けています${lost === undefined ? '' : `（途中の${lost}個）`}`,
          },
        ]
      : []),
    ...(repeated === undefined
      ? []
      : [{ en: `${repeated} came more than once`, ja: `${repeated}個は重複して届きました` }]),
    // That is asked only after an empty list.
    ...(exchanges.some(({ purpose }) => purpose === 'prime')
      ? [
          {
            en: 'there was none until we asked the server for the time',
            ja: '当方が時刻を問い合わせるまで、一覧は空でした',
          },
        ]
      : []),
  ];
}

/** A filter of large answers stops none of these. */
const REMEDY_WITHOUT_LIST: Texts = {
  en: [
    'ntpd: upgrade to 4.2.7p26 or later (any 4.2.8), where monlist was removed, and remove a line `enable mode7`.',
    'ntpd that cannot be upgraded now: put `restrict default noquery` and `restrict -6 default noquery` into ntp.conf (no answers to modes 6 and 7), and restart it.',
    'Routers and other devices: turn the NTP server off where only the client is needed, otherwise admit your own networks only by an access list.',
    'Until then admit UDP port PORT at the edge only to hosts that serve time. Let no packet with a forged source leave your network (BCP 38).',
  ].join('\n'),
  ja: [
    'ntpd：4.2.7p26以降（4.2.8系であればどのバージョンでも可）に更新してください。monlistはこのバージョンで廃止されました。`enable mode7` の行があれば削除してください。',
    'すぐに更新できないntpd：ntp.conf に `restrict default noquery` と `restrict -6 default noquery`（モード6と7の問い合わせに応答しない）を追加し、再起動してください。',
    'ルーターなどの機器：時刻の取得だけでよければNTPサーバー機能を無効にし、必要であればアクセスリストで自網からの要求に限定してください。',
    '対策が済むまでは、網の境界で、時刻を提供するホスト以外へのUDPポートPORTの通信を遮断してください。また、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
  ].join('\n'),
};

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
  remedy: REMEDY_WITHOUT_LIST,
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
  remedy: REMEDY_WITHOUT_LIST,
  detail: {
    en: 'monlist is answered, and the list was empty',
    ja: 'monlistに応答しましたが、一覧は空でした',
  },
};
