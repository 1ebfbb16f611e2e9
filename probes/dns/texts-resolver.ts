import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeTexts, Texts } from '../probe.js';
import { isAmplifier, joined, reportedForm } from '../probe.js';
import { explanation } from './describe.js';
import { CLOSED, digCommand, questionOfForm } from './dig.js';

/** Of whatever comes back without an answer section: by the rule that the next scan goes by. */
const WITHOUT_ANSWER: Texts = {
  en: `${CLOSED.en} Neither an answer section nor the flag "ra" means that it no longer resolves for strangers; any other answer without an answer section proves nothing.`,
  ja: `${CLOSED.ja}ANSWER SECTIONもraフラグもない応答の場合は、外部に対する名前解決は止まっています。ANSWER SECTIONのないその他の応答からは、判断できません。`,
};

const OUTCOMES: Texts = {
  en: `If an answer section comes back, the server still resolves for strangers. ${WITHOUT_ANSWER.en}`,
  ja: `応答（ANSWER SECTION）が返ってきた場合は、まだ外部に対して名前解決を行っています。${WITHOUT_ANSWER.ja}`,
};

/** What an end customer may read about an open resolver. */
export const texts: ProbeTexts = {
  title: {
    en: 'DNS resolver open to anyone',
    ja: '誰でも利用できるDNSリゾルバー（オープンリゾルバー）',
  },
  risk: {
    en: 'This server looks up names for anyone on the Internet. The answer to our small question was small; attackers ask for names whose answers are large, and have them sent to a victim by forging the source address. They can also try to fill its cache with false entries, and use it to attack the servers of others. Your own line carries the traffic too.',
    ja: 'このサーバーは、インターネット上の誰からの依頼でも名前を検索します。今回の小さな問い合わせへの応答は小さなものでしたが、攻撃者は応答の大きな名前を選び、送信元を詐称して第三者に送りつけます。キャッシュに偽の情報を入れられたり、他者のサーバーへの攻撃に使われたりするおそれもあります。その通信はお客様の回線にも負荷をかけます。',
  },
  remedy: {
    en: [
      'Resolve for your own networks only (RFC 5358).',
      'BIND: `allow-recursion` and `allow-query-cache` with your own networks; `recursion no;` where the server is authoritative only.',
      'Unbound: `access-control: 0.0.0.0/0 refuse` and `access-control: ::/0 refuse`, then `allow` for your own networks.',
      'PowerDNS Recursor: `allow-from`. Knot Resolver: `view` with `policy.REFUSE` for all others. dnsmasq: listen inside only (`interface=` and `bind-interfaces`, or `local-service`).',
      'Windows DNS Server: switch recursion off on servers that face the Internet, or bind the service to inside addresses.',
      'Home routers: turn off DNS service and DNS forwarding on the WAN side and update the firmware. A router that passes queries on to another resolver without answering itself is fixed by the same settings.',
      'Where the server is for inside use only, filter PORT/udp from outside at the edge; and drop packets with forged source addresses that leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      '自組織のネットワークからの問い合わせに対してのみ名前解決を行ってください（RFC 5358）。',
      'BIND：`allow-recursion` と `allow-query-cache` に自組織のネットワークだけを指定し、権威サーバー専用であれば `recursion no;` とします。',
      'Unbound：`access-control: 0.0.0.0/0 refuse` と `access-control: ::/0 refuse` を設定したうえで、自組織のネットワークのみ `allow` とします。',
      'PowerDNS Recursor：`allow-from` を設定します。Knot Resolver：`view` で自組織以外を `policy.REFUSE` とします。dnsmasq：内側のインターフェースでのみ待ち受けます（`interface=` と `bind-interfaces`、または `local-service`）。',
      'Windows DNSサーバー：インターネットに面したサーバーでは再帰を無効にするか、内部アドレスだけで待ち受けます。',
      '家庭用ルーター：WAN側のDNS応答とDNS転送を無効にし、ファームウェアを更新します。自身では応答せず、問い合わせを他のリゾルバーへ渡すだけのルーターも、同じ設定で対処できます。',
      '内部専用のサーバーであれば、外部からのPORT/udpをネットワーク境界で遮断してください。あわせて、送信元を詐称したパケットが自網から出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: `${OUTCOMES.en}\n    ${digCommand('a www.example.com')}`,
    ja: `${OUTCOMES.ja}\n    ${digCommand('a www.example.com')}`,
  },
};

/** The question that was answered, and texts for an answer that was not the right one. */
export function textsFor(finding: FindingRecord): Partial<ProbeTexts> {
  const form = reportedForm(finding) ?? '';
  const [command, question] = [digCommand(form), questionOfForm(form)];
  const isBogus = finding.tag?.split(';').includes('bogusresolver') === true;
  const outcomes = isBogus ? BOGUS.outcomes : OUTCOMES;
  return {
    ...(isBogus && { title: BOGUS.title, risk: BOGUS.risk }),
    ...(!isBogus && isAmplifier(finding) && { risk: LARGE_ANSWER }),
    ...(command !== undefined &&
      question !== undefined && {
        check: {
          en: `This is the question that brought the answer above. ${outcomes.en}\n    ${command}`,
          ja: `上記の応答を得たものと同じ問い合わせです。${outcomes.ja}\n    ${command}`,
        },
        detail: joined([
          isBogus
            ? {
                en: `gives anyone a wrong answer to ${question}`,
                ja: `${question} に、正しくない内容の応答が返りました`,
              }
            : {
                en: `gives anyone the right answer to ${question}`,
                ja: `${question} に、正しい内容の応答が返りました`,
              },
          ...explanation(finding.facts ?? {}),
        ]),
      }),
  };
}

/** For an answer that is at least twice its question on the wire. */
const LARGE_ANSWER = {
  en: texts.risk.en.replace('The answer to our small question was small; attackers', 'Attackers'),
  ja: texts.risk.ja.replace('今回の小さな問い合わせへの応答は小さなものでしたが、攻撃者は', '攻撃者は'),
};

const BOGUS = {
  title: {
    en: 'DNS server that gives anyone an answer that is not the right one',
    ja: '誰にでも正しくない応答を返すDNSサーバー',
  },
  risk: {
    en: 'This server answers queries from anyone on the Internet, and what it answered to our question was not the right answer. A filter or a walled garden does that, a local zone of that name, or a device that someone else has taken over and that sends its users to other addresses. With a forged source address its answers go to a third party that did not ask for them.',
    ja: 'このサーバーは、インターネット上の誰からの問い合わせにも応答し、その内容は正しいものではありませんでした。フィルタリングや認証画面への誘導、同名のローカルゾーンのほか、機器が乗っ取られ、利用者を別のアドレスへ誘導している場合にも、このような応答になります。また、送信元を詐称した問い合わせに応答すると、無関係の第三者へパケットを送ることになります。',
  },
  outcomes: {
    en: `If an answer section comes back, right or wrong, the server still answers strangers. ${WITHOUT_ANSWER.en}`,
    ja: `内容の正誤にかかわらず、応答（ANSWER SECTION）が返ってきた場合は、まだ外部に応答しています。${WITHOUT_ANSWER.ja}`,
  },
};
