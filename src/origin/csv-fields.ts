/**
 * The fields of one line of CSV (RFC 4180 §2): commas between them, double quotes around those that hold commas
 * or quotes, a quote doubled inside. Undefined where a quoted field does not end, or does not end at a comma.
 */
export function csvFields(line: string): readonly string[] | undefined {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  // One field and what ends it. Sticky: each match begins where the last one ended.
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  for (;;) {
    const match = field.exec(line);
    if (!match) return undefined;
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '') return fields;
  }
}
