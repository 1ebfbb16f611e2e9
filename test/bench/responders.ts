import { loadavg } from 'node:os';
import type { Texts } from '../../probes/probe.js';
import type { Prefix } from '../../src/domain/address.js';
import { ipv4, lastOf } from '../../src/domain/address.js';
import type { Service } from './neighbourhood.js';
import { openNeighbourhood, spreadOver } from './neighbourhood.js';
import type { OtherCommit } from './other-commit.js';
import type { Part, Verdict } from './part.js';
import type { Place } from './place.js';
import { partOf } from './place.js';
import type { NeighbourhoodScan, ScanChoices } from './scan-neighbourhood.js';
import { scanNeighbourhood } from './scan-neighbourhood.js';
import type { Cell } from './table.js';
import { megabytes, percent, seconds, table } from './table.js';

/** What a user has who sets nothing, but for the rate. */
const USUAL = {
  limits: 'per_subnet: 200, per_host: 1, reply_bandwidth: 20M',
  waits: { cooldown: '2s', formGap: '2s', quietGap: '2s' },
};
const RAISED = { ...USUAL, limits: 'per_subnet: 10000, per_host: 1, reply_bandwidth: 10G' };

/** A network with many responders, and what is promised of its measuring. */
interface Task {
  readonly name: Texts;
  readonly choices: ScanChoices;
  readonly services: readonly Service[];
  /** Of the other commit's measuring time at most. */
  readonly mostTime?: number;
  /** Of its peak RSS at most. */
  readonly mostMemory: number;
  /** How long the measuring may take, of what the limits allow. */
  readonly mostOfLimits?: number;
  /** Too long for each run: with the other commit only where it is asked for by name. */
  readonly isLong?: boolean;
}

/** Networks with many responders: how fast the measurements go, within which memory. */
export const showResponders: Part = {
  names: ['responders', 'responders-20000'],
  async run({ place, chosen, runs, note, beside }) {
    const rows: Cell[][] = [];
    const verdicts: Verdict[] = [];
    const tasks = tasksIn(place).filter(({ isLong = false }) =>
      chosen.has(isLong ? 'responders-20000' : 'responders'),
    );
    for (const task of tasks) {
      const neighbourhood = await openNeighbourhood(task.services, place.servers);
      const scan = async (other?: OtherCommit): Promise<NeighbourhoodScan> => {
        note(`responders: ${task.name.en}, by ${other?.commit ?? 'ampscope'}`);
        const result = await scanNeighbourhood(neighbourhood, {
          ...task.choices,
          place,
          ...(other && { cli: other.cli }),
        });
        rows.push(rowOf(task, other?.commit ?? 'ampscope', result));
        return result;
      };
      try {
        for (let run = 0; run < (task.isLong === true ? 1 : runs); run++) {
          const before = beside && (await scan(beside));
          verdicts.push(...judge(task, await scan(), before));
        }
      } finally {
        neighbourhood.close();
      }
    }
    return {
      verdicts,
      texts: {
        en: [
          'Many responders, one datagram each; what the limits allow: the larger of requests / rate and the longest chain of one host.',
          table(HEADER, rows, { texts: 2 }),
        ],
        ja: [
          '応答するホストが多数の場合(各 1 データグラム)。上限が許す時間は、リクエスト数 / 速度と、1 台の最長の連続測定の大きい方。',
          table(HEADER, rows, { language: 'ja', texts: 2 }),
        ],
      },
    };
  },
};

function tasksIn(place: Place): readonly Task[] {
  const [small, middle, large] = [partOf(place, 20), partOf(place, 18), partOf(place, 16)];
  return [
    {
      name: { en: '/18, one probe', ja: '/18、プローブ 1 種' },
      services: [service('ntp-monlist', spreadOver(middle, 4156))],
      choices: { ...USUAL, prefix: middle, rate: 1000 },
      mostTime: 1 / 10,
      mostMemory: 1,
    },
    {
      name: { en: '/20, six probes', ja: '/20、プローブ 6 種' },
      services: servers(small, 2037 / 6 / 4096),
      choices: { ...USUAL, prefix: small, rate: 1000 },
      mostTime: 1 / 4,
      mostMemory: 1.2,
    },
    {
      name: { en: '/16, six probes', ja: '/16、プローブ 6 種' },
      services: servers(large, 0.05),
      choices: { ...RAISED, prefix: large, rate: 10_000 },
      mostMemory: 1.2,
      mostOfLimits: 1.25,
      isLong: true,
    },
  ];
}

/** Servers that the six default probes find, of each kind the same share of a prefix, independent of the others. */
function servers(prefix: Prefix, share: number): readonly Service[] {
  return [
    service('chargen', scattered(prefix, share, 1)),
    service('dns-any', scattered(prefix, share, 2), ['dns-resolver']),
    service('ntp-monlist', scattered(prefix, share, 3), ['ntp-readvar']),
    service('snmp-getbulk', scattered(prefix, share, 4)),
  ];
}

function service(probe: string, addresses: readonly number[], also: readonly string[] = []): Service {
  const responders = addresses.map((address) => ({ address: ipv4(address), datagrams: 1 }));
  return { probe, responders, also };
}

/** The same for the same number, and for another number another share: a hash of the address (splitmix32). */
function scattered(prefix: Prefix, share: number, number: number): readonly number[] {
  const first = Number(prefix.first);
  const all = Array.from({ length: Number(lastOf(prefix)) - first + 1 }, (_, i) => first + i);
  return all.filter((address) => {
    let mixed = address ^ Math.imul(number, 0x9e37_79b9);
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0_aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32 < share;
  });
}

function expected({ services }: Task): number {
  return services.reduce((sum, { responders, also = [] }) => sum + responders.length * (1 + also.length), 0);
}

function judge(
  task: Task,
  scan: NeighbourhoodScan,
  before: NeighbourhoodScan | undefined,
): readonly Verdict[] {
  const { name, mostTime, mostMemory, mostOfLimits, choices } = task;
  const verdicts: Verdict[] = [
    {
      target: {
        en: `${name.en}: every responder found, with every datagram and byte, and nothing dropped`,
        ja: `${name.ja}: 応答するホストをすべて発見し、データグラムとバイトをすべて数え、取りこぼさない`,
      },
      met: scan.found === expected(task) && scan.exact === scan.found && dropsOf(scan) === 0,
      seen: `${scan.found} and ${scan.exact} of ${expected(task)}, ${dropsOf(scan)} dropped`,
    },
  ];
  if (mostOfLimits !== undefined) {
    const allowed = allowedSeconds(scan, choices.rate);
    verdicts.push({
      target: {
        en: `${name.en}: measured within ${mostOfLimits} of what the limits allow`,
        ja: `${name.ja}: 上限が許す時間の ${mostOfLimits} 倍以内に測定`,
      },
      met: scan.measuringSeconds <= mostOfLimits * allowed,
      seen: (scan.measuringSeconds / allowed).toFixed(2),
    });
  }
  if (before === undefined) return verdicts;
  const ratio = (of: (one: NeighbourhoodScan) => number): number => of(scan) / of(before);
  const time = ratio(({ measuringSeconds }) => measuringSeconds);
  const memory = ratio(({ peakRssBytes }) => peakRssBytes);
  if (mostTime !== undefined)
    verdicts.push({
      target: {
        en: `${name.en}: measured in ${mostTime} of the other commit's time`,
        ja: `${name.ja}: 測定時間は比較対象の ${mostTime} 倍以下`,
      },
      met: time <= mostTime,
      seen: time.toFixed(3),
    });
  verdicts.push({
    target: {
      en: `${name.en}: at most ${mostMemory} of the other commit's peak RSS`,
      ja: `${name.ja}: 最大 RSS は比較対象の ${mostMemory} 倍以下`,
    },
    met: memory <= mostMemory,
    seen: memory.toFixed(2),
  });
  return verdicts;
}

/** The larger of requests / rate and the longest chain of exchanges with one host, each as long as it listened. */
function allowedSeconds({ run, longestChainSeconds }: NeighbourhoodScan, rate: number): number {
  return Math.max(run.counts.measurement_requests / rate, longestChainSeconds);
}

function dropsOf({ run }: NeighbourhoodScan): number {
  const { sweep_socket_drops: inSweep = 0, measurement_socket_drops: alone = 0 } = run.losses;
  return inSweep + alone;
}

function rowOf({ name }: Task, by: string, scan: NeighbourhoodScan): Cell[] {
  return [
    name,
    by,
    `${scan.found}`,
    seconds(scan.measuringSeconds),
    `${Math.round(scan.found / scan.measuringSeconds)}`,
    percent(scan.exact / scan.found),
    megabytes(scan.peakRssBytes),
    seconds(scan.cpuSeconds),
    (loadavg()[0] ?? 0).toFixed(1),
  ];
}

const HEADER: readonly Cell[] = [
  { en: 'network', ja: 'ネットワーク' },
  { en: 'by', ja: '実行' },
  { en: 'found', ja: '発見' },
  { en: 'measuring', ja: '測定' },
  { en: 'a second', ja: '毎秒' },
  { en: 'exact', ja: '正確' },
  { en: 'peak RSS', ja: '最大 RSS' },
  { en: 'CPU', ja: 'CPU' },
  { en: 'load', ja: '負荷' },
];
