import { join } from 'node:path';
import type { Prefix } from '../../src/domain/address.js';
import { runMeasured } from './measured-process.js';
import { openNeighbourhood, spreadOver } from './neighbourhood.js';
import type { Part, Verdict } from './part.js';
import type { Place } from './place.js';
import { partOf } from './place.js';
import type { NeighbourhoodScan, ScanChoices } from './scan-neighbourhood.js';
import { scanNeighbourhood } from './scan-neighbourhood.js';
import type { CheckpointCost, SweepAlone } from './sweep-alone.js';
import type { Cell } from './table.js';
import { median, megabytes, percent, table } from './table.js';

const PROBE = 'ntp-monlist';
const NO_LIMIT = 10_000_000;
const MOST_GROWTH_BYTES = 24e6;
const MOST_RETAINED_BYTES = 2e6;
const MOST_BYTES_A_RESPONDER = 1024;
const MOST_RESPONDERS = 100_000;

/** What addresses cost in memory, and what responders do. */
export const showGrowth: Part = {
  names: ['growth'],
  async run({ place, runs, note }) {
    const rows: Growth[] = [];
    for (const length of [24, 16, 12, 10]) {
      note(`growth: a /${length}`);
      rows.push(await grown({ place, runs }, partOf(place, length), 20, partOf(place, 24)));
    }
    for (const responders of [0, 600, 2000]) {
      note(`growth: ${responders} responders`);
      rows.push(await grown({ place, runs }, partOf(place, 16), responders));
    }
    const of = (name: string): Growth | undefined => rows.find((row) => row.prefix === name);
    const [small, large] = [of('/16'), of('/10')];
    const verdicts: Verdict[] = [];
    if (small !== undefined && large !== undefined) {
      const [peaks, retained] = [
        large.peakBytes - small.peakBytes,
        large.retainedBytes - small.retainedBytes,
      ];
      verdicts.push(
        {
          target: {
            en: 'the peak of a /10 less that of a /16 is at most 24 MB',
            ja: '/10 と /16 の最大メモリの差は 24 MB 以下',
          },
          met: peaks <= MOST_GROWTH_BYTES,
          seen: megabytes(peaks),
        },
        {
          target: {
            en: 'what a /10 retains less what a /16 retains is below 2 MB',
            ja: '/10 と /16 のスイープ後に残るメモリの差は 2 MB 未満',
          },
          met: retained < MOST_RETAINED_BYTES,
          seen: `${(retained / 1e6).toFixed(2)} MB`,
        },
      );
    }
    const [none, , many] = rows.slice(-3);
    if (none !== undefined && many !== undefined) {
      const each = (many.retainedBytes - none.retainedBytes) / many.responders;
      verdicts.push({
        target: {
          en: 'the ledger of the whole CLI holds at most 1 KB a responder at 2,000',
          ja: 'CLI 全体の台帳は、2,000 台のとき応答する 1 台あたり 1 KB 以下',
        },
        met: each <= MOST_BYTES_A_RESPONDER,
        seen: `${Math.round(each)} bytes`,
      });
    }
    const cells = rows.map((row): Cell[] => [
      row.prefix,
      row.addresses.toLocaleString('en'),
      row.responders.toLocaleString('en'),
      megabytes(row.peakBytes),
      `${(row.retainedBytes / 1e6).toFixed(1)} MB`,
      row.responders === 0 ? '–' : percent(row.recall),
    ]);
    const header: readonly Cell[] = [
      { en: 'targets', ja: '対象' },
      { en: 'addresses', ja: 'アドレス数' },
      { en: 'responders', ja: '応答するホスト' },
      { en: 'peak RSS', ja: '最大 RSS' },
      { en: 'heap after the sweep', ja: 'スイープ後のヒープ' },
      { en: 'found with exact bytes', ja: 'バイト数まで正確に発見' },
    ];
    return {
      verdicts,
      texts: {
        en: [
          `Growth: one probe, no limit, medians of ${runs} runs; the heap is what a forced collection leaves.`,
          table(header, cells),
        ],
        ja: [
          `増え方: プローブ 1 種、速度無制限、${runs} 回の中央値。ヒープは強制 GC 後の値。`,
          table(header, cells, { language: 'ja' }),
        ],
      },
    };
  },
};

/** The sweep stage alone, up to 100,000 responders, and what saving them takes. */
export const showLedger: Part = {
  names: ['ledger'],
  async run({ note }) {
    const rows: (SweepAlone & CheckpointCost)[] = [];
    for (const responders of [0, 1000, 10_000, MOST_RESPONDERS]) {
      note(`the sweep alone: ${responders} responders`);
      const script = join(import.meta.dirname, 'sweep-alone.js');
      const { stdout } = await runMeasured(script, ['13', `${responders}`]);
      rows.push(JSON.parse(stdout) as SweepAlone & CheckpointCost);
    }
    const [none, most] = [rows[0], rows.at(-1)];
    if (none === undefined || most === undefined) throw new RangeError('no rows');
    const eachOf = (row: SweepAlone): number => (row.retainedBytes - none.retainedBytes) / row.sightings;
    const cells = rows.map((row) => [
      row.sightings.toLocaleString('en'),
      `${(row.retainedBytes / 1e6).toFixed(1)} MB`,
      row.sightings === 0 ? '–' : `${Math.round(eachOf(row))}`,
      `${Math.round(row.ms)} ms`,
      `${(row.stateBytes / 1e6).toFixed(1)} MB`,
    ]);
    const header: readonly Cell[] = [
      { en: 'responders', ja: '応答するホスト' },
      { en: 'heap', ja: 'ヒープ' },
      { en: 'bytes each', ja: '1 台あたりバイト' },
      { en: 'a checkpoint takes', ja: 'チェックポイント 1 回' },
      { en: 'its size', ja: 'その大きさ' },
    ];
    return {
      texts: {
        en: ['The sweep stage alone, a /13 with dns-any:', table(header, cells, { texts: 0 })],
        ja: ['スイープ段階のみ、/13 と dns-any:', table(header, cells, { texts: 0, language: 'ja' })],
      },
      verdicts: [
        {
          target: {
            en: 'the ledger holds at most 1 KB a responder at 100,000, in the sweep alone',
            ja: 'スイープ単独の台帳は、100,000 台のとき応答する 1 台あたり 1 KB 以下',
          },
          met: most.sightings === MOST_RESPONDERS && eachOf(most) <= MOST_BYTES_A_RESPONDER,
          seen: `${Math.round(eachOf(most))} bytes; a checkpoint takes ${Math.round(most.ms)} ms and ${megabytes(most.stateBytes)}`,
        },
      ],
    };
  },
};

interface Growth {
  readonly prefix: string;
  readonly addresses: number;
  readonly responders: number;
  readonly peakBytes: number;
  readonly retainedBytes: number;
  readonly recall: number;
}

/** @param around where the responders are: the same ones in ever more addresses. */
async function grown(
  { place, runs }: { readonly place: Place; readonly runs: number },
  prefix: Prefix,
  responders: number,
  around = prefix,
): Promise<Growth> {
  const addresses = responders === 0 ? [] : spreadOver(around, responders);
  const neighbourhood = await openNeighbourhood(
    [{ probe: PROBE, responders: addresses.map((address) => ({ address, datagrams: 1 })) }],
    place.servers,
  );
  const choices: ScanChoices = { prefix, rate: NO_LIMIT, place };
  try {
    const scans: NeighbourhoodScan[] = [];
    for (let run = 0; run < runs; run++) scans.push(await scanNeighbourhood(neighbourhood, choices));
    // Apart from the others, for a forced collection lowers what follows.
    const collected = await scanNeighbourhood(neighbourhood, { ...choices, node: ['--expose-gc'] });
    return {
      prefix: `/${prefix.length}`,
      addresses: 2 ** (32 - prefix.length),
      responders,
      peakBytes: median(scans.map(({ peakRssBytes }) => peakRssBytes)),
      retainedBytes: collected.retainedBytes ?? NaN,
      recall: Math.min(...scans.map(({ exact }) => exact / responders)),
    };
  } finally {
    neighbourhood.close();
  }
}
