import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeTexts } from '../probe.js';

/** A Probe for anything that is there. */
const COMMAND =
  `printf '%s' '<?xml version="1.0" encoding="utf-8"?>` +
  '<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"' +
  ' xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing"' +
  ' xmlns:wsd="http://schemas.xmlsoap.org/ws/2005/04/discovery">' +
  '<soap:Header><wsa:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</wsa:To>' +
  '<wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</wsa:Action>' +
  '<wsa:MessageID>urn:uuid:0a6dc791-2be6-4991-9af1-454700000001</wsa:MessageID></soap:Header>' +
  `<soap:Body><wsd:Probe/></soap:Body></soap:Envelope>' | nc -u -w 3 ADDRESS PORT`;

export const texts: ProbeTexts = {
  title: {
    en: 'A device describes itself to anyone (WS-Discovery)',
    ja: '機器が誰にでも自身の情報を返しています（WS-Discovery）',
  },
  risk: {
    en:
      'WS-Discovery is how cameras, printers and computers find one another inside a network. Here a request from ' +
      'anywhere is answered, with what the device is and at which address it is managed; with a forged sender address the ' +
      'answer hits a third party. Many devices answer a few bytes of a broken request as well, which we did not send, with ' +
      'an error many times its size; cameras (ONVIF) are abused in this way.',
    ja:
      'WS-Discoveryは、カメラ、プリンター、コンピューターなどが同じ網の中で互いを見つけるための仕組みです。' +
      'この機器はどこからの要求にも応答し、機器の種類や管理用のアドレスを知らせています。送信元を詐称した要求への応答は、第三者に届きます。' +
      '当方は送っていませんが、数バイトの壊れた要求に対して、その何十倍もの大きさのエラーを返す機器も多く、特にカメラ（ONVIF）が悪用されています。',
  },
  remedy: {
    en: [
      'Have UDP port PORT, and TCP port PORT and 5357 along with it, filtered at the edge: WS-Discovery is made for one network and is of no use beyond it.',
      'Cameras and recorders (ONVIF): switch "WS-Discovery" or "ONVIF discovery" off in the settings for the network, update the firmware, and take the device off the internet: reach it through a VPN.',
      'Printers: switch "WSD" or "Web Services on Devices" off where nobody prints through it.',
      'Windows: set the network profile to "Public", or limit the firewall rule "Network Discovery (WSD-In)" to the local subnet.',
      'Linux with Samba: wsdd2 listens on every address unless told otherwise: name the inner interface (`wsdd2 -i eth1`), or `systemctl disable --now wsdd2`; wsdd (`-i eth1`) answers the group alone.',
      'Until then let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      '網の境界でUDPのポートPORTを、併せてTCPのポートPORTと5357を遮断してください。WS-Discoveryは1つの網の中で使うもので、外部に公開する必要はありません。',
      'カメラ、レコーダー（ONVIF）：ネットワーク設定で「WS-Discovery」または「ONVIF探索」を無効にし、ファームウェアを更新してください。また、インターネットには直接公開せず、VPN経由で利用してください。',
      'プリンター：利用していなければ「WSD」または「Web Services on Devices」を無効にします。',
      'Windows：ネットワークプロファイルを「パブリック」にするか、ファイアウォールの規則「ネットワーク探索（WSD受信）」の対象をローカルサブネットに限定します。',
      'LinuxとSamba：wsdd2は、指定しなければすべてのアドレスで待ち受けます。内側のインターフェースを指定する（`wsdd2 -i eth1`）か、`systemctl disable --now wsdd2` で停止してください。wsdd（`-i eth1`）はマルチキャストの要求にだけ応答します。',
      '対策が済むまでは、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: `If an envelope with ProbeMatches comes back, the device still describes itself; one with Fault means that it answers. If nothing comes back within three seconds, twice in a row, it no longer does:\n    ${COMMAND}`,
    ja: `ProbeMatchesを含むXMLが返ってきた場合は、まだ情報を返しています。Faultを含む場合も、応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    ${COMMAND}`,
  },
};

/** What the device said, in Japanese too. A row that this run did not see has no facts. */
export function textsFor({ facts, detail = '' }: FindingRecord): Partial<ProbeTexts> {
  const { types, error } = facts ?? {};
  if (types !== undefined) return { detail: { en: detail, ja: `機器の種類：${String(types)}` } };
  return error === undefined ? {} : { detail: { en: detail, ja: `エラーが返りました：${String(error)}` } };
}
