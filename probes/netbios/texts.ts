import type { FindingRecord } from '../../src/domain/finding-record.js';
import { isAmplifier, type Facts, type ProbeTexts, type Texts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'NetBIOS name service tells the names of the host to anyone',
    ja: 'NetBIOS名前サービスが、ホストの名前を誰にでも返しています',
  },
  risk: {
    en:
      'A request of 50 bytes from anywhere brings back the names of this computer and of its workgroup or domain; older ' +
      'Windows adds who is logged in. With a forged sender the answer, larger than the request, goes to a third party. ' +
      'Where this port is open to the Internet, file sharing (TCP 139 and 445) often is too.',
    ja:
      'どこからでも、わずか50バイトの要求を送るだけで、このコンピューターとワークグループまたはドメインの名前が返ってきます。古いWindowsでは、ログオン中の利用者名も返ります。' +
      '送信元を詐称した要求に応答すると、要求より大きな応答が第三者へ送られます。' +
      'このポートがインターネットに開いている場合、ファイル共有（TCP 139番と445番）も開いていることがよくあります。',
  },
  remedy: {
    en: [
      'Filter UDP 137 and 138 and TCP 139 and 445 at the edge, in both directions: none of them belongs on the Internet.',
      'Samba: set `disable netbios = yes` in /etc/samba/smb.conf and `systemctl disable --now nmbd`; where old clients need it, bind it inside (`interfaces = eth1`, `bind interfaces only = yes`, and a firewall rule, for nmbd also opens the port on all addresses).',
      'Windows: in the properties of the network connection, Internet Protocol Version 4, Advanced, WINS: "Disable NetBIOS over TCP/IP"; set the connection to "Public network" in the firewall.',
      'NAS devices and printers: turn off "NetBIOS", "WINS" or "local master browser", and limit file sharing to the inside.',
      'Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'UDP 137番・138番とTCP 139番・445番を、網の境界で双方向とも遮断してください。いずれもインターネットで使うものではありません。',
      'Samba：/etc/samba/smb.conf に `disable netbios = yes` を設定し、`systemctl disable --now nmbd` を実行します。古いクライアントのために必要な場合は、内側だけで待ち受け（`interfaces = eth1`、`bind interfaces only = yes`）、ファイアウォールでも遮断します（nmbdはすべてのアドレスでもポートを開くためです）。',
      'Windows：ネットワーク接続のプロパティで、「インターネット プロトコル バージョン4」→「詳細設定」→「WINS」の「NetBIOS over TCP/IPを無効にする」を選び、ファイアウォールでは接続を「パブリック ネットワーク」にします。',
      'NASやプリンター：「NetBIOS」「WINS」「ローカルマスターブラウザー」を無効にし、ファイル共有を内部からの接続に限定します。',
      '送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: 'If nmblookup (Debian: samba-common-bin) lists names, the service still answers; it asks at the usual port and at no other. If it says "No reply", twice in a row, it no longer does. On Windows: nbtstat -A with the same address:\n    nmblookup -A ADDRESS',
    ja: 'nmblookup（Debianではsamba-common-bin）が名前の一覧を表示した場合は、まだ応答しています（問い合わせ先は常に既定のポートです）。2回続けて「No reply」と表示されれば、応答は止まっています。Windowsでは「nbtstat -A」に同じアドレスを指定します。\n    nmblookup -A ADDRESS',
  },
};

/** Less than twice what it got, on the wire. */
const SMALL: Pick<ProbeTexts, 'risk'> = {
  risk: {
    en:
      'A request of 50 bytes from anywhere brings back the names of this computer and of its workgroup or domain. The ' +
      'answer was less than twice as large as the request on the wire, so it hardly adds to an attack; but where this ' +
      'port is open to the Internet, file sharing (TCP 139 and 445) often is too.',
    ja:
      'どこからでも、わずか50バイトの要求を送るだけで、このコンピューターとワークグループまたはドメインの名前が返ってきます。' +
      '今回の応答は、回線上で要求の2倍未満の大きさで、攻撃の通信量をほとんど増やしません。' +
      'ただし、このポートがインターネットに開いている場合、ファイル共有（TCP 139番と445番）も開いていることがよくあります。',
  },
};

/** How many names it told. The names themselves stay in the facts. */
export function describe({ names = 0 }: Facts): Texts {
  return { en: `${String(names)} names came back`, ja: `${String(names)}個の名前が返りました` };
}

/** A row that this run did not see has no facts. */
export function textsFor(finding: FindingRecord): Partial<ProbeTexts> {
  const { facts } = finding;
  return {
    ...(!isAmplifier(finding) && SMALL),
    ...(facts !== undefined && { detail: describe(facts) }),
  };
}
