import type { Texts } from '../../../probes/probe.js';
import { alignedTable } from '../../../reports/aligned-table.js';
import { textWidth } from '../../../reports/text-width.js';
import { addressCount } from '../../domain/address.js';

export interface PlanSummary {
  readonly networks: readonly string[];
  readonly shard?: string;
  readonly addresses: number;
  readonly excluded_addresses: number;
  readonly probes: readonly {
    readonly probe: string;
    readonly port: number;
    readonly packets: number;
    readonly payload_bytes: number;
    readonly wire_bytes: number;
    readonly requests_to_a_responder: number;
    readonly seconds_to_a_responder: number;
    readonly bursts?: readonly { readonly requests: number; readonly within_ms: number }[];
  }[];
  readonly retries: number;
  readonly packets: number;
  /** How many are asked, and with how many requests at most: each until it answers. */
  readonly canaries?: { readonly hosts: number; readonly requests: number };
  readonly rate_limit: number;
  readonly effective_rate: number;
  readonly seconds: number;
}

const HEADER = {
  en: ['probe', 'port', 'packets', 'payload bytes', 'wire bytes', 'to a responder', 'seconds'],
  ja: [
    'プローブ',
    'ポート',
    'パケット',
    'ペイロード（バイト）',
    '回線上（バイト）',
    '応答したホストへ',
    '秒',
  ],
};
const RIGHT: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6]);

/** What a scan would send, for a terminal. Ends with a line feed. */
export function describePlan(plan: PlanSummary, moreNetworks: number): Texts {
  const cells = plan.probes.map((row) =>
    [
      ...[row.probe, row.port, row.packets, row.payload_bytes, row.wire_bytes],
      ...[row.requests_to_a_responder, row.seconds_to_a_responder],
    ].map(String),
  );
  const before = targetLines(plan, moreNetworks);
  const after = sendingLines(plan);
  const text = (language: keyof Texts): string =>
    [
      ...before.map((line) => line[language]),
      '',
      ...alignedTable([HEADER[language], ...cells], RIGHT),
      '',
      ...after.map((line) => line[language]),
      '',
    ].join('\n');
  return { en: text('en'), ja: text('ja') };
}

function targetLines(
  { networks, shard, addresses, excluded_addresses: excluded }: PlanSummary,
  moreNetworks: number,
): readonly Texts[] {
  const shown = networks.join(', ');
  const [more, others] =
    moreNetworks > 0 ? [` and ${moreNetworks} more`, `、ほか${moreNetworks}件`] : ['', ''];
  const [part, ofShard] = shard === undefined ? ['', ''] : [`, shard ${shard}`, `、シャード${shard}`];
  return [
    {
      en: labelled('targets', `${addressCount(addresses)}${part}: ${shown}${more}`),
      ja: labelled('対象', `${addresses}アドレス${ofShard}：${shown}${others}`),
    },
    { en: labelled('excluded', addressCount(excluded)), ja: labelled('除外', `${excluded}アドレス`) },
  ];
}

function sendingLines(plan: PlanSummary): readonly Texts[] {
  const { packets, effective_rate: rate, rate_limit: limit, canaries } = plan;
  const takes = duration(plan.seconds);
  const again = retries(plan.retries);
  return [
    {
      en: labelled(
        'sweep',
        `at most ${packets} packets${again.en}, at ${rate} packets/s (limit ${limit}): about ${takes.en}`,
      ),
      ja: labelled(
        'スイープ',
        `最大${packets}パケット${again.ja}、毎秒${rate}パケット（上限${limit}）：約${takes.ja}`,
      ),
    },
    {
      en: labelled(
        'then',
        'the cooldown, and to each responder about as many requests more as the last columns say, in so many seconds at least',
      ),
      ja: labelled(
        'その後',
        '応答を待ち、応答した各ホストに、表の最後の2列の数ほどの要求を、少なくともその秒数をかけてさらに送ります',
      ),
    },
    ...(canaries === undefined
      ? []
      : [
          {
            en: labelled(
              'canaries',
              `${canaries.hosts}, asked until they answer: at most ${canaries.requests} requests more`,
            ),
            ja: labelled(
              'カナリア',
              `${canaries.hosts}件に、応答があるまで最大${canaries.requests}要求を送ります`,
            ),
          },
        ]),
    ...plan.probes.flatMap(({ probe, bursts = [] }) =>
      bursts.map(({ requests, within_ms }) => ({
        en: labelled(
          'burst',
          `${probe}: ${requests} requests within ${within_ms / 1000} s to each responder, beyond per_host`,
        ),
        ja: labelled(
          'バースト',
          `${probe}：応答した各ホストに、${within_ms / 1000}秒間に${requests}要求を、per_hostの上限を超えて送ります`,
        ),
      })),
    ),
  ];
}

const LABEL_COLUMNS = 11;

function labelled(label: string, text: string): string {
  return `${label}${' '.repeat(LABEL_COLUMNS - textWidth(label))}${text}`;
}

function retries(count: number): Texts {
  if (count === 0) return { en: '', ja: '' };
  return {
    en: ` (targets that do not answer are asked ${count === 1 ? 'once' : `${count} times`} more)`,
    ja: `（応答のない対象には、さらに${count}回送ります）`,
  };
}

function duration(seconds: number): Texts {
  if (seconds < 120) return { en: `${seconds} s`, ja: `${seconds}秒` };
  const [minutes, hours] = [Math.round(seconds / 60), (seconds / 3600).toFixed(1)];
  if (seconds < 7200) return { en: `${minutes} min`, ja: `${minutes}分` };
  return { en: `${hours} h`, ja: `${hours}時間` };
}
