import type { ProbeTexts } from '../probe.js';

export const texts: ProbeTexts = {
  title: {
    en: 'Ubiquiti device describes itself to anyone',
    ja: 'Ubiquiti製の機器が誰にでも自身の情報を返しています',
  },
  risk: {
    en:
      'A request of 4 bytes from anywhere brings back what the device is: model, firmware, name, network name, hardware ' +
      'and inner addresses. With a forged sender the answer goes to a third party that did not ask for it. It also ' +
      'tells an attacker which devices are old: such devices have been taken over in great numbers.',
    ja:
      'どこからでも、わずか4バイトの要求を送るだけで、機種、ファームウェア、名前、無線の網の名前、MACアドレスや内部のアドレスが返ってきます。' +
      '送信元を詐称した要求に応答すると、無関係の第三者へ応答が送られます。' +
      'また、古い機器を攻撃者に知らせることにもなります。こうした機器は、過去に大量に乗っ取られています。',
  },
  remedy: {
    en: [
      'airOS (radios): switch "Discovery" off under Services, and update the firmware. What the provider needs for itself: allow UDP PORT from its management network alone.',
      'EdgeOS (EdgeRouter): `configure`, `set service ubnt-discover disable` or, for the outer interface alone, `set service ubnt-discover interface eth0 disable`; then `commit` and `save`. The local ruleset of that interface should drop what is not expected in any case.',
      'UniFi: access points and gateways belong behind the firewall; no port forward to UDP PORT, and no public address on their management network.',
      'Until then have UDP port PORT filtered at the edge, and let no packet with a forged source leave your network (BCP 38). Change the passwords of devices that were open for long, and look at their configuration.',
    ].join('\n'),
    ja: [
      'airOS（無線機）：Servicesの「Discovery」を無効にし、ファームウェアを更新してください。事業者が自ら必要とする場合は、管理用の網からだけUDPポートPORTを許可してください。',
      'EdgeOS（EdgeRouter）：`configure`、`set service ubnt-discover disable`（外側のインターフェースだけなら `set service ubnt-discover interface eth0 disable`）、`commit`、`save` の順に実行してください。外側のインターフェースのlocalの規則では、いずれにせよ想定外の通信を破棄すべきです。',
      'UniFi：アクセスポイントやゲートウェイは、ファイアウォールの内側に置いてください。UDPポートPORTを転送せず、管理用の網に公開アドレスを使わないでください。',
      '対策が済むまでは、網の境界でUDPポートPORTを遮断し、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。長く開いていた機器は、パスワードを変え、設定を確認してください。',
    ].join('\n'),
  },
  check: {
    en: "If a line with the model or the firmware comes back, the device still answers. If nothing comes back within three seconds, twice in a row, it no longer does:\n    printf '\\001\\000\\000\\000' | nc -u -w 3 ADDRESS PORT | tr -c '[:print:]' .",
    ja: "機種やファームウェアを含む行が返ってきた場合は、まだ応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    printf '\\001\\000\\000\\000' | nc -u -w 3 ADDRESS PORT | tr -c '[:print:]' .",
  },
};
