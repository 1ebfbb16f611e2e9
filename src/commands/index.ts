import type { Command } from './command.js';

/** A command as the list of all commands shows it; the rest is loaded when it is to run. */
export interface CommandEntry {
  /** One line, as a sentence without a full stop. */
  readonly describe: string;
  readonly load: () => Promise<Command>;
}

/** By name, in the order in which a newcomer needs them. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  init: {
    describe: 'Write a commented scope file to fill in',
    load: async () => (await import('./init.js')).init,
  },
  plan: {
    describe: 'Show what a scan would send: packets, bytes, time; sends nothing',
    load: async () => (await import('./plan.js')).plan,
  },
  doctor: {
    describe: 'Check this machine for a scan: route, buffers, limits, disk; sends nothing',
    load: async () => (await import('./doctor.js')).doctor,
  },
  scan: {
    describe: 'Find and measure the reflectors in your scope, and write the reports',
    load: async () => (await import('./scan.js')).scan,
  },
  inspect: {
    describe: 'Ask one host, and show every datagram field by field; writes no files',
    load: async () => (await import('./inspect.js')).inspect,
  },
  report: {
    describe: "Render a run's reports again, in place; its letters stay as they are",
    load: async () => (await import('./report.js')).report,
  },
  history: {
    describe: 'Show what all runs know of a host, a network or an AS',
    load: async () => (await import('./history.js')).history,
  },
  diff: {
    describe: 'Show what differs between two runs',
    load: async () => (await import('./diff.js')).diff,
  },
  merge: {
    describe: 'Make one run of the runs of scan --shard, with reports of its own',
    load: async () => (await import('./merge.js')).merge,
  },
  config: {
    describe: 'Show the settings and where each comes from, check a settings file, print its schema',
    load: async () => (await import('./config.js')).config,
  },
  probes: {
    describe: 'List the probes, or show one with its request, risk and remedy',
    load: async () => (await import('./probes.js')).probes,
  },
  attribution: {
    describe: 'Write the text of /.well-known/probing.txt (RFC 9511) from the scope',
    load: async () => (await import('./attribution.js')).attribution,
  },
  lab: {
    describe: 'Start reflectors on loopback to try the scanner on, until stopped',
    load: async () => (await import('./lab.js')).lab,
  },
  demo: {
    describe: 'Start the lab, scan it, and write its reports',
    load: async () => (await import('./demo.js')).demo,
  },
};
