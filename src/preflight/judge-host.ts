import { join } from 'node:path';
import { formatInstant } from '../domain/time.js';
import type { Check } from './check.js';
import type { HostFacts, PlannedScan } from './facts.js';

/** This program is younger; a clock that was never set says 1970 or the day its board was made. */
const FIRST_SANE_YEAR = 2025;
const LAST_SANE_YEAR = 2099;
const DAY_MS = 86_400_000;
/** A run of a /16 with a thousand findings takes about 10 MB. */
const LEAST_FREE_BYTES = 100_000_000;
/** Files, pipes and the runtime's own. */
export const OTHER_FILES = 64;

/** Reports carry times, and the authorisation has a last day. */
export function judgeClock({ validUntilEnd }: PlannedScan, { now, clockSynchronised }: HostFacts): Check {
  const name = 'clock';
  const year = new Date(now).getUTCFullYear();
  const shown = `it is ${formatInstant(now)}`;
  const hint = 'set it: "timedatectl set-ntp true", or "date -u -s 2027-01-31T12:00:00"';
  if (year < FIRST_SANE_YEAR || year > LAST_SANE_YEAR)
    return {
      name,
      status: 'problem',
      finding: `${shown}, which cannot be: whether the authorisation still holds is not known`,
      hint,
    };
  const days = Math.floor((validUntilEnd - now) / DAY_MS);
  const left = days <= 0 ? 'the authorisation ends today' : `the authorisation holds ${days} more days`;
  if (clockSynchronised === false)
    return {
      name,
      status: 'warning',
      reason: { code: 'clock-not-synchronised' },
      finding: `${shown}, and no time service has set it; ${left}`,
      hint,
    };
  const set =
    clockSynchronised === true ? 'set by a time service' : 'whether a time service sets it is not told';
  return { name, status: 'ok', finding: `${shown}, ${set}; ${left}` };
}

/** A run that could not write its reports would be for nothing. */
export function judgeOut(_planned: PlannedScan, { out }: HostFacts): Check {
  const name = 'reports';
  if (out.latestIsTaken === true)
    return {
      name,
      status: 'problem',
      finding: `${join(out.folder, 'latest')}: is there, and is no link to the newest run`,
      hint: 'move away what has that name, or name another folder with --out',
    };
  if (out.error === undefined) return { name, status: 'ok', finding: `${out.folder} can be written` };
  return {
    name,
    status: 'problem',
    finding: `${out.folder}: cannot hold a run's directory: ${out.error}`,
    hint: 'name a folder that you may write to with --out',
  };
}

export function judgeDisk(_planned: PlannedScan, { out: { folder, freeBytes } }: HostFacts): Check {
  const name = 'free disk';
  if (freeBytes === undefined)
    return {
      name,
      status: 'unknown',
      reason: { code: 'disk-not-told', data: { folder } },
      finding: `how much is free for ${folder} is not told`,
    };
  const free = Math.floor(freeBytes / 1_000_000);
  const finding = `${free} MB free for ${folder}`;
  if (freeBytes >= LEAST_FREE_BYTES) return { name, status: 'ok', finding };
  return {
    name,
    status: 'warning',
    reason: { code: 'disk-low', data: { folder, free_mb: free } },
    finding,
    hint: 'make room, or name a folder on another disk with --out',
  };
}

/** Each responder being measured has a socket of its own. */
export function judgeOpenFiles({ parallel, sweepSockets }: PlannedScan, { openFiles }: HostFacts): Check {
  const name = 'open files';
  const needed = parallel + sweepSockets + OTHER_FILES;
  if (openFiles === undefined)
    return {
      name,
      status: 'unknown',
      reason: { code: 'open-files-not-told', data: { needed } },
      finding: `${needed} are needed; the limit is not told`,
    };
  const finding = `at most ${openFiles}, and --parallel ${parallel} needs about ${needed}`;
  if (openFiles >= needed) return { name, status: 'ok', finding };
  const fewer = Math.max(1, openFiles - sweepSockets - OTHER_FILES);
  return {
    name,
    status: 'warning',
    reason: { code: 'open-files-few', data: { most: openFiles, needed } },
    finding,
    hint: `ulimit -n ${needed}, or --parallel ${fewer}`,
  };
}
