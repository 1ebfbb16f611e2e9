import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { Facts, ProbeTexts, Texts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'TFTP server answers anyone',
    ja: 'TFTPサーバーが誰にでも応答しています',
  },
  risk: {
    en:
      'We asked for a file that cannot be there, and the server told us so: it answers requests from anywhere. TFTP has ' +
      'no password, so as a rule whoever knows or guesses the name of a file that is there (boot images, the ' +
      'configurations of switches and telephones) can read it. And for such a name a request of some 20 bytes with a ' +
      'forged sender makes a server send 516 bytes to a third party, as a rule five or six times over, because nothing ' +
      'acknowledges them: 30 to 200 times what it was sent, by our measurements of common servers.',
    ja:
      '存在しないはずのファイルを要求したところ、見つからないという応答が返りました。つまり、このサーバーはどこからの要求にも応答します。' +
      'TFTPにはパスワードがないため、通常、実在するファイル（起動イメージ、スイッチや電話機の設定など）の名前を知っている者、' +
      'または推測できた者は、その内容を読み出せます。また、実在する名前を指定し、送信元を詐称した20バイト程度の要求を送ると、' +
      '第三者へ516バイトのデータが送られます。受信確認がないため、通常は5～6回再送されます。' +
      '主なサーバーでの実測では、要求の30～200倍の量になりました。',
  },
  remedy: {
    en: [
      'Let only the network whose devices boot or fetch their configuration there reach the server; nothing on the Internet needs it. Remove it where no device does.',
      'tftpd-hpa (Debian, Ubuntu): set TFTP_ADDRESS in /etc/default/tftpd-hpa to the inside address, such as "10.0.0.5:69" in place of ":69", and run `systemctl restart tftpd-hpa`.',
      'atftpd: add `--bind-address 10.0.0.5` to OPTIONS in /etc/default/atftpd and set USE_INETD=false, or remove its line from /etc/inetd.conf; then restart it.',
      'dnsmasq: remove `enable-tftp`, or name the inside interface (`enable-tftp=eth1`), and run `systemctl restart dnsmasq`.',
      'Cisco IOS: remove the `tftp-server` lines. MikroTik: `/ip tftp set [find] ip-addresses=10.0.0.0/8`, or disable the entries.',
      'Windows Deployment Services, Configuration Manager: limit the firewall rule for UDP 69 to the networks of the clients (Scope, Remote IP address).',
      'Until then have packets to UDP port PORT filtered at the edge (the answers come from other ports, so a filter by source port does not stop them), and let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'このサーバーから起動したり設定を取得したりする機器のあるネットワークからだけ、接続できるようにしてください。インターネットから利用する必要はありません。利用する機器がなければ、サーバーを削除してください。',
      'tftpd-hpa（Debian、Ubuntu）：/etc/default/tftpd-hpa のTFTP_ADDRESSを、":69" ではなく "10.0.0.5:69" のように内側のアドレスに設定し、`systemctl restart tftpd-hpa` を実行します。',
      'atftpd：/etc/default/atftpd のOPTIONSに `--bind-address 10.0.0.5` を加え、USE_INETD=false とします。または /etc/inetd.conf から該当の行を削除します。その後、再起動します。',
      'dnsmasq：`enable-tftp` を削除するか、内側のインターフェースを指定し（`enable-tftp=eth1`）、`systemctl restart dnsmasq` を実行します。',
      'Cisco IOS：`tftp-server` の行を削除します。MikroTik：`/ip tftp set [find] ip-addresses=10.0.0.0/8` とするか、エントリーを無効にします。',
      'Windows展開サービス（WDS）、Configuration Manager：ファイアウォールのUDP 69番の規則を、クライアントのネットワークからに限定します（「スコープ」の「リモートIPアドレス」）。',
      '対策が済むまでは、UDPポートPORT宛てのパケットを網の境界で遮断し（応答は別のポートから出るため、送信元ポートによる遮断では止まりません）、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: 'If the client (Debian: tftp-hpa) says "Error code 1: File not found", or any other error code, or nothing at all, the server still answers. If it says "Transfer timed out" after half a minute, twice in a row, it no longer does. netcat shows nothing here, for the answer comes from another port:\n    tftp ADDRESS PORT -c get no-such-file /dev/null',
    ja: 'クライアント（Debianではtftp-hpa）が「Error code 1: File not found」などのエラーコードを表示した場合や、何も表示せずに終了した場合は、まだ応答しています。約30秒後に「Transfer timed out」と表示されることが2回続けば、応答は止まっています。応答は別のポートから届くため、netcatでは確認できません。\n    tftp ADDRESS PORT -c get no-such-file /dev/null',
  },
};

/** A file came back for a name that is not there. */
const FILE: Pick<ProbeTexts, 'title' | 'risk'> = {
  title: {
    en: 'TFTP server sends a file to anyone, whatever its name',
    ja: 'TFTPサーバーが、どのような名前の要求にも、誰にでもファイルを送っています',
  },
  risk: {
    en:
      'We asked for a file that cannot be there, and the server began to send one: it has something for every name, and ' +
      'for anyone. It sends a block again as long as nothing acknowledges it, so one small request with a forged sender ' +
      'makes it send many times as much to a third party. What is in the file was not kept; files of such servers ' +
      '(configurations of switches and telephones) often hold passwords.',
    ja:
      '存在しないはずのファイルを要求したところ、サーバーはファイルの送信を始めました。どのような名前の要求にも、誰にでも、何らかのファイルを送る設定です。' +
      '受信確認がないかぎり同じブロックが再送されるため、送信元を詐称した小さな要求1つで、その何倍ものデータが第三者へ送られます。' +
      'ファイルの内容は保存していません。この種のサーバーのファイル（スイッチや電話機の設定など）には、パスワードが含まれていることがよくあります。',
  },
};

/** By their codes, as in packet.ts. */
const ERRORS_IN_JAPANESE: readonly string[] = [
  'その他のエラー',
  'ファイルがない',
  'アクセス違反',
  '容量不足',
  '不正な操作',
  '不明な転送',
  'ファイルが既にある',
  '利用者がいない',
  'オプションの不一致',
];

/** What was answered; the server's own words for it stay in the facts. */
export function describe({ errorcode, error = '', block_bytes: bytes }: Facts): Texts {
  if (errorcode === undefined)
    return bytes === undefined
      ? { en: 'options of a transfer were acknowledged', ja: '転送オプションの確認が返りました' }
      : {
          en: `a block of ${String(bytes)} bytes came back for a name that is not there`,
          ja: `存在しないはずの名前に対して、${String(bytes)}バイトのブロックが返りました`,
        };
  return {
    en: `error ${String(errorcode)} came back (${String(error)})`,
    ja: `エラー${String(errorcode)}（${ERRORS_IN_JAPANESE[Number(errorcode)] ?? ''}）が返りました`,
  };
}

/** A row that this run did not see has no facts. */
export function textsFor({ facts, tag = '' }: FindingRecord): Partial<ProbeTexts> {
  return {
    ...(tag.split(';').includes('tftp-file') && FILE),
    ...(facts !== undefined && { detail: describe(facts) }),
  };
}
