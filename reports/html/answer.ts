import type { ProbeIdentity } from '../../probes/probe.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import { SEVERITIES } from '../../src/domain/finding.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { isWhole } from '../../src/domain/whole-run.js';
import { figuresOf } from '../figures.js';
import { factor, marked } from './cells.js';
import { factorText } from '../notices/phrases.js';
import { countText } from '../../src/domain/count-text.js';
import { isFirst } from './completeness.js';
import { guidanceLink } from './guidance.js';
import type { Html, Part } from './html.js';
import { html } from './html.js';
import { nothingFound } from './nothing-found.js';
import type { Bilingual } from './bilingual.js';
import { plural, bilingual } from './bilingual.js';
import { byStrength, exposedOf } from './strength.js';

/** The answer first: how many are exposed, what changed, and how strong the strongest is. */
export function answer(
  run: RunRecord,
  records: readonly FindingRecord[],
  probes: readonly ProbeIdentity[] | undefined,
): Html {
  const figures = figuresOf(records, isWhole(run));
  const exposed = exposedOf(records);
  const [strongest] = byStrength(exposed);
  /** Of a status that no row has. */
  const none = isWhole(run) ? 0 : undefined;
  const levels = SEVERITIES.map(
    (level) => [level, exposed.filter(({ severity }) => severity === level).length] as const,
  );
  return html`<p class="lead">${lead(run, exposed)}</p>
<dl class="figures">
${figure({ en: 'Exposed now', ja: '現在の検出数' }, figures.exposed, 'exposed', exposed.length > 0 && html`<dd class="levels">${levels.map(([level, count]) => count > 0 && html`<span>${marked(level)} ${countText(count)}</span> `)}`)}
${
  isFirst(run)
    ? undefined
    : [
        figure({ en: 'New', ja: '新規' }, figures.new ?? none, 'n'),
        figure({ en: 'Reopened', ja: '再発' }, figures.reopened ?? none, 'r'),
        figure({ en: 'Persisting', ja: '継続' }, figures.persisting ?? none, 'p'),
        figure({ en: 'Fixed', ja: '解消' }, figures.fixed ?? none, 'f'),
        figure({ en: 'Unknown', ja: '不明' }, figures.unknown ?? none, 'u'),
      ]
}</dl>
${strongest?.wire_amplification !== undefined && strongestAnswer(strongest, probes)}`;
}

function figure(name: Bilingual, count: number | undefined, kind: string, more?: Part): Html {
  return html`<div class="${kind}"><dt>${bilingual(name)}<dd>${count === undefined ? bilingual({ en: 'not known', ja: '未確認' }) : countText(count)}${more}</div>
`;
}

/** Never without what it is a factor of. */
function strongestAnswer(record: FindingRecord, probes: readonly ProbeIdentity[] | undefined): Html {
  const wire = factor(record.wire_amplification, record);
  const [atLeast, orMore] = record.lower_bound === true ? ['at least ', '以上'] : ['', ''];
  const payload = factor(factorText(record), record);
  return html`<p class="strongest"><span class="label">${bilingual({ en: 'Strongest answer', ja: '最も強い応答' })}</span> <b>${bilingual({ en: `${wire}×`, ja: `${wire}倍` })}</b> ${bilingual(
    {
      en: `on the wire: ${atLeast}${plural(record.response_size, 'byte')} of payload in ${plural(record.packets, 'datagram')} answer a request of ${plural(record.request_size, 'byte')} (${payload}× by payload)`,
      ja: `（回線上）：${countText(record.request_size)}バイトの要求に、${countText(record.packets)}データグラム、ペイロード${countText(record.response_size)}バイト${orMore}の応答（ペイロード比${payload}倍）`,
    },
  )} <span class="where">${record.ip}, ${guidanceLink(record, probes)}</span></p>
`;
}

/** One sentence; only a run that asked everything and lost nothing may say that there is nothing, or that this is all. */
function lead(run: RunRecord, rows: readonly FindingRecord[]): Html {
  const exposed = rows.length;
  const hosts = new Set(rows.map(({ ip }) => ip)).size;
  const addresses = run.targets.addresses;
  const asked = plural(addresses, 'address', 'addresses');
  const found = plural(exposed, 'exposure');
  if (exposed === 0)
    return bilingual(
      nothingFound(run, {
        en: `No exposure was found on ${asked}.`,
        ja: `${countText(addresses)}アドレスを調査し、検出はありませんでした。`,
      }),
    );
  if (isWhole(run))
    return bilingual({
      en: `${found} on ${plural(hosts, 'host')}, of ${asked} asked: services that answer requests from anybody.`,
      ja: `${countText(addresses)}アドレスを調査し、${countText(hosts)}台のホストで、誰からの要求にも応答するサービスを${countText(exposed)}件検出しました。`,
    });
  return run.complete
    ? bilingual({
        en: `${found} found: services that answer requests from anybody. This may not be all.`,
        ja: `誰からの要求にも応答するサービスを${countText(exposed)}件検出しました。これがすべてとは限りません。`,
      })
    : bilingual({
        en: `${found} found before the run was stopped: services that answer requests from anybody. This is not all.`,
        ja: `調査が停止するまでに、誰からの要求にも応答するサービスを${countText(exposed)}件検出しました。これがすべてではありません。`,
      });
}
