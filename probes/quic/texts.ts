import type { FindingRecord } from '../../src/domain/finding-record.js';
import { joined, type Facts, type ProbeTexts, type Texts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'Host answers QUIC (HTTP/3)',
    ja: 'ホストがQUIC（HTTP/3）に応答しています',
  },
  risk: {
    en:
      'QUIC carries the current web over UDP, and a web server that offers HTTP/3 has to answer anybody. A request is at ' +
      'least 1,200 bytes long, and a server sends at most three times as much before whoever asks has proved its address: ' +
      'by that rule there is little to gain from it. Where the line below says that this host sent more, its software does ' +
      'not keep to the rule, and with forged sender addresses the surplus goes to third parties. Where nobody knows of a ' +
      'web server here, the port should not answer at all.',
    ja:
      'QUICは現在のウェブをUDPで運ぶプロトコルで、HTTP/3を提供するウェブサーバーは誰にでも応答する必要があります。要求は1,200バイト以上あり、サーバーは相手のアドレスを確認するまで、その3倍までしか送りません。' +
      'この規則が守られているかぎり、攻撃に悪用する利点はほとんどありません。下の行にこれを超えて送信したと書かれている場合は、ソフトウェアが規則を守っておらず、送信元を詐称した要求に応答すると、超過分が第三者へ送られます。' +
      'ここにウェブサーバーがあることを誰も把握していない場合は、このポートが応答すること自体が不適切です。',
  },
  remedy: {
    en: [
      'A web server that is meant to offer HTTP/3: keep it up to date; nothing else is to be done while it keeps to three times the request.',
      'nginx: `quic_retry on;` has every new client prove its address first. HAProxy: `quic-force-retry` in the section global, or `tune.quic.retry-threshold` for when it is busy. H2O: `retry: ON` under listen, quic. LiteSpeed and Caddy do so by themselves under load.',
      'HTTP/3 is not wanted: leave out `listen 443 quic` (nginx), `bind quic4@` (HAProxy), `h3` in `protocols` (Caddy), and the header Alt-Svc; then close UDP port PORT in the packet filter.',
      'DNS over QUIC, VPNs and SMB over QUIC: admit only the networks that use them.',
      'Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'HTTP/3を提供するウェブサーバーの場合：ソフトウェアを最新に保ってください。要求の3倍以内に収まっているかぎり、ほかに必要な対策はありません。',
      'nginx：`quic_retry on;` を設定すると、新しいクライアントのアドレスを先に確認します。HAProxy：globalセクションの `quic-force-retry`、または高負荷時だけ確認する `tune.quic.retry-threshold`。H2O：listenのquicで `retry: ON`。LiteSpeedとCaddyは、高負荷時に自動的に確認します。',
      'HTTP/3が不要な場合：`listen 443 quic`（nginx）、`bind quic4@`（HAProxy）、`protocols` の `h3`（Caddy）とAlt-Svcヘッダーを削除し、パケットフィルターでUDPポートPORTを閉じてください。',
      'DNS over QUIC、VPN、SMB over QUIC：利用する網からの通信だけを許可してください。',
      '送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: "A packet of a version that does not exist, 1,200 bytes long: if bytes come back that end with 00 00 00 01, the host still speaks QUIC, version 1. If nothing comes back within three seconds, twice in a row, it no longer does:\n    printf '\\300\\32\\52\\72\\112\\10ampscope\\10ampscope%1177s' | nc -u -w 3 ADDRESS PORT | od -A n -t x1",
    ja: "存在しないバージョンの1,200バイトのパケットを送ります。00 00 00 01で終わるバイト列が返ってきた場合、このホストはまだQUICのバージョン1に応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    printf '\\300\\32\\52\\72\\112\\10ampscope\\10ampscope%1177s' | nc -u -w 3 ADDRESS PORT | od -A n -t x1",
  },
};

export function textsFor({ facts }: FindingRecord): Partial<ProbeTexts> {
  return facts === undefined ? {} : { detail: describe(facts) };
}

/** The versions, and what came for an Initial that was not acknowledged. */
export function describe(facts: Facts): Texts {
  const versions = [1, 2, 3, 4].flatMap((n) => facts[`version_field_${n}`] ?? []).join(' ');
  const { handshake_bytes: bytes, retry, exceeds_limit: exceeds } = facts;
  const parts: Texts[] =
    versions === '' ? [] : [{ en: `versions ${versions}`, ja: `バージョン ${versions}` }];
  if (retry === true) parts.push({ en: 'asks for a token first (Retry)', ja: '先にトークンを要求（Retry）' });
  else if (bytes !== undefined)
    parts.push({
      en: `sent ${String(bytes)} bytes for an Initial of 1200 that was not acknowledged`,
      ja: `確認応答のない1200バイトのInitialに対して${String(bytes)}バイトを送信`,
    });
  if (exceeds === true) parts.push({ en: 'more than RFC 9000 allows', ja: 'RFC 9000の上限を超過' });
  return joined(parts);
}
