/** RFC 5321's dot-string, an @ and a host name; no quoted local part, no address literal. */
const ADDRESS =
  /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@[A-Za-z\d](?:[A-Za-z\d.-]*[A-Za-z\d])?$/;

/**
 * The one mail address in a text such as `noc@example.net`, `NOC <noc@example.net>` (RFC 5322 §3.4) or
 * `NOC, noc@example.net, +49 30 1234`; what stands in angle brackets at the end goes before anything else.
 * Undefined where the text holds none, or several.
 */
export function mailAddressOf(text: string): string | undefined {
  const open = text.trimEnd().endsWith('>') ? text.lastIndexOf('<') : -1;
  const words = (open < 0 ? text : text.slice(open))
    .split(/[\s<>()[\],;"]/)
    .map((word) => word.replace(/^mailto:/i, ''))
    .filter((word) => ADDRESS.test(word));
  const [only, ...others] = words;
  return others.length === 0 ? only : undefined;
}
