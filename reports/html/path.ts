import type { DarkPart, RunRecord, RunSuspect } from '../../src/domain/run-record.js';
import { countText } from '../../src/domain/count-text.js';
import type { Part } from './html.js';
import { html } from './html.js';
import type { Bilingual } from './bilingual.js';
import { plural, bilingual } from './bilingual.js';

/** The page shows so many of a list; run.json has all. */
const MOST_LISTED = 20;

/** Before everything else: a run that may not have reached the network. Nothing for any other run. */
export function suspectBanner({ suspect }: RunRecord): Part {
  if (suspect === undefined) return undefined;
  return html`<div class="verdict partial" role="alert"><p><strong>${bilingual({
    en: 'This run is suspect: it may not have reached the network.',
    ja: 'この調査結果は信頼できません。ネットワークに到達していない可能性があります。',
  })}</strong></p>
<p>${bilingual(REASONS[suspect.reason](suspect))}</p>
<p>${bilingual({
    en: 'What it saw is there. Its silence says nothing: no silent exposure counts as fixed, no letters were written, and “latest” still shows the run before.',
    ja: '検出した内容は有効ですが、応答がなかったことからは何も判断できません。応答がないものを解消と判定せず、通知文は作成していません。latest は前回の調査を指したままです。',
  })}</p></div>
`;
}

const REASONS: Readonly<Record<RunSuspect['reason'], (suspect: RunSuspect) => Bilingual>> = {
  canaries: ({ expected, networks = [] }) => ({
    en: `None of the ${plural(expected, 'canary', 'canaries')} of ${listed(networks)} answered.`,
    ja: `${listed(networks)} の確認用ホスト（canaries）${countText(expected)}件のいずれからも応答がありませんでした。`,
  }),
  responders: ({ expected, answered }) => ({
    en: `Of ${plural(expected, 'address', 'addresses')} that answered before, ${answered === 0 ? 'none' : `only ${countText(answered)}`} answered anything.`,
    ja: `以前に応答した${countText(expected)}アドレスのうち、今回何らかの応答があったのは${countText(answered)}アドレスだけでした。`,
  }),
};

/** Where silence proves nothing while the rest of the run stands: a point for each part of the network. */
export function darkPoints({ path }: RunRecord): readonly Bilingual[] {
  const { dark = [] } = path ?? {};
  const points = dark.slice(0, MOST_LISTED).map(pointOf);
  const more = dark.length - points.length;
  return more > 0
    ? [...points, { en: `and ${plural(more, 'more part')} of the network`, ja: `ほか${countText(more)}か所` }]
    : points;
}

function pointOf(part: DarkPart): Bilingual {
  const { expected, answered } = part;
  return 'network' in part
    ? {
        en: `${part.network} may be dark: ${answered} of ${plural(expected, 'known responder')} there answered anything, so silence there counts for nothing`,
        ja: `${part.network} は障害の可能性があります。以前に応答した${countText(expected)}アドレスのうち、応答があったのは${countText(answered)}アドレスです。ここで応答がないことは、解消とは判定していません`,
      }
    : {
        en: `${part.probe} may be filtered on the way: ${plural(expected, 'known exposure')} fell silent together and none answered it, so this silence counts for nothing`,
        ja: `${part.probe} は経路上で遮断されている可能性があります。既知の${countText(expected)}件が同時に応答しなくなり、応答したものはありません。これを解消とは判定していません`,
      };
}

function listed(networks: readonly string[]): string {
  const more = networks.length - MOST_LISTED;
  return `${networks.slice(0, MOST_LISTED).join(', ')}${more > 0 ? ` +${countText(more)}` : ''}`;
}
