import type { FindingRecord } from '../../src/domain/finding-record.js';
import { isAmplifier, joined, type Facts, type ProbeTexts, type Texts } from '../probe.js';

const COMMAND =
  "    printf '\\201\\12\\0\\23\\1\\4\\0\\5\\2\\16\\14\\2\\77\\377\\377\\36\\11\\10\\37' | nc -u -w 3 ADDRESS PORT | tr -c '[:print:]' .";

export const texts: ProbeTexts = {
  title: {
    en: 'BACnet/IP (building automation) answers anyone',
    ja: 'BACnet/IP（ビル設備の制御）が誰にでも応答しています',
  },
  risk: {
    en:
      'A request of 19 bytes from anywhere brings back the properties of the device, many times as large as the request; with ' +
      'a forged sender address they hit a third party. Worse: BACnet/IP knows no password. Whoever reaches the device can as ' +
      'a rule also write: temperatures, ventilation, doors, alarms.',
    ja:
      'どこからでも、わずか19バイトの要求を送るだけで、要求の何倍もの大きさの機器情報が返ってきます。送信元を詐称した要求に応答すると、第三者への攻撃に悪用されます。' +
      'さらに、BACnet/IPにはパスワードがありません。機器に到達できる者は、通常、書き込みも行え、温度、換気、扉、警報を操作できます。',
  },
  remedy: {
    en: [
      'Nothing of BACnet belongs on the Internet: remove the port forwarding of UDP PORT from the router or the mobile network gateway, and reach the installation through a VPN.',
      'Put controllers into a network of their own, and let the firewall admit UDP PORT (47808 to 47823) from the building management system alone.',
      'Where sites are joined over the Internet, do it through a VPN and not by a BBMD that anybody can register with; new installations: BACnet/SC, which encrypts and authenticates.',
      'Until then have UDP port PORT filtered at the edge, and let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'BACnetをインターネットに公開する必要はありません。ルーターやモバイル回線のゲートウェイからUDPポートPORTの転送設定を削除し、設備へはVPN経由で接続してください。',
      'コントローラーを専用の網に分離し、ファイアウォールでUDPのPORT（47808〜47823）への通信を、中央監視システムからだけ許可してください。',
      '拠点間をインターネットで結ぶ場合は、誰でも登録できるBBMDではなく、VPNを使ってください。新規の設備では、暗号化と認証を備えたBACnet/SCを検討してください。',
      '対策が済むまでは、網の境界でUDPのポートPORTを遮断し、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: `If names of the vendor and the model, or a few other characters, come back, the device still answers. If nothing comes back within three seconds, twice in a row, it no longer does:\n${COMMAND}`,
    ja: `メーカー名や型名、または数文字が返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n${COMMAND}`,
  },
};

/** Less than twice what it got, on the wire. */
const SMALL: Pick<ProbeTexts, 'risk'> = {
  risk: {
    en:
      'The device answers requests of 17 and 19 bytes from anywhere. The answer was less than twice as large as the request ' +
      'on the wire, so it hardly adds to an attack. But BACnet/IP knows no password: whoever reaches the device can as a ' +
      'rule also write: temperatures, ventilation, doors, alarms.',
    ja:
      'どこからでも、17バイトまたは19バイトの要求に応答します。今回の応答は、回線上で要求の2倍未満の大きさで、攻撃の通信量をほとんど増やしません。' +
      'ただし、BACnet/IPにはパスワードがありません。機器に到達できる者は、通常、書き込みも行え、温度、換気、扉、警報を操作できます。',
  },
};

/** Its number, and what it is. */
export function describe({ device_instance: device, vendor_name: vendor, model_name: model }: Facts): Texts {
  const named = (value: string): Texts => ({ en: `"${value}"`, ja: `「${value}」` });
  return joined([
    { en: `device ${String(device)}`, ja: `デバイス番号${String(device)}` },
    ...[vendor, model].flatMap((value) => (value === undefined ? [] : named(String(value)))),
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
