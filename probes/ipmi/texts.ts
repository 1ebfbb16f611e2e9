import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeTexts } from '../probe.js';

/** Get Channel Authentication Capabilities. */
const COMMAND = String.raw`printf '\6\0\377\7\0\0\0\0\0\0\0\0\0\11\40\30\310\201\0\70\216\4\265' | nc -u -w 3 ADDRESS PORT | od -An -tx1`;

export const texts: ProbeTexts = {
  title: {
    en: 'A server management controller (IPMI) answers anyone',
    ja: 'サーバーの管理コントローラー（IPMI、BMC）が誰にでも応答しています',
  },
  risk: {
    en:
      'The controller with which a machine is switched on and off, and its console read, can be reached from anywhere. ' +
      'In IPMI 2.0 whoever knows a user name can have the hash of its password and guess it offline; many controllers ' +
      'have default passwords and old faults. Answers to forged sender addresses hit third parties, though each is hardly ' +
      'longer than its request.',
    ja:
      'サーバーの電源操作やコンソール操作に使う管理コントローラーに、どこからでも到達できる状態です。' +
      'IPMI 2.0では、ユーザー名を知る者は誰でもパスワードのハッシュを取得し、オフラインで推測できます。初期パスワードのままの機器や、古い脆弱性が残る機器も多くあります。' +
      '送信元を詐称した要求への応答は第三者に届きますが、応答の長さは要求とほとんど変わりません。',
  },
  remedy: {
    en: [
      'Put the controller into a network of its own for management, reachable through a VPN alone, and have UDP port PORT filtered at the edge; its web page (TCP 80, 443) and console (TCP 5900, 5120 to 5123) along with it.',
      'Where the controller shares a port of the machine, choose the dedicated one: Supermicro: `ipmitool raw 0x30 0x70 0x0c 1 0`; Dell iDRAC: `racadm set iDRAC.NIC.Selection Dedicated`; HPE iLO: network settings.',
      'Where nobody needs IPMI over LAN, switch it off: Dell: `racadm set iDRAC.IPMILan.Enable 0`; HPE iLO: Security, Access Settings, "IPMI/DCMI over LAN"; others: `ipmitool lan set 1 access off`.',
      'Allow no session without a password: `ipmitool lan set 1 auth ADMIN MD5`, likewise for OPERATOR, USER and CALLBACK; remove users without a name or a password (`ipmitool user list 1`), and cipher suite 0 (`ipmitool lan print 1`).',
      'Set long passwords that are used nowhere else, and update the firmware.',
    ].join('\n'),
    ja: [
      '管理コントローラーは管理専用の網に収容し、VPN経由でのみ接続できるようにしてください。網の境界でUDPのポートPORTを、併せてWeb画面（TCP 80、443）とコンソール（TCP 5900、5120〜5123）も遮断してください。',
      '管理コントローラーがサーバーのポートを共用している場合は、専用ポートに切り替えます。Supermicro：`ipmitool raw 0x30 0x70 0x0c 1 0`、Dell iDRAC：`racadm set iDRAC.NIC.Selection Dedicated`、HPE iLO：ネットワーク設定。',
      'IPMI over LANを使わない場合は無効にします。Dell：`racadm set iDRAC.IPMILan.Enable 0`、HPE iLO：セキュリティのアクセス設定の「IPMI/DCMI over LAN」、その他：`ipmitool lan set 1 access off`。',
      'パスワードなしのセッションを許可しないでください。`ipmitool lan set 1 auth ADMIN MD5` を実行し、OPERATOR、USER、CALLBACKにも同様に設定します。名前やパスワードのないユーザーを削除し（`ipmitool user list 1`）、暗号スイート0を無効にしてください（`ipmitool lan print 1`）。',
      'ほかで使っていない長いパスワードを設定し、ファームウェアを更新してください。',
    ].join('\n'),
  },
  check: {
    en: `If bytes that begin with 06 00 ff 07 come back, the controller still answers. If nothing comes back within three seconds, twice in a row, it no longer does:\n    ${COMMAND}`,
    ja: `06 00 ff 07 で始まるバイト列が返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    ${COMMAND}`,
  },
};

/** What weighs most, in Japanese too. A row that this run did not see has no facts. */
export function textsFor({ facts, detail = '' }: FindingRecord): Partial<ProbeTexts> {
  return facts?.['none_auth'] !== 'yes' && facts?.['anon_login'] !== 'yes'
    ? {}
    : { detail: { en: detail, ja: 'パスワードなしのセッションが許可されています' } };
}
