/**
 * The text of a mode 6 response: `name=value` pairs between commas, values with commas or spaces in double quotes
 * (RFC 9327 §4.2). Total: what is no pair is left out, and of a name that stands twice the first counts.
 */
export function parseVariables(text: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const { name, value } of splitVariables(text))
    if (name !== undefined && value !== undefined && !variables.has(name)) variables.set(name, value);
  return variables;
}

/** The pieces between the commas, each with its comma, so that together they are the text again. */
export function splitVariables(
  text: string,
): readonly { readonly piece: string; readonly name?: string; readonly value?: string }[] {
  return (text.match(/(?:"[^"]*"?|[^",])*,|(?:"[^"]*"?|[^",])+/g) ?? []).map((piece) => {
    const [, name, quoted, bare] =
      /^\s*([A-Za-z_][\w.-]*)\s*=\s*(?:"([^"]*)"?|([^",]*))\s*,?\s*$/.exec(piece) ?? [];
    const value = quoted ?? bare?.trim();
    return {
      piece,
      ...(name !== undefined && value !== undefined ? { name: name.toLowerCase(), value } : {}),
    };
  });
}

/** What stands where an address stood: the server's source is a third party. */
export const SOMEBODYS_ADDRESS = 'address';

/**
 * The text without the addresses of third parties. A refid is one from stratum 2 on (RFC 5905 §7.3), and 127.127.t.u
 * is not: ntpd's name for a clock at hand. One that ends where a fragment ends may go on in the next: so a part of one
 * is masked behind its name and where a text begins, and whatever is shaped like a whole one anywhere.
 */
export function withoutAddresses(text: string): string {
  return text
    .replace(REST_OF_ADDRESS, SOMEBODYS_ADDRESS)
    .replace(NAMED_ADDRESS, (_, name: string) => `${name}${SOMEBODYS_ADDRESS}`)
    .replace(WHOLE_ADDRESS, SOMEBODYS_ADDRESS);
}

const NAMED_ADDRESS =
  /(\b(?:refid|srcadr|dstadr|peeradr)\s*=\s*)(?!"?127\.127\.)"?(?:\d+\.[\d.]*|\d+$|[0-9a-f]*:[0-9a-f:.]*)"?/gi;

/** Two points or more among numbers, where no name stands before them. */
const REST_OF_ADDRESS = /^\d*(?:\.\d+){2,3}(?=\s*(?:,|$))/;

/** Four numbers with points, or what has `::` or seven colons; not a part of a longer word, as versions are. */
const WHOLE_ADDRESS =
  /(?<![\w./:-])(?!127\.127\.)(?:\d{1,3}(?:\.\d{1,3}){3}(?![\w.])|[0-9a-f:]*::[0-9a-f:.]*|(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4})/gi;
