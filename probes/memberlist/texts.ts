import type { FindingRecord } from '../../src/domain/finding-record.js';
import { isAmplifier, type Facts, type ProbeTexts, type Texts } from '../probe.js';

const COMMAND =
  "    printf '\\0\\201\\245SeqNo\\316\\1\\2\\3\\4' | nc -u -w 3 ADDRESS PORT | od -An -c | head -2";

export const texts: ProbeTexts = {
  title: {
    en: 'Cluster node (memberlist: Serf, Consul, Nomad) answers anyone',
    ja: 'クラスターのノード（memberlist：Serf、Consul、Nomad）が誰にでも応答しています',
  },
  risk: {
    en:
      'A request of 13 bytes from anywhere brings back an answer that is several times as large. A request may also name ' +
      'where the answer is to go, and which third host the node is to ping: so it hits anybody, even where networks let no ' +
      'forged sender address out. And whoever can send to this port can join the cluster, read what it gossips, and tell ' +
      'its nodes that others have died.',
    ja:
      'どこからでも、わずか13バイトの要求を送るだけで、数倍の大きさの応答が返ってきます。要求には応答の宛先や、ノードにpingさせる第三のホストも書けるため、送信元の詐称が防がれている網からでも、任意の第三者へ送らせることができます。' +
      'また、このポートへ送信できる者は誰でもクラスターに参加し、ノード間でやり取りされる情報を読み、他のノードが停止したという偽の情報を流すことができます。',
  },
  remedy: {
    en: [
      'The port is for the nodes of the cluster alone: let the firewall of each host, or the security group, admit UDP and TCP port PORT from the other nodes and from nobody else.',
      'Bind it to the inside: Serf `-bind=10.0.0.5`, Consul `bind_addr = "10.0.0.5"` (port 8301, across data centres 8302), Nomad `addresses { serf = "10.0.0.5" }` (4648), Alertmanager `--cluster.listen-address=10.0.0.5:9094`, or `--cluster.listen-address=` for none.',
      'Set a gossip key, so that a node answers nothing without it: `serf keygen` and `-encrypt=KEY`, `consul keygen` and `encrypt`, `nomad operator gossip keyring generate` and `encrypt` in the server block. Alertmanager has none, but `--cluster.tls-config`.',
      'Source address validation (BCP 38) does not help here, for the address of the victim may stand in the payload.',
    ].join('\n'),
    ja: [
      'このポートを使うのは、クラスターのノードだけです。各ホストのファイアウォールまたはセキュリティグループで、UDPとTCPのポートPORTへの通信を、他のノードからだけ許可してください。',
      '内部のアドレスだけで待ち受けるようにします：Serf `-bind=10.0.0.5`、Consul `bind_addr = "10.0.0.5"`（8301番、データセンター間は8302番）、Nomad `addresses { serf = "10.0.0.5" }`（4648番）、Alertmanager `--cluster.listen-address=10.0.0.5:9094`（使わない場合は `--cluster.listen-address=`）。',
      'ゴシップの鍵を設定すると、鍵のない要求には応答しなくなります：`serf keygen` と `-encrypt=KEY`、`consul keygen` と `encrypt`、`nomad operator gossip keyring generate` とserverブロックの `encrypt`。Alertmanagerには鍵がなく、`--cluster.tls-config` を使います。',
      '送信元アドレスの検証（BCP 38）は、ここでは効果がありません。攻撃対象のアドレスが本文に書かれることがあるためです。',
    ].join('\n'),
  },
  check: {
    en: `If a line with "A l g o" or "S e q N o" comes back, the node still answers. If nothing comes back within three seconds, twice in a row, it no longer does:\n${COMMAND}`,
    ja: `「A l g o」または「S e q N o」を含む行が返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n${COMMAND}`,
  },
};

/** Less than twice what it got, on the wire. */
const SMALL: Pick<ProbeTexts, 'risk'> = {
  risk: {
    en:
      'A request of 13 bytes from anywhere is answered. The answer was less than twice as large as the request on the wire, ' +
      'but a request may name where the answer is to go, and which third host the node is to ping. And whoever can send to ' +
      'this port can join the cluster, read what it gossips, and tell its nodes that others have died.',
    ja:
      'どこからでも、わずか13バイトの要求に応答します。今回の応答は、回線上で要求の2倍未満の大きさですが、要求には応答の宛先や、ノードにpingさせる第三のホストを書くことができます。' +
      'また、このポートへ送信できる者は誰でもクラスターに参加し、ノード間でやり取りされる情報を読み、他のノードが停止したという偽の情報を流すことができます。',
  },
};

/** What came with the acknowledgement. */
export function describe({ gossip }: Facts): Texts {
  return gossip === ''
    ? { en: 'an acknowledgement alone', ja: '応答（ack）だけが返りました' }
    : {
        en: `an acknowledgement with gossip (${String(gossip)})`,
        ja: `応答（ack）とともに、ノード間の情報「${String(gossip)}」が返りました`,
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
