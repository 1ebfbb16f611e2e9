import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeTexts } from '../probe.js';
import { detailOf } from './detail.js';

export const texts: ProbeTexts = {
  title: {
    en: 'VPN gateway (IKE) begins a key exchange with anyone',
    ja: 'VPNゲートウェイ（IKE）が誰とでも鍵交換を始めます',
  },
  risk: {
    en:
      'One packet from anywhere is taken for the beginning of a VPN connection and answered. With a forged sender ' +
      'address the answer goes to a third party, a little larger than the packet at most, unless the device sends it ' +
      'again and again; and every such packet leaves an unfinished exchange behind, of which a gateway can hold only ' +
      'so many. A gateway for travellers has to answer anybody; one between fixed offices has not.',
    ja:
      'どこからでも、パケットが1つ届くだけで、VPN接続の開始とみなして応答します。送信元を詐称した要求に応答すると、無関係の第三者へパケットを送ることになります。' +
      '応答の大きさは要求をわずかに上回る程度ですが、機器によっては同じ応答を何度も再送します。また、1つ届くたびに未完了の交換が残り、' +
      'ゲートウェイが保持できる数には限りがあります。外出先からの接続を受け付けるゲートウェイは誰にでも応答する必要がありますが、' +
      '拠点間の接続だけであれば、その必要はありません。',
  },
  remedy: {
    en: [
      'Between fixed addresses: admit UDP ports PORT and 4500 only from those peers, in the firewall of the gateway or before it.',
      'Where nobody connects from outside: switch the VPN service off, or let it only initiate (strongSwan: `initiator_only = yes` in the section charon of strongswan.conf).',
      'strongSwan: `version = 2` in each connection of swanctl.conf ends IKEv1. Leave `dos_protection` on: after three unfinished exchanges an address is asked for a cookie (`cookie_threshold_ip`). Without a matching connection it still answers, with 36 bytes.',
      'Libreswan: `ikev1-policy=drop` in the section config setup ends IKEv1, `ddos-mode=busy` asks for a cookie always.',
      'Cisco ASA: `crypto ikev2 cookie-challenge always`, and `no crypto ikev1 enable outside`. IOS: an access list on the interface for both ports. Juniper: a filter on lo0. Other gateways: a local-in policy, and no IKEv1, above all no aggressive mode.',
      'Let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      '固定アドレス間の接続の場合：ゲートウェイまたはその手前のファイアウォールで、UDPポートPORTと4500への通信を、相手拠点のアドレスからだけ許可してください。',
      '外部からの接続を受け付けない場合：VPNサービスを停止するか、自分からの接続だけにしてください（strongSwan：strongswan.conf のcharonセクションに `initiator_only = yes`）。',
      'strongSwan：swanctl.conf の各接続に `version = 2` を設定するとIKEv1に応答しなくなります。`dos_protection` は有効のままにしてください。未完了の交換が3件になると、そのアドレスにはCookieを要求します（`cookie_threshold_ip`）。一致する接続がない場合も、36バイトの応答を返します。',
      'Libreswan：config setup セクションに `ikev1-policy=drop` を設定するとIKEv1に応答せず、`ddos-mode=busy` を設定すると常にCookieを要求します。',
      'Cisco ASA：`crypto ikev2 cookie-challenge always` と `no crypto ikev1 enable outside` を設定します。IOS：インターフェースのアクセスリストで両ポートを制限します。Juniper：lo0にフィルターを設定します。その他の機器：機器宛ての通信を制限し、IKEv1、特にアグレッシブモードを無効にしてください。',
      '送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: 'ike-scan (a package of most systems) asks in both versions. If one of the two last lines counts a returned handshake or a returned notify, the gateway still answers; if both count none, twice in a row, it no longer does:\n    ike-scan --sport=0 --dport=PORT ADDRESS\n    ike-scan --ikev2 --sport=0 --dport=PORT ADDRESS',
    ja: 'ike-scan（多くのOSのパッケージにあります）で、両方のバージョンを試します。それぞれの最後の行で、returned handshake または returned notify の数が1以上であれば、まだ応答しています。2回続けて両方とも0であれば、応答は止まっています。\n    ike-scan --sport=0 --dport=PORT ADDRESS\n    ike-scan --ikev2 --sport=0 --dport=PORT ADDRESS',
  },
};

/** What each version said; where neither took the exchange up, that only a refusal comes back. */
export function textsFor({ facts, tag = '' }: FindingRecord): Partial<ProbeTexts> {
  return {
    ...(facts && { detail: detailOf(facts) }),
    ...(tag.split(';').includes('notification-only') && {
      title: {
        en: 'VPN gateway (IKE) answers anyone, if only to refuse',
        ja: 'VPNゲートウェイ（IKE）が、拒否の応答を誰にでも返しています',
      },
      risk: {
        en:
          'One packet from anywhere brings back a message that no connection fits. It is smaller than the packet, but ' +
          'with a forged sender address it goes to a third party, and it tells that a VPN service runs here.',
        ja:
          'どこからでも、パケットが1つ届くだけで、一致する接続がないという応答を返します。応答は要求より小さいものの、' +
          '送信元を詐称した要求に応答すると、無関係の第三者へパケットを送ることになります。また、VPNサービスが動いていることが分かります。',
      },
    }),
  };
}
