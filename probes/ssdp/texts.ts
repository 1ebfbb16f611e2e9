import type { ProbeTexts } from '../probe.js';

/** The same search. nc shows only what comes from the port that was asked. */
const COMMAND = String.raw`printf 'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n' | nc -u -w 3 ADDRESS PORT`;

export const texts: ProbeTexts = {
  title: {
    en: 'A device lists itself to anyone (SSDP, UPnP)',
    ja: '機器が誰にでも自身の情報を返しています（SSDP、UPnP）',
  },
  risk: {
    en:
      'SSDP is how routers, televisions, printers and cameras find one another inside a network (UPnP). Here one request ' +
      'from anywhere is answered with a packet for each device and each of its services, dozens of times its size in all; ' +
      'with a forged sender address they hit a third party. The answers name software, version and address of the device, ' +
      'and of a router UPnP may let strangers open ports.',
    ja:
      'SSDPは、ルーター、テレビ、プリンター、カメラなどが同じ網の中で互いを見つけるための仕組み（UPnP）です。' +
      'この機器はどこからの要求にも、機器とサービスの数だけパケットを返し、その合計は要求の数十倍になります。送信元を詐称した要求への応答は、第三者に届きます。' +
      '応答にはソフトウェアの名称やバージョン、機器のアドレスが含まれます。ルーターの場合は、UPnPを使って第三者にポートを開放されるおそれもあります。',
  },
  remedy: {
    en: [
      'Have UDP port PORT filtered at the edge, inward and outward: SSDP is made for one network and is of no use beyond it.',
      'Home routers: update the firmware, see that UPnP is not switched on for the internet side (WAN), and switch it off where nobody needs it. Where the router answers all the same, replace it.',
      'miniupnpd (OpenWrt, pfSense, OPNsense and others): `listening_ip` must name the inner interface alone and `ext_ifname` the outer one; a version of today then answers its own network alone. Otherwise `enable_upnp=no`.',
      'Media servers: name the inner interface, in MiniDLNA with `network_interface=`, in Gerbera with `--interface`, or stop them (`systemctl disable --now minidlna`).',
      'Windows: set the network profile to "Public", or limit the firewall rule "Network Discovery (SSDP-In)" to the local subnet.',
      'Cameras, televisions, printers, NAS: switch UPnP off in the settings, and take the device off the internet: no forwarded port, no "exposed host"; reach it through a VPN.',
    ].join('\n'),
    ja: [
      '網の境界で、UDPのポートPORTを双方向とも遮断してください。SSDPは1つの網の中で使うもので、外部に公開する必要はありません。',
      '家庭用ルーター：ファームウェアを更新し、インターネット側（WAN）でUPnPが有効になっていないことを確認してください。使っていなければUPnPを無効にします。それでも応答する場合は、ルーターを交換してください。',
      'miniupnpd（OpenWrt、pfSense、OPNsenseなど）：`listening_ip` には内側のインターフェースだけを、`ext_ifname` には外側のインターフェースを指定します。現行のバージョンは、そうすれば自身の網にだけ応答します。不要なら `enable_upnp=no` とします。',
      'メディアサーバー：内側のインターフェースを指定する（MiniDLNAは `network_interface=`、Gerberaは `--interface`）か、停止してください（`systemctl disable --now minidlna`）。',
      'Windows：ネットワークプロファイルを「パブリック」にするか、ファイアウォールの規則「ネットワーク探索（SSDP受信）」の対象をローカルサブネットに限定します。',
      'カメラ、テレビ、プリンター、NAS：設定でUPnPを無効にしてください。ポート転送やDMZ（exposed host）をやめてインターネットには直接公開せず、VPN経由で利用してください。',
    ].join('\n'),
  },
  check: {
    en: `If answers that begin with HTTP/1.1 200 OK come back, the device still lists itself. If nothing comes back within three seconds, twice in a row, it no longer does; where the port that answered was another than PORT, only tcpdump (\`udp and host ADDRESS\`) beside it shows that:\n    ${COMMAND}`,
    ja: `HTTP/1.1 200 OKで始まる応答が返ってきた場合は、まだ情報を返しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。ただし、応答元のポートがPORTと異なる機器の応答はこのコマンドでは表示されないため、tcpdump（\`udp and host ADDRESS\`）を併用して確認してください。\n    ${COMMAND}`,
  },
};
