/** One piece of a mode 6 text; name and value where it is a pair. */
interface Piece {
  readonly piece: string;
  readonly name?: string;
  readonly value?: string;
  /** All that follows the last piece that was looked at. */
  readonly isRest?: true;
}

/**
 * More than any server has: ntpd shows some 70 variables at most. What follows is one piece without a name, so that
 * a text of 65,507 commas costs no more than one of variables.
 */
const MOST_PIECES = 160;

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

/**
 * The pieces between the commas, each with its comma, so that together they are the text again. A quote opens and
 * the next one closes; one that is never closed reaches to the end. Every character is looked at a fixed number of
 * times, whatever the text, for any host may write it.
 */
export function* splitVariables(text: string): Generator<Piece> {
  let from = 0;
  for (let pieces = 1; from < text.length && pieces < MOST_PIECES; pieces++) {
    const to = endOfPiece(text, from);
    yield { piece: text.slice(from, to), ...pairIn(text.slice(from, text[to - 1] === ',' ? to - 1 : to)) };
    from = to;
  }
  if (from < text.length) yield { piece: text.slice(from), isRest: true };
}

/** Behind the next comma that stands outside quotes. */
function endOfPiece(text: string, from: number): number {
  let at = from;
  for (; at < text.length && text[at] !== ','; at++)
    if (text[at] === '"') {
      const closing = text.indexOf('"', at + 1);
      if (closing < 0) return text.length;
      at = closing;
    }
  return Math.min(at + 1, text.length);
}

/** `name = value` or `name = "value"`, the latter with or without its closing quote. */
function pairIn(text: string): Pick<Piece, 'name' | 'value'> {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(0, equals)).trim();
  if (!NAME.test(name)) return {};
  const given = text.slice(equals + 1).trimStart();
  const closing = given.indexOf('"', 1);
  if (!given.startsWith('"')) return closing < 0 ? { name: name.toLowerCase(), value: given.trimEnd() } : {};
  if (closing < 0) return { name: name.toLowerCase(), value: given.slice(1) };
  return given.slice(closing + 1).trim() === ''
    ? { name: name.toLowerCase(), value: given.slice(1, closing) }
    : {};
}

const NAME = /^[A-Za-z_][\w.-]*$/;

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
    .replace(NAMED_ADDRESS, `$1${SOMEBODYS_ADDRESS}`)
    .replace(WHOLE_ADDRESS, SOMEBODYS_ADDRESS);
}

/** Whether `withoutAddresses` would change the text. */
export function holdsAddress(text: string): boolean {
  // Most pieces have neither two points nor a colon, nor such a name.
  return (
    (/\.\d+\.|:/.test(text) && UNNAMED_ADDRESS.test(text)) ||
    (/refid|adr/i.test(text) && ONE_NAMED_ADDRESS.test(text))
  );
}

const NAMED_ADDRESS =
  /(\b(?:refid|srcadr|dstadr|peeradr)\s*=\s*)(?!"?127\.127\.)"?(?:\d+\.[\d.]*|\d+$|[0-9a-f]*:[0-9a-f:.]*)"?/gi;

/** Two points or more among numbers, where no name stands before them. */
const REST_OF_ADDRESS = /^\d*(?:\.\d+){2,3}(?=\s*(?:,|$))/;

/** Four numbers with points, or what has `::` or seven colons; not a part of a longer word, as versions are. */
const WHOLE_ADDRESS =
  /(?<![\w./:-])(?!127\.127\.)(?:\d{1,3}(?:\.\d{1,3}){3}(?![\w.])|[0-9a-f:]*::[0-9a-f:.]*|(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4})/gi;

/** The same without `g`, for a test that remembers nothing. */
const UNNAMED_ADDRESS = new RegExp(`${REST_OF_ADDRESS.source}|${WHOLE_ADDRESS.source}`, 'i');
const ONE_NAMED_ADDRESS = new RegExp(NAMED_ADDRESS.source, 'i');
