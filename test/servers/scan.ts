import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { assertNeverBlocked, watchEventLoop } from '../event-loop/watch.js';
import { assertOutputsFit } from '../reports/run-outputs.js';
import type { Namespace } from './namespace.js';

export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Built beside the tests. */
const CLI = join(import.meta.dirname, '..', '..', 'src', 'cli.js');
/** Only against one that never ends: the scan of all servers grows with each probe, and the machine may be busy. */
const LIMIT_MS = 400_000;

/**
 * Runs the built command inside a namespace.
 * @throws AssertionError when its event loop stood still for too long, whatever it did.
 */
export async function runCli(namespace: Namespace, cwd: string, args: readonly string[]): Promise<CliResult> {
  const { result, longest } = await watchEventLoop((environment) =>
    start(namespace, { cwd, env: { ...process.env, ...environment } }, args),
  );
  assertNeverBlocked(longest, args.join(' '));
  return result;
}

function start(
  { enter }: Namespace,
  place: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  args: readonly string[],
): Promise<CliResult> {
  const [program, ...rest] = enter;
  return new Promise((resolve, reject) => {
    const options = { ...place, timeout: LIMIT_MS, maxBuffer: 16 * 1024 * 1024 };
    execFile(program, [...rest, process.execPath, CLI, ...args], options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : error.code;
      if (error?.killed === true) reject(new Error(`not done after ${LIMIT_MS} ms: ${stderr}`));
      else if (typeof exitCode === 'number') resolve({ exitCode, stdout, stderr });
      else reject(new Error(`the command was ended: ${stderr}`, { cause: error }));
    });
  });
}

/** What the comparison with a capture reads of findings.jsonl: see docs/report-format.md. */
export type FindingRecord = z.output<typeof findingRecord>;
export type ExchangeRecord = z.output<typeof exchangeRecord>;
export type RunFile = z.output<typeof runFile>;

const exchangeRecord = z.looseObject({
  form: z.string(),
  purpose: z.string(),
  seen_in: z.enum(['measurement', 'sweep']),
  request: z.string(),
  request_size: z.number(),
  request_wire_bytes: z.number(),
  /** Absent where the sweep asked more than once and cannot tell which request was answered. */
  requested_at: z.iso.datetime().optional(),
  datagrams: z.number(),
  response_size: z.number(),
  sizes: z.array(z.number()).optional(),
  ip_packets: z.number(),
  wire_bytes: z.number(),
  rtt_ms: z.number().optional(),
  replies_from: z.string().optional(),
  replies_port: z.number().optional(),
  listened_ms: z.number().optional(),
  asked_back: z.looseObject({ datagrams: z.number(), bytes: z.number() }).optional(),
  elsewhere: z
    .looseObject({ datagrams: z.number(), bytes: z.number(), addresses: z.number().optional() })
    .optional(),
  reported: z.boolean().optional(),
});

const findingRecord = z.looseObject({
  ip: z.string(),
  port: z.number(),
  probed_port: z.number(),
  probe: z.string(),
  report: z.string(),
  severity: z.string(),
  basis: z.string(),
  request_size: z.number(),
  response_size: z.number(),
  packets: z.number(),
  amplification: z.number(),
  packet_amplification: z.number(),
  wire_amplification: z.number(),
  tag: z.string().optional(),
  exchanges: z.array(exchangeRecord),
});

const runFile = z.looseObject({
  complete: z.boolean(),
  probes: z.array(
    z.looseObject({
      id: z.string(),
      port: z.number(),
      sent: z.number(),
      not_exposed: z.record(z.string(), z.number()),
    }),
  ),
  counts: z.looseObject({
    sweep_packets: z.number(),
    measurement_requests: z.number(),
    farewells: z.number().optional(),
    findings: z.number(),
    received_datagrams: z.number(),
    received_bytes: z.number(),
  }),
  losses: z.looseObject({
    any: z.boolean(),
    send_errors: z.array(
      z.looseObject({
        code: z.string(),
        count: z.number(),
        meaning: z.string(),
        addresses: z.array(z.string()),
      }),
    ),
  }),
});

/** The reports of the latest complete run under a folder. */
export function readRun(out: string): { readonly findings: readonly FindingRecord[]; readonly run: RunFile } {
  assertOutputsFit(out);
  const text = (file: string): string => readFileSync(join(out, 'latest', file), 'utf8');
  const lines = text('findings.jsonl').split('\n').filter(Boolean);
  return {
    findings: lines.map((line) => findingRecord.parse(JSON.parse(line))),
    run: runFile.parse(JSON.parse(text('run.json'))),
  };
}
