import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeTexts } from '../probe.js';

/** A search for the root DSE with message id 1. */
const COMMAND = String.raw`printf '0\45\2\1\1c \4\0\12\1\0\12\1\0\2\1\0\2\1\0\1\1\0\207\13objectClass0\0' | nc -u -w 3 ADDRESS PORT | tr -cd '[:print:]'`;

export const texts: ProbeTexts = {
  title: {
    en: 'A directory server (LDAP over UDP) describes itself to anyone',
    ja: 'ディレクトリサーバー（LDAP）がUDPで誰にでも自身の情報を返しています',
  },
  risk: {
    en:
      'A request of some forty bytes from anywhere brings back a description of the directory, as a rule dozens of times ' +
      'as large. With a forged sender address it hits a third party: attackers use domain controllers that can be reached ' +
      'from the internet (CLDAP) for floods of this kind. The answer also tells the names of the domain and of the server.',
    ja:
      'どこからでも、わずか40バイト程度の要求を送るだけで、通常はその数十倍の大きさのディレクトリ情報が返ってきます。' +
      '送信元を詐称した要求であれば、応答は第三者に届きます。インターネットから到達できるドメインコントローラー（CLDAP）は、このような大量送信攻撃に実際に悪用されています。' +
      'また、応答にはドメインとサーバーの名前が含まれています。',
  },
  remedy: {
    en: [
      'A domain controller does not belong on the internet: have UDP and TCP port PORT filtered at the edge, and let remote members come through a VPN. Inside, members find their controllers over UDP, so do not switch it off there.',
      'Windows Server: limit the rule to your own networks: `Set-NetFirewallRule -DisplayName "Active Directory Domain Controller - LDAP (UDP-In)" -RemoteAddress LocalSubnet,192.0.2.0/24`. Where the profile of the outer interface is "Public", check that the rule is not enabled for it.',
      'Samba as domain controller: `interfaces = lo eth1` with `bind interfaces only = yes` in smb.conf leaves out what faces the internet; then `systemctl restart samba-ad-dc`.',
      'OpenLDAP answers over UDP only where it was built for it and `cldap://` stands among the URLs of `slapd -h` (SLAPD_SERVICES in /etc/default/slapd): remove it.',
      'Until then let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'ドメインコントローラーはインターネットに公開するものではありません。網の境界でUDPとTCPのポートPORTを遮断し、外部の端末にはVPN経由で接続させてください。内部の端末はUDPでドメインコントローラーを探すため、網の内側では停止しないでください。',
      'Windows Server：ファイアウォールの規則の対象を自組織の網に限定します。`Set-NetFirewallRule -DisplayName "Active Directory Domain Controller - LDAP (UDP-In)" -RemoteAddress LocalSubnet,192.0.2.0/24`（日本語版では規則の表示名が異なります）。外側のインターフェースのプロファイルが「パブリック」の場合は、この規則がそのプロファイルで有効になっていないことも確認してください。',
      'Sambaのドメインコントローラー：smb.conf に `interfaces = lo eth1` と `bind interfaces only = yes` を設定してインターネット側のインターフェースを除外し、`systemctl restart samba-ad-dc` を実行します。',
      'OpenLDAPがUDPで応答するのは、そのようにビルドされ、`slapd -h` のURL（/etc/default/slapd の SLAPD_SERVICES）に `cldap://` が含まれている場合だけです。`cldap://` を削除してください。',
      '対策が済むまでは、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: `If names such as namingContexts or defaultNamingContext come back, the server still describes itself; a few characters without such a name mean that it answers, but tells nothing. If nothing comes back within three seconds, twice in a row, it no longer answers:\n    ${COMMAND}`,
    ja: `namingContextsやdefaultNamingContextなどの名前が返ってきた場合は、まだ情報を返しています。そのような名前のない数文字だけの場合は、応答はしていますが情報は返していません。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    ${COMMAND}`,
  },
};

/** What was told, in Japanese too. A row that this run did not see has no facts. */
export function textsFor({ facts, detail = '' }: FindingRecord): Partial<ProbeTexts> {
  if (facts?.['attributes'] === undefined) return {};
  const host = facts['dns_host_name'];
  const of = host === undefined ? '' : `${String(host)}の`;
  return {
    detail: { en: detail, ja: `${of}ルートDSEの属性が${String(facts['attributes'])}個返りました` },
  };
}
