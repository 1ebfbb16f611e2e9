import type { Language, ProbeIdentity, ProbeTexts, Texts } from '../../probes/probe.js';
import { joined } from '../../probes/probe.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import { askedAgain } from '../../src/domain/asked-again.js';
import type { Evidence } from '../../src/domain/status.js';
import { countText } from '../../src/domain/count-text.js';
import { decimalText, FACTOR_DECIMALS } from '../format.js';
import { remarkText } from '../reasons.js';

/** What a notice says of one exposure and around the probes' own texts. */
export interface Phrases {
  readonly unknownCustomer: string;
  readonly unknownAs: string;
  salutation(customer: string | undefined): string;
  /** Address, port, and what answers there. */
  place(record: FindingRecord, title: string): string;
  readonly severity: string;
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
  readonly network: string;
  readonly elsewhere: string;
  /** Where the answer came from, if not from the address that was asked. */
  elsewhereOf(record: FindingRecord): string | undefined;
  /** What a check shows of such an answer. */
  readonly checkElsewhere: string;
  more(count: number): string;
  /** Before what is proved to be exposed no longer. */
  readonly closed: string;
  /** Before what no longer answers: silence alone proves no closed service. */
  readonly silent: string;
  /** Of one that is exposed no longer: where it was, as what it was reported, and what is known of it now. */
  fixed(record: FindingRecord, title: string): string;
  /** Between the name of a figure and the figure. */
  readonly colon: string;
  /** The heading of a check that is for these hosts only. */
  headingFor(title: string, hosts: string): string;
  /** Of a letter about exposures: how many amplify at least twice on the wire. */
  opening(counts: { readonly exposed: number; readonly amplifying: number }): string;
  /** Before the subject of a reminder, with the blank behind it: scans that found it are counted, never letters. */
  reminderMark(scans: number): string;
  /** Which reminder it is, and since when. */
  reminder(facts: {
    readonly before: number;
    readonly exposed: number;
    readonly scans: number;
    /** A UTC day. */
    readonly since: string;
    /** Whether all of them were found so often, and first on that day. */
    readonly alike: boolean;
  }): string;
  /**
   * Of a letter about what is exposed no longer; `allProved`: none of what this scan found fixed is silent only;
   * `unknown`: of how many others this scan could not tell.
   */
  closing(facts: { readonly allProved: boolean; readonly unknown: number }): string;
}

/** `1st`, `2nd`, `11th`. */
function ordinal(number: number): string {
  const tens = Math.floor(number / 10) % 10;
  const ending = tens === 1 ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th');
  return `${number}${ending}`;
}

/** Tags of `src/measure/elsewhere.ts`: why another address answered. */
function elsewhereTag({ tag = '' }: FindingRecord): string | undefined {
  return tag
    .split(';')
    .find((one) => ['transparent-forwarder', 'other-address', 'forwarder-or-other-address'].includes(one));
}

/** Which address or AS answered, where it may be named. */
function answererOf({ answered_by: by }: FindingRecord): string {
  if (by?.ip !== undefined) return by.ip;
  return by?.asn === undefined ? '' : [`AS${by.asn}`, by.as_name].filter(Boolean).join(' ');
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
    asked: 'Asked at',
    sizes: 'Answer',
    sizesOf: (record) =>
      `${atLeast(record)}${plural(record.response_size, 'byte')} in ${plural(record.packets, 'datagram')} to a request of ${plural(record.request_size, 'byte')}${record.basis === 'sweep' ? '; counted in the sweep only' : ''}`,
    factor: 'Factor',
    factorOf: (record, amplification) =>
      `${atLeast(record)}${amplification} (answer / request of ${plural(record.request_size, 'byte')})${onTheWire(record, `; on the wire ${atLeast(record)}`, '')}`,
    since: 'Open',
    sinceOf({ status, first_seen, times_seen, days_open = 0 }) {
      if (status === undefined) return undefined;
      // One that a check of a part found before is news here too, but it is known for longer.
      if (status === 'new' && (times_seen ?? 1) === 1) return 'first found by this scan';
      const first = first_seen === undefined ? '' : `; first found ${spacedTime(first_seen)}`;
      const scans = times_seen === undefined ? '' : `; found for the ${ordinal(times_seen)} time`;
      if (status === 'reopened')
        return `found again after an earlier scan had counted it as fixed${first}${scans}`;
      const days = days_open === 0 ? 'less than a day' : plural(days_open, 'day');
      return `for ${days}, as far as our scans show${first}${scans}`;
    },
    software: 'Software',
    detail: 'Detail',
    more: (count) =>
      count === 1
        ? '- and one more, less severe: see the CSV file.'
        : `- and ${count} more, none more severe: see the CSV file.`,
    network: 'Network',
    elsewhere: 'Answered from',
    elsewhereOf(record) {
      const tag = elsewhereTag(record);
      const by = answererOf(record);
      if (tag === undefined) return undefined;
      if (tag === 'transparent-forwarder')
        return `another host${by === '' ? '' : ` (${by})`}: this one passes the request on with its source unchanged`;
      if (tag === 'other-address') return `another address of the same host${by === '' ? '' : ` (${by})`}`;
      return `another address${by === '' ? '' : ` (${by})`}: this host passes the request on, or has that address too`;
    },
    checkElsewhere:
      'The answer above came from another address than the one that was asked. Most tools do not show such an answer; dig says "reply from unexpected source", which means that it still comes.',
    colon: ': ',
    headingFor: (title, hosts) => `${title}; ${hosts}`,
    closed: 'Found by earlier scans and no longer exposed (thank you):',
    silent:
      'Found by earlier scans and no longer answering. Silence does not prove that a service is closed: please make sure that it is.',
    fixed(record, title) {
      const { ip, port, status_evidence: evidence } = record;
      const proof = evidence === 'silent' ? silence(record) : evidence && PROOFS.en[evidence];
      return `${ip}, UDP port ${port}, found as "${title}"${proof === undefined ? '' : `: ${proof}`}`;
    },
    opening({ exposed, amplifying }) {
      const replies = 'at least twice as large as the request on the wire';
      const [subject, them] =
        exposed === 1
          ? [
              'A service at an address assigned to you answered',
              'the service or let only your own users reach it; where it has to answer everyone, limit what it answers',
            ]
          : [
              'Services at addresses assigned to you answered',
              'these services or let only your own users reach them; where one has to answer everyone, limit what it answers',
            ];
      const larger =
        amplifying === 0
          ? ''
          : exposed === 1
            ? `, with a reply ${replies}`
            : `, ${amplifying === exposed ? 'all' : `${amplifying} of ${exposed}`} with replies ${replies}`;
      return `${subject} our scanner${larger}. What answers us most likely answers anyone: attackers send such requests in the name of a victim, the replies then hit the victim, and your own line carries them. Please close ${them}. This message says what was found, how it was measured, why it matters, how to fix it and how to check that yourself.`;
    },
    reminderMark: (scans) => `Found again (for the ${ordinal(scans)} time): `,
    reminder({ before, exposed, scans, since, alike }) {
      const them =
        exposed === 1
          ? 'The exposure below was'
          : before === 1
            ? 'One of the exposures below was'
            : before === exposed
              ? 'All the exposures below were'
              : `${before} of the exposures below were`;
      const [it, its] =
        before === 1
          ? ['It was', 'it']
          : alike
            ? ['They were', 'them']
            : ['The one found most often was', 'that one'];
      return `${them} found by earlier scans too. ${it} first found on ${since}; this is the ${ordinal(scans)} scan that found ${its}.`;
    },
    closing({ allProved, unknown }) {
      const before = 'Earlier scans found exposed UDP services at addresses assigned to you.';
      if (unknown > 0)
        return `${before} What this scan found of them stands below. Of ${plural(unknown, 'other one')} it could not tell whether ${unknown === 1 ? 'it is' : 'they are'} still exposed: the next scans will ask again.`;
      return `${before} This scan found none there any more${allProved ? ', and we see nothing left to do' : ''}.`;
    },
  },
  ja: {
    unknownCustomer: 'お客様不明',
    unknownAs: 'AS不明',
    salutation: (customer) => (customer === undefined ? 'ネットワークご担当者様' : `${customer} ご担当者様`),
    place: ({ ip, port }, title) => `${ip} UDPポート${port}：${title}`,
    severity: '深刻度',
    asked: '測定時刻',
    sizes: '応答',
    sizesOf: (record) =>
      `${countText(record.request_size)}バイトの要求に対し、${countText(record.packets)}データグラム、${countText(record.response_size)}バイト${orMore(record)}${record.basis === 'sweep' ? '（一斉調査でのみ得られた値です）' : ''}`,
    factor: '増幅率',
    factorOf: (record, amplification) =>
      `${amplification}倍${orMore(record)}（応答÷${countText(record.request_size)}バイトの要求）${onTheWire(record, '、回線上では', `倍${orMore(record)}`)}`,
    since: '経過',
    sinceOf({ status, first_seen, times_seen, days_open = 0 }) {
      if (status === undefined) return undefined;
      if (status === 'new' && (times_seen ?? 1) === 1) return '今回初めて検出しました';
      const known = [
        ...(first_seen === undefined ? [] : [`初回検出：${spacedTime(first_seen)}`]),
        ...(times_seen === undefined ? [] : [`検出は今回で${times_seen}回目`]),
      ].join('、');
      const facts = known === '' ? '' : `（${known}）`;
      if (status === 'reopened') return `一度解消と判定しましたが、再び検出しました${facts}`;
      return days_open === 0
        ? `前回の調査に続いて検出しました${facts}`
        : `調査結果からは、${days_open}日間継続しています${facts}`;
    },
    software: 'ソフトウェア',
    detail: '備考',
    more: (count) => `- ほか${count}件。添付または同梱のCSVファイルをご覧ください。`,
    network: 'ネットワーク',
    elsewhere: '応答元',
    elsewhereOf(record) {
      const tag = elsewhereTag(record);
      const by = answererOf(record);
      if (tag === undefined) return undefined;
      const named = by === '' ? '' : `（${by}）`;
      if (tag === 'transparent-forwarder')
        return `別のホスト${named}。このホストが、送信元を変えずに要求を渡しています`;
      if (tag === 'other-address') return `同じホストの別のアドレス${named}`;
      return `別のアドレス${named}。このホストが要求を渡しているか、このホスト自身のアドレスです`;
    },
    checkElsewhere:
      '上記の応答は、要求を送った先とは別のアドレスから届きました。多くのツールはこのような応答を表示しません。digで「reply from unexpected source」と表示された場合は、まだ応答しています。',
    colon: '：',
    headingFor: (title, hosts) => `${title}（対象：${hosts}）`,
    closed: '以前の調査で検出した次の項目は、解消されたことを確認しました。ありがとうございました。',
    silent:
      '以前の調査で検出した次の項目は、応答がなくなりました。応答がないだけでは、閉じられたことの確認にはなりません。お手数ですが、対策の状況をご確認ください。',
    fixed(record, title) {
      const { ip, port, status_evidence: evidence } = record;
      const proof = evidence === 'silent' ? silenceInJapanese(record) : evidence && PROOFS.ja[evidence];
      return `${ip} UDPポート${port}（検出時：${title}）${proof === undefined ? '' : `：${proof}`}`;
    },
    opening({ exposed, amplifying }) {
      const larger =
        amplifying === 0
          ? ''
          : exposed === 1
            ? '応答の大きさは、回線上で要求の2倍以上でした。'
            : `${amplifying === exposed ? 'いずれも' : `${exposed}件のうち${amplifying}件では`}、応答の大きさが回線上で要求の2倍以上でした。`;
      return `お客様がご利用中のIPアドレスにおいて、当方の調査に応答するUDPサービスを確認しました。${larger}当方の調査に応答するサービスは、誰からの要求にも応答するものと考えられます。攻撃者は送信元を被害者のアドレスに詐称した要求を送り、その応答を被害者に送りつけます（リフレクション攻撃）。その通信はお客様の回線にも負荷をかけます。お手数ですが、該当するサービスを停止するか、必要な利用者だけが使えるように制限してくださいますようお願いいたします。誰からの要求にも応答する必要があるサービスについては、応答の内容を制限してください。以下に、検出した内容、測定の方法、放置した場合の危険、対策の方法、ご自身での確認方法をご案内します。`;
    },
    reminderMark: (scans) => `【${scans}回目の検出】`,
    reminder({ before, exposed, scans, since, alike }) {
      const them =
        exposed === 1 ? '以下の項目' : before === exposed ? '以下の項目はいずれも' : `以下のうち${before}件`;
      const often = before === 1 ? '' : alike ? 'いずれも' : '検出回数が最も多いものは、';
      return `${them}${them.endsWith('も') ? '' : 'は'}、以前の調査でも検出しています。${often}${since}に初めて検出し、今回が${scans}回目の検出です。`;
    },
    closing({ allProved, unknown }) {
      const before =
        '以前の調査では、お客様がご利用中のIPアドレスにおいて、外部に応答するUDPサービスを検出しておりました';
      if (unknown > 0)
        return `${before}。今回の調査で確認できた変化は以下のとおりです。ほか${countText(unknown)}件については、現在も応答するかどうかを確認できませんでした。次回以降の調査であらためて確認します。`;
      return `${before}が、今回の調査では検出されませんでした。${allProved ? '調査結果からは、これ以上の対応は不要と考えております。' : ''}`;
    },
  },
};

/** What proves a fix, other than silence. */
const PROOFS: Readonly<Record<Language, Readonly<Record<Exclude<Evidence, 'silent'>, string>>>> = {
  en: {
    refused: 'it now refuses the request',
    closed: 'its port is now reported closed',
    answered: 'it now answers the same request without exposing anything',
  },
  ja: {
    refused: '要求を拒否するようになりました',
    closed: 'ポートが閉じていることを示す応答がありました',
    answered: '同じ要求への応答に、問題となる内容がなくなりました',
  },
};

/** Since when, in how many scans, and how often asked again: of each what is known. */
function silence(record: FindingRecord): string {
  const { silent_since: since, silent_runs: scans, last_seen } = record;
  const again = askedAgain(record);
  return [
    `no answer${since === undefined ? '' : ` since ${spacedTime(since)}`}${scans === undefined ? '' : `, in ${plural(scans, 'scan')}`}`,
    ...(last_seen === undefined ? [] : [`it last answered at ${spacedTime(last_seen)}`]),
    ...(again === undefined
      ? []
      : [
          `this scan asked again ${again.times === 1 ? 'once' : `${again.times} times`}, last at ${spacedTime(again.last)}`,
        ]),
  ].join('; ');
}

function silenceInJapanese(record: FindingRecord): string {
  const { silent_since: since, silent_runs: scans, last_seen } = record;
  const again = askedAgain(record);
  const known = [
    ...(last_seen === undefined ? [] : [`最後の応答：${spacedTime(last_seen)}`]),
    ...(again === undefined ? [] : [`今回の再確認：${again.times}回、最終 ${spacedTime(again.last)}`]),
  ].join('、');
  return `${since === undefined ? '' : `${spacedTime(since)} 以降、`}${scans === undefined ? '' : `${scans}回の調査で`}応答がありません${known === '' ? '' : `（${known}）`}`;
}

/** `1 byte`, `8 bytes`, `44,000 bytes`. */
function plural(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

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

/** What a customer is told of a row. @param probes those whose texts are known. */
export function textsOf(record: FindingRecord, probes: readonly ProbeIdentity[] = []): ProbeTexts {
  const known = probes.find(({ id, report }) => id === record.probe && report === record.report);
  return known === undefined ? unknownTexts : { ...known.texts, ...known.textsFor?.(record) };
}

/** What else a letter says of a row: the probe's own, and what the engine adds. */
export function detailOf(record: FindingRecord, { detail: own }: ProbeTexts): Texts | undefined {
  const remarks = (record.remarks ?? []).map(remarkText);
  const { en, ja } = joined([...(own === undefined ? [] : [own]), ...remarks]);
  const text = own === undefined ? { en: record.detail ?? '', ja } : { en, ja };
  return text.en === '' ? undefined : text;
}

/**
 * A remedy or a check, with `ADDRESS` and `PORT` as they were asked: the tools of SNMP and nmap name IPv6 apart.
 */
export function atHost(
  text: string,
  { probed_ip, probed_port }: Pick<FindingRecord, 'probed_ip' | 'probed_port'>,
): string {
  const isIpv6 = probed_ip.includes(':');
  return (isIpv6 ? text.replaceAll('ADDRESS:PORT', `udp6:[${probed_ip}]:PORT`) : text)
    .replaceAll(/^ {4}nmap /gm, isIpv6 ? '    nmap -6 ' : '    nmap ')
    .replaceAll('ADDRESS', probed_ip)
    .replaceAll(/\bPORT\b/g, String(probed_port));
}

/** What can be said of an answer that no reader knows, or of a probe that this version does not have. */
export const unknownTexts: ProbeTexts = {
  title: {
    en: 'Unknown service answers over UDP',
    ja: '不明なサービスがUDPで応答しています',
  },
  risk: {
    en:
      'What kind of service answers here is not known; it answered a request of our scanner. With a forged ' +
      'sender address its answers hit a third party from your network.',
    ja:
      '応答しているサービスの種類は特定できていませんが、当方の調査の要求に応答しました。' +
      '送信元を詐称した要求に応答すると、第三者への攻撃がこのネットワークから行われる形になります。',
  },
  remedy: {
    en:
      'Find out which program listens on that port (`ss -lunp` on Linux, `netstat -ano -p UDP` on Windows).\n' +
      'Switch it off unless it is needed from outside, or let a firewall admit your own networks only.\n' +
      'On routers and other devices update the firmware and turn off services on the outside interface.\n' +
      'Let no packet with a forged source leave your network (BCP 38).',
    ja:
      'そのポートで待ち受けているプログラムを確認してください（Linuxでは `ss -lunp`、Windowsでは `netstat -ano -p UDP`）。\n' +
      '外部からの利用が不要であれば停止するか、ファイアウォールで自網からの通信のみを許可してください。\n' +
      'ルーターなどの機器では、ファームウェアを更新し、外部インターフェースのサービスを無効にしてください。\n' +
      '送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。',
  },
  check: {
    en: '"open" means that it still answers, "closed" that it does not; "open|filtered" means that nmap\'s own question was not answered, which proves neither:\n    nmap -sU -p PORT ADDRESS',
    ja: 'open と表示された場合はまだ応答しており、closed と表示された場合は応答していません。open|filtered は、nmapの送った要求に応答がなかったことを示すもので、どちらの証明にもなりません。\n    nmap -sU -p PORT ADDRESS',
  },
};
