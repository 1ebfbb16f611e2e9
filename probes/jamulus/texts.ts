import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeTexts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'Jamulus directory sends its list of servers to anyone',
    ja: 'Jamulusのディレクトリーが、サーバーの一覧を誰にでも送信しています',
  },
  risk: {
    en:
      'A request of 9 bytes from anywhere brings back the whole list twice, and makes each server in the list send a ' +
      'packet to the asker too. With a forged sender address all of that hits a third party: from your network, and from ' +
      'those of the musicians who registered their servers with you. Each server that registers makes it larger.',
    ja:
      'どこからでも、わずか9バイトの要求を送るだけで、サーバーの一覧が2通り返り、さらに一覧に載っている各サーバーも要求元へパケットを送ります。' +
      '送信元を詐称した要求に応答すると、このネットワークだけでなく、登録している利用者のネットワークからも第三者へパケットが送られます。' +
      '登録されたサーバーが増えるほど、その量は大きくなります。',
  },
  remedy: {
    en: [
      'Most servers need not be a directory: start Jamulus without `-e localhost` (formerly `--centralserver localhost`), and in its window choose another directory than this computer, or none.',
      "Service of the project's package: `systemctl edit --full jamulus-headless`, take `-e localhost` out of the line ExecStart, and restart it.",
      'Where it is meant to be a directory: let only the servers register that belong there (`--listfilter "192.0.2.10;192.0.2.11"`), which keeps the list short.',
      'Limit how often one address is given the list; a client asks once in 2.5 seconds at most: `iptables -A INPUT -p udp --dport PORT -m length --length 37 -m hashlimit --hashlimit-name jamulus --hashlimit-mode srcip --hashlimit-above 30/minute -j DROP`.',
      'Used by one band or school only: accept UDP port PORT from its addresses alone.',
      'Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      '多くの場合、ディレクトリーとして動かす必要はありません。`-e localhost`（旧 `--centralserver localhost`）を付けずにJamulusを起動し、画面ではこのコンピューター以外のディレクトリーを選ぶか、登録しない設定にしてください。',
      'プロジェクトのパッケージのサービス：`systemctl edit --full jamulus-headless` でExecStartの行から `-e localhost` を削除し、再起動します。',
      'ディレクトリーとして公開する場合は、登録できるサーバーを限定し（`--listfilter "192.0.2.10;192.0.2.11"`）、一覧を短く保ってください。',
      '1つのアドレスに一覧を送る回数を制限してください。クライアントの要求は多くても2.5秒に1回です：`iptables -A INPUT -p udp --dport PORT -m length --length 37 -m hashlimit --hashlimit-name jamulus --hashlimit-mode srcip --hashlimit-above 30/minute -j DROP`。',
      '特定のバンドや学校だけで使う場合は、そのアドレスからのUDPポートPORTだけを許可してください。',
      '送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: "If names of servers stand in what comes back, it is a directory and still sends its list. If nothing comes back within three seconds, twice in a row, it no longer does:\n    printf '\\0\\0\\357\\3\\0\\0\\0\\030\\313' | nc -u -w 3 ADDRESS PORT | tr -c '[:print:]' .",
    ja: "返ってきた内容にサーバーの名前が含まれていれば、まだディレクトリーとして一覧を送信しています。2回続けて3秒以内に何も返ってこなければ、送信は止まっています。\n    printf '\\0\\0\\357\\3\\0\\0\\0\\030\\313' | nc -u -w 3 ADDRESS PORT | tr -c '[:print:]' .",
  },
};

/** How long the list is, in Japanese too. A row that this run did not see has no facts. */
export function textsFor({ facts, detail = '' }: FindingRecord): Partial<ProbeTexts> {
  const servers = facts?.['servers'];
  return servers === undefined
    ? {}
    : { detail: { en: detail, ja: `登録されているサーバーは${String(servers)}台です` } };
}
