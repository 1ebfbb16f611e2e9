import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeTexts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'OpenVPN answers anyone who asks',
    ja: 'OpenVPNが誰からの要求にも応答しています',
  },
  risk: {
    en:
      'The first packet of a handshake, 14 bytes without any key, is answered with 26 bytes, and in some set-ups that ' +
      'answer is sent again for half a minute. With a forged sender address all of them hit a third party. It also shows ' +
      'anyone that a VPN can be reached here, and lets them try its TLS.',
    ja:
      '鍵を持たない相手からの、わずか14バイトのハンドシェイク開始パケットに対して26バイトの応答が返ります。' +
      '設定によっては、同じ応答が30秒ほど繰り返し再送されます。送信元を詐称した要求であれば、これらはすべて第三者に届きます。' +
      'また、VPNの入口があることが誰にでも分かり、TLSの接続も試みられてしまいます。',
  },
  remedy: {
    en: [
      'OpenVPN 2.4 and newer: `openvpn --genkey tls-crypt tc.key` (2.4: `--genkey --secret tc.key`), give it to every client, and set `tls-crypt tc.key` on both sides. A packet that was not made with the key is then dropped without an answer. The server and all clients have to change together.',
      'Where clients know only tls-auth: `tls-auth ta.key 0` on the server and `tls-auth ta.key 1` on each client do the same.',
      'pfSense and OPNsense: in the settings of the server switch "TLS key" on, with "TLS Encryption and Authentication", and export the clients anew.',
      'A tunnel between two fixed addresses (`tls-server` without `server`): name the peer with `remote ADDRESS` and do not set `float`, so that no other address is answered.',
      'Update to 2.6 or newer: in server mode it answers a request once and keeps nothing until the client has proved its address, and it answers at most 100 such requests in ten seconds (`connect-freq-initial`).',
      'Until then have UDP port PORT filtered for all addresses that need no VPN, and let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'OpenVPN 2.4以降：`openvpn --genkey tls-crypt tc.key`（2.4では `--genkey --secret tc.key`）で鍵を作成してすべてのクライアントに配布し、サーバーとクライアントの双方に `tls-crypt tc.key` を設定します。鍵を使わずに作られたパケットは、応答せずに破棄されるようになります。サーバーと全クライアントの設定を同時に切り替える必要があります。',
      'クライアントがtls-authにしか対応していない場合：サーバーに `tls-auth ta.key 0`、各クライアントに `tls-auth ta.key 1` を設定すれば、同じ効果が得られます。',
      'pfSense、OPNsense：サーバーの設定で「TLS key」を有効にして「TLS Encryption and Authentication」を選び、クライアントの設定を再度エクスポートします。',
      '固定アドレス間のトンネル（`server` のない `tls-server`）：`remote アドレス` で対向を指定し、`float` を設定しないでください。ほかのアドレスには応答しなくなります。',
      '2.6以降に更新してください。サーバーモードでは、応答は1要求につき1回となり、クライアントのアドレスが確認されるまで状態を保持しません。このような応答も10秒間に100回までに制限されます（`connect-freq-initial`）。',
      '対策が済むまでは、VPNを利用しないアドレスからのUDPポートPORT宛ての通信を遮断し、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: "If 26 bytes that begin with 40 come back (22 that begin with 28 where somebody had asked within the last minute), it still answers anyone. If nothing comes back within three seconds, twice in a row, it no longer does; a client with the key still connects:\n    printf '8\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\0\\0' | nc -u -w 3 ADDRESS PORT | od -An -tx1",
    ja: "40で始まる26バイト（直前の1分間に別の要求があった場合は28で始まる22バイト）が返ってきた場合は、まだ誰にでも応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。その場合も、鍵を持つクライアントは接続できます。\n    printf '8\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\0\\0' | nc -u -w 3 ADDRESS PORT | od -An -tx1",
  },
};

/** How often one request was answered. A row that this run did not see has no facts. */
export function textsFor({ facts, detail = '' }: FindingRecord): Partial<ProbeTexts> {
  const answers = Number(facts?.['answers']);
  if (Number.isNaN(answers)) return {};
  return {
    detail: {
      en: detail,
      ja:
        answers > 1
          ? `一度の要求に対して応答が${answers}回返りました`
          : '一度の要求に対して応答が一度返りました',
    },
  };
}
