import type { FindingRecord } from '../../src/domain/finding-record.js';
import { isAmplifier, type Facts, type ProbeTexts, type Texts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'STUN server amplifies requests from anyone',
    ja: 'STUNサーバーが誰にでも要求より大きな応答を返しています',
  },
  risk: {
    en:
      'A STUN server tells clients of calls and games which address they have, and as a rule it has to answer anybody. ' +
      'A request of 20 bytes with a forged sender makes it send several times as much to a third party. Its port can ' +
      'hardly be filtered by the victim without cutting off calls, which is why attackers choose it.',
    ja:
      'STUNサーバーは、通話やゲームのクライアントに自身のアドレスを知らせるもので、通常は誰からの要求にも応答する必要があります。' +
      '送信元を詐称した20バイトの要求に応答すると、その数倍の量が第三者へ送られます。' +
      '通話を止めずにこのポートを遮断することは難しいため、攻撃者に好んで使われます。',
  },
  remedy: {
    en: [
      'Where no calls, conferences or games of yours need the server, switch it off; where only your own people do, let only their networks reach it.',
      'coturn (/etc/turnserver.conf): set `no-rfc5780`, `no-stun-backward-compatibility`, `response-origin-only-with-rfc5780` and `no-software-attribute`: the answer then holds the address and nothing more. `secure-stun` wants a login for STUN as for TURN. Then run `systemctl restart coturn`.',
      'Limit how often one address is answered: `nft add rule inet filter input udp dport 3478 meter stun { ip saddr limit rate over 10/second } drop`.',
      'Asterisk, FreeSWITCH, Jitsi, Nextcloud Talk, Synapse: they bring or name a coturn; the same options hold there. A server of your own product: send XOR-MAPPED-ADDRESS alone.',
      'Routers, cameras and telephones that answer on this port: update the firmware, and close the port to the outside.',
      'Let no packet with a forged source leave your network (BCP 38), and ask your peers for the same.',
    ].join('\n'),
    ja: [
      '通話、会議、ゲームなどで利用していなければ、サーバーを停止してください。組織内だけで利用する場合は、そのネットワークからだけ接続できるようにします。',
      'coturn（/etc/turnserver.conf）：`no-rfc5780`、`no-stun-backward-compatibility`、`response-origin-only-with-rfc5780`、`no-software-attribute` を設定すると、応答はアドレスだけになります。`secure-stun` を設定すると、STUNにもTURNと同じ認証を求めます。その後、`systemctl restart coturn` を実行します。',
      '1つのアドレスに応答する頻度を制限します：`nft add rule inet filter input udp dport 3478 meter stun { ip saddr limit rate over 10/second } drop`。',
      'Asterisk、FreeSWITCH、Jitsi、Nextcloud Talk、Synapse：付属または指定のcoturnに同じ設定を行います。自社製品のサーバーでは、XOR-MAPPED-ADDRESSだけを返すようにしてください。',
      'このポートで応答するルーター、カメラ、電話機：ファームウェアを更新し、外部に対してポートを閉じます。',
      '送信元を詐称したパケットが網外へ出ないようにし（BCP 38）、接続先の事業者にも同じ対策を求めてください。',
    ].join('\n'),
  },
  check: {
    en: 'If the client of coturn prints "UDP reflexive addr", the server still answers everybody. If it prints nothing for five seconds, twice in a row, it no longer does:\n    timeout 5 turnutils_stunclient -p PORT ADDRESS',
    ja: 'coturnのクライアントが「UDP reflexive addr」と表示した場合は、まだ誰にでも応答しています。2回続けて5秒間何も表示されなければ、応答は止まっています。\n    timeout 5 turnutils_stunclient -p PORT ADDRESS',
  },
};

/** Less than twice what it got, on the wire. */
const SMALL: Pick<ProbeTexts, 'title' | 'risk'> = {
  title: { en: 'STUN server answers anyone', ja: 'STUNサーバーが誰にでも応答しています' },
  risk: {
    en:
      'A STUN server tells clients of calls and games which address they have, and as a rule it has to answer anybody. ' +
      'The answer was less than twice as large as the request on the wire, so it hardly adds to an attack; with a forged ' +
      'source address its answers still go to a third party that did not ask for them.',
    ja:
      'STUNサーバーは、通話やゲームのクライアントに自身のアドレスを知らせるもので、通常は誰からの要求にも応答する必要があります。' +
      '今回の応答は、回線上で要求の2倍未満の大きさで、攻撃の通信量をほとんど増やしませんが、' +
      '送信元を詐称した要求に応答すると、無関係の第三者へパケットを送ることになります。',
  },
};

/** How much the answer holds beside its header. */
export function describe({ message_length: bytes = 0 }: Facts): Texts {
  return {
    en: `attributes of ${String(bytes)} bytes came back`,
    ja: `${String(bytes)}バイトの属性が返りました`,
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
