import type { FindingRecord } from '../../src/domain/finding-record.js';
import { joined, type Facts, type ProbeTexts, type Texts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'Media proxy rtpengine takes commands from anyone',
    ja: 'メディアプロキシrtpengineが誰からの命令も受け付けています',
  },
  risk: {
    en:
      'The control port of rtpengine asks for no password. A request of 33 bytes from anywhere brings back its whole ' +
      'statistics, 7.5 kilobytes where it is idle and a kilobyte more for each address that ever gave it a command; with a ' +
      'forged sender address all of that goes to a third party. What weighs more: by the same port anyone can open, ' +
      'redirect, record and end calls, and use the host to send streams of packets elsewhere. We only read the statistics.',
    ja:
      'rtpengineの制御ポートには、パスワードによる認証がありません。どこからでも33バイトの要求を送るだけで統計情報のすべてが返り、待機中でも約7.5キロバイト、命令を送ったことのあるアドレスが1つ増えるごとに約1キロバイト大きくなります。' +
      '送信元を詐称した要求に応答すると、そのすべてが無関係の第三者へ送られます。' +
      'より重大なのは、同じポートから誰でも通話の開始、転送、録音、切断ができ、このホストから別の宛先へパケットを送り続けさせることもできる点です。当方は統計情報を読み取っただけです。',
  },
  remedy: {
    en: [
      'rtpengine: in /etc/rtpengine/rtpengine.conf let `listen-ng` name an address that only the SIP proxy reaches: `listen-ng = 127.0.0.1:2223` on the same host, as Debian has it, or `listen-ng = 10.0.0.5:2223`. A port alone (`listen-ng = 2223`) listens on all addresses, IPv6 too. Restart rtpengine-daemon.',
      'The same holds for `listen-tcp-ng`, `listen-http`, `listen-udp`, `listen-tcp` and `listen-cli` in that file, and for `--listen-ng` on a command line or in a container (`-p 127.0.0.1:2223:2223/udp` in Docker).',
      'SIP proxy on another host (Kamailio, OpenSIPS: `rtpengine_sock`): admit UDP port PORT from the address of that proxy alone, or lay both into a network of their own or a VPN. Between data centres: never over the open internet, for the protocol encrypts nothing.',
      'Only the ports of the calls themselves (`port-min` to `port-max`) need to be reachable from outside.',
      'Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'rtpengine：/etc/rtpengine/rtpengine.conf の `listen-ng` に、SIPプロキシからだけ到達できるアドレスを指定してください。同じホストなら `listen-ng = 127.0.0.1:2223`（Debianの既定に相当）、別のホストなら `listen-ng = 10.0.0.5:2223` のようにします。ポート番号だけの指定（`listen-ng = 2223`）では、IPv6も含む全アドレスで待ち受けます。設定後、rtpengine-daemonを再起動します。',
      '同じファイルの `listen-tcp-ng`、`listen-http`、`listen-udp`、`listen-tcp`、`listen-cli` や、コマンドラインおよびコンテナでの `--listen-ng`（Dockerでは `-p 127.0.0.1:2223:2223/udp`）も同様です。',
      'SIPプロキシ（Kamailio、OpenSIPSの `rtpengine_sock`）が別のホストにある場合：UDPポートPORTへの通信をそのプロキシのアドレスからだけ許可するか、両者を専用の網またはVPNに収容してください。プロトコルは暗号化されないため、拠点間でもインターネットをそのまま経由させないでください。',
      '外部から到達できる必要があるのは、通話用のポート（`port-min` から `port-max`）だけです。',
      '送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: "From another host than the SIP proxy: if a text that begins with check d comes back, it still takes commands. If nothing comes back within three seconds, twice in a row, it no longer does:\n    printf 'check d7:command10:statisticse' | nc -u -w 3 ADDRESS PORT | head -c 200",
    ja: "SIPプロキシ以外のホストから実行してください。check d で始まる文字列が返ってきた場合は、まだ命令を受け付けています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    printf 'check d7:command10:statisticse' | nc -u -w 3 ADDRESS PORT | head -c 200",
  },
};

export function textsFor({ facts }: FindingRecord): Partial<ProbeTexts> {
  return facts === undefined ? {} : { detail: describe(facts) };
}

export function describe({ result, sessions, askers, uptime }: Facts): Texts {
  if (sessions === undefined) return { en: `answers "${String(result)}"`, ja: `「${String(result)}」と応答` };
  return joined([
    {
      en: `calls at present: ${String(sessions)}`,
      ja: `現在の通話数：${String(sessions)}`,
    },
    {
      en: `addresses that gave commands: ${String(askers)}`,
      ja: `命令を送ったアドレスの数：${String(askers)}`,
    },
    ...(uptime === undefined
      ? []
      : [{ en: `${String(uptime)} s since its start`, ja: `起動から${String(uptime)}秒` }]),
  ]);
}
