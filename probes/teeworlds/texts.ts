import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { Facts, ProbeTexts, Texts } from '../probe.js';

const COMMAND =
  "    printf '\\41\\377\\377\\377\\377\\1\\2\\3\\4\\377\\377\\377\\377gie3\\0' | nc -u -w 3 ADDRESS PORT | tr -c '[:print:]' .";

export const texts: ProbeTexts = {
  title: {
    en: 'Teeworlds 0.7 server tells its state without its token',
    ja: 'Teeworlds 0.7サーバーが、トークンなしで状態を送信しています',
  },
  risk: {
    en:
      'Teeworlds 0.7 tells its state only to an address that has sent back its token, which a forged address cannot. This ' +
      'server tells it without one: a question of 18 bytes from anywhere brings back a description that grows with each ' +
      'player, and with a forged sender it hits a third party.',
    ja:
      'Teeworlds 0.7は、トークンを送り返した相手にだけ状態を応答する設計で、送信元を詐称した相手には応答しません。' +
      'このサーバーはトークンなしで応答しています。18バイトの要求で、プレイヤーが増えるほど大きくなる説明が返り、送信元を詐称した要求では第三者へ送られます。',
  },
  remedy: {
    en: [
      'The released server (teeworlds-server 0.7.0 and later) asks for the token: replace a changed one by it, and start it anew.',
      'Where a proxy or a filter against attacks answers in its place, switch its cache of server information off, or have it ask for the token too.',
      'Until then accept UDP port PORT from known addresses alone, and let no packet with a forged source leave your network (BCP 38).',
    ].join('\n'),
    ja: [
      '公式のサーバー（teeworlds-server 0.7.0以降）はトークンを要求します。改造されたサーバーを公式のものに置き換え、再起動してください。',
      'プロキシや攻撃対策のフィルターが代わりに応答している場合は、サーバー情報のキャッシュを無効にするか、トークンを要求するように設定してください。',
      '対策が済むまでは、UDPのポートPORTへの通信を既知のアドレスからだけ許可し、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
    ].join('\n'),
  },
  check: {
    en: `If a version and the name of the server come back, it still tells its state without a token. If nothing comes back within three seconds, twice in a row, it no longer does:\n${COMMAND}`,
    ja: `バージョンとサーバー名が返ってきた場合は、まだトークンなしで応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n${COMMAND}`,
  },
};

/** Its name and its map. */
export function describe({ name, map }: Facts): Texts {
  return {
    en: `"${String(name)}" on the map ${String(map)}`,
    ja: `サーバー名「${String(name)}」、マップ「${String(map)}」`,
  };
}

/** A row that this run did not see has no facts. */
export function textsFor({ facts }: FindingRecord): Partial<ProbeTexts> {
  return facts === undefined ? {} : { detail: describe(facts) };
}
