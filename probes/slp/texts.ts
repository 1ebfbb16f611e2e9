import type { FindingRecord } from '../../src/domain/finding-record.js';
import { isAmplifier, type Facts, type ProbeTexts, type Texts } from '../probe.js';

const COMMAND =
  "    printf '\\2\\11\\0\\0\\35\\0\\0\\0\\0\\0\\1\\2\\0\\2en\\0\\0\\377\\377\\0\\7default' | nc -u -w 3 ADDRESS PORT | tr -c '[:print:]' .";

export const texts: ProbeTexts = {
  title: {
    en: 'Service Location Protocol (SLP) answers anyone',
    ja: 'サービスロケーションプロトコル（SLP）が誰にでも応答しています',
  },
  risk: {
    en:
      'A request of 29 bytes from anywhere brings back the list of the services of this host; with a forged sender ' +
      'address the list goes to a third party. Worse, most of these servers let anybody register services: an attacker ' +
      'fills the list first, and then one request of 29 bytes brings up to 65,000 bytes (CVE-2023-29552). We have ' +
      'registered nothing, so the factor of this report is the smallest that the server can have.',
    ja:
      'どこからでも、わずか29バイトの要求を送るだけで、このホストのサービスの一覧が返ってきます。送信元を詐称した要求に応答すると、一覧は第三者へ送られます。' +
      'さらに、この種のサーバーの多くは誰からでもサービスの登録を受け付けます。攻撃者が先に一覧を埋めておけば、29バイトの要求1つで最大6万5千バイトが返ります（CVE-2023-29552）。' +
      '今回の検査では何も登録していないため、報告した増幅率は、このサーバーが取り得る最小の値です。',
  },
  remedy: {
    en: [
      'No host needs SLP from outside: have UDP and TCP port PORT filtered at the edge, and switch the service off where nothing inside asks for it.',
      'VMware ESXi: `/etc/init.d/slpd stop`, `esxcli network firewall ruleset set -r CIMSLP -e 0`, `chkconfig slpd off`; versions since 7.0 U2c and 8.0 have it off as delivered. Older ones are also open to attacks that take the host over: update them.',
      'OpenSLP on Linux (SUSE and others): `systemctl disable --now slpd`; where it is needed, `net.slp.interfaces = 10.0.0.5` in /etc/slp.conf binds it to the inside address. Solaris: `svcadm disable network/slp`.',
      'Printers, storage and management controllers (IMM, iLO and others): switch SLP off in the settings of the network or of discovery, and keep the management network apart from the Internet.',
      'Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      '外部からSLPを必要とするホストはありません。網の境界でUDPとTCPのポートPORTを遮断し、内部でも使っていなければサービスを停止してください。',
      'VMware ESXi：`/etc/init.d/slpd stop`、`esxcli network firewall ruleset set -r CIMSLP -e 0`、`chkconfig slpd off` を実行します。7.0 U2c以降と8.0では、出荷時から停止しています。古いバージョンにはホストを乗っ取られる脆弱性もあるため、更新してください。',
      'LinuxのOpenSLP（SUSEなど）：`systemctl disable --now slpd`。必要な場合は、/etc/slp.conf の `net.slp.interfaces = 10.0.0.5` で内部アドレスだけで待ち受けます。Solaris：`svcadm disable network/slp`。',
      'プリンター、ストレージ、管理コントローラー（IMM、iLOなど）：ネットワークまたは機器検出の設定でSLPを無効にし、管理用の網をインターネットから分離してください。',
      '送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: `If a line with the word "en" comes back, as a rule with "service:" behind it, the server still answers. If nothing comes back within three seconds, twice in a row, it no longer does:\n${COMMAND}`,
    ja: `「en」を含む行（通常はその後に「service:」が続きます）が返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n${COMMAND}`,
  },
};

/** Less than twice what it got, on the wire. */
const SMALL: Pick<ProbeTexts, 'risk'> = {
  risk: {
    en:
      'A request of 29 bytes from anywhere is answered. The answer was less than twice as large as the request on the wire, ' +
      'so today it hardly adds to an attack. But most of these servers let anybody register services, and then one ' +
      'request brings up to 65,000 bytes (CVE-2023-29552); we have registered nothing to find out.',
    ja:
      'どこからでも、わずか29バイトの要求に応答します。今回の応答は、回線上で要求の2倍未満の大きさで、現状では攻撃の通信量をほとんど増やしません。' +
      'ただし、この種のサーバーの多くは誰からでもサービスの登録を受け付け、登録後は1つの要求で最大6万5千バイトが返ります（CVE-2023-29552）。今回の検査では登録を試していません。',
  },
};

/** Which types it lists, or with which error it answers. */
export function describe({ error_code: error, error_code_text: name, service_types: types }: Facts): Texts {
  if (error !== 0)
    return {
      en: `answers with error code ${String(error)} (${String(name)})`,
      ja: `エラーコード${String(error)}「${String(name)}」で応答しました`,
    };
  const list = String(types);
  return list === ''
    ? { en: 'lists no service', ja: 'サービスの一覧は空でした' }
    : { en: `lists ${list}`, ja: `サービスの一覧：「${list}」` };
}

/** A row that this run did not see has no facts. */
export function textsFor(finding: FindingRecord): Partial<ProbeTexts> {
  const { facts } = finding;
  return {
    ...(!isAmplifier(finding) && SMALL),
    ...(facts !== undefined && { detail: describe(facts) }),
  };
}
