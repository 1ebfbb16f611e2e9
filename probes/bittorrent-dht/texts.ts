import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeTexts } from '../probe.js';

const COMMAND =
  "    printf 'd1:ad2:id20:ampscope-measurement9:info_hash20:ampscope-measuremente1:q9:get_peers2:roi1e1:t4:aaaa1:y1:qe' | nc -u -w 3 ADDRESS PORT | tr -c '[:print:]' .";

export const texts: ProbeTexts = {
  title: {
    en: 'BitTorrent client answers strangers as a node of the DHT',
    ja: 'BitTorrentクライアントが、DHTのノードとして誰にでも応答しています',
  },
  risk: {
    en:
      'A BitTorrent program runs on this host and takes part in the DHT, the directory by which peers find each other. ' +
      'Any node may ask it, and the answer is up to four times as large as the question. With a forged sender address ' +
      'that answer hits a third party from your network. Where nobody of yours installed such a program, somebody else did.',
    ja:
      'このホストではBitTorrentのプログラムが動作しており、ピアを探すための分散ディレクトリー（DHT）に参加しています。' +
      '誰からの問い合わせにも応答し、応答は問い合わせの最大4倍程度の大きさになります。' +
      '送信元を詐称した要求に応答すると、第三者への攻撃がこのネットワークから行われる形になります。' +
      '心当たりがない場合は、第三者がインストールした可能性があります。',
  },
  remedy: {
    en: [
      'Not wanted there: end the program and remove it (`ss -ulpn` as root shows which one holds port PORT).',
      'Transmission: Preferences, Network or Peers, "Use DHT" off; of the daemon stop it first, set "dht-enabled": false in settings.json, and start it again.',
      'qBittorrent: Options, BitTorrent, "Enable DHT" off. Deluge: Preferences, Network, "DHT" off. aria2: `--enable-dht=false --enable-dht6=false`. rTorrent: `dht.mode.set = off`.',
      'Torrents with trackers go on working without the DHT; a magnet link alone needs it.',
      'Where it is to stay: limit what UDP port PORT sends to one address, and let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      '不要な場合は、プログラムを終了して削除してください（rootで `ss -ulpn` を実行すると、ポートPORTを使っているプログラムが分かります）。',
      'Transmission：設定の「ネットワーク」または「ピア」で「DHTを使用」をオフにします。デーモンは停止してから settings.json で "dht-enabled": false とし、再び起動します。',
      'qBittorrent：オプションの「BitTorrent」で「DHTを有効にする」をオフ。Deluge：設定の「ネットワーク」で「DHT」をオフ。aria2：`--enable-dht=false --enable-dht6=false`。rTorrent：`dht.mode.set = off`。',
      'トラッカーのあるトレントはDHTがなくても動作します。マグネットリンクだけの場合はDHTが必要です。',
      '使い続ける場合は、UDPポートPORTから1つのアドレスへ送る量を制限し、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: `If a line comes back that begins with d1: and holds 1:rd2:id20:, the node still answers. If nothing comes back within three seconds, twice in a row, it no longer does:\n${COMMAND}`,
    ja: `d1: で始まり 1:rd2:id20: を含む行が返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n${COMMAND}`,
  },
};

/** How many nodes it knows, in Japanese too. A row that this run did not see has no facts. */
export function textsFor({ facts, detail = '' }: FindingRecord): Partial<ProbeTexts> {
  const nodes = facts?.['nodes'];
  return nodes === undefined
    ? {}
    : { detail: { en: detail, ja: `ほかのノード${String(nodes)}個を回答しました` } };
}
