import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { Facts, ProbeTexts, Texts } from '../probe.js';

/** Of either version: what differs is the number of the version alone, and the byte for it in the check. */
export function textsOf(version: 1 | 2): ProbeTexts {
  const command = `printf '\\1\\${version}${'\\0'.repeat(21)}\\20' | nc -u -w 3 ADDRESS PORT | od -A n -t x1`;
  return {
    title: {
      en: `Router hands its routing table to anyone (RIPv${version})`,
      ja: `ルーターが経路表を誰にでも渡しています（RIPv${version}）`,
    },
    risk: {
      en:
        'A request of 24 bytes from anywhere brings back every route that this router knows: 20 bytes each, up to 504 in a ' +
        'packet. With a forged sender address all of that goes to a third party; attackers look for such routers, and the ' +
        'more routes one has the more it is worth to them. The table also shows how the network behind it is built. Without ' +
        'authentication, which version 1 does not know, who can ask may be able to announce routes as well.',
      ja:
        'どこからでも、24バイトの要求を送るだけで、このルーターが持つすべての経路（1件20バイト、1パケットに最大504バイト）が返ってきます。' +
        '送信元を詐称した要求に応答すると、そのすべてが無関係の第三者へ送られます。攻撃者はこのようなルーターを探しており、経路が多いほど悪用の価値が高くなります。' +
        '経路表からは、内部の網の構成も読み取れます。認証（バージョン1には存在しません）がなければ、問い合わせができる相手は、偽の経路を広告できるおそれもあります。',
    },
    remedy: {
      en: [
        'Where RIP is not needed, and towards the internet it never is: switch it off. Cisco IOS: `no router rip`. FRR: `ripd=no` in /etc/frr/daemons, then restart frr. BIRD: remove the block `protocol rip`. Windows: remove RIP in Routing and Remote Access.',
        'Home and office routers: switch "RIP" off in the settings (often under Advanced or Routing), update the firmware, and replace what cannot be set so.',
        'FRR and Quagga, where it is needed inside: `passive-interface default` in `router rip` and `no passive-interface eth1` for the inner side; a passive interface is not answered. `version 2` alone is not enough: it only refuses questions of version 1. Cisco IOS: `passive-interface default` likewise, and an access list on the outer interface, for a request may still be answered.',
        'Between routers that need it: RIPv2 with `authentication mode md5` (FRR: `ip rip authentication mode md5`) and a key, or rather OSPF or BGP.',
        'Let the packet filter drop UDP port PORT from outside; no other network has a reason to send to it. Let no packet with a forged source leave your network (BCP 38).',
      ].join('\n'),
      ja: [
        'RIPが不要な場合（インターネット側では常に不要です）は無効にしてください。Cisco IOS：`no router rip`。FRR：/etc/frr/daemons で `ripd=no` とし、frrを再起動します。BIRD：`protocol rip` のブロックを削除します。Windows：「ルーティングとリモートアクセス」からRIPを削除します。',
        '家庭用・業務用ルーター：設定画面（「詳細設定」や「ルーティング」にあることが多い項目）で「RIP」を無効にし、ファームウェアを更新してください。設定できない機器は交換してください。',
        'FRR、Quaggaで内部に必要な場合：`router rip` に `passive-interface default` を設定し、内側だけ `no passive-interface eth1` とします。passiveのインターフェースからの問い合わせには応答しません。`version 2` だけでは、バージョン1の問い合わせを拒否するだけで不十分です。Cisco IOS：同様に `passive-interface default` を設定し、要求への応答が残る場合があるため、外側のインターフェースにアクセスリストも設定してください。',
        'ルーター間で必要な場合：鍵を設定したRIPv2の `authentication mode md5`（FRRでは `ip rip authentication mode md5`）を使うか、OSPFやBGPへの移行を検討してください。',
        'パケットフィルターで、外部からのUDPポートPORTを遮断してください。ほかの網がこのポートへ送信する理由はありません。また、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
      ].join('\n'),
    },
    check: {
      en: `From outside of the router's own networks: if bytes that begin with 02 0${version} come back, it still hands out its routes. If nothing comes back within three seconds, twice in a row, it no longer does:\n    ${command}`,
      ja: `ルーターに直接つながっていない網から実行してください。02 0${version}で始まるバイト列が返ってきた場合は、まだ経路表を渡しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    ${command}`,
    },
  };
}

export function textsFor({ facts }: FindingRecord): Partial<ProbeTexts> {
  return facts === undefined ? {} : { detail: describe(facts) };
}

export function describe({ routes }: Facts): Texts {
  return { en: `hands out ${String(routes)} routes`, ja: `経路${String(routes)}件を返しました` };
}
