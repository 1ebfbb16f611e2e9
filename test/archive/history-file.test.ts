import assert from 'node:assert/strict';
import {
  createWriteStream,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createGzip, gunzipSync, gzipSync } from 'node:zlib';
import type { TrendPoint } from '../../src/domain/run-record.js';
import {
  HistoryDamaged,
  beginHistory,
  historyPath,
  readHistory,
  takeIn,
} from '../../src/archive/history-file.js';
import type { ExposureHistory } from '../../src/history/exposure-history.js';
import type { Outcome } from '../../src/history/remembered.js';
import { remembered } from '../../src/history/remembered.js';
import { historyRow, REACHES, timeOfRun } from '../history/history-row.js';
import { repositoryRoot } from '../repository.js';

const MODE = { mode: 0o640 };

describe('the history of an --out', () => {
  let out = '';
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), 'ampscope-history-'));
  });
  afterEach(() => {
    rmSync(out, { recursive: true });
  });

  it('holds after each run what the outcomes make of it, the untouched as they were, and the runs in order', async () => {
    await beginHistory(out, MODE);
    const lives = new Map<string, ExposureHistory | undefined>();
    for (const [i, outcomes] of [
      [seen(1, 0), seen(2, 0), seen(3, 0)],
      [seen(1, 1), fixed(2, 1)],
      [seen(2, 2), seen(4, 2), unknown(1, 2)],
    ].entries()) {
      await takeIn(out, runOf(i), outcomes, MODE);
      for (const outcome of outcomes) {
        const id = outcome.row.finding_id;
        lives.set(id, remembered(lives.get(id), outcome));
      }
      assert.deepEqual(sorted(await all(out)), sorted([...lives.values()].flatMap((life) => life ?? [])));
    }
    assert.deepEqual((await readHistory(out, 'all', () => undefined)).runs, [runOf(0), runOf(1), runOf(2)]);
    assert.equal(statSync(historyPath(out)).mode & 0o777, 0o640);
    assert.deepEqual(readdirSync(out), ['history.jsonl.gz']);
  });

  it('reads what the first version wrote: its state for silence along with others is no run that counts', async () => {
    const exposure = remembered(undefined, seen(1, 0)) ?? assert.fail();
    const lines = [
      { format: 1, runs: [runOf(0)] },
      { ...exposure, state: 'silent' },
    ];
    writeFileSync(historyPath(out), gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
    assert.deepEqual(await all(out), sorted([{ ...exposure, state: 'open', silent: { runs: 0 } }]));
    assert.equal((await readHistory(out, 'open', () => undefined)).responders, undefined);
    await takeIn(out, runOf(1), [fixed(1, 1)], MODE);
    const [after] = await all(out);
    assert.equal(after?.state, 'fixed');
  });

  it('reads what the first version wrote', async () => {
    const lines = readFileSync(join(repositoryRoot, 'test/golden/first-version/history.jsonl'), 'utf8');
    writeFileSync(historyPath(out), gzipSync(lines));
    const exposures = await all(out);
    assert.equal(exposures.length, 11);
    assert.ok(exposures.every(({ state, last }) => state === 'open' && last !== undefined));
    assert.equal((await readHistory(out, 'open', () => undefined)).runs.length, 2);
  });

  it('names the key that makes a line none of its own', async () => {
    await beginHistory(out, MODE);
    await takeIn(out, runOf(0), [seen(1, 0)], MODE);
    const text = gunzipSync(readFileSync(historyPath(out))).toString();
    for (const [change, says] of [
      [text.replace('"state":"open"', '"state":"shut"'), /no exposure: "state" is "shut", not open or fixed/],
      [text.replace(/"scan_id":"run 0"/, '"scan_id":0'), /its first line: "runs\.0\.scan_id" is no text$/],
      [text.replace('"format":1', '"format":2'), /its first line: "format" is 2, not 1$/],
      [
        text.replace(/"last":(.*)"finding_id":"f-./, '"last":$1"finding_id":"f-x'),
        /"last\.finding_id" is no finding_id$/,
      ],
    ] as const) {
      assert.notEqual(change, text);
      writeFileSync(historyPath(out), gzipSync(change));
      await assert.rejects(all(out), { message: says });
    }
  });

  it('keeps the known responders beside the runs, and hands them to the function that changes them', async () => {
    await beginHistory(out, MODE);
    const ntp = { asked: 'question 1', addresses: ['192.0.2.1'], silent: [] };
    await takeIn(out, runOf(0), [], { ...MODE, responders: () => ({ ntp }) });
    await takeIn(out, runOf(1), [], {
      ...MODE,
      responders: (known) => ({ ...known, dns: { ...ntp, addresses: ['192.0.2.2'] } }),
    });
    await takeIn(out, runOf(2), [], MODE);
    const { responders } = await readHistory(out, 'open', () => undefined);
    assert.deepEqual(responders, { ntp, dns: { ...ntp, addresses: ['192.0.2.2'] } });
  });

  it('hands out with the open ones what was fixed while no whole run tells of it, with its row until one does', async () => {
    await beginHistory(out, MODE);
    const open = async (): Promise<readonly unknown[]> => {
      const found: ExposureHistory[] = [];
      await readHistory(out, 'open', (exposure) => found.push(exposure));
      return found.map(({ ip, state, untold, last }) => [ip, state, untold, last?.ip]);
    };
    await takeIn(out, runOf(0), [seen(1, 0), seen(2, 0)], MODE);
    await takeIn(out, runOf(1), [{ ...fixed(1, 1), reach: REACHES.partial }, fixed(2, 1)], MODE);
    assert.deepEqual(await open(), [['10.0.0.1', 'fixed', 'fixed', '10.0.0.1']]);
    await takeIn(out, runOf(2), [fixed(1, 2)], MODE);
    assert.deepEqual(await open(), []);
    const [told] = await all(out);
    assert.deepEqual(
      [told?.changes.map(({ status }) => status), told?.last, told?.untold],
      [['new', 'fixed'], undefined, undefined],
    );
  });

  it('takes a run in once, whatever is handed in the second time', async () => {
    await beginHistory(out, MODE);
    for (const outcomes of [[seen(1, 0)], [seen(1, 0), seen(2, 0)]])
      await takeIn(out, runOf(0), outcomes, MODE);
    assert.deepEqual(
      (await all(out)).map(({ ip, times_seen }) => [ip, times_seen]),
      [['10.0.0.1', 1]],
    );
  });

  it('is damaged where a line is JSON and no exposure, one that was fixed too', async () => {
    const odd = JSON.stringify({ ...remembered(undefined, seen(2, 0)), untold: 'persisting' });
    for (const line of ['{"finding_id":"abc","runs":null}', '{"state":"fixed"}', odd, 'null', '[]']) {
      await beginHistory(out, MODE);
      await takeIn(out, runOf(0), [seen(1, 0)], MODE);
      const text = gunzipSync(readFileSync(historyPath(out))).toString();
      writeFileSync(historyPath(out), gzipSync(`${text}${line}\n`));
      for (const wanted of ['all', 'open'] as const)
        await assert.rejects(
          readHistory(out, wanted, () => undefined),
          HistoryDamaged,
        );
    }
  });

  it('is damaged, within a second, where 1.5 GB come without a line end', async () => {
    const zeros = Buffer.alloc(2 ** 20);
    const packed = createGzip({ level: 1 });
    const written = pipeline(
      (function* () {
        for (let i = 0; i < 1536; i++) yield zeros;
      })(),
      packed,
      createWriteStream(historyPath(out)),
    );
    await written;
    const begun = process.cpuUsage();
    await assert.rejects(
      readHistory(out, 'open', () => undefined),
      { message: 'a line is longer than 16 MiB' },
    );
    const { user, system } = process.cpuUsage(begun);
    assert.ok(user + system < 1e6, `${user + system} µs of CPU`);
  });

  it('is damaged, and says so, when it is missing, empty, cut short, or something else', async () => {
    const path = historyPath(out);
    const isDamaged = async (): Promise<void> => {
      await assert.rejects(all(out), HistoryDamaged);
      await assert.rejects(
        readHistory(out, 'open', () => undefined),
        HistoryDamaged,
      );
      await assert.rejects(takeIn(out, runOf(1), [seen(1, 1)], MODE), HistoryDamaged);
    };
    await isDamaged();
    writeFileSync(path, '');
    await isDamaged();
    writeFileSync(path, 'not gzip');
    await isDamaged();
    await beginHistory(out, MODE);
    assert.equal(readFileSync(`${path}.damaged`, 'utf8'), 'not gzip');
    rmSync(`${path}.damaged`);
    await takeIn(out, runOf(0), [seen(1, 0), seen(2, 0)], MODE);
    truncateSync(path, statSync(path).size - 9);
    await isDamaged();
    // A history that cannot be read is left as it was, and no half of a new one beside it.
    assert.deepEqual(readdirSync(out), ['history.jsonl.gz']);
  });
});

async function all(out: string): Promise<readonly ExposureHistory[]> {
  const found: ExposureHistory[] = [];
  await readHistory(out, 'all', (exposure) => found.push(exposure));
  return found;
}

function sorted(histories: readonly ExposureHistory[]): readonly ExposureHistory[] {
  // Through JSON, which knows no undefined.
  return (JSON.parse(JSON.stringify(histories)) as ExposureHistory[]).sort((a, b) =>
    a.finding_id < b.finding_id ? -1 : 1,
  );
}

function runOf(index: number): TrendPoint {
  return {
    scan_id: `run ${index}`,
    at: timeOfRun(index),
    statuses: { double: { new: index } },
  };
}

function seen(host: number, run: number): Outcome {
  const row = { ...historyRow(host, run), as_name: '例示ネットワーク “ü”' };
  return { status: 'persisting', row, asked: 'question', reach: REACHES.whole, run: runOf(run) };
}

function fixed(host: number, run: number): Outcome {
  return { ...seen(host, run), status: 'fixed', evidence: 'closed' };
}

function unknown(host: number, run: number): Outcome {
  return { ...seen(host, run), status: 'unknown', doubt: 'losses' };
}
