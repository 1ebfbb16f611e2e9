import type { FindingRecord } from '../../src/domain/finding-record.js';
import { isAmplifier, joined, type Facts, type ProbeTexts, type Texts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'NFS mount daemon (rpc.mountd) lists its exports to anyone',
    ja: 'NFSのマウントデーモン（rpc.mountd）が誰にでも公開ディレクトリの一覧を返しています',
  },
  risk: {
    en:
      'A request of 40 bytes from anywhere brings back the list of the exported directories and of the clients that may ' +
      'mount them; with a forged sender that list goes to a third party, and it is the longer the more is exported. It also ' +
      'tells an attacker which addresses to take on. The port of the daemon differs from host to host, and the portmapper ' +
      'tells it to anybody. NFS version 4 needs neither.',
    ja:
      'どこからでも、わずか40バイトの要求を送るだけで、公開しているディレクトリと、それをマウントできるクライアントの一覧が返ってきます。送信元を詐称した要求に応答すると、一覧は第三者へ送られます。公開しているものが多いほど、応答は大きくなります。' +
      'また、どのアドレスを装えばよいかを、攻撃者に知らせることにもなります。デーモンのポートはホストごとに異なりますが、portmapperが誰にでも教えます。NFSv4では、どちらも不要です。',
  },
  remedy: {
    en: [
      'Serve NFS version 4 alone, which needs TCP 2049 and nothing else: `vers3=n` under [nfsd] in /etc/nfs.conf, restart nfs-server; then `systemctl mask --now rpcbind.service rpcbind.socket`. Debian still starts nfs-mountd for version 4, but it registers no port any more.',
      'Where version 3 is needed: give the daemon a fixed port (`port=20048` under [mountd] in /etc/nfs.conf) and let the firewall of the host admit only the clients to it, to 111 and to 2049, over UDP and TCP.',
      'FreeBSD: `mountd_flags="-h 10.0.0.5"` and `nfsv4_server_only="YES"` in /etc/rc.conf. Solaris: `sharectl set -p server_versmin=4 nfs`.',
      'NAS devices (Synology, QNAP): turn NFS off or set it to version 4, and limit it in the firewall of the device to the inside.',
      'Until then have UDP ports PORT and 111 filtered at the edge, and let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'TCP 2049番だけを使うNFSv4に限定してください：/etc/nfs.conf の [nfsd] に `vers3=n` を設定してnfs-serverを再起動し、`systemctl mask --now rpcbind.service rpcbind.socket` を実行します。DebianではNFSv4でもnfs-mountdが起動しますが、ポートは登録されなくなります。',
      'NFSv3が必要な場合：デーモンのポートを固定し（/etc/nfs.conf の [mountd] に `port=20048`）、ホストのファイアウォールで、このポートと111番、2049番への通信を、UDPとTCPともクライアントからだけ許可します。',
      'FreeBSD：/etc/rc.conf に `mountd_flags="-h 10.0.0.5"` と `nfsv4_server_only="YES"` を設定します。Solaris：`sharectl set -p server_versmin=4 nfs`。',
      'NAS（Synology、QNAPなど）：NFSを無効にするかNFSv4に限定し、機器のファイアウォールで内部からの接続だけを許可します。',
      '対策が済むまでは、網の境界でUDPのポートPORTと111を遮断し、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: 'If rpcinfo says "ready and waiting", the daemon still answers over UDP; it asks the portmapper for the port first. If it says "not registered", "Timed out" or "Unable to receive", twice in a row, it no longer does, or nobody is told its port:\n    rpcinfo -T udp ADDRESS mountd 3',
    ja: 'rpcinfoが「ready and waiting」と表示した場合は、まだUDPで応答しています（先にportmapperへポートを問い合わせます）。2回続けて「not registered」「Timed out」「Unable to receive」のいずれかが表示されれば、応答は止まっているか、ポートが通知されなくなっています。\n    rpcinfo -T udp ADDRESS mountd 3',
  },
};

/** Less than twice what it got, on the wire. */
const SMALL: Pick<ProbeTexts, 'risk'> = {
  risk: {
    en:
      'A request of 40 bytes from anywhere is answered by the mount daemon. The list of exports was less than twice as large ' +
      'as the request on the wire, so it hardly adds to an attack; but it grows with every export, and it tells an attacker ' +
      'what there is to mount.',
    ja:
      'どこからでも、わずか40バイトの要求にマウントデーモンが応答します。今回の一覧は、回線上で要求の2倍未満の大きさで、攻撃の通信量をほとんど増やしません。' +
      'ただし、公開ディレクトリが増えるほど一覧は大きくなり、何をマウントできるかを攻撃者に知らせることにもなります。',
  },
};

/** How much is in the lists. */
export function describe({ exports, exports_for_all: forAll, mounts }: Facts): Texts {
  return joined([
    ...(exports === undefined
      ? []
      : [
          {
            en: `${String(exports)} exports, ${String(forAll)} of them for everybody`,
            ja: `公開ディレクトリ${String(exports)}件（うち制限なし${String(forAll)}件）`,
          },
        ]),
    ...(mounts === undefined ? [] : [{ en: `${String(mounts)} mounts`, ja: `マウント${String(mounts)}件` }]),
  ]);
}

/** A row that this run did not see has no facts. */
export function textsFor(finding: FindingRecord): Partial<ProbeTexts> {
  const { facts } = finding;
  return {
    ...(!isAmplifier(finding) && SMALL),
    ...(facts !== undefined && { detail: describe(facts) }),
  };
}
