import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeWords, Words } from '../probe.js';
import { isAmplifier } from '../probe.js';

export const words: ProbeWords = {
  title: {
    en: 'NTP server shows its variables to anyone (mode 6)',
    ja: 'NTPサーバーが内部情報を誰にでも応答しています（モード6）',
  },
  risk: {
    en:
      'One packet of 12 bytes from anywhere brings back a much larger answer: the version of the software, the ' +
      'operating system and its kernel, and the state of the clock. With a forged sender address that answer ' +
      'strikes a third party from your network, and the version tells an attacker which holes to try.',
    ja:
      'どこからでも、わずか12バイトの要求を送るだけで、はるかに大きな応答が返ってきます。' +
      '応答には、ソフトウェアの版、OSとカーネルの版、時計の状態が含まれます。' +
      '送信元を詐称した要求に応答すると、第三者への攻撃がこのネットワークから行われる形になります。' +
      'また、版の情報は攻撃者が弱点を探す手がかりになります。',
  },
  remedy: {
    en: [
      'ntpd: answer the time and nothing else. Put `restrict default nomodify nopeer noquery limited` and `restrict -6 default nomodify nopeer noquery limited` into ntp.conf, with `restrict 127.0.0.1` and `restrict ::1` for your own ntpq, and restart it. ntpsec: remove lines `unrestrict default noquery`.',
      'Cisco IOS: `no ntp allow mode control` or an `ntp access-group`. Juniper: a firewall filter on the loopback interface. Other routers and devices: where only the client is needed, turn the server off.',
      'Until then admit UDP port 123 at the edge only to hosts that serve time, and block outgoing packets from source port 123 that are larger than an ordinary time reply: more than 48 bytes of UDP payload, or 68 with a key. Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'ntpd：時刻だけに応答するようにしてください。ntp.conf に `restrict default nomodify nopeer noquery limited` と `restrict -6 default nomodify nopeer noquery limited` を設定し、自ホストのntpq用に `restrict 127.0.0.1` と `restrict ::1` を追加して、再起動します。ntpsec：`unrestrict default noquery` の行を削除します。',
      'Cisco IOS：`no ntp allow mode control` または `ntp access-group` を設定します。Juniper：ループバックインターフェースにファイアウォールフィルターを設定します。その他のルーターや機器：時刻の取得だけでよければ、サーバー機能を無効にしてください。',
      '対策が済むまでは、網の境界で、時刻を提供するホスト以外へのUDPポート123の通信を遮断し、送信元がUDPポート123で、ペイロードが通常の時刻応答（48バイト、鍵認証付きで68バイト）より大きい外向きのパケットも遮断してください。また、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: checkOf({ probed_port: 123 }),
};

/** Words for a short answer, and the check at the port that was asked. */
export function wordsFor(finding: FindingRecord): Partial<ProbeWords> {
  const { system, stratum } = finding.facts ?? {};
  const told = [
    ...(system === undefined ? [] : [`システム：${String(system)}`]),
    ...(stratum === undefined ? [] : [`階層：${String(stratum)}`]),
  ].join('、');
  return {
    check: checkOf(finding),
    ...(!isAmplifier(finding) && { risk: SHORT_ANSWER }),
    ...(told !== '' && { detail: { en: finding.detail ?? '', ja: told } }),
  };
}

const SHORT_ANSWER: Words = {
  en: words.risk.en.replace(
    'a much larger answer: the version',
    'variables of this server, such as the version',
  ),
  ja: words.risk.ja.replace('はるかに大きな応答が返ってきます', 'このサーバーの内部情報が返ってきます'),
};

/** ntpq asks port 123 alone. */
function checkOf({ probed_port }: Pick<FindingRecord, 'probed_port'>): Words {
  const commands = [
    ...(probed_port === 123 ? ['    ntpq -n -c rv ADDRESS'] : []),
    '    nmap -sU -p PORT --script ntp-info ADDRESS',
  ].join('\n');
  return {
    en: `If variables come back ("version=" or "version:", "system"), the server still answers. "timed out", or no variables, means that it is fixed.\n${commands}`,
    ja: `変数（version、system など）が返ってきた場合は、まだ応答しています。「timed out」と表示された場合、または変数が表示されない場合は、対策は完了しています。\n${commands}`,
  };
}
