import type { Facts, Texts } from '../probe.js';
import { joined } from '../probe.js';

/** What the server says of itself, and which question stayed silent. @param facts those of the judgement. */
export function detailOf(facts: Facts): Texts {
  const { hostname, gamename, mapname, players, maxclients, silent } = facts;
  const parts: Texts[] = [];
  if (hostname !== undefined)
    parts.push({ en: `server "${String(hostname)}"`, ja: `サーバー名「${String(hostname)}」` });
  if (gamename !== undefined)
    parts.push({ en: `game ${String(gamename)}`, ja: `ゲーム：${String(gamename)}` });
  if (mapname !== undefined) parts.push({ en: `map ${String(mapname)}`, ja: `マップ：${String(mapname)}` });
  if (players !== undefined)
    parts.push({
      en: `${String(players)}${maxclients === undefined ? '' : ` of ${String(maxclients)}`} players`,
      ja: `プレイヤー数：${String(players)}${maxclients === undefined ? '' : `/${String(maxclients)}`}`,
    });
  if (silent !== undefined)
    parts.push({
      en: `${String(silent)} was not answered beside the other question: one limit may count both`,
      ja: `もう一方の質問には応答があり、${String(silent)} には応答なし（両方を合わせて数える制限の可能性）`,
    });
  return parts.length > 0 ? joined(parts) : { en: 'answers with its variables', ja: 'サーバー変数を返す' };
}
