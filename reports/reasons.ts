import type { Texts } from '../probes/probe.js';
import type { FindingRecord } from '../src/domain/finding-record.js';
import type { CheckReason, LeftOutReason, Remark, StopReason } from '../src/domain/reasons.js';
import type { Severity } from '../src/domain/finding.js';
import type { Doubt, Evidence, Status } from '../src/domain/status.js';
import type { RunRecord } from '../src/domain/run-record.js';
import { countText } from '../src/domain/count-text.js';
import { decimalText, FACTOR_DECIMALS, plural } from './format.js';

/*
 * What the codes of src/domain/reasons.ts mean, in both languages: one without Japanese does not compile. What is no
 * code of this version, as in a run of another one, stands for itself.
 */

export const SEVERITY_TEXTS: Readonly<Record<Severity, Texts>> = {
  critical: { en: 'critical', ja: '緊急' },
  high: { en: 'high', ja: '高' },
  medium: { en: 'medium', ja: '中' },
  low: { en: 'low', ja: '低' },
  info: { en: 'info', ja: '参考' },
};

export const STATUS_TEXTS: Readonly<Record<Status, Texts>> = {
  new: { en: 'new', ja: '新規' },
  persisting: { en: 'persisting', ja: '継続' },
  reopened: { en: 'reopened', ja: '再発' },
  fixed: { en: 'fixed', ja: '解消' },
  unknown: { en: 'unknown', ja: '不明' },
};

/**
 * How many of what is new the usual run could not have found, for it did not ask that: no sign that it opened since.
 * Undefined where there are none.
 */
export function firstAskedText(
  { first_asked: first }: Pick<RunRecord, 'first_asked'>,
  records: readonly FindingRecord[],
): Texts | undefined {
  if (first === undefined) return undefined;
  const found = records.filter(({ status, probe }) => status === 'new' && first.probes.includes(probe));
  if (found.length === 0) return undefined;
  const probes = [...new Set(found.map(({ probe }) => probe))].sort().join(', ');
  return {
    en: `${countText(found.length)} of what is new may have been open before: ${first.compared_with} did not ask ${probes}`,
    ja: `新規のうち${countText(found.length)}件は以前から応答していた可能性があります（${first.compared_with} では ${probes} に要求を送っていません）`,
  };
}

/** What proves that an exposure is fixed. */
export const EVIDENCE_TEXTS: Readonly<Record<Evidence, Texts>> = {
  refused: { en: 'it refuses now', ja: '要求を拒否するようになりました' },
  closed: { en: 'the port is closed', ja: 'ポートが閉じられています' },
  answered: { en: 'it answers, and exposes nothing', ja: '応答はありますが、問題のある内容ではありません' },
  /** Of a run of an earlier version, which counted none. */
  silent: { en: 'no longer answers', ja: '応答がなくなりました' },
};

/** Why it is unknown whether an exposure is still there. */
export const DOUBT_TEXTS: Readonly<Record<Doubt | '', Texts>> = {
  '': { en: 'for no recorded reason', ja: '理由の記録なし' },
  'not asked': { en: 'not asked by this run', ja: '今回は要求を送っていません' },
  'answers otherwise': { en: 'answers with something else', ja: '別の内容を応答しています' },
  'asked otherwise': {
    en: 'silent, but asked something else than before',
    ja: '応答なし（以前とは異なる要求）',
  },
  losses: { en: 'silent, but packets were lost there', ja: '応答なし（この範囲でパケットの損失あり）' },
  'closed since': {
    en: 'seen by this run, and fixed by a newer one',
    ja: '今回の調査で検出しましたが、より新しい調査で解消と判定しています',
  },
  'not rechecked': { en: 'silent once, and not asked again', ja: '応答なし（再確認していません）' },
  'path not proved': {
    en: 'silent, but nothing shows that this run reached their network',
    ja: '応答なし（このネットワークに到達したことを確認できていません）',
  },
  outage: {
    en: 'silent along with others of their network or probe: an outage or a filter looks the same',
    ja: '同じネットワークまたはプローブのほかのホストとともに応答なし（障害やフィルターと区別できません）',
  },
  silent: {
    en: 'no longer answer; only silence in several runs in a row counts as fixed',
    ja: '応答がなくなりました（複数回の調査で続けて応答がない場合に解消と判定します）',
  },
};

const STOPPED: Readonly<Record<StopReason, Texts>> = {
  signal: { en: 'stopped by a signal', ja: '中断されました（シグナル）' },
  expiry: { en: 'the last day of the authorisation ended', ja: '許可の最終日が終わりました' },
  scope: { en: 'the scope could not be read again', ja: 'スコープファイルを読み直せませんでした' },
};

/** Why a run was stopped. */
export function stopText({
  incomplete_reason: reason = 'unknown',
}: Pick<RunRecord, 'incomplete_reason'>): Texts {
  return isKeyOf(STOPPED, reason) ? STOPPED[reason] : { en: reason, ja: reason };
}

type LeftOut = RunRecord['targets']['left_out'][number];

const LEFT_OUT: Readonly<Record<LeftOutReason['reason'], (network: LeftOut) => Texts>> = {
  'ipv6-too-wide': ({ shortest = '' }) => ({
    en: `an IPv6 prefix shorter than /${shortest} holds too many addresses to sweep`,
    ja: `/${shortest}より広いIPv6プレフィックスは、アドレスが多すぎて調査できません`,
  }),
  'source-family': ({ family = '' }) => ({
    en: `the source address is IPv${family}`,
    ja: `送信元アドレスがIPv${family}です`,
  }),
};

/** Why a network of the scope was not covered. */
export function leftOutText(network: LeftOut): Texts {
  const { reason } = network;
  return isKeyOf(LEFT_OUT, reason) ? LEFT_OUT[reason](network) : { en: reason, ja: reason };
}

type CheckData = Readonly<Record<string, string | number>>;

/** In Japanese; the English is the finding itself, as `doctor` prints it. */
const CHECKS: Readonly<Record<CheckReason['code'], (data: CheckData) => string>> = {
  'clock-not-synchronised': () => '時計：時刻サービスで合わせられていません',
  'disk-not-told': ({ folder }) => `ディスクの空き容量：${folder} の空き容量を確認できません`,
  'disk-low': ({ folder, free_mb }) => `ディスクの空き容量：${folder} の空きは${free_mb} MBです`,
  'open-files-not-told': ({ needed }) => `開けるファイル数：${needed}が必要ですが、上限を確認できません`,
  'open-files-few': ({ most, needed }) => `開けるファイル数：上限は${most}ですが、およそ${needed}が必要です`,
  'source-not-told': () => '送信元アドレス：どのアドレスから送信されるかを確認できません',
  'targets-unreachable': ({ targets, error }) =>
    `送信元アドレス：${targets} への経路がありません（${error}）`,
  'ports-not-told': () => '送信元ポート：割り当てられる範囲を確認できません',
  'ports-few': ({ first, last, needed }) =>
    `送信元ポート：割り当て範囲（${first}～${last}）が、必要な${needed}ソケットに足りません`,
  'neighbours-not-told': ({ targets }) =>
    `近隣テーブル：直接接続された対象が${targets}件ありますが、テーブルの上限を確認できません`,
  'neighbours-full': ({ targets }) =>
    `近隣テーブル：直接接続された対象が${targets}件あり、テーブルの上限を超えています`,
  'receive-buffer-not-told': () => '受信バッファー：ソケットを開けず、大きさを確認できません',
  'receive-buffer-small': ({ given, asked, wanted }) =>
    `受信バッファー：ソケットあたり${given}バイト（要求は${asked}バイト）で、応答の帯域から必要な${wanted}バイトに足りません`,
  'connections-many': ({ count, most, needed }) =>
    `コネクション追跡：現在${count}件（上限${most}件）で、この調査には同時に${needed}件が必要です`,
};

/** What the preflight warned of. */
export function checkText({
  name,
  finding,
  code,
  data = {},
}: NonNullable<RunRecord['preflight']>[number]): Texts {
  const en = `${name}: ${finding}`;
  return { en, ja: code !== undefined && isKeyOf(CHECKS, code) ? CHECKS[code](data) : en };
}

type RemarkData = NonNullable<FindingRecord['remarks']>[number]['data'];

const REMARKS: Readonly<Record<Remark['code'], (data: RemarkData) => Texts>> = {
  unstable: ({ least, most }) => {
    const [less, more] = [countText(Number(least)), countText(Number(most))];
    return {
      en: `the same request brought ${less} to ${more} bytes`,
      ja: `同じ要求への応答は${less}～${more}バイトでした`,
    };
  },
  dwindling: ({ times = '', bytes = '' }) => ({
    en: `the same request, sent ${times} times, brought ${bytes} bytes`,
    ja: `同じ要求を${times}回送ると、応答は${bytes}バイトでした`,
  }),
  unrecognised: ({ why = '' }) => ({
    en: `answers with bytes that are not of this protocol: ${why}`,
    ja: 'このプロトコルのものではないデータで応答しました',
  }),
  'long-answer': (data) => {
    const {
      datagrams,
      seconds = '',
      still_sending,
      datagrams_within_2s: early,
      amplification_within_2s,
    } = data;
    const factor = decimalText(Number(amplification_within_2s), FACTOR_DECIMALS);
    return {
      en: `${plural(Number(datagrams), 'datagram')} within ${seconds} s${still_sending === true ? ', still sending then' : ''}; within 2 s ${plural(Number(early), 'datagram')}, ${factor}x`,
      ja: `応答は${seconds}秒間に${datagrams}データグラムでした（最初の2秒では${early}データグラム、${factor}倍${still_sending === true ? '。その時点でも送信が続いていました' : ''}）`,
    };
  },
};

/** What the engine adds to what a probe says of an answer. */
export function remarkText({ code, data }: { readonly code: string; readonly data: RemarkData }): Texts {
  return isKeyOf(REMARKS, code) ? REMARKS[code](data) : { en: code, ja: code };
}

function isKeyOf<K extends string>(texts: Readonly<Record<K, unknown>>, key: string): key is K {
  return Object.hasOwn(texts, key);
}
