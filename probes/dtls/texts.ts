import type { FindingRecord } from '../../src/domain/finding-record.js';
import { joined, type Facts, type ProbeTexts, type Texts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'DTLS server answers anyone without a cookie',
    ja: 'DTLSサーバーがクッキーによる確認をせずに誰にでも応答しています',
  },
  risk: {
    en:
      'To the first packet of a handshake, 119 bytes from anywhere, this server sends its certificate and what belongs to ' +
      'it at once, and as a rule again and again until it gives up. With a forged sender address all of that goes to a ' +
      'third party: since December 2020 such servers have been used for attacks. DTLS has a remedy of its own, which is ' +
      'off here: a server first sends a cookie of some 50 bytes and goes on only with who sends it back.',
    ja:
      'どこから届いた119バイトのハンドシェイクの最初のパケットに対しても、サーバー証明書などをすぐに送り、多くの場合は諦めるまで再送を繰り返します。' +
      '送信元を詐称した要求に応答すると、そのすべてが無関係の第三者へ送られます。2020年12月以降、このようなサーバーが実際に攻撃に悪用されています。' +
      'DTLSには、まず50バイト程度のクッキーだけを送り、それを返してきた相手とだけ続行する仕組みがありますが、このサーバーでは無効になっています。',
  },
  remedy: {
    en: [
      'Citrix (NetScaler) ADC and Gateway: update, then `set ssl dtlsProfile nsdtls_default_profile -helloVerifyRequest ENABLED`, and the same for every DTLS profile of your own. Where nobody needs DTLS: `set vpn vserver NAME -dtls OFF`.',
      'OpenSSL in a program of your own: `SSL_CTX_set_options(ctx, SSL_OP_COOKIE_EXCHANGE)` with both callbacks for cookies, or `DTLSv1_listen()`. GnuTLS: `gnutls_dtls_cookie_send()` and `gnutls_dtls_cookie_verify()` before the handshake; gnutls-serv: without `--nocookie`.',
      'Mbed TLS: `MBEDTLS_SSL_DTLS_HELLO_VERIFY` and `mbedtls_ssl_conf_dtls_cookies()`. Pion: no `InsecureSkipVerifyHello`. wolfSSL: it asks for a cookie unless that was compiled out; `wolfSSL_CTX_SetGenCookie()` sets your own.',
      'CoAP over DTLS (UDP 5684), Eclipse Californium: leave `DTLS.USE_HELLO_VERIFY_REQUEST` at true, also for pre-shared keys.',
      'VPN gateways and appliances: update the firmware. Where DTLS serves only some networks, admit UDP port PORT from these alone.',
      'Until then have UDP port PORT filtered upstream; connections then fall back to TLS over TCP, a little slower. Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'Citrix（NetScaler）ADC／Gateway：更新したうえで `set ssl dtlsProfile nsdtls_default_profile -helloVerifyRequest ENABLED` を実行し、独自のDTLSプロファイルにも同じ設定をします。DTLSが不要な場合は `set vpn vserver 名前 -dtls OFF` で無効にできます。',
      'OpenSSLを使う自作のプログラム：`SSL_CTX_set_options(ctx, SSL_OP_COOKIE_EXCHANGE)` とクッキー用の2つのコールバックを設定するか、`DTLSv1_listen()` を使います。GnuTLS：ハンドシェイクの前に `gnutls_dtls_cookie_send()` と `gnutls_dtls_cookie_verify()` を呼び出します。gnutls-servでは `--nocookie` を外します。',
      'Mbed TLS：`MBEDTLS_SSL_DTLS_HELLO_VERIFY` を有効にし、`mbedtls_ssl_conf_dtls_cookies()` を呼び出します。Pion：`InsecureSkipVerifyHello` を使わないでください。wolfSSL：ビルド時に無効化しないかぎりクッキーを要求します。独自の生成関数は `wolfSSL_CTX_SetGenCookie()` で設定します。',
      'CoAP over DTLS（UDP 5684）、Eclipse Californium：事前共有鍵を使う場合も含め、`DTLS.USE_HELLO_VERIFY_REQUEST` を true のままにしてください。',
      'VPNゲートウェイなどの専用機器：ファームウェアを更新してください。DTLSを特定の網にだけ提供している場合は、UDPポートPORTへの通信をその網からだけ許可します。',
      '対策が済むまでは、上流でUDPポートPORTを遮断してください。接続はTCP上のTLSに切り替わり、やや遅くなるだけです。また、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: 'If the line that comes back ends with read server hello, the server still answers without a cookie. If it ends with read hello verify request, it asks for the cookie first; if nothing comes within ten seconds, it no longer answers at all:\n    timeout 10 openssl s_client -dtls -connect ADDRESS:PORT -state </dev/null 2>&1 | grep -m 1 "read .*hello"',
    ja: '返ってきた行が「read server hello」で終わる場合は、まだクッキーなしで応答しています。「read hello verify request」で終わる場合は、先にクッキーを要求しています。10秒以内に何も返ってこなければ、応答は止まっています。\n    timeout 10 openssl s_client -dtls -connect ADDRESS:PORT -state </dev/null 2>&1 | grep -m 1 "read .*hello"',
  },
};

export function textsFor({ facts }: FindingRecord): Partial<ProbeTexts> {
  return facts === undefined ? {} : { detail: describe(facts) };
}

/** What came without a cookie, what was chosen, and how often one request brought it. */
export function describe({ messages, times, dtls_version: version, cipher_suite: suite }: Facts): Texts {
  return joined([
    { en: `sends ${String(messages)}`, ja: `${String(messages)} を送信` },
    ...(version === undefined
      ? []
      : [
          {
            en: `${String(version)}, cipher suite ${String(suite)}`,
            ja: `${String(version)}、暗号スイート ${String(suite)}`,
          },
        ]),
    ...(Number(times) > 1
      ? [{ en: `${String(times)} times for one request`, ja: `一度の要求に対して${String(times)}回` }]
      : []),
  ]);
}
