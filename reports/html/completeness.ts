import type { RunLossEvent, RunRecord } from '../../src/domain/run-record.js';
import { isWhole } from '../figures.js';
import { decimalText } from '../format.js';
import { spacedTime } from '../notices/phrases.js';
import { fileLink, named } from './cells.js';
import { countText } from './count.js';
import type { Html, Part } from './html.js';
import { html } from './html.js';
import type { Said } from './say.js';
import { counted, say } from './say.js';

/** More of a list makes nobody wiser; run.json has all. */
const MOST_LISTED = 20;

/** Whether the run knows of no earlier one: then nothing is called a change. */
export function isFirst({ history }: RunRecord): boolean {
  return history === undefined || history.earlier_runs === 0;
}

/** Whether this is all: what was not asked, what was lost, and what follows for the reader. */
export function completeness(run: RunRecord): Html {
  const points = [...gaps(run), ...losses(run)];
  return html`<div class="verdict ${isWhole(run) ? 'whole' : 'partial'}"><p><strong>${say(verdict(run))}</strong></p>
${
  points.length > 0 &&
  html`<ul>
${points.map(
  (point) => html`<li>${say(point)}
`,
)}</ul>
`
}${
    !isWhole(run) &&
    html`<p>${say({
      en: html`Silent may mean unknown here: what is not listed is not therefore clean. Every loss, with its time and place, is in ${fileLink('run.json')}.`,
      ja: html`応答がなかったアドレスにも、検出漏れがあるかもしれません。一覧にないことは、問題がないことを意味しません。損失の時刻と範囲は ${fileLink('run.json')} に記録しています。`,
    })}</p>
`
  }</div>
`;
}

function verdict(run: RunRecord): Said {
  const addresses = run.targets.addresses;
  if (!run.complete)
    return {
      en: 'This run is incomplete: it was stopped before its end, so what follows is not all.',
      ja: 'この調査は完了していません。途中で停止したため、以下の内容がすべてではありません。',
    };
  if (run.losses.any)
    return {
      en: 'This run is complete, but something was lost on the way.',
      ja: 'この調査は完了しましたが、途中で失われたものがあります。',
    };
  return {
    en: `This run is complete: each of ${counted(addresses, 'address', 'addresses')} was asked, and nothing was lost.`,
    ja: `この調査は完了しました。対象の${countText(addresses)}アドレスすべてに要求を送り、損失はありませんでした。`,
  };
}

/** What the run did not ask. */
function* gaps({
  incomplete_reason,
  targets,
  history,
  scope_reloads = [],
}: RunRecord): Generator<Said, void, undefined> {
  if (incomplete_reason !== undefined)
    yield {
      en: html`Why it stopped: ${named(incomplete_reason, 200)}`,
      ja: html`停止の理由：${named(REASONS[incomplete_reason] ?? incomplete_reason, 200)}`,
    };
  for (const { prefix, reason } of targets.left_out.slice(0, MOST_LISTED))
    yield {
      en: html`${prefix} was left out: ${named(reason, 200)}`,
      ja: html`${prefix} は対象外としました：${named(REASONS[reason] ?? reason, 200)}`,
    };
  const unlisted = targets.left_out.length - MOST_LISTED;
  if (unlisted > 0)
    yield {
      en: `and ${unlisted} more networks were left out`,
      ja: `ほか${unlisted}件のネットワークも対象外です`,
    };
  for (const { time, problem, newly_excluded = [] } of scope_reloads) {
    const at = spacedTime(time);
    if (problem !== undefined)
      yield {
        en: html`The scope was read again at ${at}, and nothing more was sent: ${named(problem, 200)}`,
        ja: html`${at} にスコープを読み直し、以後の送信を中止しました：${named(problem, 200)}`,
      };
    else if (newly_excluded.length > 0)
      yield {
        en: `From ${at} on the scope excluded ${listed(newly_excluded)}`,
        ja: `${at} 以降、スコープにより除外：${listed(newly_excluded)}`,
      };
  }
  if (history !== undefined && history.not_targeted > 0)
    yield {
      en: `${counted(history.not_targeted, 'exposure')} known from earlier runs lay outside this run and ${history.not_targeted === 1 ? 'was' : 'were'} not asked`,
      ja: `以前の調査で検出した${history.not_targeted}件は今回の対象外のため、確認していません`,
    };
}

/** What run.json says in English; what is not among them stands as it is. */
const REASONS: Readonly<Record<string, string>> = {
  'stopped by a signal': '中断されました（シグナル）',
  'the last day of the authorisation ended': '許可の最終日が終わりました',
  'the scope could not be read again': 'スコープファイルを読み直せませんでした',
  'an IPv6 prefix shorter than /112 holds too many addresses to sweep':
    '/112より広いIPv6プレフィックスは、アドレスが多すぎて走査できません',
};

/** What was lost, and of whom nobody knows whether they answer. */
function* losses({ losses: lost }: RunRecord): Generator<Said, void, undefined> {
  for (const { code, count, meaning } of lost.send_errors)
    if (meaning !== 'not_probed')
      yield {
        en: `${counted(count, 'packet')} could not be sent (${code})`,
        ja: `${count}パケットを送信できませんでした（${code}）`,
      };
  const drops = (lost.sweep_socket_drops ?? 0) + (lost.measurement_socket_drops ?? 0);
  if (drops > 0)
    yield {
      en: `${counted(drops, 'answer')} arrived and ${drops === 1 ? 'was' : 'were'} dropped by our own machine for want of buffer`,
      ja: `${drops}件の応答が届きましたが、測定側の受信バッファ不足で失われました`,
    };
  if ((lost.send_buffer_drops ?? 0) > 0)
    yield {
      en: `${counted(lost.send_buffer_drops ?? 0, 'packet')} vanished in this machine’s send queue; it does not say whose they were`,
      ja: `測定側の送信キューで${lost.send_buffer_drops ?? 0}パケットが失われました（どの通信のものかは不明です）`,
    };
  if (lost.capped_measurements > 0)
    yield {
      en: `${counted(lost.capped_measurements, 'measurement')} ended at a cap: ${lost.capped_measurements === 1 ? 'its figures are lower bounds' : 'their figures are lower bounds'}, marked ≥`,
      ja: `${lost.capped_measurements}件の測定は上限に達して打ち切りました。その数値は下限であり、≥ を付しています`,
    };
  for (const { probe, addresses, prefixes } of (lost.unknown ?? []).slice(0, MOST_LISTED))
    yield {
      en: `Nobody knows whether ${counted(addresses, 'address', 'addresses')} answer ${probe}: ${listed(prefixes)}`,
      ja: `${countText(addresses)}アドレスが${probe}に応答するかどうかは不明です：${listed(prefixes)}`,
    };
  if ((lost.loss_estimate ?? 0) > 0)
    yield {
      en: `${percent(lost.loss_estimate ?? 0)} of those who answered the sweep did not answer the same question again`,
      ja: `走査で応答したホストの${percent(lost.loss_estimate ?? 0)}は、同じ要求への2度目の応答がありませんでした`,
    };
  for (const event of (lost.events ?? []).slice(0, MOST_LISTED)) yield eventOf(event);
  const unlisted = (lost.events ?? []).length - MOST_LISTED;
  if (unlisted > 0) yield { en: `and ${unlisted} more such events`, ja: `ほか${unlisted}件` };
}

function eventOf({ kind, code, probe, count, first, last }: RunLossEvent): Said {
  const during = first === last ? spacedTime(first) : `${spacedTime(first)} – ${spacedTime(last)}`;
  const what: Part = [probe, code].filter((part) => part !== undefined).join(', ');
  const { en, ja } = EVENTS[kind];
  return {
    en: `${during}: ${en}, ${count}${what === '' ? '' : ` (${what})`}`,
    ja: `${during}：${ja}、${count}件${what === '' ? '' : `（${what}）`}`,
  };
}

const EVENTS: Readonly<Record<RunLossEvent['kind'], { en: string; ja: string }>> = {
  send_error: { en: 'packets not sent', ja: '送信失敗' },
  send_buffer: { en: 'packets lost in the send queue', ja: '送信キューでの損失' },
  socket_drops: { en: 'answers dropped in the sweep', ja: '走査中の受信損失' },
  measurement_socket_drops: { en: 'answers dropped in measurements', ja: '測定中の受信損失' },
  late_replies: { en: 'late answers', ja: '遅れて届いた応答' },
  capped: { en: 'measurements ended at a cap', ja: '上限で打ち切った測定' },
};

function listed(prefixes: readonly string[]): string {
  const more = prefixes.length - MOST_LISTED;
  return prefixes.slice(0, MOST_LISTED).join(', ') + (more > 0 ? `, … (+${more})` : '');
}

function percent(share: number): string {
  return `${decimalText(share * 100, 1)} %`;
}
