import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { Facts, ProbeTexts, Texts } from '../probe.js';
import { isAmplifier, joined } from '../probe.js';
import { ncCommand, reportedRequest } from './nc-command.js';

/** Where the header has the sequence number (RFC 9327 §2). */
const SEQUENCE_AT = 2;

const CONTENTS = {
  version: { en: 'the version of the software', ja: 'ソフトウェアのバージョン' },
  system: { en: 'the operating system', ja: 'OSの情報' },
  state: { en: 'variables of the server', ja: 'サーバーの内部変数' },
} as const satisfies Record<string, Texts>;

const VARIABLES: Texts = {
  en: `${CONTENTS.version.en}, ${CONTENTS.system.en}, ${CONTENTS.state.en}`,
  ja: `${CONTENTS.version.ja}、${CONTENTS.system.ja}、${CONTENTS.state.ja}`,
};

/** Of what the answer was and held, and no more. */
function riskOf({
  bytes,
  contents,
  isLarger,
  version,
}: {
  readonly bytes: number;
  readonly contents: Texts;
  readonly isLarger: boolean;
  readonly version: boolean;
}): Texts {
  return {
    en:
      `One packet of ${bytes} bytes from anywhere brings back ` +
      `${isLarger ? 'an answer at least twice as large on the wire' : 'an answer'}: ${contents.en}. With a forged ` +
      'sender address that answer hits a third party from your network' +
      `${version ? ', and the version tells an attacker which known flaws to try' : ''}.`,
    ja:
      `どこからでも、わずか${bytes}バイトの要求を送るだけで、${isLarger ? '回線上で2倍以上の大きさの応答' : '応答'}が返ってきます。` +
      `応答には、${contents.ja}が含まれます。` +
      '送信元を詐称した要求に応答すると、第三者への攻撃がこのネットワークから行われる形になります。' +
      (version ? 'また、バージョンの情報は、攻撃者が脆弱性を探す手がかりになります。' : ''),
  };
}

export const texts: ProbeTexts = {
  title: {
    en: 'NTP server shows its variables to anyone (mode 6)',
    ja: 'NTPサーバーが内部情報を誰にでも返しています（モード6）',
  },
  risk: riskOf({ bytes: 12, contents: VARIABLES, isLarger: true, version: true }),
  remedy: {
    en: [
      'ntpd: answer the time and nothing else. Put `restrict default nomodify nopeer noquery limited` and `restrict -6 default nomodify nopeer noquery limited` into ntp.conf, with `restrict 127.0.0.1` and `restrict ::1` for your own ntpq, and restart it. ntpsec: remove lines `unrestrict default noquery`.',
      'Cisco IOS: `no ntp allow mode control` or an `ntp access-group`. Juniper: a firewall filter on the loopback interface. Other routers and devices: where only the client is needed, turn the server off.',
      'Until then admit UDP port PORT at the edge only to hosts that serve time, and block outgoing packets from source port PORT that are larger than an ordinary time reply: more than 48 bytes of UDP payload, or 68 with a key. Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'ntpd：時刻だけに応答するようにしてください。ntp.conf に `restrict default nomodify nopeer noquery limited` と `restrict -6 default nomodify nopeer noquery limited` を設定し、自ホストのntpq用に `restrict 127.0.0.1` と `restrict ::1` を追加して、再起動します。ntpsec：`unrestrict default noquery` の行を削除します。',
      'Cisco IOS：`no ntp allow mode control` または `ntp access-group` を設定します。Juniper：ループバックインターフェースにファイアウォールフィルターを設定します。その他のルーターや機器：時刻の取得だけでよければ、サーバー機能を無効にしてください。',
      '対策が済むまでは、網の境界で、時刻を提供するホスト以外へのUDPポートPORTの通信を遮断し、送信元がUDPポートPORTで、ペイロードが通常の時刻応答（48バイト、鍵認証付きで68バイト）より大きい外向きのパケットも遮断してください。また、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: checkOf({ probed_port: 123, exchanges: [] }),
};

/** What the answer held, and the check with the request that brought it. */
export function textsFor(finding: FindingRecord): Partial<ProbeTexts> {
  const { system } = finding.facts ?? {};
  const version = finding.version !== undefined;
  const contents = [
    ...(version ? [CONTENTS.version] : []),
    ...(system === undefined ? [] : [CONTENTS.system]),
    CONTENTS.state,
  ];
  return {
    check: checkOf(finding),
    risk: riskOf({
      bytes: finding.request_size,
      contents: { en: contents.map(({ en }) => en).join(', '), ja: contents.map(({ ja }) => ja).join('、') },
      isLarger: isAmplifier(finding),
      version,
    }),
    ...(finding.facts && { detail: joined(answerTexts(finding.facts)) }),
  };
}

/** What the server says of itself, and what is missing of it. */
function answerTexts(facts: Facts): readonly Texts[] {
  const { system, stratum, refid, sequence_complete: isWhole } = facts;
  const told: readonly Texts[] = [
    ...(system === undefined ? [] : [{ en: `system ${system}`, ja: `システム：${system}` }]),
    ...(stratum === undefined ? [] : [{ en: `stratum ${stratum}`, ja: `階層（stratum）：${stratum}` }]),
    ...(refid === undefined ? [] : [{ en: `source ${refid}`, ja: `参照元：${refid}` }]),
    ...(isWhole === false ? [{ en: 'a part of the answer is missing', ja: '応答の一部が欠けています' }] : []),
  ];
  return told.length > 0
    ? told
    : [
        {
          en: 'variables without a system or a stratum',
          ja: 'システムや階層（stratum）を含まない変数が返りました',
        },
      ];
}

/** The request that was answered, but for its sequence number: so that there is one command for all. ntpq asks port 123 alone. */
function checkOf(finding: Pick<FindingRecord, 'probed_port' | 'exchanges'>): Texts {
  const request = Uint8Array.from(reportedRequest(finding, '160200010000000000000000'));
  request.set([0, 1], SEQUENCE_AT);
  const commands = [
    ...(finding.probed_port === 123 ? ['    ntpq -n -c rv ADDRESS'] : []),
    ncCommand(request, "tr -cd '[:print:]'"),
  ].join('\n');
  return {
    en: `If variables come back ("version=", "system="), the server still shows them. No variables, twice in a row, means that it no longer shows them to strangers.\n${commands}`,
    ja: `変数（version、system など）が返ってきた場合は、まだ内部情報を返しています。2回続けて変数が表示されない場合は、外部への応答は止まっています。\n${commands}`,
  };
}
