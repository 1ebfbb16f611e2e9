import type { FindingRecord } from '../../src/domain/finding-record.js';
import { isAmplifier, type Facts, type ProbeTexts, type Texts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'CoAP device tells its resources to anyone',
    ja: 'CoAP機器が誰にでもリソースの一覧を返しています',
  },
  risk: {
    en:
      'CoAP is the small HTTP of sensors, meters and building control. This device answered a request of 21 bytes, or of ' +
      '4, from anywhere, without a key; with a forged sender it sends its answer, several times as large, to a third ' +
      'party. We read what it offers at its root and in its list of resources and nothing else; as a rule whoever can ' +
      'do that can also read the values of the device, and often switch it.',
    ja:
      'CoAPは、センサー、メーター、ビル制御などの機器が使う軽量なHTTPのようなプロトコルです。この機器は、どこからの要求（21バイトまたは4バイト）にも、鍵なしで応答しました。' +
      '送信元を詐称した要求に応答すると、その数倍の大きさの応答が第三者へ送られます。' +
      '当方が読んだのは、リソースの一覧とルートの内容だけです。通常、そこまでできる者は、機器の測定値も読み出せ、多くの場合は操作もできます。',
  },
  remedy: {
    en: [
      'Let only the networks that manage the device reach UDP port PORT: filter it at the edge, or put the device into a VPN. No forwarding of this port on the router, and no UPnP that sets one up.',
      'Turn plain CoAP off and leave CoAP over DTLS (coaps, UDP 5684) with keys of each device, where the product has it.',
      'Eclipse Californium: start no endpoint of `coap://`, or bind it to the inside address; Leshan: leave `--coap` off for devices outside (`-cp` binds it, `-ch` names the address).',
      'libcoap: its coap-server is an example and not meant for the Internet; `-A 10.0.0.5` binds it to one address, `-k` gives it a key. Servers of your own: answer an unknown client first with the Echo option (RFC 9175 §2.4), and with no more than three times what it sent.',
      'Cameras, gateways, smart home hubs: update the firmware, and turn off "remote discovery" or "local API" towards the outside.',
      'Until then have UDP port PORT filtered at the edge, and let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'UDPポートPORTには、機器を管理するネットワークからだけ接続できるようにしてください。網の境界で遮断するか、機器をVPNに収容します。ルーターでこのポートを転送せず、UPnPによる自動転送も無効にしてください。',
      '製品が対応していれば、平文のCoAPを無効にし、機器ごとの鍵を使うDTLS上のCoAP（coaps、UDP 5684番）だけを残します。',
      'Eclipse Californium：`coap://` のエンドポイントを起動しないか、内側のアドレスにだけ割り当てます。Leshan：外部の機器には `--coap` を使わせないようにします（`-cp` でポート、`-ch` でアドレスを指定します）。',
      'libcoap：付属のcoap-serverは実例であり、インターネットでの公開用ではありません。`-A 10.0.0.5` でアドレスを限定し、`-k` で鍵を設定します。自作のサーバーでは、未確認のクライアントには先にEchoオプションを返し（RFC 9175 §2.4）、応答を受信量の3倍までに抑えてください。',
      'カメラ、ゲートウェイ、スマートホーム機器：ファームウェアを更新し、外部に対する「リモート検出」や「ローカルAPI」を無効にします。',
      '対策が済むまでは、網の境界でUDPポートPORTを遮断し、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: 'If the client of libcoap (Debian: libcoap3-bin; there it may be called coap-client-notls) prints links such as </time>, or any other text, the device still answers everybody; a number such as 4.01 means that it answers, but wants credentials. If it prints nothing for five seconds, twice in a row, it no longer answers:\n    coap-client -B 5 -m get coap://ADDRESS:PORT/.well-known/core',
    ja: 'libcoapのクライアント（Debianではlibcoap3-bin。コマンド名がcoap-client-notlsの場合もあります）が </time> のようなリンクや、その他の文字列を表示した場合は、まだ誰にでも応答しています。4.01などの番号を表示した場合は、応答していますが、認証を求めています。2回続けて5秒間何も表示されなければ、応答は止まっています。\n    coap-client -B 5 -m get coap://ADDRESS:PORT/.well-known/core',
  },
};

/** Less than twice what it got, on the wire. */
const SMALL: Pick<ProbeTexts, 'risk'> = {
  risk: {
    en:
      'CoAP is the small HTTP of sensors, meters and building control. This device answers anyone, without a key. The ' +
      'answer was less than twice as large as the request on the wire, so it hardly adds to an attack; but as a rule ' +
      'whoever gets an answer there can also read the values of the device, and often switch it.',
    ja:
      'CoAPは、センサー、メーター、ビル制御などの機器が使う軽量なHTTPのようなプロトコルです。この機器は、誰にでも鍵なしで応答します。' +
      '今回の応答は、回線上で要求の2倍未満の大きさで、攻撃の通信量をほとんど増やしません。' +
      'ただし、通常、応答を得られる者は、機器の測定値も読み出せ、多くの場合は操作もできます。',
  },
};

/** How much it answered with first. What the text says stays in the facts. */
export function describe({ code = '', payload_bytes: bytes = 0 }: Facts): Texts {
  return {
    en: `code ${String(code)} with ${String(bytes)} bytes of content`,
    ja: `コード${String(code)}と${String(bytes)}バイトの内容が返りました`,
  };
}

/** A row that this run did not see has no facts. */
export function textsFor(finding: FindingRecord): Partial<ProbeTexts> {
  const { facts } = finding;
  return {
    ...(!isAmplifier(finding) && SMALL),
    ...(facts !== undefined && { detail: describe(facts) }),
  };
}
