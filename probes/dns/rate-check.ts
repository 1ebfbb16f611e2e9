import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import type { Ask, Exchange, Facts, ProbeOption, RequestForm, Texts } from '../probe.js';

/** Not by default: a burst is the one thing that the caps are there to prevent. */
export const rrlCheck: ProbeOption = {
  flag: 'rrl-check',
  describe: {
    en: 'Ask each DNS exposure 15 times in 1 s, for a rate limit',
    ja: '検出したDNSサーバーに1秒間に15回問い合わせ、応答レート制限の有無を確認します',
  },
};

const BURST = { repeat: 15, withinMs: 1000 } as const;

/** Fewer may have been lost on the way. BIND's common limit of 5 a second leaves 10 of 15 unanswered or cut. */
const LEAST_LIMITED = 3;

/** The same question so often that a limit must show, once. */
export function askRate(form: RequestForm, done: readonly Exchange[]): Ask | undefined {
  return done.some(({ purpose }) => purpose === 'rate-check')
    ? undefined
    : { form, purpose: 'rate-check', burst: BURST };
}

export interface RatePattern {
  readonly isLimited: boolean;
  /** `5 full, 5 truncated, 5 dropped of 15 in 1 s (FFFFFDTDTDTDTDT)`. */
  readonly texts: string;
}

/**
 * What came of the burst: F as when it was measured, T cut to TC, R refused, D dropped. Only a server that gave some
 * whole answers and held back others limits its rate: one that gave none may have been out of reach.
 * @param isTruncated whether the server answers this question with TC even when it is asked alone.
 */
export function ratePattern(
  done: readonly Exchange[],
  { isTruncated }: { readonly isTruncated: boolean },
): RatePattern | undefined {
  const burst = done.filter(({ purpose, end }) => purpose === 'rate-check' && end !== 'unsent');
  if (burst.length === 0) return undefined;
  const letters = burst.map((exchange) => letterOf(exchange, isTruncated));
  const count = (letter: Letter): number => letters.filter((each) => each === letter).length;
  const counts = (Object.keys(MEANING) as Letter[]).flatMap((letter) =>
    count(letter) > 0 ? [`${count(letter)} ${MEANING[letter]}`] : [],
  );
  return {
    isLimited: count('F') > 0 && burst.length - count('F') >= LEAST_LIMITED,
    texts: `${counts.join(', ')} of ${burst.length} in ${BURST.withinMs / 1000} s (${letters.join('')})`,
  };
}

/** What came of the burst, for a letter: of the letters in the fact `rate_check`. */
export function rateTexts({ rate_check: told }: Facts): readonly Texts[] {
  const [, letters] = /\((\w+)\)$/.exec(String(told ?? '')) ?? [];
  if (letters === undefined) return [];
  const counts = (Object.keys(MEANING) as Letter[])
    .map((letter) => ({ letter, count: letters.split(letter).length - 1 }))
    .filter(({ count }) => count > 0);
  const seconds = BURST.withinMs / 1000;
  return [
    {
      en: `${counts.map(({ letter, count }) => `${count} ${MEANING[letter]}`).join(', ')} of ${letters.length} in ${seconds} s`,
      ja: `${seconds}秒間に${letters.length}回の問い合わせに対し、${counts.map(({ letter, count }) => `${MEANING_IN_JAPANESE[letter]}${count}回`).join('、')}`,
    },
  ];
}

const MEANING = { F: 'full', T: 'truncated', R: 'refused', D: 'dropped' } as const;
type Letter = keyof typeof MEANING;
const MEANING_IN_JAPANESE: Readonly<Record<Letter, string>> = {
  F: '完全な応答',
  T: '切り詰められた応答',
  R: '拒否',
  D: '応答なし',
};

function letterOf(exchange: Exchange, isTruncated: boolean): Letter {
  const [answer] = answersIn(exchange);
  if (answer) return answer['tc'] === true && !isTruncated ? 'T' : 'F';
  return refusalsIn(exchange).length > 0 ? 'R' : 'D';
}
