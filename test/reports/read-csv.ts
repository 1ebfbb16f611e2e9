/**
 * A reader of RFC 4180 in its own words, to check our writer by: it knows nothing of csv-stringify. Strict: CRLF
 * ends a record, and a quote stands at the ends of a field or doubled within quotes.
 */
export function readCsv(text: string): string[][] {
  const records: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const record: string[] = [];
    for (;;) {
      let field = '';
      if (text[at] === '"') {
        for (at++; ;) {
          const end = text.indexOf('"', at);
          if (end < 0) throw new Error(`a quoted field does not end, from ${at}`);
          field += text.slice(at, end);
          at = end + 1;
          if (text[at] !== '"') break;
          field += '"';
          at++;
        }
      } else {
        const start = at;
        while (at < text.length && !',\r\n"'.includes(text[at] ?? '')) at++;
        field = text.slice(start, at);
      }
      record.push(field);
      if (text[at] === ',') at++;
      else break;
    }
    if (text.slice(at, at + 2) !== '\r\n')
      throw new Error(`no CRLF at ${at}: ${JSON.stringify(text.slice(at, at + 20))}`);
    at += 2;
    records.push(record);
  }
  return records;
}
