/** The permissions of a folder whose files have these: a reader of the files may list them. 0640 → 0750. */
export function folderMode(fileMode: number): number {
  return fileMode | ((fileMode & 0o444) >> 2);
}

/** Reports are lists of weak hosts: for their owner alone, unless the user says otherwise. */
export const PRIVATE_FILE = 0o600;

/** `0640`, as run.json has it. */
export function parseFileMode(text: string): number | undefined {
  return /^0?[0-7]{3}$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

export function formatFileMode(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
