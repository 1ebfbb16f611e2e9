/** The permissions of a folder whose files have these: whoever reads them may also look. 0640 → 0750. */
export function folderMode(fileMode: number): number {
  return fileMode | ((fileMode & 0o444) >> 2);
}

/** `0640`, as run.json has it. */
export function parseFileMode(text: string): number | undefined {
  return /^0?[0-7]{3}$/.test(text) ? Number.parseInt(text, 8) : undefined;
}
