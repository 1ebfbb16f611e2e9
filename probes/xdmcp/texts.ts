import type { ProbeTexts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'Display manager (XDMCP) answers anyone',
    ja: 'ディスプレイマネージャー（XDMCP）が誰にでも応答しています',
  },
  risk: {
    en:
      'A request of 7 bytes from anywhere brings back the name of the host and its state. With a forged sender address ' +
      'the answer goes to a third party. As a rule whoever is answered is also offered a graphical login, and whatever ' +
      'is typed there, passwords too, crosses the network readable by all.',
    ja:
      'どこからでも、わずか7バイトの要求を送るだけで、ホスト名と状態が返ってきます。送信元を詐称した要求に応答すると、無関係の第三者へパケットを送ることになります。' +
      '通常、応答を受けた相手にはグラフィカルなログイン画面も提供され、そこで入力した内容はパスワードも含めて暗号化されずに網を流れます。',
  },
  remedy: {
    en: [
      'Switch XDMCP off; for graphical logins from elsewhere use SSH with X forwarding, or RDP or VNC through a VPN.',
      'GDM: in /etc/gdm3/daemon.conf (Red Hat: /etc/gdm/custom.conf) `Enable=false` in the section [xdmcp]. LightDM: `enabled=false` in the section [XDMCPServer]. SDDM has none. Restart the display manager.',
      'xdm: `DisplayManager.requestPort: 0` in /etc/X11/xdm/xdm-config, as Debian has it, and no line with `*` in Xaccess. KDM: `Enable=false` in the section [Xdmcp] of kdmrc.',
      'Terminals that need it: name them in Xaccess, and admit UDP port PORT only from their network.',
      'Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      'XDMCPを無効にしてください。外部からのグラフィカルなログインには、SSHのX転送、またはVPN経由のRDPやVNCを使ってください。',
      'GDM：/etc/gdm3/daemon.conf（Red Hat系：/etc/gdm/custom.conf）の[xdmcp]セクションで `Enable=false`。LightDM：[XDMCPServer]セクションで `enabled=false`。SDDMにはこの機能がありません。設定後、ディスプレイマネージャーを再起動します。',
      'xdm：/etc/X11/xdm/xdm-config で `DisplayManager.requestPort: 0` とし（Debianの既定）、Xaccess の `*` の行を削除します。KDM：kdmrc の[Xdmcp]セクションで `Enable=false`。',
      '端末で必要な場合：Xaccess に端末を列挙し、UDPポートPORTへの通信をその網からだけ許可してください。',
      '送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: "If the name of the host and a sentence come back, the display manager still answers. If nothing comes back within fifteen seconds, twice in a row, it no longer does:\n    printf '\\0\\1\\0\\2\\0\\1\\0' | nc -u -w 15 ADDRESS PORT | tr -c '[:print:]' .",
    ja: "ホスト名と文が返ってきた場合は、まだ応答しています。2回続けて15秒以内に何も返ってこなければ、応答は止まっています。\n    printf '\\0\\1\\0\\2\\0\\1\\0' | nc -u -w 15 ADDRESS PORT | tr -c '[:print:]' .",
  },
};
