import type { ProbeTexts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'A device lists its services to anyone (mDNS, Bonjour)',
    ja: '機器が誰にでもサービスの一覧を返しています（mDNS、Bonjour）',
  },
  risk: {
    en:
      'Multicast DNS is how computers, printers and televisions find one another on one link, and by its standard a host ' +
      'answers that link alone (RFC 6762, section 11). If the scan came from another network, as scans do, this one does not ' +
      'hold to that: it tells anybody which services it has and, asked on, its names and addresses; with a forged sender ' +
      'address the answer, a few times its request, hits a third party. If the scan came from the same network, the answer ' +
      'is as it should be, and all that matters is that the port cannot be reached from outside.',
    ja:
      'マルチキャストDNSは、コンピューター、プリンター、テレビなどが同じリンクの中で互いを見つけるための仕組みで、標準（RFC 6762の11節）では、同じリンクからの要求にだけ応答します。' +
      '通常の調査のように別の網から要求した場合、この機器は標準に従わず、提供中のサービスを誰にでも知らせています。さらに問い合わせれば、名前やアドレスも分かります。送信元を詐称した要求への応答は要求の数倍となり、第三者に届きます。' +
      '同じ網から調査した場合は、この応答は正常です。このポートに外部から到達できないことだけを確認してください。',
  },
  remedy: {
    en: [
      'Have UDP port PORT filtered at the edge, inward and outward: mDNS is made for one link and is of no use beyond it.',
      'Avahi (Linux): versions of today answer their own link alone; update an old one, name the inner interface (`allow-interfaces=eth1` in /etc/avahi/avahi-daemon.conf), or `systemctl disable --now avahi-daemon.socket avahi-daemon`. `enable-reflector` only between networks that are your own.',
      'systemd-resolved: `MulticastDNS=no` in /etc/systemd/resolved.conf, then `systemctl restart systemd-resolved`.',
      'Windows: set the network profile to "Public", or limit the firewall rule "mDNS (UDP-In)" to the local subnet; remove an old Bonjour service.',
      'Printers, NAS, cameras, media players: switch Bonjour (mDNS, "AirPrint", "Spotify Connect") off where nobody uses it, and take the device off the internet: no forwarded port, no "exposed host".',
      'Until then let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      '網の境界で、UDPのポートPORTを双方向とも遮断してください。mDNSは1つのリンクの中で使うもので、外部に公開する必要はありません。',
      'Avahi（Linux）：現行のバージョンは同じリンクにだけ応答します。古い場合は更新するか、内側のインターフェースを指定する（/etc/avahi/avahi-daemon.conf の `allow-interfaces=eth1`）か、`systemctl disable --now avahi-daemon.socket avahi-daemon` で停止してください。`enable-reflector` は自組織の網の間でのみ使います。',
      'systemd-resolved：/etc/systemd/resolved.conf に `MulticastDNS=no` と書き、`systemctl restart systemd-resolved` を実行します。',
      'Windows：ネットワークプロファイルを「パブリック」にするか、ファイアウォールの規則「mDNS（UDP受信）」の対象をローカルサブネットに限定します。古いBonjourサービスは削除してください。',
      'プリンター、NAS、カメラ、メディアプレーヤー：使っていなければBonjour（mDNS、AirPrint、Spotify Connect）を無効にし、ポート転送やDMZ（exposed host）をやめて、インターネットに直接公開しないでください。',
      '対策が済むまでは、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: 'Ask from outside the network: if names of services (`_http._tcp.local.`) are printed, the device still answers; if it ends with a time-out, it no longer does:\n    dig +norecurse +noedns +tries=2 +time=3 @ADDRESS -p PORT _services._dns-sd._udp.local PTR',
    ja: '網の外から問い合わせてください。サービスの名前（`_http._tcp.local.`）が表示された場合は、まだ応答しています。タイムアウトで終われば、応答は止まっています。\n    dig +norecurse +noedns +tries=2 +time=3 @ADDRESS -p PORT _services._dns-sd._udp.local PTR',
  },
};
