import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeTexts } from '../probe.js';

/** An AS-REQ for the realm 00000001. */
const COMMAND = String.raw`printf 'jf0d\241\3\2\1\5\242\3\2\1\12\244X0V\240\7\3\5\0\0\0\0\0\242\12\33\01000000001\243\0350\33\240\3\2\1\2\241\0240\22\33\6krbtgt\33\01000000001\245\21\30\01719700101000000Z\247\6\2\4@\0\0\1\250\0050\3\2\1\22' | nc -u -w 3 ADDRESS PORT | tr -cd '[:print:]'`;

export const texts: ProbeTexts = {
  title: {
    en: 'A Kerberos KDC answers anyone over UDP',
    ja: 'Kerberosの認証サーバー（KDC）がUDPで誰にでも応答しています',
  },
  risk: {
    en:
      'Whoever sends a request from anywhere gets an answer, which with a forged sender address hits a third party. To ' +
      'our question, for a realm that does not exist, it is about as large as the request; where an account without ' +
      'pre-authentication is named, it is a ticket. What weighs more: anyone can try out names and passwords here, and ' +
      'take the tickets of such accounts away to guess their passwords offline.',
    ja:
      'どこから送られた要求にも応答するため、送信元を詐称した要求への応答は第三者に届きます。' +
      '当方が送った、存在しないレルムに対する要求では、応答は要求と同程度の大きさでした。事前認証が不要なアカウントの名前を指定した要求には、チケットが返ります。' +
      'より重大なのは、誰でもここでユーザー名やパスワードを試すことができ、そのようなアカウントのチケットを入手すればオフラインでパスワードを推測できることです。',
  },
  remedy: {
    en: [
      'A KDC belongs where its clients are: have UDP and TCP port PORT filtered at the edge, and let those outside come through a VPN or through a KDC proxy over HTTPS (MS-KKDCP).',
      'MIT krb5: set `kdc_listen` in kdc.conf to inside addresses (`kdc_listen = 192.0.2.1:88`), `kdc_tcp_listen` likewise, and restart krb5kdc; `kdc_listen = ""` switches UDP off, for current clients try TCP as well.',
      'Require pre-authentication: `default_principal_flags = +preauth` in kdc.conf for new accounts, `modprinc +requires_preauth NAME` in kadmin for those that exist.',
      'Samba as domain controller: `interfaces = lo eth1` with `bind interfaces only = yes` in smb.conf leaves out what faces the internet.',
      'Active Directory: limit the firewall rules "Kerberos Key Distribution Center (UDP-In)" and "(TCP-In)" to your own networks, and look for accounts with "Do not require Kerberos preauthentication" set. No domain controller should be reachable from the internet.',
    ].join('\n'),
    ja: [
      'KDCは利用者のいる網の中に置くものです。網の境界でUDPとTCPのポートPORTを遮断し、外部の利用者にはVPNか、HTTPSによるKDCプロキシ（MS-KKDCP）を使わせてください。',
      'MIT krb5：kdc.conf の `kdc_listen` に内部のアドレスを指定し（`kdc_listen = 192.0.2.1:88`）、`kdc_tcp_listen` も同様に設定して、krb5kdcを再起動します。`kdc_listen = ""` とすればUDPが無効になります。現在のクライアントはTCPでも接続を試みます。',
      '事前認証を必須にしてください。新しいアカウントには kdc.conf の `default_principal_flags = +preauth`、既存のアカウントには kadmin の `modprinc +requires_preauth アカウント名` を使います。',
      'Sambaのドメインコントローラー：smb.conf に `interfaces = lo eth1` と `bind interfaces only = yes` を設定し、インターネット側のインターフェースを除外します。',
      'Active Directory：ファイアウォールの規則「Kerberosキー配布センター（UDP受信）」と「（TCP受信）」の対象を自組織の網に限定し、「Kerberos事前認証を必要としない」が設定されたアカウントがないか確認してください。ドメインコントローラーをインターネットから到達可能にしてはいけません。',
    ].join('\n'),
  },
  check: {
    en: `If krbtgt and 00000001 come back among other characters, the KDC still answers over UDP. If nothing comes back within three seconds, twice in a row, it no longer does:\n    ${COMMAND}`,
    ja: `krbtgtと00000001を含む文字列が返ってきた場合は、まだUDPで応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    ${COMMAND}`,
  },
};

/** The error in Japanese too. A row that this run did not see has no facts. */
export function textsFor({ facts, detail = '' }: FindingRecord): Partial<ProbeTexts> {
  const code = facts?.['error_code'];
  return code === undefined
    ? {}
    : { detail: { en: detail, ja: `存在しないレルムへの要求に対してエラー${String(code)}が返りました` } };
}
