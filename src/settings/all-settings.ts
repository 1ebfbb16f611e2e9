import * as z from 'zod';
import { probes } from '../../probes/list.js';
import { LANGUAGES } from '../../probes/probe.js';
import { formatFileMode, parseFileMode, PRIVATE_FILE } from '../archive/file-modes.js';
import { SEVERITIES, SEVERITY_THRESHOLDS } from '../domain/finding.js';
import { parseAddress } from '../domain/address.js';
import { UsageError } from '../domain/usage-error.js';
import { givenRange } from '../scope/parse-range.js';
import { quote } from '../scope/quote.js';
import { MOST_PER_SECOND } from '../scope/scope-schema.js';
import type { Shard } from '../sweep/shard.js';
import { keyOf } from './names.js';
import { ABOUT, duration, list, number, onOff, text, whole, word } from './setting.js';

const MOST_SHARDS = 1000;

/** What `--probe` takes beside the ids of the probes. */
export const PROBE_GROUPS = ['default', 'shadowserver', 'games', 'industrial', 'all'] as const;

/** The options that the probes declare; several probes may share one. */
const PROBE_OPTIONS: object = Object.fromEntries(
  probes
    .flatMap(({ options }) => options ?? [])
    .map(({ flag, describe }) => [
      keyOf(flag),
      onOff().register(ABOUT, { group: 'Probes', description: describe.en }),
    ]),
);

/**
 * Every setting of every command, declared once: key in ampscope.yaml, and by it flag and environment variable;
 * shape, bounds, default, and what is told of it. Commands pick theirs. Durations are milliseconds, sizes bytes.
 */
export const ALL_SETTINGS = z.strictObject({
  scope: text().prefault('scope.yaml').register(ABOUT, {
    group: 'Scope',
    description: 'What you may probe',
    path: 'always',
  }),
  targets: text().optional().register(ABOUT, {
    group: 'Scope',
    description: 'One address or prefix a line; - is stdin',
    example: 'targets.txt',
    path: 'always',
  }),
  exclude: list(word(exclusion)).register(ABOUT, {
    group: 'Scope',
    description: 'Never probe this address, prefix or @FILE of them (repeatable)',
    example: '192.0.2.7',
    path: 'after @',
  }),
  probe: list(z.enum([...PROBE_GROUPS, ...probes.map(({ id }) => id)], { error: 'is not a probe' })).register(
    ABOUT,
    {
      group: 'Probes',
      description: 'An id of ampscope probes, default, shadowserver, games, industrial or all (repeatable)',
      example: 'default',
      otherwise: 'the group default',
    },
  ),
  port: list(word(probePort)).check(eachOnce).register(ABOUT, {
    group: 'Probes',
    description: 'PROBE=PORT, for another port (repeatable)',
    example: 'dns-any=5353',
  }),
  ...PROBE_OPTIONS,
  source: word(localAddress).optional().register(ABOUT, {
    group: 'Probes',
    description: 'Send from this local address',
    example: '192.0.2.250',
  }),
  rate: number(1, MOST_PER_SECOND).optional().register(ABOUT, {
    group: 'Pace',
    description: "Packets per second, up to the scope's limit",
    example: '500',
  }),
  retries: whole(0, 10).prefault(1).register(ABOUT, {
    group: 'Pace',
    description: 'Ask targets that did not answer so many times more',
  }),
  parallel: whole(1, 10_000).optional().register(ABOUT, {
    group: 'Pace',
    description: 'Responders measured at once, at most',
    example: '128',
    otherwise: 'what descriptors and memory allow',
  }),
  cooldown: duration('10m').prefault('8s').register(ABOUT, {
    group: 'Pace',
    description: 'Wait for late replies this long',
  }),
  // Below the shortest cap of an exchange, or every answer would be called capped.
  quiet_gap: duration('20s').optional().register(ABOUT, {
    group: 'Pace',
    description: 'Silence after which an answer is over, or 2.5 x its longest interval',
    example: '2s',
    otherwise: "the probe's, 2s",
  }),
  first_reply: duration('60s').optional().register(ABOUT, {
    group: 'Pace',
    description: 'How long the first datagram of an answer may take',
    example: '12s',
    otherwise: '3s more than in the sweep, 5s to 15s',
  }),
  longest_exchange: duration('10m').optional().register(ABOUT, {
    group: 'Pace',
    description: 'Listen to an answer no longer than this',
    example: '30s',
    otherwise: "the probe's, 90s",
  }),
  form_gap: duration('10m').prefault('2s').register(ABOUT, {
    group: 'Pace',
    description: 'At least this long between two requests to one host',
  }),
  stretch: duration('24h').prefault('15m').register(ABOUT, {
    group: 'Pace',
    description: 'Sweep no longer than this before measuring what answered',
  }),
  // Each sends as much as a core can; more than 16 of them no network card of an ordinary machine takes.
  threads: whole(1, 16).prefault(1).register(ABOUT, {
    group: 'Pace',
    description: 'Threads that sweep: 2 send more than one core can',
  }),
  // From what Linux gives at least (socket(7)) to far more than any system does.
  receive_buffer: whole(2048, 2 ** 31 - 1)
    .prefault(64 * 2 ** 20)
    .register(ABOUT, {
      group: 'Pace',
      description: 'Bytes to ask of the system for each socket',
      otherwise: '64 MiB',
    }),
  seed: text().optional().register(ABOUT, {
    group: 'Pace',
    description: 'Fixes the order of the sweep',
    example: 'spring-2027',
    otherwise: 'drawn',
  }),
  shard: word(shard).optional().register(ABOUT, {
    group: 'Pace',
    description: 'I/N: only this part of the subnets, at 1/N of the rate (needs --seed)',
    example: '1/4',
  }),
  asn_map: list(text()).register(ABOUT, {
    group: 'Output',
    description: 'ASNs the scope does not name: CSV, pfx2as, ip2asn, .mmdb (repeatable)',
    example: 'asn.csv',
    path: 'always',
  }),
  checkpoint: duration('10m').prefault('5s').register(ABOUT, {
    group: 'Output',
    description: 'Save this often what --resume needs',
  }),
  resume: text().optional().register(ABOUT, {
    group: 'Output',
    description: 'Go on with the stopped run in this directory, with its own settings',
    example: 'exposure/2026-11-20T030000Z',
    path: 'always',
  }),
  even_though_newer: onOff().register(ABOUT, {
    group: 'Output',
    description: 'Resume although newer runs are there',
  }),
  make_usual: onOff().register(ABOUT, {
    group: 'Output',
    description: 'Be the usual run, though it asks less than before',
  }),
  out: text().prefault('exposure').register(ABOUT, {
    group: 'Output',
    description: 'The folder of the runs and their reports',
    path: 'always',
  }),
  file_mode: word(reportMode).prefault(formatFileMode(PRIVATE_FILE)).register(ABOUT, {
    group: 'Output',
    description: 'Mode of the files',
  }),
  // Below 2 the rule calls nothing an amplifier; no factor is as large as the most.
  severity_critical: number(2, 1_000_000).prefault(SEVERITY_THRESHOLDS.critical).register(ABOUT, {
    group: 'Output',
    description: 'Factor on the wire from which a finding is critical',
    example: '50',
  }),
  severity_high: number(2, 1_000_000).prefault(SEVERITY_THRESHOLDS.high).register(ABOUT, {
    group: 'Output',
    description: 'Factor on the wire from which it is at least high',
    example: '20',
  }),
  bom: onOff().register(ABOUT, {
    group: 'Output',
    description: 'Begin CSV files with a byte order mark, for Excel',
  }),
  profile: z.enum(['excel'], { error: 'is not a profile' }).optional().register(ABOUT, {
    group: 'Output',
    description: 'excel: CSV files with --bom, and times that a spreadsheet reads',
    example: 'excel',
  }),
  fixed_after_silent_runs: whole(1, 52).prefault(2).register(ABOUT, {
    group: 'Output',
    description: 'Silence in so many runs in a row that proved their path is a fix',
  }),
  fail_on: severity().register(ABOUT, {
    group: 'Output',
    description: `Exit with 3 on findings of this severity or worse: ${SEVERITIES.join(', ')}`,
  }),
  fail_on_new: severity().register(ABOUT, {
    group: 'Output',
    description: 'The same, on findings that are new or reopened',
  }),
  notices: z
    .enum(['new', 'changed', 'all'], { error: 'is not a choice of letters' })
    .optional()
    .register(ABOUT, {
      group: 'Notices',
      description: 'Who gets a letter: new findings, changed ones, or all',
      otherwise: 'all',
    }),
  notice_format: z.enum(['text', 'eml'], { error: 'is not a format of notices' }).optional().register(ABOUT, {
    group: 'Notices',
    description: 'text, or eml for drafts of mails beside',
    otherwise: 'text',
  }),
  notice_templates: text().optional().register(ABOUT, {
    group: 'Notices',
    description: 'Folder with notice.en.txt and notice.ja.txt of your own',
    example: 'letters',
    path: 'always',
  }),
  all: onOff().register(ABOUT, {
    group: 'Output',
    description: 'Every datagram of a long answer, every byte',
  }),
  host: word(hostName).optional().register(ABOUT, {
    group: 'Output',
    description: 'Name of the scanner in reverse DNS: gives the line Canonical',
    example: 'scanner.example.net',
  }),
  lang: z
    .enum(LANGUAGES, { error: 'is not a language' })
    .prefault('en')
    .register(ABOUT, {
      group: 'Output',
      description: `${LANGUAGES.join(' or ')}: of what is printed as the result`,
    }),
  schema: onOff().register(ABOUT, {
    group: 'Output',
    description: 'Print the JSON Schema of the scope file instead',
  }),
  base_port: whole(1024, 60_000).prefault(10_000).register(ABOUT, {
    group: 'Lab',
    description: "Added to each probe's port, so that root is not needed",
  }),
  scope_file: text().prefault('lab-scope.yaml').register(ABOUT, {
    group: 'Lab',
    description: 'Write the scope of the lab here',
    path: 'always',
  }),
  json: onOff().register(ABOUT, { group: 'Output', description: 'Print the result as JSON' }),
  quiet: onOff().register(ABOUT, {
    group: 'Output',
    description: 'Errors only, and the summary where something changed or was lost',
  }),
});

/** What the settings say, once they are read. */
export type Settings = z.output<typeof ALL_SETTINGS>;

/** The options that probes declare, to pick. */
export const PROBE_SWITCHES: object = Object.fromEntries(
  Object.keys(PROBE_OPTIONS).map((key) => [key, true]),
);

/** What is asked where, and at what rate: what a plan needs. */
export const TARGET_SETTINGS = {
  scope: true,
  targets: true,
  exclude: true,
  probe: true,
  port: true,
  ...PROBE_SWITCHES,
  rate: true,
  retries: true,
} as const;

/** What a scan may be told: it stands in the checkpoint, from which `--resume` reads it. */
export const SCAN_SETTINGS = ALL_SETTINGS.pick({
  ...TARGET_SETTINGS,
  source: true,
  parallel: true,
  cooldown: true,
  quiet_gap: true,
  first_reply: true,
  longest_exchange: true,
  form_gap: true,
  stretch: true,
  threads: true,
  receive_buffer: true,
  seed: true,
  shard: true,
  asn_map: true,
  checkpoint: true,
  resume: true,
  even_though_newer: true,
  make_usual: true,
  out: true,
  file_mode: true,
  notices: true,
  notice_format: true,
  notice_templates: true,
  severity_critical: true,
  severity_high: true,
  bom: true,
  profile: true,
  fixed_after_silent_runs: true,
  fail_on: true,
  fail_on_new: true,
  lang: true,
  json: true,
  quiet: true,
}).check(needsSeed, severitiesInOrder);
export type ScanSettings = z.output<typeof SCAN_SETTINGS>;

/** By key, for whatever goes through all of them. */
export const SETTINGS_BY_KEY: Readonly<Record<string, z.ZodType>> = ALL_SETTINGS.shape;

/** Shards are parts of one order, which needs a seed that all of them share. */
export function needsSeed({ value, issues }: z.core.ParsePayload<Pick<Settings, 'shard' | 'seed'>>): void {
  if (value.shard === undefined || value.seed !== undefined) return;
  issues.push({
    code: 'custom',
    message: 'a shard needs a seed',
    params: { hint: 'give each shard the same one: --seed spring-2027' },
    path: ['shard'],
    input: value,
  });
}

/** What is critical is high too. */
export function severitiesInOrder({
  value,
  issues,
}: z.core.ParsePayload<Pick<Settings, 'severity_critical' | 'severity_high'>>): void {
  if (value.severity_critical >= value.severity_high) return;
  issues.push({
    code: 'custom',
    message: `${value.severity_critical} for critical is less than ${value.severity_high} for high`,
    params: { hint: 'give both, the factor of critical no smaller than that of high' },
    // Both: the place is that of the one that was given.
    path: ['severity_critical', 'severity_high'],
    input: value,
  });
}

function severity() {
  return z.enum(SEVERITIES, { error: 'is not a severity' }).optional();
}

/** A list of them is read when the scope is. */
function exclusion(written: string): string {
  if (!written.startsWith('@')) givenRange(written);
  return written;
}

function probePort(written: string): readonly [id: string, port: number] {
  const [, id = '', digits = ''] = /^([^=]+)=(\d+)$/.exec(written) ?? [];
  if (id === '')
    throw new UsageError(`${quote(written)} is not PROBE=PORT`, 'write for example dns-any=5353');
  if (!probes.some((probe) => probe.id === id))
    throw new UsageError(`${quote(id)} is not a probe`, `write one of ${probes.map((p) => p.id).join(', ')}`);
  const port = Number(digits);
  if (port < 1 || port > 65_535)
    throw new UsageError(`${digits} is not a UDP port`, `write for example ${id}=5353`);
  return [id, port];
}

function eachOnce({ value, issues }: z.core.ParsePayload<readonly (readonly [string, number])[]>): void {
  const ids = value.map(([id]) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice === undefined) return;
  const params = { hint: 'give each probe one port' };
  issues.push({ code: 'custom', message: `${twice} is given a port twice`, params, input: value });
}

function localAddress(written: string): string {
  if (parseAddress(written) !== undefined) return written;
  throw new UsageError(
    `${quote(written)} is not an address`,
    'name one address of this machine, as "ip address" lists them, without a prefix length or a zone',
  );
}

function shard(written: string): Shard {
  const [, index = '', of = ''] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(written) ?? [];
  const read = { index: Number(index), of: Number(of) };
  if (index !== '' && read.index <= read.of && read.of <= MOST_SHARDS) return read;
  throw new UsageError(
    `${quote(written)} is not a shard`,
    `write I/N, with I from 1 to N and N at most ${MOST_SHARDS}, for example 1/4`,
  );
}

/** The owner must be able to read the reports, and others never write them: they are lists of weak hosts. */
function reportMode(written: string): number {
  const mode = parseFileMode(written);
  if (mode !== undefined && (mode & 0o600) === 0o600 && (mode & 0o133) === 0) return mode;
  throw new UsageError(`${quote(written)} is not a mode for reports`, 'write 0600, 0640 or 0644');
}

const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

function hostName(written: string): string {
  if (HOST.test(written)) return written;
  throw new UsageError(
    `${quote(written)} is not a host name`,
    'write the name alone, for example scanner.example.net',
  );
}
