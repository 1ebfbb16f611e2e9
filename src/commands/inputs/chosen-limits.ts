import type { ChosenLimits } from '../../measure/exchange-limits.js';
import type { Settings } from '../../settings/all-settings.js';

/** How long an exchange may take, as far as the user has said. */
export function chosenLimits({
  quiet_gap: quietGapMs,
  first_reply: firstReplyMs,
  longest_exchange: longestExchangeMs,
}: Pick<Settings, 'quiet_gap' | 'first_reply' | 'longest_exchange'>): ChosenLimits {
  return { quietGapMs, firstReplyMs, longestExchangeMs };
}
