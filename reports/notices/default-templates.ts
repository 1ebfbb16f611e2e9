import type { Language } from '../../probes/probe.js';

/** The templates of a letter about exposures where the operator gives none: a paragraph a line, wrapped when it is written. */
export const defaultTemplates: Readonly<Record<Language, string>> = {
  en: `Subject: {{reminder_mark}}Exposed UDP services in your network: {{exposed}} ({{asn}}, {{date}})

{{salutation}}

{{opening}}

{{reminder}}

This message comes from {{organisation}}, which scanned the networks in its care for such services. It does not mean that we know of an attack or a break-in.

1. WHAT WAS FOUND

Exposures: {{exposed}} ({{customer}}, {{asn}} {{as_name}}). Times are UTC. The figures of each are in the file {{csv}}.

{{findings}}

{{fixed}}

2. HOW IT WAS MEASURED

The scan {{scan_id}} ran from {{started}} to {{ended}}. Each address was sent small requests that only read; a host that answered was asked again by itself, and what came back was counted. A service that answered our scanner is taken to answer anyone; if you admit our scanner on purpose, please tell us. The factor is the bytes of the answer divided by the bytes of the request (UDP payload), so it means something only beside the size of the request. "On the wire" is the same ratio with all headers and the shortest frame of an Ethernet link counted. "At least" marks lower bounds: the answer went on after we had stopped listening, or a part of it may be missing. The severity follows the kind of service and the factor on the wire.

If the address is assigned to your host dynamically, compare the time of the request with your logs.

3. WHY IT MATTERS

{{risk}}

4. HOW TO FIX IT

{{remedy}}

5. IF YOU ARE AN END USER WITH A HOME ROUTER

You run no server, and these names mean nothing to you? Then your router, modem, camera, printer or network storage may be what answers. None of these needs to be reachable from the Internet.
- Restart the device and install the newest firmware from its maker.
- In its settings, switch off management from the Internet (also called remote access, WAN access or cloud access), and, on the Internet side, DNS, NTP (time server) and SNMP.
- Remove port forwardings and a "DMZ" or "exposed host" that you do not need, and turn off UPnP if a device in your home opened them.
- Replace a device that no longer gets updates.
- If the device came from us, or you are not sure, contact us: see below.

6. HOW TO CHECK IT YOURSELF

Run this from outside your network (a mobile connection will do), for your own addresses only. From inside, the answer may differ. A command names one host: where its heading is for others too, put each of them in its place. No answer means something only while the host is up and nothing on the way blocks the request.

{{check}}

7. CONTACT

{{organisation}}
{{contact}}
Please name the scan {{scan_id}} when you write to us.
`,
  ja: `Subject: {{reminder_mark}}外部に応答するUDPサービスのお知らせ：{{exposed}}件（{{asn}}、{{date}}）

{{salutation}}

平素よりお世話になっております。{{organisation}}です。

{{opening}}

{{reminder}}

本件は、当方が管理を担うネットワークを調査した結果に基づくものです。お客様の機器への攻撃や侵入を確認したものではありません。

1. 検出した内容

検出件数：{{exposed}}件（{{customer}}、{{asn}} {{as_name}}）。時刻はすべて協定世界時（UTC）です。日本時間は9時間を加えてください。各項目の数値はファイル {{csv}} に記載しています。

{{findings}}

{{fixed}}

2. 測定の方法

調査 {{scan_id}} は {{started}} から {{ended}} まで実施しました。各アドレスに、情報を読み出すだけの小さな要求を送り、応答があったアドレスにはあらためて個別に要求を送って、返ってきた量を数えました。当方の調査に応答したサービスは、誰からの要求にも応答するものとみなしています。当方の調査を意図的に許可されている場合は、お知らせください。増幅率は、応答のバイト数を要求のバイト数で割った値です（いずれもUDPのペイロード）。要求の大きさによって変わるため、要求の大きさと併せてご覧ください。「回線上」は、すべてのヘッダーとイーサネットの最小フレーム長を含めて計算した比です。「以上」と付した数値は下限です。測定を打ち切った後も応答が続いたか、応答の一部が欠けている可能性があることを示します。深刻度は、サービスの種類と回線上の比によって判定しています。

IPアドレスが動的に割り当てられている場合は、測定時刻とお手元の記録を照らし合わせてください。

3. 放置した場合の危険

{{risk}}

4. 対策の方法

{{remedy}}

5. ご家庭のルーターをお使いの方へ

サーバーを運用しておらず、上記の名称にお心当たりがない場合は、ルーター、モデム、カメラ、プリンター、NASなどの機器が応答している可能性があります。いずれも、インターネット側から利用できる必要はありません。
- 機器を再起動し、メーカーが提供する最新のファームウェアに更新してください。
- 設定画面で、インターネット側からの管理機能（リモート管理、WAN側アクセス、クラウド接続など）と、インターネット側のDNS、NTP（時刻サーバー）、SNMPの各機能を無効にしてください。
- 不要なポート転送（ポート開放）やDMZホストの設定を削除してください。宅内の機器が自動でポートを開いている場合は、UPnPを無効にしてください。
- 更新が提供されなくなった機器は、買い替えをご検討ください。
- 機器が当方からの貸与品である場合や、ご不明な点がある場合は、下記の窓口までご連絡ください。

6. ご自身での確認方法

お客様のネットワークの外（携帯電話の回線など）から、お客様ご自身のアドレスに対してのみ実行してください。内側から実行すると、結果が異なることがあります。各コマンドは、見出しに該当するアドレスの1つを例にしています。該当するアドレスがほかにもある場合は、アドレスを置き換えて実行してください。応答がないことに意味があるのは、機器が動作しており、途中の経路で要求が遮断されていない場合に限ります。

{{check}}

7. お問い合わせ先

{{organisation}}
{{contact}}
お問い合わせの際は、調査番号 {{scan_id}} をお知らせください。
`,
};

/** The subject of a letter about what is exposed no longer. */
const FIXED_SUBJECTS: Readonly<Record<'fixed' | 'closing', Readonly<Record<Language, string>>>> = {
  fixed: {
    en: 'Exposed UDP services in your network: what has changed ({{asn}}, {{date}})',
    ja: '外部に応答するUDPサービス：状況の変化について（{{asn}}、{{date}}）',
  },
  closing: {
    en: 'No exposed UDP services found in your network any more ({{asn}}, {{date}})',
    ja: '外部に応答するUDPサービスは検出されなくなりました（{{asn}}、{{date}}）',
  },
};

/** A letter about what is exposed no longer. @param kind `closing`: and nothing else is open. */
export function fixedTemplate(kind: 'fixed' | 'closing', language: Language): string {
  return `Subject: ${FIXED_SUBJECTS[kind][language]}\n\n${FIXED_BODIES[language]}`;
}

const FIXED_BODIES: Readonly<Record<Language, string>> = {
  en: `{{salutation}}

{{opening}}

{{fixed}}

The scan {{scan_id}} ran from {{started}} to {{ended}}. The last figures of each are in the file {{csv}}.

{{organisation}}
{{contact}}
Please name the scan {{scan_id}} when you write to us.
`,
  ja: `{{salutation}}

平素よりお世話になっております。{{organisation}}です。

{{opening}}

{{fixed}}

調査 {{scan_id}} は {{started}} から {{ended}} まで実施しました。各項目の最後の測定値はファイル {{csv}} に記載しています。

{{organisation}}
{{contact}}
お問い合わせの際は、調査番号 {{scan_id}} をお知らせください。
`,
};
