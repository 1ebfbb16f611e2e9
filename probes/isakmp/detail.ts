import type { Facts, Texts } from '../probe.js';
import { joined } from '../probe.js';

/** What each version said, as the facts `ikev2` and `ikev1` name it. */
const SAID: Readonly<Record<string, Texts>> = {
  sa: { en: 'takes up the exchange', ja: '鍵交換に応じる' },
  'no-proposal-chosen': { en: 'refuses the proposal with an answer', ja: '提案を拒否する応答を返す' },
  'invalid-ke-payload': { en: 'names the group that it wants', ja: '別のDHグループを要求する応答を返す' },
  'invalid-major-version': {
    en: 'says that it has not this version',
    ja: 'このバージョンに対応しない旨の応答を返す',
  },
  'invalid-syntax': {
    en: 'says that it cannot read the message',
    ja: 'メッセージを解釈できない旨の応答を返す',
  },
  'authentication-failed': { en: 'says that authentication failed', ja: '認証の失敗を伝える応答を返す' },
};

/** What was seen of both versions, in one line. @param facts those of the judgement. */
export function detailOf(facts: Facts): Texts {
  const parts = (['ikev2', 'ikev1'] as const).flatMap((key) => {
    const words = String(facts[key] ?? '')
      .split(' ')
      .filter(Boolean);
    if (words.length === 0) return [];
    const name = key === 'ikev2' ? 'IKEv2' : 'IKEv1';
    const [kinds, cookie] = [words.filter((word) => word !== 'cookie'), words.includes('cookie')];
    const texts = kinds.map((word) => SAID[word] ?? { en: `answers ${word}`, ja: `${word} の応答を返す` });
    if (cookie) texts.push(kinds.includes('sa') ? COOKIE_LATER : COOKIE);
    return [
      {
        en: `${name} ${texts.map(({ en }) => en).join(' and ')}`,
        ja: `${name}：${texts.map(({ ja }) => ja).join('、')}`,
      },
    ];
  });
  return joined(parts);
}

const COOKIE: Texts = { en: 'asks for a cookie first', ja: '先にCookieを要求する' };
const COOKIE_LATER: Texts = {
  en: 'asks for a cookie once a few exchanges are half-open',
  ja: '未完了の交換が数件になるとCookieを要求する',
};
