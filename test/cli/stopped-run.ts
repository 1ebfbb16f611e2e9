import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { RunRecord } from '../../src/domain/run-record.js';

export interface RunResult {
  readonly findings: readonly Record<string, unknown>[];
  readonly responders: readonly unknown[];
}

/** Waits until a run has its first checkpoint: before that it has sent nothing. */
export async function begunRun(out: string): Promise<string> {
  for (let attempt = 0; attempt < 6000; attempt++) {
    const [name] = existsSync(out) ? readdirSync(out).filter((each) => !each.startsWith('.')) : [];
    if (name !== undefined && existsSync(join(out, name, 'checkpoint', 'state.json'))) return join(out, name);
    await setTimeout(10);
  }
  throw new Error(`no run has begun in ${out}`);
}

export function runOf(directory: string): RunRecord {
  return JSON.parse(readFileSync(join(directory, 'run.json'), 'utf8')) as RunRecord;
}

/** What must not depend on when a run was stopped: all columns but times and the name of the run. */
export function resultOf(directory: string): RunResult {
  const findings = readFileSync(join(directory, 'findings.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const columns = JSON.parse(line) as Record<string, unknown>;
      for (const name of ['timestamp', 'first_seen', 'last_seen', 'rtt_ms', 'scan_id', 'exchanges'])
        Reflect.deleteProperty(columns, name);
      return columns;
    });
  const responders = runOf(directory).probes.map(({ id, responders: count, exposures }) => [
    id,
    count,
    exposures,
  ]);
  return { findings, responders };
}
