import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeTexts } from '../probe.js';
import { isAmplifier, reportedForm } from '../probe.js';
import { digCommand, questionOfForm } from './dig.js';

const CLOSED = {
  en: 'Status REFUSED, or "timed out" twice in a row, means that it no longer answers strangers.',
  ja: 'status が REFUSED の場合、または2回続けてタイムアウトした場合は、外部への応答は止まっています。',
};

const SMALLER = {
  en: `A much smaller figure, or the flag "tc" with no records, means that it no longer amplifies. ${CLOSED.en}`,
  ja: `値がはるかに小さい場合、またはtcフラグだけの空の応答の場合は、増幅は抑えられています。${CLOSED.ja}`,
};

/** For an answer that is less than twice its query on the wire. */
const SMALL_ANSWERS: Pick<ProbeTexts, 'title' | 'risk'> = {
  title: {
    en: 'DNS server that answers queries from anyone',
    ja: '誰からの問い合わせにも応答するDNSサーバー',
  },
  risk: {
    en: 'This server answers queries from anyone. The answer that we got was less than twice as large as the query on the wire, so it hardly adds to an attack; with a forged source address its answers still go to a third party that did not ask for them.',
    ja: 'このサーバーは誰からの問い合わせにも応答します。今回の応答は、回線上で問い合わせの2倍未満の大きさで、攻撃の通信量をほとんど増やしませんが、送信元を詐称した問い合わせに応答すると、無関係の第三者へパケットを送ることになります。',
  },
};

/** What an end customer may read about a DNS server that sends large answers to anyone. */
export const texts: ProbeTexts = {
  title: {
    en: 'DNS server that sends large answers to anyone',
    ja: '誰にでも大きな応答を返すDNSサーバー',
  },
  risk: {
    en: 'One small query with a forged source address makes this server send a victim an answer at least twice as large on the wire. Attackers use such servers as amplifiers in denial-of-service attacks; your own line carries the traffic too.',
    ja: '送信元を詐称した小さな問い合わせ1つで、このサーバーから、回線上で2倍以上の大きさの応答が第三者に送りつけられます。DDoS攻撃の増幅器（リフレクター）として悪用されるおそれがあり、その通信はお客様の回線にも負荷をかけます。',
  },
  remedy: {
    en: [
      'Keep the answers small and limit their rate: an authoritative server has to answer everybody, but not with everything, and not as often as it is asked.',
      'BIND: `minimal-any yes;`, `minimal-responses yes;`, `max-udp-size 1232;` and `rate-limit { responses-per-second 5; };`; `recursion no;` on authoritative servers.',
      'NSD: `refuse-any: yes` and `rrl-ratelimit`. Knot DNS: `mod-rrl`. PowerDNS: `any-to-tcp=yes` and dnsdist in front. Unbound: `deny-any: yes`. dnsmasq: listen inside only (`interface=` and `bind-interfaces`).',
      'Windows DNS Server: turn on response rate limiting (`Set-DnsServerResponseRateLimiting`).',
      'Move large TXT records to names below the zone, and roll keys over without double signatures of large size.',
      'A server for inside use only needs no answer to the outside: filter 53/udp at the edge; and drop packets with forged source addresses that leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      '応答を小さくし、応答の頻度を制限してください。権威サーバーは誰からの問い合わせにも応答する必要がありますが、すべての情報を、問い合わせの回数だけ返す必要はありません。',
      'BIND：`minimal-any yes;`、`minimal-responses yes;`、`max-udp-size 1232;`、`rate-limit { responses-per-second 5; };` を設定し、権威サーバーでは `recursion no;` とします。',
      'NSD：`refuse-any: yes` と `rrl-ratelimit` を設定します。Knot DNS：`mod-rrl` を使います。PowerDNS：`any-to-tcp=yes` とし、前段にdnsdistを置きます。Unbound：`deny-any: yes` を設定します。dnsmasq：内側のインターフェースでのみ待ち受けます（`interface=` と `bind-interfaces`）。',
      'Windows DNSサーバー：応答レート制限（RRL、`Set-DnsServerResponseRateLimiting`）を有効にします。',
      '大きなTXTレコードはゾーンの頂点ではなく下位の名前に移し、鍵の更新では大きな署名を重ねないようにします。',
      '内部専用のサーバーであれば、外部からの53/udpをネットワーク境界で遮断してください。あわせて、送信元を詐称したパケットが自網から出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: `Put a zone of your own in place of example.net and see the line "MSG SIZE rcvd". ${SMALLER.en}\n    ${digCommand('any-edns4096-do example.net')}`,
    ja: `example.net の代わりにお客様ご自身のゾーン名を指定して実行し、「MSG SIZE rcvd」の値をご確認ください。${SMALLER.ja}\n    ${digCommand('any-edns4096-do example.net')}`,
  },
};

/** The question that brought the reported answer, and texts for a server whose answers are no larger. */
export function textsFor(finding: FindingRecord): Partial<ProbeTexts> {
  const form = reportedForm(finding) ?? '';
  const [command, question] = [digCommand(form), questionOfForm(form)];
  const bytes = finding.response_size;
  return {
    ...(!isAmplifier(finding) && SMALL_ANSWERS),
    ...(command !== undefined &&
      question !== undefined && {
        check: {
          en: `This is the question that brought the answer above. "MSG SIZE rcvd" near ${bytes} means that the server still answers as it did. ${isAmplifier(finding) ? SMALLER.en : CLOSED.en}\n    ${command}`,
          ja: `上記の応答を得たものと同じ問い合わせです。「MSG SIZE rcvd」が${bytes}前後であれば、まだ同じように応答しています。${isAmplifier(finding) ? SMALLER.ja : CLOSED.ja}\n    ${command}`,
        },
        detail: {
          en: finding.detail ?? '',
          ja: `最も大きな応答を得た問い合わせ：${question}（${sizeOfForm(form)}）`,
        },
      }),
  };
}

/** What size of answer the form offers to take. */
function sizeOfForm(form: string): string {
  const size = /-edns(\d+)/.exec(form)?.[1];
  return size === undefined ? 'EDNSなし' : `EDNS ${size}`;
}
