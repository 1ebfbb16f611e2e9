import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { Facts, ProbeTexts, Texts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'L2TP server answers anyone, outside of IPsec',
    ja: 'L2TPサーバーが、IPsecを使わない相手にも応答しています',
  },
  risk: {
    en:
      'An L2TP server is a way into a network, and as a rule it is reached through IPsec alone. This one answered the ' +
      'first message of a tunnel from anywhere, without it. Until somebody acknowledges its answer, such a server sends ' +
      'it again for half a minute: with a forged sender one message of 60 bytes brings a third party several times as ' +
      'much, and each leaves a tunnel that is half open in the server. Passwords of L2TP alone cross the network unprotected.',
    ja:
      'L2TPサーバーは内部ネットワークへの入口であり、通常はIPsecを通してのみ接続されます。このサーバーは、IPsecを使わない、どこからのトンネル開始要求にも応答しました。' +
      'この種のサーバーは、受信確認が届くまで約30秒間応答を再送します。送信元を詐称した60バイトの要求1つで、その数倍の量が第三者へ送られ、' +
      'そのたびに開きかけのトンネルがサーバーに残ります。また、L2TPだけの接続では、パスワードが保護されずにネットワークを流れます。',
  },
  remedy: {
    en: [
      'Let UDP port PORT through from IPsec only, and from nowhere else; open UDP 500 and 4500 to the outside instead. Switch L2TP off where nobody uses it any more: IKEv2, WireGuard and OpenVPN have taken its place.',
      'Linux (xl2tpd, accel-ppp) with strongSwan or Libreswan: `iptables -A INPUT -p udp --dport 1701 -m policy --dir in --pol none -j DROP`, or in nftables `udp dport 1701 meta ipsec missing drop`.',
      'xl2tpd: without IPsec, bind it to the inside (`listen-addr = 10.0.0.5` in /etc/xl2tpd/xl2tpd.conf) and run `systemctl restart xl2tpd`.',
      'MikroTik: `/interface l2tp-server server set use-ipsec=required`, or `enabled=no`. Note that the firewall must still drop what comes without IPsec: `/ip firewall filter add chain=input protocol=udp dst-port=1701 ipsec-policy=in,none action=drop`.',
      'Cisco IOS: `no vpdn enable` where it is not used, else an access list before `vpdn-group`. SoftEther: turn "raw L2TP" off. Windows RRAS wants IPsec by itself: see that the registry value ProhibitIpSec is not 1.',
      'Until then have UDP port PORT filtered at the edge, and let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'UDPポートPORTへは、IPsecを通った通信だけを許可し、外部にはUDP 500番と4500番だけを開いてください。L2TPを使う利用者がいなければ、停止してください（IKEv2、WireGuard、OpenVPNで代替できます）。',
      'Linux（xl2tpd、accel-ppp）とstrongSwanまたはLibreswan：`iptables -A INPUT -p udp --dport 1701 -m policy --dir in --pol none -j DROP`、nftablesでは `udp dport 1701 meta ipsec missing drop` を設定します。',
      'xl2tpd：IPsecを使わない場合は内側のアドレスだけで待ち受け（/etc/xl2tpd/xl2tpd.conf の `listen-addr = 10.0.0.5`）、`systemctl restart xl2tpd` を実行します。',
      'MikroTik：`/interface l2tp-server server set use-ipsec=required` または `enabled=no` を設定します。さらに、IPsecを通らない通信をファイアウォールで遮断します：`/ip firewall filter add chain=input protocol=udp dst-port=1701 ipsec-policy=in,none action=drop`。',
      'Cisco IOS：使わない場合は `no vpdn enable`、使う場合はアクセスリストで送信元を限定します。SoftEther：「L2TP（暗号化なし）」を無効にします。Windows RRASは標準でIPsecを要求します。レジストリ値ProhibitIpSecが1でないことを確認してください。',
      '対策が済むまでは、網の境界でUDPポートPORTを遮断し、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: "If a line that begins with 310 002 comes back, the server still answers; if nothing comes back within three seconds, twice in a row, it no longer does:\n    printf '\\310\\2\\0\\74\\0\\0\\0\\0\\0\\0\\0\\0\\200\\10\\0\\0\\0\\0\\0\\1\\200\\10\\0\\0\\0\\2\\1\\0\\200\\16\\0\\0\\0\\7ampscope\\200\\12\\0\\0\\0\\3\\0\\0\\0\\3\\200\\10\\0\\0\\0\\11\\200\\1' | nc -u -w 3 ADDRESS PORT | od -An -c",
    ja: "「310 002」で始まる行が返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    printf '\\310\\2\\0\\74\\0\\0\\0\\0\\0\\0\\0\\0\\200\\10\\0\\0\\0\\0\\0\\1\\200\\10\\0\\0\\0\\2\\1\\0\\200\\16\\0\\0\\0\\7ampscope\\200\\12\\0\\0\\0\\3\\0\\0\\0\\3\\200\\10\\0\\0\\0\\11\\200\\1' | nc -u -w 3 ADDRESS PORT | od -An -c",
  },
};

/** What it says of the tunnel. */
export function describe({ message, result_code: result = '' }: Facts): Texts {
  switch (message) {
    case 'SCCRP':
      return { en: 'it opened a tunnel', ja: 'トンネルの開始を受け入れました' };
    case 'StopCCN':
      return {
        en: `it refused the tunnel, with result ${String(result)}`,
        ja: `トンネルの開始を拒否しました（結果コード${String(result)}）`,
      };
    default:
      return { en: 'it acknowledged the message', ja: '要求の受信確認だけを返しました' };
  }
}

/** A row that this run did not see has no facts. */
export function textsFor({ facts }: FindingRecord): Partial<ProbeTexts> {
  return facts === undefined ? {} : { detail: describe(facts) };
}
