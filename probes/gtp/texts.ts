import type { FindingRecord } from '../../src/domain/finding-record.js';
import { joined, type Facts, type ProbeTexts, type Texts } from '../probe.js';

/** An Echo Request with the sequence number 1. */
const COMMANDS = {
  0: String.raw`printf '\36\1\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0' | nc -u -w 3 ADDRESS PORT | od -A n -t x1`,
  1: String.raw`printf '2\1\0\4\0\0\0\0\0\1\0\0' | nc -u -w 3 ADDRESS PORT | od -A n -t x1`,
} as const;

/** @param version in which the check asks. */
export function textsOf(version: 0 | 1): ProbeTexts {
  const command = COMMANDS[version];
  return {
    title: {
      en: 'Node of a mobile core network (GTP) answers anyone',
      ja: 'モバイルコア網のノード（GTP）が誰にでも応答しています',
    },
    risk: {
      en:
        'GTP carries the data and the control messages of mobile subscribers between the nodes of operators. This host ' +
        'answered the question whether the path to it is up, from an address that is no partner of yours. The answer is ' +
        'about as short as the request, so it is not the traffic that matters: GTP proves no identity. ' +
        'Who can reach such a node can try to open, change and end sessions of subscribers, learn their numbers, and send ' +
        'packets into the core.',
      ja:
        'GTPは、事業者のノード間で携帯電話の加入者のデータと制御メッセージを運ぶプロトコルです。このホストは、提携先ではないアドレスから届いた疎通確認の要求に応答しました。' +
        '応答は要求とほぼ同じ大きさで、問題は通信量ではありません。重大なのは、GTPに相手の身元を確認する仕組みがないことです。' +
        'このようなノードに到達できる者は、加入者のセッションの開始、変更、切断や番号の取得を試みたり、コア網の内部へパケットを送り込んだりするおそれがあります。',
    },
    remedy: {
      en: [
        'Admit GTP, at UDP port PORT and wherever else the node listens, only from the addresses of your own nodes and of your roaming partners (IR.21 lists them), at the edge of the network and on the node itself. GTP belongs on the GRX or IPX, never on the internet.',
        'Between roaming partners put a GTP firewall at the edge of the IPX that checks messages as GSMA FS.20 and IR.88 have it.',
        'osmo-ggsn: `gtp bind-ip` in the node ggsn names the one inner address that it listens on. osmo-sgsn: `gtp local-ip` likewise. Open5GS: the addresses under `gtpc: server:` and `gtpu: server:` in sgwc.yaml, smf.yaml, sgwu.yaml and upf.yaml. free5GC: `pfcp` and `gtpu` of upfcfg.yaml.',
        'Base stations and small cells: carry GTP to the core inside IPsec alone.',
        'Who has no mobile network: find out which appliance or laboratory this is, and filter it.',
      ].join('\n'),
      ja: [
        'GTPの通信（UDPポートPORTと、ノードが待ち受けるその他のポート）を、自社のノードとローミング提携先のアドレス（IR.21に記載）からだけ許可してください。網の境界とノード自身の両方で制限します。GTPはGRX/IPXで運ぶものであり、インターネットに出してはいけません。',
        'ローミング提携先との境界には、GSMAのFS.20とIR.88に沿ってメッセージを検査するGTPファイアウォールを置いてください。',
        'osmo-ggsn：ggsnノードの `gtp bind-ip` に、待ち受ける内部のアドレスを指定します。osmo-sgsn：同様に `gtp local-ip`。Open5GS：sgwc.yaml、smf.yaml、sgwu.yaml、upf.yaml の `gtpc: server:` と `gtpu: server:` のアドレス。free5GC：upfcfg.yaml の `pfcp` と `gtpu`。',
        '基地局やスモールセル：コアまでのGTPは、IPsecの中だけを通してください。',
        '携帯電話網を運用していない場合：該当する機器や実験環境を特定し、遮断してください。',
      ].join('\n'),
    },
    check: {
      en: `From an address outside of your network and those of your partners: if bytes come back whose second is 02, it still answers. If nothing comes back within three seconds, twice in a row, it no longer does:\n    ${command}`,
      ja: `自社の網や提携先以外のアドレスから実行してください。2番目のバイトが02である応答が返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    ${command}`,
    },
  };
}

export function textsFor({ facts }: FindingRecord): Partial<ProbeTexts> {
  return facts === undefined ? {} : { detail: describe(facts) };
}

export function describe({ versions, recovery }: Facts): Texts {
  return joined([
    { en: `answers Echo of version ${String(versions)}`, ja: `バージョン ${String(versions)} のEchoに応答` },
    { en: `restart counter ${String(recovery)}`, ja: `再起動カウンター ${String(recovery)}` },
  ]);
}
