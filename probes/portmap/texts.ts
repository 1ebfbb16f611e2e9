import type { FindingRecord } from '../../src/domain/finding-record.js';
import { isAmplifier, type Facts, type ProbeTexts, type Texts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'Portmapper (rpcbind) lists its services to anyone',
    ja: 'portmapper（rpcbind）が誰にでもサービスの一覧を返しています',
  },
  risk: {
    en:
      'A request of 40 bytes from anywhere brings back the list of RPC services of this host; with a forged sender that ' +
      'list goes to a third party, several times as large as the request. It also tells an attacker where to go on: on ' +
      'which ports NFS, mountd and others listen. Hardly any host needs the service from outside; NFS version 4 does ' +
      'not need it at all.',
    ja:
      'どこからでも、わずか40バイトの要求を送るだけで、このホストのRPCサービスの一覧が返ってきます。送信元を詐称した要求に応答すると、要求の数倍の大きさの一覧が第三者へ送られます。' +
      'また、NFSやmountdなどがどのポートで待ち受けているかを、攻撃者に知らせることにもなります。' +
      '外部からこのサービスを必要とするホストはほとんどなく、NFSv4では不要です。',
  },
  remedy: {
    en: [
      'Switch rpcbind off where no NFS of version 3 or NIS is served: Debian, Ubuntu, Red Hat: `systemctl disable --now rpcbind.service rpcbind.socket` (the socket too, or the first request starts it again).',
      'Where it is needed, let only the clients through the firewall of the host, over UDP and TCP, or bind it: `ListenDatagram=10.0.0.5:111` in place of the other lines in a drop-in of rpcbind.socket (`systemctl edit rpcbind.socket`, first an empty `ListenDatagram=`), `-h 10.0.0.5` in OPTIONS of /etc/default/rpcbind.',
      'NFS: serve version 4 alone (`vers3=n` under [nfsd] in /etc/nfs.conf), which needs TCP 2049 and no rpcbind.',
      'FreeBSD: `rpcbind_enable="NO"`, or `rpcbind_flags="-h 10.0.0.5"` in /etc/rc.conf. Solaris: `svcadm disable network/rpc/bind`. macOS starts it with NFS alone.',
      'NAS devices (Synology, QNAP): turn NFS off, or limit it and its firewall rule to the inside.',
      'Until then have UDP and TCP port PORT filtered at the edge, and let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'NFSv3やNISを提供していなければ、rpcbindを停止してください。Debian、Ubuntu、Red Hat：`systemctl disable --now rpcbind.service rpcbind.socket`（socketを残すと、最初の要求で再び起動します）。',
      '必要な場合は、ホストのファイアウォールで、UDPとTCPともクライアントからの接続だけを許可します。または待ち受けるアドレスを限定します：`systemctl edit rpcbind.socket` で空の `ListenDatagram=` に続けて `ListenDatagram=10.0.0.5:111` を指定し、/etc/default/rpcbind のOPTIONSに `-h 10.0.0.5` を加えます。',
      'NFS：NFSv4だけを提供します（/etc/nfs.conf の [nfsd] に `vers3=n`）。NFSv4はTCP 2049番だけを使い、rpcbindを必要としません。',
      'FreeBSD：/etc/rc.conf に `rpcbind_enable="NO"` または `rpcbind_flags="-h 10.0.0.5"` を設定します。Solaris：`svcadm disable network/rpc/bind`。macOSではNFSを使うときだけ起動します。',
      'NAS（Synology、QNAPなど）：NFSを無効にするか、NFSとそのファイアウォール規則を内部からの接続に限定します。',
      '対策が済むまでは、網の境界でUDPとTCPのポートPORTを遮断し、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: 'If rpcinfo says "ready and waiting", the service still answers over UDP; it asks at the usual port and at no other. If it says "Timed out" or "Unable to receive", twice in a row, it no longer does:\n    rpcinfo -T udp ADDRESS portmapper',
    ja: 'rpcinfoが「ready and waiting」と表示した場合は、まだUDPで応答しています（問い合わせ先は常に既定のポートです）。2回続けて「Timed out」または「Unable to receive」と表示されれば、応答は止まっています。\n    rpcinfo -T udp ADDRESS portmapper',
  },
};

/** Less than twice what it got, on the wire. */
const SMALL: Pick<ProbeTexts, 'risk'> = {
  risk: {
    en:
      'A request of 40 bytes from anywhere brings back the list of RPC services of this host. The list was less than ' +
      'twice as large as the request on the wire, so it hardly adds to an attack; but it tells an attacker on which ' +
      'ports NFS, mountd and others listen. Hardly any host needs the service from outside.',
    ja:
      'どこからでも、わずか40バイトの要求を送るだけで、このホストのRPCサービスの一覧が返ってきます。' +
      '今回の応答は、回線上で要求の2倍未満の大きさで、攻撃の通信量をほとんど増やしません。' +
      'ただし、NFSやmountdなどがどのポートで待ち受けているかを、攻撃者に知らせることになります。外部からこのサービスを必要とするホストはほとんどありません。',
  },
};

/** How many services it lists, and whether NFS is one. */
export function describe({ entries = 0, nfs }: Facts): Texts {
  return {
    en: `lists ${String(entries)} registered services${nfs === true ? ', NFS among them' : ''}`,
    ja: `登録されたサービス${String(entries)}件の一覧が返りました${nfs === true ? '（NFSを含む）' : ''}`,
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
