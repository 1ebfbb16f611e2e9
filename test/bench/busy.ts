import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Neighbourhood } from './neighbourhood.js';
import type { OtherCommit } from './other-commit.js';
import type { Part } from './part.js';
import type { Place } from './place.js';
import { partOf } from './place.js';
import type { Arrivals } from './receiver-process.js';
import { scanNeighbourhood } from './scan-neighbourhood.js';
import type { Cell } from './table.js';
import { table } from './table.js';

/** Packets per second, and the length of a prefix that lasts some 15 s at it. */
const RATES = [
  [1000, 18],
  [10_000, 15],
] as const;
const PROBE = 'ntp-monlist';
const PORT = 123;
const MOST_OFF = 0.01;

/** Whether the sweep keeps to the asked rate while every core is busy with something else. */
export const showBusy: Part = {
  names: ['busy'],
  async run({ place, note, beside }) {
    const receiver = await openReceiver(place);
    const others = Array.from({ length: availableParallelism() }, () =>
      spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
    );
    const rows: Cell[][] = [];
    const scan = async (asked: number, length: number, other?: OtherCommit): Promise<number> => {
      const way = other?.commit ?? 'ampscope';
      note(`${asked} packets/s beside ${others.length} busy loops, by ${way}`);
      const choices = { prefix: partOf(place, length), rate: asked, place };
      await scanNeighbourhood(receiver, { ...choices, ...(other && { cli: other.cli }) });
      const { datagrams, milliseconds } = await receiver.takeArrivals();
      const share = (datagrams - 1) / (milliseconds / 1000) / asked;
      rows.push([way, asked.toLocaleString('en'), share.toFixed(3)]);
      return share;
    };
    const shares: number[] = [];
    try {
      for (const [asked, length] of RATES) {
        if (beside !== undefined) await scan(asked, length, beside);
        shares.push(await scan(asked, length));
      }
    } finally {
      for (const other of others) other.kill('SIGKILL');
      receiver.close();
    }
    return {
      texts: {
        en: [
          `While ${others.length} endless loops keep every core busy, at the receiving server:`,
          table(HEADER, rows, { texts: 1 }),
        ],
        ja: [
          `${others.length} 個の無限ループで全コアを使用中の、受信サーバー側での実測:`,
          table(HEADER, rows, { language: 'ja', texts: 1 }),
        ],
      },
      verdicts: [
        {
          target: {
            en: 'the asked rate is held within 1 % while every core is busy with something else',
            ja: '全コアがほかの処理で使用中でも、指定速度との差は 1 % 以内',
          },
          met: shares.every((share) => Math.abs(share - 1) <= MOST_OFF),
          seen: shares.map((share) => share.toFixed(3)).join(', '),
        },
      ],
    };
  },
};

/** A server that answers nothing and notes what arrives, whatever the address it was sent to. */
async function openReceiver(place: Place): Promise<Neighbourhood & { takeArrivals(): Promise<Arrivals> }> {
  const [execPath, ...execArgv] = [...place.servers, process.execPath];
  const wanted = place.name === 'namespaces' ? PORT : 0;
  const child = fork(join(import.meta.dirname, 'receiver-process.js'), [`${wanted}`], { execPath, execArgv });
  const [port] = (await once(child, 'message')) as [number];
  return {
    services: [{ probe: PROBE, responders: [] }],
    portOf: () => port,
    takeCounts: () => Promise.resolve([]),
    async takeArrivals() {
      const answer = once(child, 'message');
      child.send('take');
      return ((await answer) as [Arrivals])[0];
    },
    close() {
      child.kill();
    },
  };
}

const HEADER: readonly Cell[] = [
  { en: 'way', ja: '方式' },
  { en: 'asked, packets/s', ja: '指定(パケット/秒)' },
  { en: 'sent, of asked', ja: '実測 / 指定' },
];
