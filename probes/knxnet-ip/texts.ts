import type { FindingRecord } from '../../src/domain/finding-record.js';
import { isAmplifier, joined, type Facts, type ProbeTexts, type Texts } from '../probe.js';

const COMMAND =
  "    printf '\\6\\20\\2\\1\\0\\16\\10\\1\\0\\0\\0\\0\\0\\0' | nc -u -w 3 ADDRESS PORT | tr -c '[:print:]' .";

export const texts: ProbeTexts = {
  title: {
    en: 'KNXnet/IP (building automation) answers anyone',
    ja: 'KNXnet/IP（ビル設備の制御）が誰にでも応答しています',
  },
  risk: {
    en:
      'A request of 14 bytes from anywhere brings back a description of the KNX interface. Where the answer goes stands in ' +
      'the request itself, so it hits any third party, even where networks let no forged sender address out. Worse: whoever ' +
      'is answered can as a rule also open a tunnel to the bus, and switch lights, heating, doors and alarms without a password.',
    ja:
      'どこからでも、わずか14バイトの要求を送るだけで、KNX機器の情報が返ってきます。応答の宛先は要求の本文で指定できるため、送信元の詐称が防がれている網からでも、任意の第三者へ送らせることができます。' +
      'さらに、応答を受けた相手は、通常、バスへのトンネルも開くことができ、照明、空調、扉、警報をパスワードなしで操作できます。',
  },
  remedy: {
    en: [
      'Nothing of KNX belongs on the Internet: remove the port forwarding of UDP PORT from the router, and reach the installation through a VPN.',
      'Source address validation (BCP 38) does not help here, for the address of the victim stands in the payload: only filtering UDP port PORT at the edge does.',
      'KNX IP interfaces and routers: switch KNX IP Secure on in ETS (tunnelling and, where all devices know it, routing); it protects the bus, but the search is answered all the same.',
      'knxd: leave out `-D` (discovery), `-T` and `-R` where nobody needs them; otherwise let the firewall of the host admit UDP port PORT from the inside alone, for the server listens on every address.',
    ].join('\n'),
    ja: [
      'KNXをインターネットに公開する必要はありません。ルーターからUDPポートPORTの転送設定を削除し、設備へはVPN経由で接続してください。',
      '送信元アドレスの検証（BCP 38）は、ここでは効果がありません。攻撃対象のアドレスが本文に書かれているためです。網の境界でUDPポートPORTを遮断する必要があります。',
      'KNX IPインターフェースとルーター：ETSでKNX IP Secureを有効にしてください（トンネリングと、全機器が対応していればルーティングも）。バスは保護されますが、検索への応答は続きます。',
      'knxd：不要であれば `-D`（機器検索）、`-T`、`-R` を外してください。必要な場合は、全アドレスで待ち受けるため、ホストのファイアウォールでUDPポートPORTを内部からだけ許可します。',
    ].join('\n'),
  },
  check: {
    en: `If the name of the interface comes back, it still answers. If nothing comes back within three seconds, twice in a row, it no longer does:\n${COMMAND}`,
    ja: `機器の名前が返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n${COMMAND}`,
  },
};

/** Less than twice what it got, on the wire. */
const SMALL: Pick<ProbeTexts, 'risk'> = {
  risk: {
    en:
      'A request of 14 bytes from anywhere brings back a description of the KNX interface. The answer was less than twice as ' +
      'large as the request on the wire, but where it goes stands in the request itself: it hides the origin of an attack ' +
      'even where networks let no forged sender address out. Worse: whoever is answered can as a rule also open a tunnel to ' +
      'the bus, and switch lights, heating, doors and alarms without a password.',
    ja:
      'どこからでも、わずか14バイトの要求を送るだけで、KNX機器の情報が返ってきます。今回の応答は、回線上で要求の2倍未満の大きさですが、応答の宛先は要求の本文で指定できるため、送信元の詐称が防がれている網からでも、攻撃元を隠すために悪用できます。' +
      'さらに、応答を受けた相手は、通常、バスへのトンネルも開くことができ、照明、空調、扉、警報をパスワードなしで操作できます。',
  },
};

/** What it calls itself, and what it serves. */
export function describe({ name, individual_address: address, services }: Facts): Texts {
  return joined([
    {
      en: `"${String(name)}" at ${String(address)} of the bus`,
      ja: `機器名「${String(name)}」（バス上のアドレス ${String(address)}）`,
    },
    { en: `serves ${String(services)}`, ja: `提供する機能：「${String(services)}」` },
  ]);
}

/** A row that this run did not see has no facts. */
export function textsFor(finding: FindingRecord): Partial<ProbeTexts> {
  const { facts } = finding;
  return {
    ...(!isAmplifier(finding) && SMALL),
    ...(facts !== undefined && { detail: describe(facts) }),
  };
}
