import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Texts } from '../../probes/probe.js';
import { PACER_TICK_MS } from '../../src/sweep/pacer.js';
import type { Prefix } from '../../src/domain/address.js';
import type { Neighbourhood, Responder, Service } from './neighbourhood.js';
import { mixed, openNeighbourhood, spreadOver } from './neighbourhood.js';
import type { OtherCommit } from './other-commit.js';
import type { Part, Verdict } from './part.js';
import type { Peer } from './peers.js';
import { installedPeers } from './peers.js';
import type { Place } from './place.js';
import { partOf } from './place.js';
import type { SendLoop } from './send-loop.js';
import { compileSendLoop } from './send-loop.js';
import type { Cell } from './table.js';
import { median, megabytes, percent, seconds, table, thousands } from './table.js';
import type { Row, Work } from './ways.js';
import { byAmpscope, byDgramLoop, byPeer, byPromises, bySendLoop } from './ways.js';

const RATE = 100_000;
/** One in a hundred of a /16. */
const RESPONDERS = 655;
/** The probe of every work of one probe: its one request is the same for all, and the peers know it. */
const PROBE = 'ntp-monlist';
const FOUR = ['chargen', 'dns-any', 'ntp-monlist', 'snmp-getbulk'] as const;
const PORTS = new Map([
  ['chargen', 19],
  ['dns-any', 53],
  ['ntp-monlist', 123],
  ['snmp-getbulk', 161],
]);
/** What Linux gives who does not ask for more: net.core.rmem_default. */
const SMALL_BUFFER = ['--receive-buffer', '212992'];
const MOST_RSS_BYTES = 120e6;
const LEAST_OF_BARE = 0.95;

/** Ampscope, a loop around `sendto` in C, a bare dgram loop, the obvious scanner, and the scanners of others. */
export const compareWays: Part = {
  names: ['speed', 'four', 'peers', 'heavy'],
  async run({ place, chosen, runs, note, beside }) {
    const rows: Row[] = [];
    const verdicts: Verdict[] = [];
    const loop = await compileSendLoop();
    if (loop === undefined) note('no `cc` here, so there is no yardstick in C');
    try {
      if (chosen.has('speed')) await compareSpeed({ place, runs, note, beside }, loop, rows, verdicts);
      if (chosen.has('four')) await fourProbes({ place, runs, note, beside }, rows, verdicts);
      if (chosen.has('peers')) await besidePeers({ place, runs, note }, rows, verdicts);
      if (chosen.has('heavy')) await heavyReplies({ place, runs, note }, rows, verdicts);
    } finally {
      await loop?.close();
    }
    const groups = [...new Set(rows.map(keyOf))].map((key) => rows.filter((row) => keyOf(row) === key));
    const yardstick = groups.find(([row]) => row?.way.en.startsWith('C,'));
    const cells = groups.map((group) => cellsOf(group, yardstick));
    return {
      verdicts,
      summary: summaryOf(rows),
      texts: {
        en: [
          `1 % of the addresses answer each probe, of which 90 % with 1 datagram, 9 % with 10 and 1 % with 100; heavy: all of them with 100. Medians of up to ${runs} runs, the worst of their recalls; one pass (\`--retries 0\`), a cooldown of 1 s.`,
          table(HEADER, cells, { texts: 3 }),
        ],
        ja: [
          `各プローブにアドレスの 1 % が応答(90 % は 1、9 % は 10、1 % は 100 データグラム。heavy は全台が 100)。最大 ${runs} 回の中央値、発見率は最悪値。1 パス(\`--retries 0\`)、クールダウン 1 秒。`,
          table(HEADER, cells, { language: 'ja', texts: 3 }),
        ],
      },
    };
  },
};

/** Whether the sweep keeps to what it is asked: with one thread, and with two where that one cannot. */
export const showRates: Part = {
  names: ['rates'],
  async run({ place, note }) {
    const rows: Held[] = [];
    for (const [asked, length] of [
      [1000, 20],
      [10_000, 17],
      [50_000, 14],
      [100_000, 13],
      // Two threads need some 0.1 s until what they run is compiled: that is a start, not a rate.
      [200_000, 10],
    ] as const) {
      note(`asked for ${asked} packets/s`);
      const plan = oneProbe(place, length, (prefix) => mixed(spreadOver(prefix, 40)));
      rows.push(...(await worked(place, plan, [(work) => heldRate(work, asked, note)])));
    }
    const list = (args: Readonly<Record<'two' | 'bare', (figure: string) => string>>): string =>
      rows
        .map(({ asked, length, share, instead }) => {
          const one = `${asked.toLocaleString('en')} (/${length}): ${share.toFixed(3)}`;
          if (instead === undefined) return one;
          return `${one} (${args.two(instead.share.toFixed(3))}; ${args.bare(thousands(instead.bare))})`;
        })
        .join(', ');
    const inEnglish = list({
      two: (share) => `${share} with \`--threads 2\``,
      bare: (rate) => `one thread of a bare dgram loop sends ${rate} there`,
    });
    const inJapanese = list({
      two: (share) => `\`--threads 2\` では ${share}`,
      bare: (rate) => `素の dgram ループの 1 スレッドは ${rate}`,
    });
    return {
      texts: {
        en: [`Of the asked rate, in packets/s over the whole sweep, one thread: ${inEnglish}.`],
        ja: [`指定した速度(パケット/秒)に対する、スイープ全体での実測比、1 スレッド: ${inJapanese}。`],
      },
      verdicts: [
        {
          target: {
            en: 'any asked rate up to 200,000 packets/s is held, 0.99 to 1.00 of it, with one thread, or with two where one thread of the bare dgram loop misses it too',
            ja: '200,000 パケット/秒までの指定速度を 0.99〜1.00 倍に保つ(素の dgram ループの 1 スレッドでも届かない速度は 2 スレッドで)',
          },
          met: rows.every(isHeldSomehow),
          seen: inEnglish,
        },
      ],
    };
  },
};

interface Held {
  readonly asked: number;
  /** Of the prefix that was swept. */
  readonly length: number;
  readonly packets: number;
  /** Of the asked rate, with one thread. */
  readonly share: number;
  /** Where it is not held: what one thread of the bare dgram loop sends, and the share with two threads. */
  readonly instead?: { readonly bare: number; readonly share: number };
}

async function heldRate(work: Work, asked: number, note: Bench['note']): Promise<Held> {
  const shareWith = async (args: readonly string[]): Promise<number> =>
    ((await byAmpscope(work, { rate: asked, args })).packetsPerSecond ?? NaN) / asked;
  const { length } = work.prefix;
  const one = { asked, length, packets: 2 ** (32 - length), share: await shareWith([]) };
  if (isHeld(one)) return one;
  note(`missed: ${one.share.toFixed(3)} of it; a bare dgram loop, and two threads`);
  const bare = (await byDgramLoop(work, 1)).packetsPerSecond ?? NaN;
  return { ...one, instead: { bare, share: await shareWith(['--threads', '2']) } };
}

function isHeldSomehow(row: Held): boolean {
  const { asked, instead } = row;
  return isHeld(row) || (instead !== undefined && instead.bare < asked && isHeld({ ...row, ...instead }));
}

/** A pacer may let out one tick's batch at once, so over a run of so many packets that is not above the rate. */
function isHeld({ asked, packets, share }: Pick<Held, 'asked' | 'packets' | 'share'>): boolean {
  const batch = (asked * PACER_TICK_MS) / 1000 + 1;
  return share >= 0.99 && share <= packets / (packets - batch);
}

interface Bench {
  readonly place: Place;
  readonly runs: number;
  readonly note: (text: string) => void;
  readonly beside?: OtherCommit | undefined;
}

/** A sweep of a /12, long enough that loading and warming up do not count. */
async function compareSpeed(
  { place, runs, note, beside }: Bench,
  loop: SendLoop | undefined,
  rows: Row[],
  verdicts: Verdict[],
): Promise<void> {
  const own: Row[] = [];
  const hasThreads = understandsThreads();
  await worked(
    place,
    oneProbe(place, 12, (prefix) => mixed(spreadOver(prefix, 100))),
    Array.from({ length: runs }, (_, run) => async (work: Work) => {
      note(`speed, run ${run + 1} of ${runs}`);
      if (loop !== undefined) own.push(await bySendLoop(work, loop));
      own.push(await byDgramLoop(work, 1));
      if (beside !== undefined) own.push(await byAmpscope(work, { rate: undefined, other: beside }));
      own.push(await byAmpscope(work, { rate: undefined }));
      own.push(await byDgramLoop(work, 2));
      if (hasThreads) own.push(await byAmpscope(work, { rate: undefined, args: ['--threads', '2'] }));
    }),
  );
  rows.push(...own);
  verdicts.push(...besideOther('/12', own, beside));
  const rateOf = (start: string): number =>
    median(own.filter(({ way }) => way.en === start).map(({ packetsPerSecond }) => packetsPerSecond ?? NaN));
  for (const [ours, bare] of [
    ['ampscope', 'bare dgram loop'],
    ...(hasThreads ? [['ampscope --threads 2', 'bare dgram loop, 2 threads'] as const] : []),
  ] as const) {
    const share = rateOf(ours) / rateOf(bare);
    verdicts.push({
      target: {
        en: `\`${ours}\` sends at least ${LEAST_OF_BARE} of what the ${bare} sends`,
        ja: `\`${ours}\` の送信は同じスレッド数の素の dgram ループの ${LEAST_OF_BARE} 倍以上`,
      },
      met: share >= LEAST_OF_BARE,
      seen: share.toFixed(2),
    });
  }
  if (loop === undefined) return;
  const c = rateOf('C, `sendto` each');
  for (const { threads, least } of [
    { threads: 1, least: 0.35 },
    { threads: 2, least: 0.5 },
  ]) {
    const target = {
      en: `with ${threads} thread${threads > 1 ? 's' : ''} at least ${least} of C, or the bare dgram loop misses it too`,
      ja: `${threads} スレッドで C の ${least} 倍以上(素の dgram ループも届かない場合を除く)`,
    };
    if (threads > 1 && !hasThreads) {
      verdicts.push({ target, met: false, seen: 'scan knows no --threads' });
      continue;
    }
    const ours = rateOf(threads === 1 ? 'ampscope' : 'ampscope --threads 2') / c;
    const bare = rateOf(threads === 1 ? 'bare dgram loop' : 'bare dgram loop, 2 threads') / c;
    verdicts.push({
      target,
      met: ours >= least || bare < least,
      seen: `${ours.toFixed(2)}; the bare loop ${bare.toFixed(2)}`,
    });
  }
}

async function fourProbes(
  { place, runs, note, beside }: Bench,
  rows: Row[],
  verdicts: Verdict[],
): Promise<void> {
  const prefix = partOf(place, 16);
  const services = FOUR.map((probe, index) =>
    serviceOf(place, probe, mixed(spreadOver(prefix, RESPONDERS, (index + 0.5) / FOUR.length))),
  );
  const name = { en: '/16 × 4 probes', ja: '/16 × 4 プローブ' };
  const all = await worked(
    place,
    { name, prefix, services },
    Array.from({ length: runs }, (_, run) => async (work: Work) => {
      note(`a /16 with four probes, run ${run + 1} of ${runs}`);
      const other = beside && (await byAmpscope(work, { rate: RATE, other: beside }));
      return [...(other ? [other] : []), await byAmpscope(work, { rate: RATE })];
    }),
  );
  rows.push(...all.flat());
  const own = all.flatMap((pair) => pair.at(-1) ?? []);
  verdicts.push(
    ...besideOther(name.en, all.flat(), beside),
    foundAll({ en: 'a /16 × 4 probes', ja: '/16 × 4 プローブ' }, own),
    {
      target: {
        en: 'a /16 × 4 probes: every datagram is counted',
        ja: '/16 × 4 プローブ: すべてのデータグラムを数える',
      },
      met: own.every(({ counted, sent }) => counted === sent),
      seen: own.map(({ counted, sent }) => `${String(counted)} of ${String(sent)}`).join(', '),
    },
    {
      target: {
        en: 'a /16 × 4 probes: the peak is at most 120 MB',
        ja: '/16 × 4 プローブ: 最大メモリは 120 MB 以下',
      },
      met: own.every(({ peakRssBytes }) => peakRssBytes <= MOST_RSS_BYTES),
      seen: own.map(({ peakRssBytes }) => megabytes(peakRssBytes)).join(', '),
    },
  );
}

/** Against another commit in the same runs: packets per second, responders found, peak RSS. */
function besideOther(work: string, rows: readonly Row[], other: OtherCommit | undefined): readonly Verdict[] {
  if (other === undefined) return [];
  const ratio = (of: (row: Row) => number): number => {
    const by = (way: string): number => median(rows.filter((row) => row.way.en === way).map(of));
    return by('ampscope') / by(other.commit);
  };
  const speed = ratio(({ packetsPerSecond = NaN }) => packetsPerSecond);
  const memory = ratio(({ peakRssBytes }) => peakRssBytes);
  const found = ratio((row) => row.found ?? NaN);
  return [
    {
      target: {
        en: `${work}: as fast as ${other.commit}, finding as many, in at most 0.8 of its memory`,
        ja: `${work}: ${other.commit} と同じ速さと発見数、メモリは 0.8 倍以下`,
      },
      met: speed >= 1 && found >= 1 && memory <= 0.8,
      seen: `${speed.toFixed(2)} of its packets/s, ${found.toFixed(2)} found, ${memory.toFixed(2)} of its memory`,
    },
  ];
}

async function besidePeers({ place, runs, note }: Bench, rows: Row[], verdicts: Verdict[]): Promise<void> {
  const work = oneProbe(place, 16, (prefix) => mixed(spreadOver(prefix, RESPONDERS)));
  const all = await worked<Row | undefined>(place, work, [
    ...rivals({ place, runs, note }, 'a /16', []),
    (of) => (note('a promise an address'), byPromises(of, 1000)),
    (of) => byPromises(of, 10_000),
    ...installedPeers()
      .filter(({ name }) => place.link !== undefined && name === 'nmap')
      .map((peer) => (of: Work) => attempted(of, peer, RATE, note)),
  ]);
  const own = all.flatMap((row) => row ?? []);
  rows.push(...own);
  verdicts.push(foundAll({ en: 'a /16', ja: '/16' }, own));
}

async function heavyReplies({ place, runs, note }: Bench, rows: Row[], verdicts: Verdict[]): Promise<void> {
  const work = oneProbe(place, 16, (prefix) =>
    spreadOver(prefix, RESPONDERS).map((address) => ({ address, datagrams: 100 })),
  );
  const all = await worked<Row | undefined>(
    place,
    { ...work, name: { en: '/16, heavy', ja: '/16、heavy' } },
    [
      ...rivals({ place, runs, note }, 'heavy', SMALL_BUFFER),
      (of) => (note('heavy: a promise an address'), byPromises(of, 10_000)),
    ],
  );
  const own = all.flatMap((row) => row ?? []);
  rows.push(...own);
  verdicts.push(
    foundAll(
      {
        en: 'heavy, 212,992 bytes of buffer, without root',
        ja: 'heavy、バッファー 212,992 バイト、root なし',
      },
      own,
    ),
  );
}

/** Ampscope, zmap and masscan, at 100,000 packets/s and as fast as they can, run by run. */
function rivals(
  { place, runs, note }: Bench,
  what: string,
  args: readonly string[],
): readonly ((work: Work) => Promise<Row | undefined>)[] {
  // They need raw sockets, and nothing of theirs may leave the bench.
  const peers = place.link === undefined ? [] : installedPeers().filter(({ name }) => name !== 'nmap');
  return Array.from({ length: runs }, (_, run) => [
    (work: Work) => (note(`${what}, run ${run + 1} of ${runs}`), byAmpscope(work, { rate: RATE, args })),
    (work: Work) => byAmpscope(work, { rate: undefined, args }),
    ...peers.flatMap((peer) => [
      (work: Work) => attempted(work, peer, RATE, note),
      (work: Work) => attempted(work, peer, undefined, note),
    ]),
  ]).flat();
}

/** A program of others that fails or never ends is left out, and that is said. */
async function attempted(
  work: Work,
  peer: Peer,
  rate: number | undefined,
  note: Bench['note'],
): Promise<Row | undefined> {
  note(`${peer.name}, ${rate === undefined ? 'no limit' : thousands(rate)}`);
  try {
    return await byPeer(work, peer, rate);
  } catch (error) {
    note(`left out: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function foundAll(what: Texts, rows: readonly Row[]): Verdict {
  const own = rows.filter(({ way }) => way.en.startsWith('ampscope'));
  return {
    target: {
      en: `${what.en}: every responder found, with every datagram and byte of its measurement`,
      ja: `${what.ja}: 応答するホストをすべて発見し、測定のデータグラムとバイトをすべて数える`,
    },
    met:
      own.length > 0 &&
      own.every(({ found, exact, responders }) => found === responders && exact === responders),
    seen: own
      .map(({ asked, found, exact, responders }) => {
        const pace = asked === undefined ? 'no limit' : thousands(asked);
        return `${pace} ${String(found)} and ${String(exact)} of ${responders}`;
      })
      .join(', '),
  };
}

interface Plan {
  readonly name: Texts;
  readonly prefix: Prefix;
  readonly services: readonly Service[];
}

function oneProbe(place: Place, length: number, responders: (prefix: Prefix) => readonly Responder[]): Plan {
  const prefix = partOf(place, length);
  const name = `/${length}`;
  return { name: { en: name, ja: name }, prefix, services: [serviceOf(place, PROBE, responders(prefix))] };
}

function serviceOf(place: Place, probe: string, responders: readonly Responder[]): Service {
  // On loopback another program may have the port.
  return { probe, port: place.name === 'namespaces' ? PORTS.get(probe) : undefined, responders };
}

/** Opens the neighbourhood of a plan and does these things in it, one after the other. */
async function worked<T>(
  place: Place,
  { services, ...plan }: Plan,
  ways: readonly ((work: Work) => Promise<T>)[],
): Promise<readonly T[]> {
  const neighbourhood: Neighbourhood = await openNeighbourhood(services, place.servers);
  try {
    const results: T[] = [];
    for (const way of ways) results.push(await way({ ...plan, place, neighbourhood }));
    return results;
  } finally {
    neighbourhood.close();
  }
}

function understandsThreads(): boolean {
  const cli = join(import.meta.dirname, '..', '..', 'src', 'cli.js');
  return spawnSync(process.execPath, [cli, 'scan', '--help'], { encoding: 'utf8' }).stdout.includes(
    '--threads',
  );
}

const HEADER: readonly Cell[] = [
  { en: 'work', ja: '対象' },
  { en: 'way', ja: '方式' },
  { en: 'asked', ja: '指定' },
  { en: 'packets/s', ja: 'パケット/秒' },
  { en: 'of C', ja: 'C 比' },
  { en: 'wall', ja: '時間' },
  { en: 'recall', ja: '発見率' },
  { en: 'exact bytes', ja: 'バイト数が正確' },
  { en: 'datagrams counted', ja: '数えたデータグラム' },
  { en: 'peak RSS', ja: '最大 RSS' },
  { en: 'CPU', ja: 'CPU' },
];

const SUMMARY_HEADER: readonly Cell[] = [
  { en: 'as fast as it can', ja: '速度無制限' },
  { en: 'packets/s, of C', ja: 'パケット/秒、C 比' },
  { en: 'found', ja: '発見率' },
  { en: 'exact bytes', ja: 'バイト数が正確' },
  { en: 'found, heavy', ja: '発見率、heavy' },
  { en: 'exact bytes, heavy', ja: 'バイト数が正確、heavy' },
];

/** The ways of the short table, each with the work that its speed is of; what is found of heavy replies stands beside. */
const SUMMARY: readonly (readonly [way: string, work: string])[] = [
  ['ampscope', '/16'],
  ['ampscope --threads 2', '/12'],
  ['zmap', '/16'],
  ['masscan', '/16'],
  ['one promise an address, 10,000 at once', '/16'],
];

/** Five rows of ratios: speed against the loop in C, and what was found. Undefined where there is no yardstick. */
export function summaryOf(rows: readonly Row[]): Texts | undefined {
  const ofC = rows
    .filter(({ way }) => way.en.startsWith('C,'))
    .flatMap(({ packetsPerSecond }) => packetsPerSecond ?? []);
  if (ofC.length === 0) return undefined;
  const unlimited = rows.filter(({ asked }) => asked === undefined);
  const lines = SUMMARY.flatMap(([name, work]): readonly (readonly Cell[])[] => {
    const own = unlimited.filter((row) => row.way.en === name && row.work.en === work);
    const [row] = own;
    if (row === undefined) return [];
    const heavy = unlimited.filter(
      ({ way, work: { en } }) =>
        en === '/16, heavy' && (way.en === name || way.en === [name, ...SMALL_BUFFER].join(' ')),
    );
    const speeds = own.flatMap(({ packetsPerSecond }) => packetsPerSecond ?? []);
    return [
      [
        { en: `${name} (${work})`, ja: `${row.way.ja} (${work})` },
        speeds.length === 0 ? '–' : (median(speeds) / median(ofC)).toPrecision(2),
        worstShare(own, ({ found }) => found),
        worstShare(own, ({ exact }) => exact),
        worstShare(heavy, ({ found }) => found),
        worstShare(heavy, ({ exact }) => exact),
      ],
    ];
  });
  return {
    en: table(SUMMARY_HEADER, lines),
    ja: table(SUMMARY_HEADER, lines, { language: 'ja' }),
  };
}

/** The worst of these runs, as a share of the responders. */
function worstShare(rows: readonly Row[], of: (row: Row) => number | undefined): string {
  const shares = rows.flatMap((row) => {
    const value = of(row);
    return value === undefined ? [] : value / row.responders;
  });
  return shares.length === 0 ? '–' : percent(Math.min(...shares));
}

function keyOf({ work, way, asked }: Row): string {
  return `${work.en} ${way.en} ${asked ?? ''}`;
}

/** @param yardstick the rows of the loop in C; absent where there is none. */
function cellsOf(rows: readonly Row[], yardstick: readonly Row[] | undefined): readonly Cell[] {
  const [row] = rows;
  if (row === undefined) return [];
  const figure = (
    of: (values: readonly number[]) => number,
    pick: (row: Row) => number | undefined,
    show: (value: number) => string,
  ): string => {
    const values = rows.flatMap((one) => pick(one) ?? []);
    return values.length === 0 ? '–' : show(of(values));
  };
  const worst = (values: readonly number[]): number => Math.min(...values);
  const rate = ({ packetsPerSecond }: Row): number | undefined => packetsPerSecond;
  const ofC = median((yardstick ?? []).flatMap((one) => rate(one) ?? []).concat(yardstick ? [] : [NaN]));
  return [
    row.work,
    row.way,
    row.asked === undefined ? { en: 'no limit', ja: '無制限' } : thousands(row.asked),
    figure(median, rate, thousands),
    figure(median, rate, (value) => (Number.isNaN(ofC) ? '–' : (value / ofC).toPrecision(2))),
    figure(median, ({ wallMs }) => wallMs / 1000, seconds),
    figure(worst, ({ found, responders }) => found && found / responders, percent),
    figure(
      worst,
      ({ exact }) => exact,
      (exact) => `${exact} / ${row.responders}`,
    ),
    figure(worst, ({ counted, sent }) => counted && sent && counted / sent, percent),
    figure(median, ({ peakRssBytes }) => peakRssBytes, megabytes),
    figure(median, ({ cpuSeconds }) => cpuSeconds, seconds),
  ];
}
