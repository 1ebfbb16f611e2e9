import { readFile } from 'node:fs/promises';

/** A process, so that neither a later one with its number nor one after a restart is taken for it. */
export interface Owner {
  readonly pid: number;
  readonly boot_id: string;
  /** When it started, in clock ticks since the boot: proc(5), field 22 of /proc/[pid]/stat. */
  readonly start_ticks: string;
}

/** Undefined where the system does not tell. */
export function ownerOfThisProcess(): Promise<Owner | undefined> {
  return ownerOf(process.pid);
}

/** Whether that very process is still there. */
export async function isAlive(owner: Owner): Promise<boolean> {
  const now = await ownerOf(owner.pid);
  return now !== undefined && now.boot_id === owner.boot_id && now.start_ticks === owner.start_ticks;
}

async function ownerOf(pid: number): Promise<Owner | undefined> {
  try {
    const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name of the program stands in parentheses and may hold anything: the fields are counted behind it.
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = rest[18];
    if (ticks === undefined || state === 'Z') return undefined;
    return { pid, boot_id: bootId, start_ticks: ticks };
  } catch {
    return undefined;
  }
}
