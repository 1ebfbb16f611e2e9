const LONGEST = 60;

/** What a user wrote, in double quotes for a message of one line, cut after 60 characters. */
export function quote(text: string): string {
  return `"${printable(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)}"`;
}

/** Control characters escaped, so that no text can write to the terminal by itself. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, escape);
}

function escape(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}
