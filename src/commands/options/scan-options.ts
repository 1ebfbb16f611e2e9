import type { Options } from 'yargs';
import { SEVERITIES } from '../../domain/finding.js';
import { NOTICE_OPTIONS } from './notice-options.js';
import { DEFAULT_PROBES, PROBE_FLAGS } from './select-probes.js';
import { DEFAULTS } from './scan-defaults.js';
import { SEVERITY_OPTIONS } from './severity-options.js';

const seconds = (ms: number): string => `${ms / 1000}s`;

/** The options that say what is scanned: `scan` and `plan` share them. */
export const TARGET_OPTIONS = {
  scope: {
    group: 'Scope:',
    type: 'string',
    requiresArg: true,
    describe: 'What you may probe (default ./scope.yaml)',
  },
  targets: {
    group: 'Scope:',
    type: 'string',
    requiresArg: true,
    describe: 'One address or prefix a line; - is stdin',
  },
  exclude: {
    group: 'Scope:',
    type: 'string',
    requiresArg: true,
    describe: 'Never probe this address, prefix or @FILE of them (repeatable)',
  },
  probe: {
    group: 'Probes:',
    type: 'string',
    requiresArg: true,
    describe: `An id of ampscope probes, default or all (repeatable; default: ${DEFAULT_PROBES.join(', ')})`,
  },
  port: {
    group: 'Probes:',
    type: 'string',
    requiresArg: true,
    describe: 'PROBE=PORT, for another port (repeatable)',
  },
  ...PROBE_FLAGS,
  rate: {
    group: 'Pace:',
    type: 'string',
    requiresArg: true,
    describe: "Packets per second, up to the scope's limit",
  },
  retries: {
    group: 'Pace:',
    type: 'string',
    requiresArg: true,
    describe: `Ask who did not answer so many times more (default ${DEFAULTS.retries})`,
  },
} as const satisfies Record<string, Options>;

export const SCAN_OPTIONS = {
  ...TARGET_OPTIONS,
  source: { group: 'Probes:', type: 'string', requiresArg: true, describe: 'Send from this local address' },
  parallel: {
    group: 'Pace:',
    type: 'string',
    requiresArg: true,
    describe: `Responders measured at once (default ${DEFAULTS.parallel})`,
  },
  cooldown: {
    group: 'Pace:',
    type: 'string',
    requiresArg: true,
    describe: `Wait for late replies this long (default ${seconds(DEFAULTS.cooldownMs)})`,
  },
  'quiet-gap': {
    group: 'Pace:',
    type: 'string',
    requiresArg: true,
    describe: "Silence that ends an exchange (default: the probe's, 2s)",
  },
  'form-gap': {
    group: 'Pace:',
    type: 'string',
    requiresArg: true,
    describe: `Between requests to one responder (default ${seconds(DEFAULTS.formGapMs)})`,
  },
  stretch: {
    group: 'Pace:',
    type: 'string',
    requiresArg: true,
    describe: `Pause a long sweep this often to measure (default ${DEFAULTS.stretchMs / 60_000}m)`,
  },
  threads: {
    group: 'Pace:',
    type: 'string',
    requiresArg: true,
    describe: `Threads that sweep: 2 send more than one core can (default ${DEFAULTS.threads})`,
  },
  'receive-buffer': {
    group: 'Pace:',
    type: 'string',
    requiresArg: true,
    describe: `Bytes to ask of the system for each socket (default ${DEFAULTS.receiveBufferBytes / 2 ** 20} MiB)`,
  },
  seed: {
    group: 'Pace:',
    type: 'string',
    requiresArg: true,
    describe: 'Fixes the order of the sweep (default: drawn)',
  },
  shard: {
    group: 'Pace:',
    type: 'string',
    requiresArg: true,
    describe: 'I/N: only this part of the subnets, at 1/N of the rate (needs --seed)',
  },
  'asn-map': {
    group: 'Output:',
    type: 'string',
    requiresArg: true,
    describe: 'ASNs the scope does not name: CSV, pfx2as, ip2asn or .mmdb (repeatable)',
  },
  checkpoint: {
    group: 'Output:',
    type: 'string',
    requiresArg: true,
    describe: `Save this often what --resume needs (default ${seconds(DEFAULTS.checkpointMs)})`,
  },
  resume: {
    group: 'Output:',
    type: 'string',
    requiresArg: true,
    describe: 'Go on with the stopped run in this directory, with its own settings',
  },
  out: {
    group: 'Output:',
    type: 'string',
    requiresArg: true,
    describe: `Reports go here (default ./${DEFAULTS.out})`,
  },
  'file-mode': {
    group: 'Output:',
    type: 'string',
    requiresArg: true,
    describe: `Mode of the files (default ${DEFAULTS.fileMode.toString(8).padStart(4, '0')})`,
  },
  ...NOTICE_OPTIONS,
  ...SEVERITY_OPTIONS,
  bom: { group: 'Output:', type: 'boolean', describe: 'Begin CSV files with a byte order mark, for Excel' },
  profile: {
    group: 'Output:',
    type: 'string',
    requiresArg: true,
    describe: 'excel: CSV files with --bom, and times that a spreadsheet reads as such',
  },
  'fail-on': {
    group: 'Output:',
    type: 'string',
    requiresArg: true,
    describe: `Exit with 3 on findings of this severity or worse: ${SEVERITIES.join(', ')}`,
  },
  'fail-on-new': {
    group: 'Output:',
    type: 'string',
    requiresArg: true,
    describe: 'The same, on findings that are new or reopened',
  },
  json: { group: 'Output:', type: 'boolean', describe: 'Print the summary as JSON' },
  quiet: { group: 'Output:', type: 'boolean', describe: 'Errors and the summary only' },
} as const satisfies Record<string, Options>;
