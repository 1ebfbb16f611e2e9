import type { Facts, Texts } from '../probe.js';

/** `3 d 04:05:06`. @param seconds whole. */
export function durationOf(seconds: number): string {
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return `${Math.floor(seconds / 86_400)} d ${clock}`;
}

/** `vendor: net-snmp (enterprise 8072)`, `vendor: enterprise 99999`, or nothing where no number was told. */
export function vendorOf({ vendor, vendor_id: number }: Facts): readonly string[] {
  if (number === undefined) return [];
  return [vendor === undefined ? `vendor: enterprise ${number}` : `vendor: ${vendor} (enterprise ${number})`];
}

const UNITS = [
  { seconds: 86_400, en: 'd', ja: '日' },
  { seconds: 3600, en: 'h', ja: '時間' },
  { seconds: 60, en: 'min', ja: '分' },
  { seconds: 1, en: 's', ja: '秒' },
] as const;

/** `running for 3 d 4 h 6 s`. @param seconds whole. */
export function durationTexts(seconds: number): Texts {
  let rest = seconds;
  const parts = UNITS.map((unit) => {
    const count = Math.floor(rest / unit.seconds);
    rest -= count * unit.seconds;
    return { count, unit };
  }).filter(({ count, unit }) => count > 0 || (seconds === 0 && unit.seconds === 1));
  return {
    en: `running for ${parts.map(({ count, unit }) => `${count} ${unit.en}`).join(' ')}`,
    ja: `稼働時間：${parts.map(({ count, unit }) => `${count}${unit.ja}`).join('')}`,
  };
}

/** The same as `vendorOf`, for a letter. */
export function vendorTexts(facts: Facts): readonly Texts[] {
  const { vendor, vendor_id: number } = facts;
  return vendorOf(facts).map((en) => ({
    en,
    ja: `製造元：${vendor === undefined ? `企業番号${number}` : `${vendor}（企業番号${number}）`}`,
  }));
}

/** In what an answer differs from the standard, and is taken for one all the same. */
export const DEVIATIONS = {
  request_id: { en: '16 bits of the request-id', ja: 'request-idの16ビットのみ' },
  community: { en: 'an empty community', ja: '空のコミュニティ名' },
  version: { en: 'version 1', ja: 'バージョン1' },
} as const satisfies Record<string, Texts>;

/** Of the fact `deviation`, which has the English ones with commas between. */
export function deviationTexts(deviation: string): readonly Texts[] {
  const ja = Object.values(DEVIATIONS)
    .filter(({ en }) => deviation.split(', ').includes(en))
    .map(({ ja }) => ja);
  return [{ en: `answers with ${deviation}`, ja: `標準と異なる応答：${ja.join('、')}` }];
}
