import type { Language, ProbeIdentity } from '../../probes/probe.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { Severity } from '../../src/domain/finding.js';
import { decimalText, FACTOR_DECIMALS } from '../format.js';

/** What a notice says of one exposure and around the probes' own words. */
export interface Phrases {
  readonly unknownCustomer: string;
  readonly unknownAs: string;
  salutation(customer: string | undefined): string;
  /** Address, port, and what answers there. */
  place(record: FindingRecord, title: string): string;
  readonly severity: string;
  readonly severities: Readonly<Record<Severity, string>>;
  readonly asked: string;
  readonly sizes: string;
  sizesOf(record: FindingRecord): string;
  readonly factor: string;
  /** By payload, and on the wire, which the severity goes by. */
  factorOf(record: FindingRecord, amplification: string): string;
  readonly since: string;
  /** Undefined where no earlier run is known. */
  sinceOf(record: FindingRecord): string | undefined;
  readonly software: string;
  readonly detail: string;
  more(count: number): string;
  readonly thanks: string;
}

/** `2026-11-20 03:01:00 UTC`, as a log would have it, of ISO 8601. */
export function spacedTime(iso: string): string {
  return iso.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
}

export const phrases: Readonly<Record<Language, Phrases>> = {
  en: {
    unknownCustomer: 'customer unknown',
    unknownAs: 'AS unknown',
    salutation: (customer) =>
      customer === undefined ? 'Dear operator of this network,' : `Dear customer (${customer}),`,
    place: ({ ip, port }, title) => `${ip}, UDP port ${port}: ${title}`,
    severity: 'Severity',
    severities: { critical: 'critical', high: 'high', medium: 'medium', low: 'low', info: 'info' },
    asked: 'Asked at',
    sizes: 'Answer',
    sizesOf: (record) =>
      `${atLeast(record)}${record.response_size} bytes in ${record.packets} ${record.packets === 1 ? 'packet' : 'packets'} to a request of ${record.request_size} ${record.request_size === 1 ? 'byte' : 'bytes'}`,
    factor: 'Factor',
    factorOf: (record, amplification) =>
      `${atLeast(record)}${amplification} (answer / request of ${record.request_size} ${record.request_size === 1 ? 'byte' : 'bytes'})${onTheWire(record, '; on the wire ', '')}`,
    since: 'Open',
    sinceOf({ status, first_seen, days_open = 0 }) {
      const first = first_seen === undefined ? '' : `, first seen ${spacedTime(first_seen)}`;
      const days = `${days_open} ${days_open === 1 ? 'day' : 'days'}`;
      if (status === 'new') return 'new, not seen in our scans before';
      if (status === 'reopened') return `open again after it had been closed${first}`;
      if (status === undefined) return undefined;
      return days_open === 0 ? `for less than a day${first}` : `for ${days}${first}`;
    },
    software: 'Software',
    detail: 'Detail',
    more: (count) =>
      count === 1
        ? '- and one more, less severe: see the CSV file.'
        : `- and ${count} more, none more severe: see the CSV file.`,
    thanks: 'Thank you: these, which we reported before, are closed now.',
  },
  ja: {
    unknownCustomer: 'お客様不明',
    unknownAs: 'AS不明',
    salutation: (customer) => (customer === undefined ? 'ネットワークご担当者様' : `${customer} ご担当者様`),
    place: ({ ip, port }, title) => `${ip} UDPポート${port}：${title}`,
    severity: '深刻度',
    severities: { critical: '緊急', high: '高', medium: '中', low: '低', info: '参考' },
    asked: '測定時刻',
    sizes: '応答',
    sizesOf: (record) =>
      `${record.request_size}バイトの要求に対し、${record.packets}パケット、${record.response_size}バイト${orMore(record)}`,
    factor: '増幅率',
    factorOf: (record, amplification) =>
      `${amplification}倍${orMore(record)}（応答÷${record.request_size}バイトの要求）${onTheWire(record, '、回線上では', '倍')}`,
    since: '経過',
    sinceOf({ status, first_seen, days_open = 0 }) {
      const first = first_seen === undefined ? '' : `（初回検出：${spacedTime(first_seen)}）`;
      if (status === 'new') return '今回初めて検出しました';
      if (status === 'reopened') return `一度解消しましたが、再び検出しました${first}`;
      if (status === undefined) return undefined;
      return days_open === 0 ? `継続しています${first}` : `${days_open}日間継続しています${first}`;
    },
    software: 'ソフトウェア',
    detail: '備考',
    more: (count) => `- ほか${count}件。添付または同梱のCSVファイルをご覧ください。`,
    thanks: '以前お知らせした次の項目は、解消を確認しました。ご対応ありがとうございました。',
  },
};

function atLeast({ lower_bound }: FindingRecord): string {
  return lower_bound === true ? 'at least ' : '';
}

function orMore({ lower_bound }: FindingRecord): string {
  return lower_bound === true ? '以上' : '';
}

function onTheWire({ wire_amplification: factor }: FindingRecord, before: string, after: string): string {
  return factor === undefined ? '' : `${before}${decimalText(factor, FACTOR_DECIMALS)}${after}`;
}

/** The factor as the columns have it. */
export function factorText({ amplification }: FindingRecord): string | undefined {
  return amplification === undefined ? undefined : decimalText(amplification, FACTOR_DECIMALS);
}

/** What a customer is told of a row. @param probes those whose words are known. */
export function wordsOf(
  { probe, report }: Pick<FindingRecord, 'probe' | 'report'>,
  probes: readonly ProbeIdentity[] = [],
): ProbeIdentity['words'] {
  return probes.find((known) => known.id === probe && known.report === report)?.words ?? unknownWords;
}

/** How to see for oneself, at this one host. */
export function checkOf(text: string, { ip, probed_port }: FindingRecord): string {
  return text.replaceAll('ADDRESS', ip).replaceAll('PORT', String(probed_port));
}

/** What can be said of an answer that no reader knows, or of a probe that this version does not have. */
export const unknownWords: ProbeIdentity['words'] = {
  title: {
    en: 'an unknown service answers strangers over UDP',
    ja: '不明なサービスがUDPで外部に応答しています',
  },
  risk: {
    en:
      'What kind of service answers here is not known, but it answers anybody. With a forged sender address its ' +
      'answers strike a third party from your network.',
    ja:
      '応答しているサービスの種類は特定できていませんが、誰からの要求にも応答します。' +
      '送信元を詐称した要求に応答すると、第三者への攻撃がこのネットワークから行われる形になります。',
  },
  remedy: {
    en:
      'Find out which program listens on that port (`ss -lunp` on Linux, `netstat -ano -p UDP` on Windows).\n' +
      'Switch it off where nobody outside needs it, or let a firewall admit your own networks only.\n' +
      'On routers and other devices update the firmware and turn off services on the outside interface.\n' +
      'Let no packet with a forged source leave your network (BCP 38).',
    ja:
      'そのポートで待ち受けているプログラムを確認してください（Linuxでは `ss -lunp`、Windowsでは `netstat -ano -p UDP`）。\n' +
      '外部からの利用が不要であれば停止するか、ファイアウォールで自網からの通信のみを許可してください。\n' +
      'ルーターなどの機器では、ファームウェアを更新し、外部インターフェースのサービスを無効にしてください。\n' +
      '送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
  },
  check: {
    en: 'From outside your network; "open" means that it still answers:\n    nmap -sU -p PORT ADDRESS',
    ja: '網の外から次のコマンドを実行します。open と表示された場合は、まだ応答しています。\n    nmap -sU -p PORT ADDRESS',
  },
};
