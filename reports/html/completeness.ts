import type { Texts } from '../../probes/probe.js';
import type { RunLossEvent, RunRecord } from '../../src/domain/run-record.js';
import { excludedOnTheWay, isWhole } from '../../src/domain/whole-run.js';
import { leftOutText, stopText } from '../reasons.js';
import { countText } from '../../src/domain/count-text.js';
import { decimalText } from '../format.js';
import { spacedTime } from '../notices/phrases.js';
import { fileLink, named, wordOf } from './cells.js';
import { darkPoints } from './path.js';
import type { Html, Part } from './html.js';
import { html } from './html.js';
import type { Bilingual } from './bilingual.js';
import { plural, bilingual } from './bilingual.js';

/** The page shows so many of a list; run.json has all. */
const MOST_LISTED = 20;

/** Whether the run knows of no earlier one: then nothing is called a change. */
export function isFirst({ history }: RunRecord): boolean {
  return history === undefined || history.earlier_runs === 0;
}

/** Whether this is all: what was not asked, what was lost, and what follows for the reader. */
export function completeness(run: RunRecord): Html {
  const points = [...darkPoints(run), ...gaps(run), ...losses(run)];
  return html`<div class="verdict ${isWhole(run) ? 'whole' : 'partial'}"><p><strong>${bilingual(verdict(run))}</strong></p>
${
  points.length > 0 &&
  html`<ul>
${points.map(
  (point) => html`<li>${bilingual(point)}
`,
)}</ul>
`
}${
    !isWhole(run) &&
    html`<p>${bilingual({
      en: html`Silent may mean unknown here: what is not listed is not therefore clean. Every loss, with its time and place, is in ${fileLink('run.json')}.`,
      ja: html`応答がなかったアドレスにも、検出漏れがあるかもしれません。一覧にないことは、問題がないことを意味しません。損失の時刻と範囲は ${fileLink('run.json')} に記録しています。`,
    })}</p>
`
  }</div>
`;
}

function verdict(run: RunRecord): Bilingual {
  const addresses = run.targets.addresses;
  if (!run.complete)
    return {
      en: 'This run is incomplete: it was stopped before its end, so what follows is not all.',
      ja: 'この調査は完了していません。途中で停止したため、以下の内容がすべてではありません。',
    };
  if (run.suspect !== undefined)
    return {
      en: 'This run asked everything, but may not have reached the network: see the top of this page.',
      ja: 'この調査はすべてに要求を送りましたが、ネットワークに到達していない可能性があります。ページ上部をご覧ください。',
    };
  if (run.losses.any)
    return {
      en: 'This run is complete, but something was lost on the way.',
      ja: 'この調査は完了しましたが、途中で失われたものがあります。',
    };
  if (run.settings.shard !== undefined)
    return {
      en: `This is shard ${run.settings.shard}, a part of a run: the rest was not asked here.`,
      ja: `これは分割した調査の一部（シャード${run.settings.shard}）です。残りの範囲は、ここでは調査していません。`,
    };
  if (run.late !== undefined)
    return {
      en: `This run ended after newer runs (the newest is ${run.late.newest}): it speaks of its own time, ${spacedTime(run.started)}, and its statuses are those of then.`,
      ja: `この調査は、より新しい調査（最新：${run.late.newest}）のあとに終了しました。内容と状態は、開始時点（${spacedTime(run.started)}）のものです。`,
    };
  if (run.partial !== undefined)
    return {
      en: `This run asked less than the usual one (${run.partial.compared_with}): it speaks of what it asked, and of nothing else.`,
      ja: `この調査の対象は、通常の調査（${run.partial.compared_with}）の一部です。以下は、調査した範囲だけの結果です。`,
    };
  const excluded = excludedOnTheWay(run);
  if (excluded > 0)
    return {
      en: `This run is complete, but the scope excluded ${plural(excluded, 'address', 'addresses')} on the way: not everything was asked.`,
      ja: `この調査は完了しましたが、途中でスコープにより${countText(excluded)}アドレスを除外したため、すべてには要求を送っていません。`,
    };
  const lost = hasLost(run);
  const [asked, sent] = run.losses.send_errors.some(({ meaning }) => meaning !== 'error')
    ? ['but not each address could be asked', 'ただし、一部のアドレスには要求を送れませんでした']
    : [
        `each of ${plural(addresses, 'address', 'addresses')} was asked`,
        `対象の${countText(addresses)}アドレスすべてに要求を送りました`,
      ];
  const what: Texts = lost
    ? {
        en: 'what was lost was asked again, so that no loss remains',
        ja: '失われた要求は送り直し、未確認の損失は残っていません',
      }
    : countsDrops(run)
      ? { en: 'nothing was lost', ja: '損失はありませんでした' }
      : {
          en: 'no loss was seen, but this system does not count all that its sockets drop',
          ja: '損失は確認されていませんが、このシステムでは、ソケットで失われたパケットをすべては数えられません',
        };
  return {
    en: `This run is complete: ${asked}, and ${what.en}.`,
    ja: `この調査は完了しました。${sent}。${what.ja}。`,
  };
}

/** Whether packets were lost on the way, though no loss may remain: a cap and a late answer are none. */
function hasLost({ losses: lost }: RunRecord): boolean {
  return (
    lost.send_errors.some(({ meaning }) => meaning === 'error') ||
    (lost.sweep_socket_drops ?? 0) + (lost.measurement_socket_drops ?? 0) + (lost.send_buffer_drops ?? 0) >
      0 ||
    (lost.events ?? []).some(({ kind }) => kind !== 'late_replies' && kind !== 'capped')
  );
}

/** Whether the system told of everything that it dropped. */
function countsDrops({
  losses: { sweep_socket_drops, measurement_socket_drops, send_buffer_drops },
}: RunRecord): boolean {
  return [sweep_socket_drops, measurement_socket_drops, send_buffer_drops].every(
    (drops) => drops !== undefined,
  );
}

/** What the run did not ask. */
function* gaps({
  complete,
  incomplete_reason,
  losses: { any },
  settings: { shard },
  targets,
  history,
  scope_reloads = [],
}: RunRecord): Generator<Bilingual, void, undefined> {
  if (shard !== undefined && (!complete || any))
    yield {
      en: `This is shard ${shard}: the rest was not asked here`,
      ja: `分割した調査の一部（シャード${shard}）です。残りの範囲は、ここでは調査していません`,
    };
  if (incomplete_reason !== undefined) {
    const { en, ja } = stopText({ incomplete_reason });
    yield {
      en: html`Why it stopped: ${named(en, 200)}`,
      ja: html`停止の理由：${named(ja, 200)}`,
    };
  }
  for (const network of targets.left_out.slice(0, MOST_LISTED)) {
    const { en, ja } = leftOutText(network);
    yield {
      en: html`${network.prefix} was left out: ${named(en, 200)}`,
      ja: html`${network.prefix} は対象外としました：${named(ja, 200)}`,
    };
  }
  const unlisted = targets.left_out.length - MOST_LISTED;
  if (unlisted > 0)
    yield {
      en: `and ${unlisted} more networks were left out`,
      ja: `ほか${unlisted}件のネットワークも対象外です`,
    };
  for (const { time, problem, newly_excluded = [] } of scope_reloads) {
    const at = spacedTime(time);
    if (problem !== undefined)
      // A run that was stopped by it and is complete went on later.
      yield {
        en: html`The scope was read again at ${at}, and nothing more was sent${complete && ' until the run went on'}: ${named(problem, 200)}`,
        // The problem is a message in English, with the line of the file.
        ja: html`${at} にスコープファイルを読み直せなかったため、${complete ? '再開するまで' : '以後の'}送信を中止しました（詳細は ${fileLink('run.json')} の scope_reloads にあります）`,
      };
    else if (newly_excluded.length > 0)
      yield {
        en: `From ${at} on the scope excluded ${listed(newly_excluded)}`,
        ja: `${at} 以降、スコープにより除外：${listed(newly_excluded)}`,
      };
  }
  if (history !== undefined && history.not_targeted > 0)
    yield {
      en: `${plural(history.not_targeted, 'exposure')} known from earlier runs lay outside this run and ${history.not_targeted === 1 ? 'was' : 'were'} not asked`,
      ja: `以前の調査で検出した${countText(history.not_targeted)}件は今回の対象外のため、確認していません`,
    };
}

/** What was lost, and which addresses are unknown for it. */
function* losses({ losses: lost }: RunRecord): Generator<Bilingual, void, undefined> {
  for (const { code, count, meaning, addresses } of lost.send_errors) {
    const { en, ja } = wordOf(UNSENT, meaning);
    const where = addresses.length === 0 ? '' : `: ${listed(addresses)}`;
    yield {
      en: html`${plural(count, 'packet')} could not be sent (${code})${en}${where}`,
      ja: html`${countText(count)}パケットを送信できませんでした（${code}${ja}）${where}`,
    };
  }
  const drops = (lost.sweep_socket_drops ?? 0) + (lost.measurement_socket_drops ?? 0);
  if (drops > 0)
    yield {
      en: `${plural(drops, 'answer')} arrived and ${drops === 1 ? 'was' : 'were'} dropped by our own machine for want of buffer`,
      ja: `${countText(drops)}件の応答が届きましたが、測定側の受信バッファ不足で失われました`,
    };
  if ((lost.send_buffer_drops ?? 0) > 0)
    yield {
      en: `${plural(lost.send_buffer_drops ?? 0, 'packet')} vanished in this machine’s send queue; it does not say whose they were`,
      ja: `測定側の送信キューで${countText(lost.send_buffer_drops ?? 0)}パケットが失われました（どの通信のものかは不明です）`,
    };
  if (lost.capped_measurements > 0)
    yield {
      en: `${plural(lost.capped_measurements, 'measurement')} ended at a cap: ${lost.capped_measurements === 1 ? 'its figures are lower bounds' : 'their figures are lower bounds'}, marked ≥`,
      ja: `${countText(lost.capped_measurements)}件の測定は上限に達して打ち切りました。その数値は下限であり、≥ を付しています`,
    };
  for (const { probe, addresses, prefixes } of (lost.unknown ?? []).slice(0, MOST_LISTED))
    yield {
      en: `Unknown whether ${plural(addresses, 'address', 'addresses')} answer ${probe}: ${listed(prefixes)}`,
      ja: `${countText(addresses)}アドレスが${probe}に応答するかどうかは不明です：${listed(prefixes)}`,
    };
  if ((lost.loss_estimate ?? 0) > 0)
    yield {
      en: `${percent(lost.loss_estimate ?? 0)} of the hosts that answered the sweep did not answer the same request again`,
      ja: `スイープで応答したホストの${percent(lost.loss_estimate ?? 0)}は、同じ要求への2度目の応答がありませんでした`,
    };
  for (const event of (lost.events ?? []).slice(0, MOST_LISTED)) yield eventOf(event);
  const unlisted = (lost.events ?? []).length - MOST_LISTED;
  if (unlisted > 0) yield { en: `and ${unlisted} more such events`, ja: `ほか${unlisted}件` };
}

const UNSENT: Readonly<Record<RunRecord['losses']['send_errors'][number]['meaning'], Bilingual>> = {
  error: { en: '', ja: '' },
  unreachable: { en: ', for no way leads there', ja: '、到達不能' },
  not_probed: { en: ', for they are no addresses of hosts', ja: '、ホストのアドレスではないため対象外' },
};

function eventOf({ kind, code, probe, count, first, last }: RunLossEvent): Bilingual {
  const during = first === last ? spacedTime(first) : `${spacedTime(first)} – ${spacedTime(last)}`;
  const what: Part = [probe, code].filter((part) => part !== undefined).join(', ');
  const { en, ja } = wordOf(EVENTS, kind);
  return {
    en: html`${during}: ${en}, ${countText(count)}${what === '' ? '' : ` (${what})`}`,
    ja: html`${during}：${ja}、${countText(count)}件${what === '' ? '' : `（${what}）`}`,
  };
}

const EVENTS: Readonly<Record<RunLossEvent['kind'], Bilingual>> = {
  send_error: { en: 'packets not sent', ja: '送信失敗' },
  send_buffer: { en: 'packets lost in the send queue', ja: '送信キューでの損失' },
  socket_drops: { en: 'answers dropped in the sweep', ja: 'スイープ中の受信損失' },
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
