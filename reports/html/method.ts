import type { RunRecord, RunSettings } from '../../src/domain/run-record.js';
import type { Html } from './html.js';
import { html } from './html.js';
import type { Bilingual } from './bilingual.js';
import { bilingual } from './bilingual.js';

/** How it was measured, and how to read the figures: what a reader needs without any other document. */
export function method({ settings }: RunRecord): Html {
  return html`<dl class="method">
${methodOf(settings).map(
  ({ name, about }) => html`<div><dt>${bilingual(name)}<dd>${bilingual(about)}</div>
`,
)}</dl>
`;
}

/** With the thresholds of this run. In a version that had none in run.json they were 500 and 50. */
const methodOf = ({
  severity_critical: critical = 500,
  severity_high: high = 50,
}: RunSettings): readonly { readonly name: Bilingual; readonly about: Bilingual }[] => [
  {
    name: { en: 'Exposure', ja: '検出' },
    about: {
      en: 'A service that answers a small request without authentication, from anybody. An attacker forges the sender of such a request, and the answer strikes a third party (a reflection attack).',
      ja: '認証なしで、誰からの小さな要求にも応答するサービスです。攻撃者が要求の送信元を偽装すると、応答は第三者に送りつけられます（リフレクション攻撃）。',
    },
  },
  {
    name: { en: 'How it was measured', ja: '測定の方法' },
    about: {
      en: 'A sweep asked each address a question that only reads. A host that answered was then asked alone, one request at a time, and everything that came back was counted until the line fell quiet. No sender was forged, and nothing outside the authorised networks was sent a packet.',
      ja: '各アドレスに、情報を読み出すだけの要求を送りました（スイープ）。応答したホストにはあらためて個別に要求を1つずつ送り、応答が途絶えるまでに返ってきたものをすべて数えました（測定）。送信元の詐称は行わず、許可された範囲の外には何も送っていません。',
    },
  },
  {
    name: { en: 'By payload (BAF)', ja: 'ペイロード比（BAF）' },
    about: {
      en: 'Bytes of the answer / bytes of the request, both as UDP payload. It depends on the size of the request: the same list of an NTP server is 5500.00 for a request of 8 bytes and 229.17 for one of 192. So read it beside the size of its request.',
      ja: '応答のバイト数÷要求のバイト数（いずれもUDPのペイロード）。要求の大きさによって変わります。NTPサーバーの同じ一覧でも、8バイトの要求に対しては5500.00倍、192バイトの要求に対しては229.17倍です。そのため、要求の大きさとあわせてご覧ください。',
    },
  },
  {
    name: { en: 'On the wire', ja: '回線上の増幅率' },
    about: {
      en: `The same with all headers, as Ethernet frames of at least 64 bytes: what a link carries. Requests of all sizes compare in it, so severity goes by it: critical from ${critical}, high from ${high}, low below 2, info below 1, the type’s own level between, unless what answers is worse than its figures (a loop, a working monlist) or less (mode 7 without a list).`,
      ja: `ヘッダーを含め、64バイト以上のイーサネットフレームとして数えた比で、回線が実際に運ぶ量です。要求の大きさが違っても比較できるため、深刻度はこの値で決めます（${critical}以上は緊急、${high}以上は高、2未満は低、1未満は参考、その間は種類ごとの既定値。ただし、ループの恐れや有効なmonlistなどは高く、一覧を返さないmode 7は低くします）。`,
    },
  },
  {
    name: { en: '≥ lower bound', ja: '≥ 下限' },
    about: {
      en: 'A cap ended the measurement, or a part of the answer was lost: the true figure is this or larger.',
      ja: '測定を上限で打ち切ったか、応答の一部が失われました。実際の値はこれ以上です。',
    },
  },
  {
    name: { en: '† basis: sweep', ja: '† スイープによる値' },
    about: {
      en: 'The host answered the sweep and not the measurement after it, as servers do that limit their rate. Its figures are those of the sweep.',
      ja: 'スイープには応答し、その後の測定には応答しなかったホストです（応答の頻度を制限するサーバーに見られます）。数値はスイープ時のものです。',
    },
  },
  {
    name: { en: 'New, persisting, reopened, fixed, unknown', ja: '新規・継続・再発・解消・不明' },
    about: {
      en: 'Against the earlier runs. Fixed needs evidence: a refusal, a closed port, an answer that exposes nothing, or lasting silence. Where packets were lost or a whole neighbourhood fell silent, it is unknown.',
      ja: '以前の調査との比較です。「解消」には根拠（拒否、ポートの閉鎖、問題のない応答、または複数回の調査で応答なし）が必要です。パケットが失われた場合や、周辺がまとめて応答しなくなった場合は「不明」とします。',
    },
  },
];
