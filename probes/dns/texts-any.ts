import type { FindingRecord } from '../../src/domain/finding-record.js';
import { largestBelowTwice } from '../../src/domain/factors.js';
import type { ProbeTexts, Texts } from '../probe.js';
import { isAmplifier, joined, reportedForm } from '../probe.js';
import { explanation } from './describe.js';
import { CLOSED, digCommand, questionOfForm } from './dig.js';
import { rateTexts } from './rate-check.js';

/** What it means for the question of this check that no more than that comes back. */
function smallerThan(bytes: string): Texts {
  return {
    en: `A figure of ${bytes} or less means that this question no longer amplifies. ${CLOSED.en}`,
    ja: `${bytes}以下の場合は、この問い合わせによる増幅は抑えられています。${CLOSED.ja}`,
  };
}

/** For a query of `any-edns4096-do example.net`, over IPv4. */
const USUAL = `about ${largestBelowTwice(40, 4)}`;

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

/** What an end customer may read about a DNS server that amplifies queries from anyone. */
export const texts: ProbeTexts = {
  title: {
    en: 'DNS server that amplifies queries from anyone',
    ja: '誰にでも問い合わせより大きな応答を返すDNSサーバー',
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
      'A server for inside use only needs no answer to the outside: filter PORT/udp at the edge; and drop packets with forged source addresses that leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      '応答を小さくし、応答の頻度を制限してください。権威サーバーは誰からの問い合わせにも応答する必要がありますが、すべての情報を、問い合わせの回数だけ返す必要はありません。',
      'BIND：`minimal-any yes;`、`minimal-responses yes;`、`max-udp-size 1232;`、`rate-limit { responses-per-second 5; };` を設定し、権威サーバーでは `recursion no;` とします。',
      'NSD：`refuse-any: yes` と `rrl-ratelimit` を設定します。Knot DNS：`mod-rrl` を使います。PowerDNS：`any-to-tcp=yes` とし、前段にdnsdistを置きます。Unbound：`deny-any: yes` を設定します。dnsmasq：内側のインターフェースでのみ待ち受けます（`interface=` と `bind-interfaces`）。',
      'Windows DNSサーバー：応答レート制限（RRL、`Set-DnsServerResponseRateLimiting`）を有効にします。',
      '大きなTXTレコードはゾーンの頂点ではなく下位の名前に移し、鍵の更新では大きな署名を重ねないようにします。',
      '内部専用のサーバーであれば、外部からのPORT/udpをネットワーク境界で遮断してください。あわせて、送信元を詐称したパケットが自網から出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: `Put a zone of your own in place of example.net and see the line "MSG SIZE rcvd". A larger figure than ${USUAL} means that the server still amplifies. ${smallerThan('that').en}\n    ${digCommand('any-edns4096-do example.net')}`,
    ja: `example.net の代わりにお客様ご自身のゾーン名を指定して実行し、「MSG SIZE rcvd」の値をご確認ください。およそ${largestBelowTwice(40, 4)}を超える場合は、まだ増幅しています。${smallerThan('それ').ja}\n    ${digCommand('any-edns4096-do example.net')}`,
  },
};

/** The question that brought the reported answer, and texts for a server whose answers are no larger. */
export function textsFor(finding: FindingRecord): Partial<ProbeTexts> {
  const form = reportedForm(finding) ?? '';
  const [command, question] = [digCommand(form), questionOfForm(form)];
  const outcomes = outcomesFor(finding);
  return {
    ...(!isAmplifier(finding) && SMALL_ANSWERS),
    ...(command !== undefined &&
      question !== undefined && {
        check: {
          en: `This is the question that brought the answer above. ${outcomes.en}\n    ${command}`,
          ja: `上記の応答を得たものと同じ問い合わせです。${outcomes.ja}\n    ${command}`,
        },
        detail: detailOf(finding, question, form),
      }),
  };
}

/** What each outcome of the same question means, by the rule that the next scan goes by. */
function outcomesFor(finding: FindingRecord): Texts {
  const { request_size, probed_ip, response_size: bytes } = finding;
  const least = largestBelowTwice(request_size, probed_ip.includes(':') ? 6 : 4);
  if (isAmplifier(finding)) {
    const smaller = smallerThan(String(least));
    return {
      en: `If "MSG SIZE rcvd" is above ${least} (it was ${bytes}), the server still amplifies. ${smaller.en}`,
      ja: `「MSG SIZE rcvd」が${least}を超える場合は、まだ増幅しています（上記の応答では${bytes}でした）。${smaller.ja}`,
    };
  }
  return {
    en: `If records or the flag "tc" come back, the server still answers strangers ("MSG SIZE rcvd" was ${bytes}); above ${least} it amplifies. ${CLOSED.en}`,
    ja: `レコードまたはtcフラグが返ってきた場合は、まだ外部に応答しています（上記の応答では「MSG SIZE rcvd」が${bytes}でした）。${least}を超える場合は、増幅しています。${CLOSED.ja}`,
  };
}

/** The question with the highest factor, and what the server says of itself in the answer. */
function detailOf({ facts = {} }: FindingRecord, question: string, form: string): Texts {
  const size = /-edns(\d+)/.exec(form)?.[1];
  const { aa, tc, ra, first_asking_bytes: first, second_asking_bytes: second } = facts;
  const parts: readonly Texts[] = [
    {
      en: `highest factor: ${question} (${size === undefined ? 'no EDNS' : `EDNS ${size}`})`,
      ja: `増幅率が最も高かった問い合わせ：${question}（${size === undefined ? 'EDNSなし' : `EDNS ${size}`}）`,
    },
    ...(aa === true
      ? [{ en: 'the server is authoritative for it (AA)', ja: '権威サーバーとしての応答（AA）' }]
      : []),
    ...(tc === true ? [{ en: 'the answer was cut (TC)', ja: '応答は切り詰められたもの（TC）' }] : []),
    ...(ra === true ? [{ en: 'it offers recursion (RA)', ja: '再帰検索に対応（RA）' }] : []),
    ...(first === second
      ? []
      : [
          {
            en: `${first} bytes at the first asking, ${second} at the second`,
            ja: `1回目は${first}バイト、2回目は${second}バイト`,
          },
        ]),
    ...rateTexts(facts),
    ...explanation(facts),
  ];
  return joined(parts);
}
